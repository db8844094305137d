import { advisors } from '../access/access.queries.js';
import { daysOfWeek } from '../platform/iso-week.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';

/**
 * Weeks with a published list in which at least one advisor was there on at least one working day.
 * @param from first ISO week that matters
 */
export async function workedWeeks(tx: Transaction, from: string): Promise<string[]> {
  const { territoryId } = tx.context;
  const weeks = await tx.sql<{ week: string }>("SELECT DISTINCT week FROM run WHERE territory_id = $1 AND state = 'published' AND week >= $2 ORDER BY week", [territoryId, from]);
  const people = await advisors(tx, territoryId);
  const absences = await tx.sql<{ personId: string; fromDay: string; toDay: string }>(
    'SELECT person_id AS "personId", from_day::text AS "fromDay", to_day::text AS "toDay" FROM absence WHERE territory_id = $1 AND to_day >= $2::date', [territoryId, daysOfWeek(from).from]);
  const isAway = (personId: string, day: string): boolean => absences.some((absence) => absence.personId === personId && absence.fromDay <= day && day <= absence.toDay);
  return weeks.map(({ week }) => week).filter((week) => workingDays(week).some((day) => people.some(({ personId }) => !isAway(personId, day))));
}

function workingDays(week: string): string[] {
  const monday = new Date(`${daysOfWeek(week).from}T00:00:00Z`);
  return [0, 1, 2, 3, 4].map((day) => new Date(monday.getTime() + day * 86_400_000).toISOString().slice(0, 10));
}
