import { setTimeout } from 'node:timers/promises';
import { QueryFailedError } from 'typeorm';
import type { Env } from '../../config/env.js';
import { hashAccessToken } from '../access/make-access-token.js';
import { homePage } from '../access/send-staff-mail.js';
import { type CompanyMailDoor, approvedLetter, NotTaken, openCompanyMail } from '../platform/company-mail.js';
import { isPassing } from '../platform/passing-trouble.js';
import type { Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { newAnswerToken } from './answer-token.js';
import { LINK_PLACEHOLDER } from './letters.js';

/** The mailer has no territory and is nobody: its rights are on released messages alone. */
const MAILER = { territoryId: '', personId: null, requestId: null };
const DAY_MS = 24 * 3_600_000;
/** How long a company may answer by its link. */
const LINK_DAYS = 30;
/** After so many attempts that the server put off, a message is shown as refused: some days of waiting, see `RETRY_AFTER_MS`. */
const ATTEMPTS = 60;
/** A message that nobody holds and that has been "sending" for so long was left by a process that is gone. */
const LEFT_MS = 15_000;
/** How often, and how far apart, what became of a sent mail is written while the database is away. */
const NOTE_ATTEMPTS = 30;
const NOTE_AGAIN_MS = 1_000;

interface Claimed {
  id: string;
  territoryId: string;
  introductionId: string;
  kind: 'proposal' | 'names';
  recipient: string;
  subject: string;
  body: string;
  approvedHash: Buffer;
  replyTo: { name: string; address: string };
  link: string | null;
}

/** What the worker says of a message that went out, on the screen of the embedded default. */
export type ToldOfMail = (message: { id: string; file: string | null }) => void;

/** How long to wait before the next attempt, after so many: a minute, doubled, six hours at most. */
export function retryAfterMs(attempts: number): number {
  return Math.min(60_000 * 2 ** Math.max(0, attempts - 1), 6 * 3_600_000);
}

/**
 * Sends one released message, at most once for its approval; run by the worker on `company-mail.send`, as the role
 * maillon_mailer. "Sending" is committed before anything leaves and never goes back unless the server has certainly not
 * taken the mail: whatever a crash leaves at that is in doubt, and an advisor decides.
 */
export class SendCompanyMail {
  private readonly door: CompanyMailDoor;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly env: Env,
    private readonly told: ToldOfMail = () => undefined,
  ) {
    this.door = openCompanyMail(env);
  }

  /** @returns what became of it; `nothing`: no such message waits, or another process is at it */
  async execute(messageId: string): Promise<'sent' | 'refused' | 'withheld' | 'in-doubt' | 'put-off' | 'nothing'> {
    const claimed = await this.claim(messageId);
    if (typeof claimed === 'string') return claimed;
    const context = { ...MAILER, territoryId: claimed.territoryId };
    let outcome: Outcome | undefined;
    try {
      // Held while it is sent: who finds it "sending" and held leaves it alone. A transaction that is tried again does not send again.
      return await this.unitOfWork.write(context, async (tx) => {
        const [held] = await tx.sql<{ delivery: string | null }>('SELECT delivery FROM introduction_message WHERE id = $1 FOR UPDATE', [messageId]);
        if (outcome === undefined && held?.delivery !== 'sending') return 'nothing';
        outcome ??= await this.send(claimed);
        await note(tx, claimed, outcome);
        return outcome.state;
      });
    } catch (error) {
      // The database went away while the mail was on its way: what this process knows is written once it is back.
      if (outcome === undefined) throw error;
      return this.noteLater(context, claimed, outcome);
    }
  }

  private async noteLater(context: typeof MAILER, claimed: Claimed, outcome: Outcome): Promise<Outcome['state']> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.unitOfWork.write(context, (tx) => note(tx, claimed, outcome));
        return outcome.state;
      } catch (error) {
        // Given up, it is found "sending" and held by nobody: in doubt.
        if (attempt === NOTE_ATTEMPTS || !isPassing(error)) throw error;
        await setTimeout(NOTE_AGAIN_MS);
      }
    }
  }

  /** Takes a message on, with its link; or says why not. */
  private async claim(messageId: string): Promise<Claimed | 'nothing' | 'withheld' | 'in-doubt'> {
    try {
      return await this.unitOfWork.write(MAILER, async (tx) => {
        const [row] = await tx.sql<{ delivery: string | null; sendingSince: Date | null; releasedAt: Date; attempts: number; approvalId: string } & Pick<Claimed, 'territoryId' | 'introductionId' | 'kind' | 'recipient' | 'subject' | 'body'>>(
          `SELECT delivery, sending_since AS "sendingSince", released_at AS "releasedAt", attempts, territory_id AS "territoryId", introduction_id AS "introductionId", kind, recipient, subject, body, approval_id AS "approvalId"
           FROM introduction_message WHERE id = $1 FOR UPDATE SKIP LOCKED`, [messageId]);
        if (row === undefined) return 'nothing';
        if (row.delivery === 'sending') return this.leftBehind(tx, { id: messageId, ...row });
        if (row.delivery !== null) return 'nothing';
        // Put off, it waits; called back and released anew, it does not.
        if (row.attempts > 0 && row.sendingSince !== null && row.releasedAt <= row.sendingSince && tx.now.getTime() < row.sendingSince.getTime() + retryAfterMs(row.attempts)) return 'nothing';
        await tx.sql("UPDATE introduction_message SET delivery = 'sending', sending_since = $2, attempts = attempts + 1 WHERE id = $1", [messageId, tx.now]);
        const [by] = await tx.sql<{ hash: Buffer; name: string; email: string }>(
          'SELECT a.text_hash AS hash, p.name, p.email FROM introduction_approval a JOIN person p ON p.id = a.approved_by WHERE a.id = $1', [row.approvalId]);
        const token = row.kind === 'proposal' ? newAnswerToken(this.env.LINK_SECRET ?? '') : null;
        if (token !== null) await tx.sql('SELECT issue_answer_link($1, $2, $3)', [hashAccessToken(token), messageId, new Date(tx.now.getTime() + LINK_DAYS * DAY_MS)]);
        const { territoryId, introductionId, kind, recipient, subject, body } = row;
        return {
          id: messageId, territoryId, introductionId, kind, recipient, subject, body, approvedHash: by.hash,
          replyTo: { name: by.name, address: by.email }, link: token === null ? null : `${homePage(this.env)}#/answer?token=${token}`,
        };
      });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      // Whoever may not be written to any more gets nothing; shown with the reason.
      await this.unitOfWork.write(MAILER, async (tx) => {
        const withheld = await tx.sql<MessageOf>(
          `UPDATE introduction_message SET delivery = 'withheld', last_error = $2 WHERE id = $1 AND delivery IS NULL RETURNING id, territory_id AS "territoryId", introduction_id AS "introductionId"`, [messageId, refusal]);
        for (const message of withheld) await tell(tx, message, { state: 'withheld', error: refusal });
      });
      return 'withheld';
    }
  }

  private async leftBehind(tx: Transaction, message: MessageOf & { sendingSince: Date | null }): Promise<'nothing' | 'in-doubt'> {
    if (message.sendingSince !== null && tx.now.getTime() - message.sendingSince.getTime() < LEFT_MS) return 'nothing';
    await tx.sql("UPDATE introduction_message SET delivery = 'in-doubt', last_error = 'process-gone' WHERE id = $1", [message.id]);
    await tell(tx, message, { state: 'in-doubt', error: 'process-gone' });
    return 'in-doubt';
  }

  private async send(claimed: Claimed): Promise<Outcome> {
    const fill = claimed.link === null ? null : { mark: LINK_PLACEHOLDER, with: claimed.link };
    try {
      const letter = approvedLetter(claimed, claimed.approvedHash, { id: claimed.id, replyTo: claimed.replyTo, fill });
      const { file } = await this.door.send(letter);
      this.told({ id: claimed.id, file });
      return { state: 'sent', error: null };
    } catch (error) {
      if (error instanceof NotTaken) return { state: error.passing ? 'put-off' : 'refused', error: error.reason };
      return { state: 'in-doubt', error: (error as { code?: unknown }).code?.toString() ?? 'unknown' };
    }
  }
}

