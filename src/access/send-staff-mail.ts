import type { Env } from '../../config/env.js';
import type { StaffMailDoor } from '../platform/mail.js';
import { Messages } from '../platform/messages.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import type { Language } from './access.entities.js';
import { hashAccessToken, newAccessToken } from './make-access-token.js';

/** Messages of this room in a language, by key: `(language) => loadMessages('access', language)`. */
export type MessagesOf = (language: Language) => Record<string, string>;

const HOUR_MS = 3_600_000;
/** After so many a mail is given up: about a quarter of an hour of the queue's and the tick's attempts. */
const ATTEMPTS = 20;
/** How long a link works, for the templates that have one. */
const LINK_MS: Record<string, number> = { invitation: 7 * 24 * HOUR_MS, 'password-reset': HOUR_MS };
/** The mailer has no territory and is nobody: its rights are on mails alone. */
const MAILER = { territoryId: '', personId: null, requestId: null };

interface QueuedMail {
  id: string;
  state: 'queued' | 'sent' | 'failed';
  template: string;
  params: Record<string, unknown>;
  territoryId: string | null;
  territoryName: string | null;
  personId: string;
  name: string;
  email: string;
  language: Language;
  disabled: boolean;
}

/**
 * Sends one mail to one of our own people; run by the worker on `staff-mail.send`, as the database role maillon_mailer.
 * Delivered twice, it sends once; killed between the server's yes and the note of it, it may send twice: both links work
 * until one is used.
 */
export class SendStaffMail {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly door: StaffMailDoor,
    private readonly env: Env,
    private readonly messagesOf: MessagesOf,
  ) {}

  /**
   * @returns `nothing`: no such mail, or it was sent or given up already; `given-up`: the person may not sign in any more, or the mail is so old that its link would not work
   * @throws Error with the id of the mail and the transport's code, to be tried again
   */
  async execute(staffMailId: string): Promise<'sent' | 'nothing' | 'given-up'> {
    // The token is kept before the mail leaves, so that no link that arrived is unknown here.
    const prepared = await this.unitOfWork.write(MAILER, (tx) => this.prepare(tx, staffMailId));
    if (typeof prepared === 'string') return prepared;
    const { mail, message } = prepared;
    const outcome = await this.unitOfWork.write({ ...MAILER, territoryId: mail.territoryId ?? '' }, async (tx) => {
      // Locked while it is sent, so that a second delivery at the same time waits and then finds it sent.
      const [{ state }] = await tx.sql<{ state: string }>('SELECT state FROM staff_mail WHERE id = $1 FOR UPDATE', [mail.id]);
      if (state === 'sent') return 'nothing';
      try {
        await this.door.send({ id: mail.id, to: mail.email, ...message });
      } catch (error) {
        const reason = transportReason(error);
        // Queued, it is asked for again by the tick, also after the queue has given the job up.
        await tx.sql("UPDATE staff_mail SET state = CASE WHEN attempts >= $3 THEN 'failed' ELSE 'queued' END, last_error = $2 WHERE id = $1", [mail.id, reason, ATTEMPTS]);
        return new Error(`Staff mail ${mail.id} was not sent (${reason}).`);
      }
      await tx.sql("UPDATE staff_mail SET state = 'sent', sent_at = $2, last_error = NULL WHERE id = $1", [mail.id, tx.now]);
      await tx.audit({ action: 'staff-mail.sent', subjectType: 'person', subjectId: mail.personId, data: { staffMailId: mail.id, template: mail.template } });
      return 'sent';
    });
    if (typeof outcome !== 'string') throw outcome;
    return outcome;
  }

  private async prepare(tx: Transaction, staffMailId: string): Promise<'nothing' | 'given-up' | { mail: QueuedMail; message: { subject: string; text: string } }> {
    const [mail] = await tx.sql<QueuedMail>(
      `SELECT s.id, s.state, s.template, s.params, s.territory_id AS "territoryId", t.name AS "territoryName",
         p.id AS "personId", p.name, p.email, p.language, p.disabled_at IS NOT NULL AS disabled
       FROM staff_mail s JOIN person p ON p.id = s.person_id LEFT JOIN territory t ON t.id = s.territory_id
       WHERE s.id = $1 FOR UPDATE OF s`, [staffMailId]);
    if (mail?.state !== 'queued') return 'nothing';
    if (mail.disabled) {
      await tx.sql("UPDATE staff_mail SET state = 'failed', last_error = 'person-disabled' WHERE id = $1", [mail.id]);
      return 'given-up';
    }
    const lifetime = LINK_MS[mail.template];
    const token = lifetime === undefined ? null : newAccessToken();
    let until = new Date(tx.now.getTime() + (lifetime ?? 0));
    if (token !== null) {
      const [issued] = await tx.sql<{ until: Date }>('SELECT issue_access_token($1, $2, $3) AS until', [hashAccessToken(token), mail.id, until]);
      // No link outlives its mail's seventh day: after a long outage it would be dead when it arrives.
      if (issued.until <= tx.now) {
        await tx.sql("UPDATE staff_mail SET state = 'failed', last_error = 'too-late' WHERE id = $1", [mail.id]);
        return 'given-up';
      }
      until = issued.until;
    }
    await tx.sql('UPDATE staff_mail SET attempts = attempts + 1 WHERE id = $1', [mail.id]);
    return { mail, message: this.compose(mail, token, until) };
  }

  private compose(mail: QueuedMail, token: string | null, until: Date): { subject: string; text: string } {
    const messages = new Messages(mail.language, this.messagesOf(mail.language));
    const home = homePage(this.env);
    const values = { ...mail.params, name: mail.name, territory: mail.territoryName ?? 'none', until, home, link: `${home}#/password?token=${token ?? ''}` };
    const say = (key: string): string => messages.say(key, values);
    const text = [say('mail.greeting'), say(`mail.${mail.template}.body`), `-- \n${say('mail.signature')}`].join('\n\n');
    return { subject: say(`mail.${mail.template}.subject`), text: `${text}\n` };
  }
}

/** Address of the page, ending in a slash. */
export function homePage(env: Env): string {
  const address = env.PUBLIC_URL ?? `http://${env.HOST === '0.0.0.0' ? 'localhost' : env.HOST}:${env.PORT}`;
  return address.endsWith('/') ? address : `${address}/`;
}

/** Codes only: a server's answer may quote the address. */
function transportReason(error: unknown): string {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  return [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ') || 'unknown';
}
