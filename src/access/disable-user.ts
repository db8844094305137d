import type pg from 'pg';
import { WrongArgument } from './create-user.js';

export interface DisabledUser {
  personId: string;
  /** False: they were disabled before, and nothing has changed. */
  disabled: boolean;
  /** Slugs of territories that have no administrator left who may sign in. */
  withoutAdministrator: string[];
}

/**
 * Shuts a person out of every territory: they sign in no more, their sessions end, their links do not work and no lead
 * is given to them. What they did stays theirs. Audited in each of their territories. Call it in a transaction.
 * @param client signed in as an administrator of the database
 * @throws WrongArgument when nobody has that address
 */
export async function disableUser(client: pg.ClientBase, input: { email: string; now: Date }): Promise<DisabledUser> {
  const email = input.email.trim().toLowerCase();
  const { rows: [person] } = await client.query<{ id: string; disabledAt: Date | null }>('SELECT id, disabled_at AS "disabledAt" FROM maillon.person WHERE email = $1 FOR UPDATE', [email]);
  if (!person) throw new WrongArgument(`The e-mail address is ${JSON.stringify(input.email)}; expected that of a person who was made or invited.`);
  if (person.disabledAt === null) {
    await client.query('UPDATE maillon.person SET disabled_at = $2 WHERE id = $1', [person.id, input.now]);
    await client.query('UPDATE maillon.access_token SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL', [person.id, input.now]);
    // Each of their territories finds it in its trail; who belongs to none is noted without one.
    await client.query(
      `INSERT INTO maillon.audit_event (territory_id, at, action, subject_type, subject_id)
       SELECT t.id, $2, 'person.disabled', 'person', $1::text
       FROM (SELECT DISTINCT territory_id AS id FROM maillon.membership WHERE person_id = $1::uuid
             UNION ALL SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM maillon.membership WHERE person_id = $1::uuid)) t`, [person.id, input.now]);
  }
  // Also when it was done before: a session that is left is one too many.
  await client.query("DELETE FROM maillon.session WHERE sess ->> 'personId' = $1", [person.id]);
  const { rows } = await client.query<{ slug: string }>(
    `SELECT t.slug FROM maillon.territory t JOIN maillon.membership m ON m.territory_id = t.id AND m.person_id = $1 AND m.role = 'administrator'
     WHERE NOT EXISTS (SELECT 1 FROM maillon.membership o JOIN maillon.person p ON p.id = o.person_id
                       WHERE o.territory_id = t.id AND o.role = 'administrator' AND p.disabled_at IS NULL) ORDER BY t.slug`, [person.id]);
  return { personId: person.id, disabled: person.disabledAt === null, withoutAdministrator: rows.map(({ slug }) => slug) };
}
