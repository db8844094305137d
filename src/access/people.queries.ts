import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Role } from './access.entities.js';

export interface AbsenceRow {
  id: string;
  personId: string;
  /** First and last day, `2026-12-21`. */
  fromDay: string;
  toDay: string;
  delegateId: string | null;
}

export interface PersonRow {
  id: string;
  name: string;
  email: string;
  language: 'fr' | 'en';
  roles: Role[];
  weeklyMinutes: number | null;
  disabled: boolean;
  /** State of the last invitation mail from this territory; null: none was sent. */
  invitation: 'queued' | 'sent' | 'failed' | null;
  absences: AbsenceRow[];
}

/** People a page. */
const PAGE = 100;

const ABSENCE_COLUMNS = 'id, person_id AS "personId", from_day::text AS "fromDay", to_day::text AS "toDay", delegate_id AS "delegateId"';
/** The day that `$2` falls on where territory `$1` is. */
const TODAY = '(SELECT ($2::timestamptz AT TIME ZONE t.time_zone)::date FROM territory t WHERE t.id = $1)';

/**
 * People of a territory by name, with the absences that are not over.
 * @param after id of the last person of the page before
 * @returns `next`: what to ask for the page after this one with; null on the last
 */
export async function people(tx: Transaction, territoryId: string, after?: string): Promise<{ people: PersonRow[]; next: string | null }> {
  const rows = await tx.sql<Omit<PersonRow, 'absences'>>(
    `SELECT p.id, p.name, p.email, p.language, p.disabled_at IS NOT NULL AS disabled,
       array_agg(m.role ORDER BY m.role) AS roles, max(m.weekly_minutes) FILTER (WHERE m.role = 'advisor') AS "weeklyMinutes",
       (SELECT s.state FROM staff_mail s WHERE s.territory_id = $1 AND s.person_id = p.id AND s.template = 'invitation' ORDER BY s.created_at DESC, s.id DESC LIMIT 1) AS invitation
     FROM membership m JOIN person p ON p.id = m.person_id
     WHERE m.territory_id = $1 AND ($2::uuid IS NULL OR (p.name, p.id) > (SELECT l.name, l.id FROM person l WHERE l.id = $2))
     GROUP BY p.id, p.name, p.email, p.language, p.disabled_at ORDER BY p.name, p.id LIMIT ${PAGE + 1}`, [territoryId, after ?? null]);
  const shown = rows.slice(0, PAGE);
  const absences = await tx.sql<AbsenceRow>(
    `SELECT ${ABSENCE_COLUMNS} FROM absence WHERE territory_id = $1 AND to_day >= ${TODAY} AND person_id = ANY($3) ORDER BY from_day, id`,
    [territoryId, tx.now, shown.map((person) => person.id)]);
  return {
    people: shown.map((person) => ({ ...person, absences: absences.filter((absence) => absence.personId === person.id) })),
    next: rows.length > PAGE ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** One person's absences that are not over, soonest first. */
export async function absencesOf(tx: Transaction, territoryId: string, personId: string): Promise<AbsenceRow[]> {
  return tx.sql<AbsenceRow>(
    `SELECT ${ABSENCE_COLUMNS} FROM absence WHERE territory_id = $1 AND person_id = $3 AND to_day >= ${TODAY} ORDER BY from_day, id`, [territoryId, tx.now, personId]);
}

export interface AgreementRow {
  territoryId: string;
  name: string;
  signedByUsAt: Date | null;
  signedByThemAt: Date | null;
  endedAt: Date | null;
  /** Both have signed and neither has ended it. */
  inForce: boolean;
}

/** Agreements of a territory with others, by the other's name. */
export async function agreements(tx: Transaction, territoryId: string): Promise<AgreementRow[]> {
  return tx.sql<AgreementRow>(
    `SELECT t.id AS "territoryId", t.name,
       CASE WHEN a.territory_a_id = $1 THEN a.signed_by_a_at ELSE a.signed_by_b_at END AS "signedByUsAt",
       CASE WHEN a.territory_a_id = $1 THEN a.signed_by_b_at ELSE a.signed_by_a_at END AS "signedByThemAt",
       a.ended_at AS "endedAt", a.signed_by_a_at IS NOT NULL AND a.signed_by_b_at IS NOT NULL AND a.ended_at IS NULL AS "inForce"
     FROM territory_agreement a JOIN territory t ON t.id = CASE WHEN a.territory_a_id = $1 THEN a.territory_b_id ELSE a.territory_a_id END
     WHERE $1 IN (a.territory_a_id, a.territory_b_id) ORDER BY t.name, t.id`, [territoryId]);
}
