import { DateTime } from 'luxon';

/** The hour of Monday, local time, at which a territory's weekly run is due. */
export const RUN_HOUR = 6;

const WEEK = /^(\d{4})-W(\d{2})$/;

/**
 * The ISO week that a moment falls in, as clocks in that place show it: `2026-W48`.
 * @param timeZone IANA name, `Europe/Paris`
 * @throws RangeError when the time zone is unknown
 */
export function isoWeekOf(at: Date, timeZone: string): string {
  return localTime(at, timeZone).toFormat("kkkk-'W'WW");
}

/**
 * The day that a moment falls on in that place, `2026-11-23`.
 * @throws RangeError when the time zone is unknown
 */
export function localDayOf(at: Date, timeZone: string): string {
  return localTime(at, timeZone).toFormat('yyyy-MM-dd');
}

/**
 * Monday of that ISO week at 06:00 local time, whatever daylight saving does in that week. Where clocks skip that hour,
 * the moment at which they would have shown it.
 * @param week `2026-W48`
 * @throws RangeError when the week does not exist (`2026-W54`) or the time zone is unknown
 */
export function runDueAt(week: string, timeZone: string): Date {
  return monday(week, timeZone).set({ hour: RUN_HOUR }).toJSDate();
}

/**
 * First and last day of an ISO week, Monday and Sunday, as `2026-11-23`.
 * @throws RangeError when the week does not exist
 */
export function daysOfWeek(week: string): { from: string; to: string } {
  const first = monday(week, 'utc');
  return { from: first.toFormat('yyyy-MM-dd'), to: first.plus({ days: 6 }).toFormat('yyyy-MM-dd') };
}

function localTime(at: Date, timeZone: string): DateTime {
  const time = DateTime.fromJSDate(at, { zone: timeZone });
  if (!time.isValid) throw new RangeError(`Time zone ${JSON.stringify(timeZone)} is not known; expected an IANA name such as "Europe/Paris".`);
  return time;
}

function monday(week: string, timeZone: string): DateTime {
  const match = WEEK.exec(week);
  const time = match ? DateTime.fromObject({ weekYear: Number(match[1]), weekNumber: Number(match[2]), weekday: 1 }, { zone: timeZone }) : null;
  if (!time?.isValid) throw new RangeError(`Week ${JSON.stringify(week)} in time zone ${JSON.stringify(timeZone)} does not exist; expected an ISO week such as "2026-W48".`);
  return time;
}
