import { type ParsedMail, simpleParser } from 'mailparser';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** What the server does with the next mail. `hang-up`: takes the whole text, then goes without a word. */
export type Manner = 'take' | 'hang-up' | { refuse: number; at: 'recipient' | 'text' };

export interface RecordedMail {
  to: string;
  subject: string;
  text: string;
  messageId: string;
  replyTo: string;
  /** The server took it, or went without a word; false: it said that it did not. */
  kept: boolean;
}

/** An SMTP server that keeps what it was given, as a company's mail server would see it. */
export interface SmtpRecorder {
  url: string;
  /** Whole texts that arrived, in their order, whatever was answered to them. */
  mails: RecordedMail[];
  /** How the next ones are met, in turn; then `take`. */
  manners: Manner[];
  /** The same for the next one to an address, however many are under way. */
  mannerTo: Map<string, Manner>;
  /** Called with each text that has arrived whole, before the server says so: it says so once this has ended. */
  onArrival: () => Promise<void>;
  /** Stops answering; `listen` begins anew on the same port. */
  close(): Promise<void>;
  listen(): Promise<void>;
}

export async function startSmtpRecorder(): Promise<SmtpRecorder> {
  const mails: RecordedMail[] = [];
  const manners: Manner[] = [];
  const mannerTo = new Map<string, Manner>();
  let port = 0;
  let server: SMTPServer;
  const refusal = (code: number): Error => Object.assign(new Error('no'), { responseCode: code });
  const open = async (): Promise<void> => {
    server = new SMTPServer({
      authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: ({ address }, _session, done) => {
        const manner = mannerTo.get(address) ?? manners[0];
        if (typeof manner !== 'object' || manner.at !== 'recipient') return done();
        if (!mannerTo.delete(address)) manners.shift();
        done(refusal(manner.refuse));
      },
      onData: (stream, session, done) => void simpleParser(stream).then(async (mail) => {
        const to = session.envelope.rcptTo[0]?.address ?? '';
        const manner = mannerTo.get(to) ?? manners.shift() ?? 'take';
        mannerTo.delete(to);
        mails.push(recorded(mail, typeof manner === 'string'));
        await recorder.onArrival();
        if (manner === 'take') return done();
        if (manner === 'hang-up') {
          // The connection goes; what became of the mail the sender cannot know.
          for (const connection of (server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> }).connections) if (connection.id === session.id) connection._socket.destroy();
          return;
        }
        done(refusal(manner.refuse));
      }, done),
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    ({ port } = server.server.address() as AddressInfo);
  };
  const recorder: SmtpRecorder = {
    mails, manners, mannerTo, listen: open, onArrival: () => Promise.resolve(),
    get url() { return `smtp://127.0.0.1:${port}`; },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  await open();
  return recorder;
}

function recorded(mail: ParsedMail, kept: boolean): RecordedMail {
  const addresses = [mail.to].flat().flatMap((to) => to?.value ?? []).map(({ address }) => address ?? '');
  return { to: addresses.join(','), subject: mail.subject ?? '', text: mail.text ?? '', messageId: mail.messageId ?? '', replyTo: mail.replyTo?.value[0]?.address ?? '', kept };
}
