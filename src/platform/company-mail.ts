import MailComposer from 'nodemailer/lib/mail-composer';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Env } from '../../config/env.js';
import { CONNECT_MS, SILENCE_MS, writeMailFile } from './mail.js';

/** What an approval is of: who gets it, and every word. */
export interface CompanyText {
  /** Address. */
  recipient: string;
  subject: string;
  body: string;
}

declare const approved: unique symbol;

/** A text that bears the hash of its approval: only `approvedLetter` makes one, and only this leaves the house (promise P1). */
export type ApprovedLetter = Readonly<{
  /** Id of the message's row; its Message-ID is fixed by it. */
  id: string;
  to: string;
  replyTo: { name: string; address: string };
  subject: string;
  body: string;
  [approved]: true;
}>;

/** SHA-256 of recipient, subject and body, each on its line: the same as the trigger's in the database. */
export function textHash({ recipient, subject, body }: CompanyText): Buffer {
  return createHash('sha256').update(`${recipient}\n${subject}\n${body}`).digest();
}

/**
 * @param approval hash that was approved
 * @param fill what takes the place of a mark in the text: the answer link, made when the text leaves
 * @throws NotTaken when the text is not the approved one, word for word
 */
export function approvedLetter(text: CompanyText, approval: Buffer, more: { id: string; replyTo: { name: string; address: string }; fill: { mark: string; with: string } | null }): ApprovedLetter {
  if (!textHash(text).equals(approval)) throw new NotTaken('not-the-approved-text', false);
  const { fill } = more;
  const body = fill === null ? text.body : text.body.replaceAll(fill.mark, () => fill.with);
  return { id: more.id, to: text.recipient, replyTo: more.replyTo, subject: text.subject, body } as ApprovedLetter;
}

/** The server has certainly not taken the mail, or was never asked. Any other error leaves that open. */
export class NotTaken extends Error {
  constructor(
    /** Codes only: a server's words may quote the address. */
    readonly reason: string,
    /** May be tried again: nobody answered, or the server said "later". */
    readonly passing: boolean,
  ) {
    super(`The mail was not taken (${reason}).`);
  }
}

/** The way out to companies' mailboxes; of the room `introductions` alone. */
export interface CompanyMailDoor {
  /**
   * Resolves once the server has taken the mail, or the file is written; with the file's path.
   * @throws NotTaken; any other error: whether it was taken is not known
   */
  send(letter: ApprovedLetter): Promise<{ file: string | null }>;
}

/** @param env SMTP_URL, MAIL_FROM, and DATA_DIR, in whose `outbox` mails go as `.eml` files without SMTP_URL */
export function openCompanyMail(env: Env): CompanyMailDoor {
  const { SMTP_URL: url, MAIL_FROM: from } = env;
  if (url) return { send: async (letter) => sendBySmtp(url, from, letter.to, await compose(letter, from)) };
  const folder = join(env.DATA_DIR, 'outbox');
  return { send: async (letter) => ({ file: await writeMailFile(folder, letter.id, await compose(letter, from)) }) };
}

async function compose(letter: ApprovedLetter, from: string): Promise<Buffer> {
  const mail = new MailComposer({
    messageId: `<${letter.id}@${from.split('@').pop() ?? 'localhost'}>`, from, to: letter.to, replyTo: letter.replyTo, subject: letter.subject, text: letter.body,
    disableFileAccess: true, disableUrlAccess: true,
  });
  return mail.compile().build();
}

/**
 * One mail on one connection. The message is handed over only when the server asks for it, so an error before that, or the
 * server's own refusal, means that it was not taken; a connection that goes after that leaves it open.
 */
async function sendBySmtp(url: string, from: string, to: string, message: Buffer): Promise<{ file: null }> {
  const { auth, ...server } = parseConnectionUrl(url);
  const connection = new SMTPConnection({ ...server, connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS });
  let handedOver = false;
  const content = new Readable({
    read() {
      handedOver = true;
      this.push(message);
      this.push(null);
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve());
      connection.on('error', reject);
      connection.on('end', () => reject(new Error('The connection ended.')));
      const send = (): void => connection.send({ from, to: [to], size: message.length }, content, done);
      connection.connect((failure) => {
        if (failure) return reject(failure);
        if (auth && connection.allowsAuth) connection.login({ ...auth, credentials: auth }, (refused) => (refused ? reject(refused) : send()));
        else send();
      });
    });
  } catch (error) {
    throw told(error, handedOver);
  } finally {
    connection.close();
  }
  return { file: null };
}

/** Refusals of a person or text are final (5xx); of the way there (connection, sign-in, encryption) never. */
function told(error: unknown, handedOver: boolean): unknown {
  const { code, responseCode, command } = (error ?? {}) as { code?: unknown; responseCode?: unknown; command?: unknown };
  const reason = [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ') || 'unknown';
  const answered = typeof responseCode === 'number' && responseCode >= 400;
  if (handedOver && !(answered && command === 'DATA')) return error;
  const ofThisMail = command === 'MAIL FROM' || command === 'RCPT TO' || command === 'DATA';
  return new NotTaken(reason, !(answered && Number(responseCode) >= 500 && ofThisMail));
}