interface Outcome {
  state: 'sent' | 'refused' | 'put-off' | 'in-doubt';
  /** Codes only. */
  error: string | null;
}

/** A message, and whose trail it is told in. */
type MessageOf = Pick<Claimed, 'id' | 'territoryId' | 'introductionId'>;

/** What became of a message, in the trail of its territory. */
async function tell(tx: Transaction, { id, territoryId, introductionId }: MessageOf, { state, error }: { state: string; error: string | null }): Promise<void> {
  await tx.asTerritory(territoryId, (own) => own.audit({ action: `message.${state}`, subjectType: 'introduction', subjectId: introductionId, data: { messageId: id, error } }));
}

async function note(tx: Transaction, claimed: Claimed, { state, error }: Outcome): Promise<void> {
  await tx.sql(
    `UPDATE introduction_message SET last_error = $3, sent_at = CASE WHEN $2 = 'sent' THEN $4::timestamptz END,
       delivery = CASE WHEN $2 = 'put-off' THEN CASE WHEN attempts >= ${ATTEMPTS} THEN 'refused' END ELSE $2 END WHERE id = $1`, [claimed.id, state, error, tx.now]);
  await tell(tx, claimed, { state, error });
}

/** Why the database refuses to let a message leave; null: another error. */
function refusalOf(error: unknown): string | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { constraint, message } = error.driverError as { constraint?: string; message: string };
  if (constraint === 'guard_company_message_yes') return 'yes-taken-back';
  return constraint === 'guard_company_message_refusal' ? message : null;
}
