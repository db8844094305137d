import { DateTime } from 'luxon';
import { Problem } from '../platform/problem.js';

/** A calendar month in a territory: half-open, from midnight to midnight of its own clocks. */
export interface Month {
  /** `2026-11` */
  name: string;
  from: Date;
  until: Date;
  /** First and last day. */
  firstDay: string;
  lastDay: string;
}

/** @param name `2026-11`. @throws Problem 422 */
export function monthOf(name: string, timeZone: string): Month {
  const start = /^\d{4}-\d{2}$/.test(name) ? DateTime.fromFormat(name, 'yyyy-MM', { zone: timeZone }) : null;
  if (!start?.isValid) throw new Problem(422, 'invalid-fields', 'Some fields are not valid.', [{ field: 'month', code: 'month', found: name.slice(0, 40), expected: 'a month such as 2026-11' }]);
  const end = start.plus({ months: 1 });
  return { name, from: start.toJSDate(), until: end.toJSDate(), firstDay: start.toISODate() ?? '', lastDay: end.minus({ days: 1 }).toISODate() ?? '' };
}

/** Months from the one that a moment falls in to that of another, the newest first. */
export function monthsBetween(first: Date, last: Date, timeZone: string): string[] {
  const from = DateTime.fromJSDate(first, { zone: timeZone }).startOf('month');
  const months: string[] = [];
  for (let at = DateTime.fromJSDate(last, { zone: timeZone }).startOf('month'); at >= from; at = at.minus({ months: 1 })) months.push(at.toFormat('yyyy-MM'));
  return months;
}
