import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { type Away, whoDecides } from './delegation.js';

export interface TerritoryRow {
  id: string;
  slug: string;
  name: string;
  /** IANA name. */
  timeZone: string;
}

/** All territories of the installation, by slug. Their names are no secret between people of one house. */
export async function territories(tx: Transaction): Promise<TerritoryRow[]> {
  return tx.sql<TerritoryRow>('SELECT id, slug, name, time_zone AS "timeZone" FROM territory ORDER BY slug');
}

/** Territories that a person belongs to, by name. Needs that person in the context. */
export async function territoriesOf(tx: Transaction, personId: string): Promise<TerritoryRow[]> {
  return tx.sql<TerritoryRow>(
    `SELECT id, slug, name, time_zone AS "timeZone" FROM territory t
     WHERE EXISTS (SELECT 1 FROM membership m WHERE m.territory_id = t.id AND m.person_id = $1) ORDER BY name, id`, [personId]);
}

export interface AdvisorRow {
  personId: string;
  name: string;
  /** Minutes a week for the list; null: the policy's. */
  weeklyMinutes: number | null;
}

/** Advisors of a territory who may sign in, present or not, by name. */
export async function advisors(tx: Transaction, territoryId: string): Promise<AdvisorRow[]> {
  return tx.sql<AdvisorRow>(
    `SELECT p.id AS "personId", p.name, m.weekly_minutes AS "weeklyMinutes" FROM membership m JOIN person p ON p.id = m.person_id
     WHERE m.territory_id = $1 AND m.role = 'advisor' AND p.disabled_at IS NULL ORDER BY p.name, p.id`, [territoryId]);
}

async function awayOn(tx: Transaction, territoryId: string, day: string): Promise<Away[]> {
  return tx.sql<Away>(
    'SELECT person_id AS "personId", delegate_id AS "delegateId" FROM absence WHERE territory_id = $1 AND $2::date BETWEEN from_day AND to_day', [territoryId, day]);
}

export interface PresentAdvisor {
  personId: string;
  /** Minutes a week for the list; null: the policy's. */
  weeklyMinutes: number | null;
  /** Advisors who are away and whose share this one decides, by id. */
  delegateOf: string[];
}

/**
 * The advisors who are there on a day, by id.
 * @param day `2026-11-23`, in the territory's time zone
 */
export async function advisorsPresent(tx: Transaction, territoryId: string, day: string): Promise<PresentAdvisor[]> {
  const all = await advisors(tx, territoryId);
  const away = await awayOn(tx, territoryId, day);
  const ids = new Set(all.map((advisor) => advisor.personId));
  const isAway = new Set(away.map((absence) => absence.personId));
  const shares = [...isAway].filter((personId) => ids.has(personId)).sort().map((personId) => ({ personId, by: whoDecides(personId, ids, away) }));
  return all
    .filter((advisor) => !isAway.has(advisor.personId))
    .map(({ personId, weeklyMinutes }) => ({ personId, weeklyMinutes, delegateOf: shares.filter((share) => share.by === personId).map((share) => share.personId) }))
    .sort((a, b) => (a.personId < b.personId ? -1 : 1));
}

/**
 * Who decides on a day what is assigned to a person: themselves when present, else the delegate, along the chain.
 * @param day `2026-11-23`, in the territory's time zone
 * @returns null when nobody does: no delegate named, a ring of delegates, or no advisor of the territory (any more)
 */
export async function delegateFor(tx: Transaction, territoryId: string, personId: string, day: string): Promise<string | null> {
  const all = await advisors(tx, territoryId);
  return whoDecides(personId, new Set(all.map((advisor) => advisor.personId)), await awayOn(tx, territoryId, day));
}
