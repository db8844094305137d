import type { INestApplicationContext } from '@nestjs/common';
import type { Env } from '../config/env.js';
import { ApproveMessage } from '../src/introductions/approve-message.js';
import { IntroductionDetails } from '../src/introductions/introduction-details.js';
import type { IntroductionDetail, MessageState, MessageView, SideView } from '../src/introductions/introductions.dto.js';
import { NoteAnswer } from '../src/introductions/note-answer.js';
import { OpenIntroduction } from '../src/introductions/open-introduction.js';
import { ReleaseMessage } from '../src/introductions/release-message.js';
import { SendCompanyMail } from '../src/introductions/send-company-mail.js';
import type { Context } from '../src/platform/context.js';
import type { UnitOfWork } from '../src/platform/postgres/unit-of-work.js';

/** What one company was told, as `npm start -- --once --json` writes it. */
export interface Told {
  side: 'output' | 'input';
  company: string;
  /** Address; null: the référent phones. */
  to: string | null;
  text: string;
  state: MessageState | 'phone';
  approvedBy: string | null;
  answer: string | null;
  file: string | null;
}

/**
 * An accepted lead taken to two companies that both said yes, as its référents would: each text approved and released, the
 * answers noted. Mails become files in `DATA_DIR/outbox`, never anything else.
 * @returns what was told, in its order: the first company, the second, then the names to both
 */
export async function introduceLead(rooms: INestApplicationContext, mailer: UnitOfWork, env: Env, context: Context, candidateId: string): Promise<Told[]> {
  const files = new Map<string, string | null>();
  const sender = new SendCompanyMail(mailer, Object.assign(Object.create(Object.getPrototypeOf(env) as object) as Env, env, { SMTP_URL: undefined }), ({ id, file }) => void files.set(id, file));
  const { id } = await rooms.get(OpenIntroduction).execute(context, candidateId);
  const read = (): Promise<IntroductionDetail> => rooms.get(IntroductionDetails).read(context, id);
  const sideOf = (detail: IntroductionDetail, side: SideView['side']): SideView => detail.sides.find((one) => one.side === side) ?? detail.sides[0];
  const actor = ({ referent }: SideView): Context => ({ ...context, personId: referent?.id ?? context.personId });

  const tell = async (side: SideView['side'], kind: MessageView['kind']): Promise<string> => {
    const detail = await read();
    const message = sideOf(detail, side).messages.find((one) => one.kind === kind);
    if (message === undefined || message.recipient === '') return '';
    const who = actor(sideOf(detail, side));
    const { version } = await rooms.get(ApproveMessage).execute(who, id, message.id, detail.version, { textHash: message.textHash, fewAccepted: true });
    await rooms.get(ReleaseMessage).execute(who, id, message.id, version);
    await sender.execute(message.id);
    return message.id;
  };
  const told = async (side: SideView['side'], kind: MessageView['kind']): Promise<Told> => {
    const messageId = await tell(side, kind);
    if (kind === 'proposal') {
      const { version, sides } = await read();
      await rooms.get(NoteAnswer).execute(actor(sides.find((one) => one.side === side) ?? sides[0]), id, version, { side, answer: 'interested', way: messageId === '' ? 'phone' : 'mail' });
    }
    const now = sideOf(await read(), side);
    const message = now.messages.find((one) => one.id === messageId);
    return {
      side, company: now.company, to: message?.recipient ?? null, text: message === undefined ? now.points.join('\n') : `${message.subject}\n\n${message.body}`,
      state: message?.state ?? 'phone', approvedBy: message?.approval?.by.name ?? null, answer: kind === 'proposal' ? (now.answers[0]?.answer ?? null) : null, file: files.get(messageId) ?? null,
    };
  };
  const order = (await read()).sides.map(({ side }) => side);
  const all: Told[] = [];
  for (const kind of ['proposal', 'names'] as const) for (const side of order) all.push(await told(side, kind));
  return all;
}

/** For a reader of French. */
export function introductionText(all: readonly Told[]): string {
  const words = { sent: 'envoyé (fichier)', phone: 'à dire au téléphone' } as Record<string, string>;
  return all.flatMap(({ company, to, text, state, approvedBy, answer, file }) => [
    `Mise en relation · ${company}${to === null ? '' : ` <${to}>`} : ${words[state] ?? state}${approvedBy === null ? '' : `, approuvé par ${approvedBy}`}${file === null ? '' : `, ${file}`}`,
    ...text.split('\n').map((line) => `    ${line}`.trimEnd()),
    ...(answer === null ? [] : [`    → réponse : ${answer === 'interested' ? 'INTÉRESSÉE' : answer}`]), '',
  ]).join('\n');
}
