import type { Transaction } from '../platform/postgres/unit-of-work.js';

/** The texts there are, with what each is filled with: counts and weeks, never names of companies. */
export interface StaffMailParams {
  invitation: Record<string, never>;
  'password-reset': Record<string, never>;
  /** Monday: `count` leads wait in the list of `week` (`2026-W48`). */
  digest: { count: number; week: string };
  /** A company has answered, or what was sent to it came back; `introductionId` leads to the page. */
  'company-answered': { introductionId: string };
  /** The day of `count` mediations has come; queued by the function `queue_reminders`. */
  reminder: { count: number };
}

export type StaffMailTemplate = keyof StaffMailParams;

/**
 * Writes a mail to one of our own people into the caller's transaction and asks for its sending after the commit.
 * @returns id of the mail
 */
export async function queueStaffMail<Template extends StaffMailTemplate>(
  tx: Transaction, personId: string, template: Template, params: StaffMailParams[Template],
): Promise<string> {
  const [id] = await queueStaffMails(tx, template, [{ personId, params }]);
  return id;
}

/** As `queueStaffMail`, for many people at once. @returns ids of the mails, in their order */
export async function queueStaffMails<Template extends StaffMailTemplate>(
  tx: Transaction, template: Template, mails: readonly { personId: string; params: StaffMailParams[Template] }[],
): Promise<string[]> {
  // The worker may write such rows but not read them, so the ids are made first.
  const made = await tx.sql<{ id: string }>('SELECT uuidv7() AS id FROM generate_series(1, $1::int)', [mails.length]);
  const ids = made.map(({ id }) => id);
  await tx.sql(
    `INSERT INTO staff_mail (id, territory_id, person_id, template, params, created_at)
     SELECT id, $4, person, $5, params, $6 FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[]) AS mail (id, person, params)`,
    [ids, mails.map(({ personId }) => personId), mails.map(({ params }) => JSON.stringify(params)), tx.context.territoryId || null, template, tx.now]);
  await tx.enqueueAll('staff-mail.send', ids.map((staffMailId) => ({ staffMailId })));
  return ids;
}
