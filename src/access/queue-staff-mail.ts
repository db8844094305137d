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
  // The worker may write such rows but not read them, so the id is made first.
  const [{ id }] = await tx.sql<{ id: string }>('SELECT uuidv7() AS id');
  await tx.sql('INSERT INTO staff_mail (id, territory_id, person_id, template, params, created_at) VALUES ($1, $2, $3, $4, $5, $6)', [
    id, tx.context.territoryId || null, personId, template, JSON.stringify(params), tx.now,
  ]);
  await tx.enqueue('staff-mail.send', { staffMailId: id });
  return id;
}
