import type pg from 'pg';
import { type Language, LANGUAGES, type Role, ROLES } from './access.entities.js';
import { hashPassword, verifyPassword } from './hash-password.js';
import { checkNewPassword } from './passwords.js';

/** A wrong argument of the command line or the seed: says which, what was found, what was expected. */
export class WrongArgument extends Error {}

export interface NewTerritory {
  name: string;
  /** Stable, lower case, part of every natural key; made from the name when absent. */
  slug?: string;
  /** IANA name; Europe/Paris when absent. */
  timeZone?: string;
  now: Date;
}

/** `Pays de Montauban` → `pays-de-montauban`. */
export function slugOf(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
}

/**
 * Makes a territory, or finds the one of that slug and leaves it as it is. Call it in a transaction, and give a created
 * one its first policy and model there: a territory without them has no runs.
 * @param client signed in as an administrator of the database
 * @throws WrongArgument
 */
export async function createTerritory(client: pg.ClientBase, input: NewTerritory): Promise<{ territoryId: string; slug: string; created: boolean }> {
  const { name, slug = slugOf(name), timeZone = 'Europe/Paris', now } = input;
  if (name.trim() === '') throw new WrongArgument('The name of the territory is empty; expected a name such as "Pays de Montauban".');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) throw new WrongArgument(`The slug of the territory is ${JSON.stringify(slug)}; expected lower-case words such as "pays-de-montauban".`);
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new WrongArgument(`The time zone is ${JSON.stringify(timeZone)}; expected an IANA name such as "Europe/Paris".`);
  }
  const made = await client.query<{ id: string }>(
    'INSERT INTO maillon.territory (slug, name, time_zone, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (slug) DO NOTHING RETURNING id', [slug, name.trim(), timeZone, now]);
  if (made.rows[0]) {
    await audit(client, made.rows[0].id, now, 'territory.created', 'territory', made.rows[0].id, { slug });
    return { territoryId: made.rows[0].id, slug, created: true };
  }
  const { rows: [found] } = await client.query<{ id: string }>('SELECT id FROM maillon.territory WHERE slug = $1', [slug]);
  return { territoryId: found.id, slug, created: false };
}

export interface NewUser {
  email: string;
  name: string;
  /** French when absent. */
  language?: Language;
  territoryId: string;
  /** Added to those the person has. */
  roles: readonly Role[];
  /** Of an advisor, minutes a week; null or absent: the policy's. */
  weeklyMinutes?: number | null;
  /** Absent: an invitation is mailed, unless the person has a password or a link younger than a week. */
  password?: string;
  now: Date;
}

/**
 * Makes a person with roles in a territory, or gives one who exists what is missing; run twice it changes nothing.
 * A password that differs from the present one is set, and the person's sessions end. Call it in a transaction.
 * @param client signed in as an administrator of the database
 * @throws WrongArgument, or the broken rule of the password
 */
export async function createUser(client: pg.ClientBase, input: NewUser): Promise<{ personId: string; created: boolean; invited: boolean }> {
  const { territoryId, now, language = 'fr', weeklyMinutes = null, password } = input;
  const email = input.email.trim().toLowerCase();
  check(input, email);
  if (password !== undefined) checkNewPassword(password, 'password');

  const made = await client.query<{ id: string }>(
    'INSERT INTO maillon.person (email, name, language, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING RETURNING id', [email, input.name.trim(), language, now]);
  const { rows: [person] } = await client.query<{ id: string; passwordHash: string | null }>(
    'SELECT id, password_hash AS "passwordHash" FROM maillon.person WHERE email = $1 FOR UPDATE', [email]);
  const created = made.rowCount === 1;
  if (created) await audit(client, territoryId, now, 'person.created', 'person', person.id, {});

  const added: Role[] = [];
  for (const role of input.roles) {
    const { rowCount } = await client.query(
      'INSERT INTO maillon.membership (territory_id, person_id, role, weekly_minutes) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [territoryId, person.id, role, role === 'advisor' ? weeklyMinutes : null]);
    if (rowCount === 1) added.push(role);
  }
  if (added.length > 0) await audit(client, territoryId, now, 'person.roles-added', 'person', person.id, { roles: added });

  if (password !== undefined && !(await verifyPassword(person.passwordHash, password))) {
    await client.query('UPDATE maillon.person SET password_hash = $2 WHERE id = $1', [person.id, await hashPassword(password)]);
    await client.query("DELETE FROM maillon.session WHERE sess ->> 'personId' = $1", [person.id]);
    await audit(client, territoryId, now, 'person.password-set', 'person', person.id, {});
  }
  const invited = password === undefined && person.passwordHash === null && (await invite(client, territoryId, person.id, now));
  return { personId: person.id, created, invited };
}

async function invite(client: pg.ClientBase, territoryId: string, personId: string, now: Date): Promise<boolean> {
  const { rows: [mail] } = await client.query<{ id: string }>(
    `INSERT INTO maillon.staff_mail (territory_id, person_id, template, created_at) SELECT $1, $2, 'invitation', $3::timestamptz
     WHERE NOT EXISTS (SELECT 1 FROM maillon.staff_mail WHERE person_id = $2 AND template = 'invitation' AND created_at > $3::timestamptz - interval '7 days') RETURNING id`,
    [territoryId, personId, now]);
  if (!mail) return false;
  await client.query("INSERT INTO maillon.outbox_entry (territory_id, name, payload, created_at) VALUES ($1, 'staff-mail.send', $2, $3)", [
    territoryId, JSON.stringify({ staffMailId: mail.id }), now,
  ]);
  await audit(client, territoryId, now, 'person.invited', 'person', personId, { staffMailId: mail.id });
  return true;
}

async function audit(client: pg.ClientBase, territoryId: string, at: Date, action: string, subjectType: string, subjectId: string, data: Record<string, unknown>): Promise<void> {
  await client.query('INSERT INTO maillon.audit_event (territory_id, at, action, subject_type, subject_id, data) VALUES ($1, $2, $3, $4, $5, $6)', [
    territoryId, at, action, subjectType, subjectId, JSON.stringify(data),
  ]);
}

function check(input: NewUser, email: string): void {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new WrongArgument(`The e-mail address is ${JSON.stringify(input.email)}; expected one such as "camille@example.org".`);
  if (input.name.trim() === '') throw new WrongArgument('The name of the person is empty; expected a name.');
  if (input.roles.length === 0) throw new WrongArgument(`No role was given; expected one or more of ${ROLES.join(', ')}.`);
  const strange = input.roles.find((role) => !ROLES.includes(role));
  if (strange !== undefined) throw new WrongArgument(`The role is ${JSON.stringify(strange)}; expected one of ${ROLES.join(', ')}.`);
  if (input.language !== undefined && !LANGUAGES.includes(input.language)) throw new WrongArgument(`The language is ${JSON.stringify(input.language)}; expected one of ${LANGUAGES.join(', ')}.`);
  const minutes = input.weeklyMinutes ?? 0;
  if (!Number.isInteger(minutes) || minutes < 0 || minutes > 2400) throw new WrongArgument(`The minutes a week are ${minutes}; expected a whole number from 0 to 2400.`);
}
