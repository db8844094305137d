import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { daysOfWeek, isoWeekOf, localDayOf, runDueAt } from '../../../src/platform/iso-week.js';

const DAY = 86_400_000;

/** The rule by hand: the week belongs to the year that holds its Thursday. */
function weekByThursday(year: number, month: number, day: number): string {
  const at = Date.UTC(year, month - 1, day);
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  const thursday = new Date(at + (3 - weekday) * DAY);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = 1 + Math.floor((thursday.getTime() - first) / (7 * DAY));
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const zone = fc.constantFrom('Europe/Paris', 'UTC', 'America/Cayenne', 'Indian/Reunion', 'Pacific/Noumea', 'America/New_York', 'Asia/Kathmandu');

describe('the ISO week of a territory', () => {
  it('belongs to the year that holds its Thursday, in every time zone', () => {
    fc.assert(fc.property(moment, zone, (at, timeZone) => {
      const local = DateTime.fromJSDate(at, { zone: timeZone });
      expect(isoWeekOf(at, timeZone)).toBe(weekByThursday(local.year, local.month, local.day));
    }));
  });

  it('is the expected one in the last and first days of every year', () => {
    fc.assert(fc.property(fc.integer({ min: 2000, max: 2099 }), fc.integer({ min: -5, max: 5 }), (year, offset) => {
      const at = new Date(Date.UTC(year, 0, 1, 12) + offset * DAY);
      const local = DateTime.fromJSDate(at, { zone: 'Europe/Paris' });
      expect(isoWeekOf(at, 'Europe/Paris')).toBe(`${local.weekYear}-W${String(local.weekNumber).padStart(2, '0')}`);
    }));
  });

  it.each([
    ['2026-12-31T12:00:00Z', '2026-W53'], ['2027-01-03T12:00:00Z', '2026-W53'], ['2027-01-04T12:00:00Z', '2027-W01'],
    ['2024-12-30T12:00:00Z', '2025-W01'], ['2021-01-01T12:00:00Z', '2020-W53'],
  ])('puts %s into %s', (at, week) => {
    expect(isoWeekOf(new Date(at), 'Europe/Paris')).toBe(week);
  });

  it('changes at local midnight, not at midnight UTC', () => {
    expect(isoWeekOf(new Date('2026-11-22T22:59:59Z'), 'Europe/Paris')).toBe('2026-W47');
    expect(isoWeekOf(new Date('2026-11-22T23:00:00Z'), 'Europe/Paris')).toBe('2026-W48');
    expect(localDayOf(new Date('2026-11-22T23:00:00Z'), 'Europe/Paris')).toBe('2026-11-23');
  });

  it('has its run due on its Monday at six, local time, in weeks with and without a change of clocks', () => {
    fc.assert(fc.property(moment, zone, (at, timeZone) => {
      const week = isoWeekOf(at, timeZone);
      const due = DateTime.fromJSDate(runDueAt(week, timeZone), { zone: timeZone });
      expect([due.weekday, due.hour, due.minute]).toEqual([1, 6, 0]);
      expect(isoWeekOf(due.toJSDate(), timeZone)).toBe(week);
      expect(daysOfWeek(week).from).toBe(due.toFormat('yyyy-MM-dd'));
    }));
  });

  it.each([
    // Clocks change on Sundays, 29 March and 25 October 2026: the same six o'clock is another hour of UTC in the week after.
    ['2026-W13', '2026-03-23T05:00:00.000Z'], ['2026-W14', '2026-03-30T04:00:00.000Z'],
    ['2026-W43', '2026-10-19T04:00:00.000Z'], ['2026-W44', '2026-10-26T05:00:00.000Z'],
  ])('of %s is due at %s', (week, due) => {
    expect(runDueAt(week, 'Europe/Paris').toISOString()).toBe(due);
  });

  it('refuses a week that does not exist and a time zone nobody knows, naming them', () => {
    expect(() => runDueAt('2026-W54', 'Europe/Paris')).toThrow(/2026-W54/);
    expect(() => runDueAt('2026-48', 'Europe/Paris')).toThrow(/2026-48/);
    expect(() => isoWeekOf(new Date(), 'Europe/Montauban')).toThrow(/Europe\/Montauban/);
  });

  it('runs from its Monday to its Sunday', () => {
    expect(daysOfWeek('2026-W53')).toEqual({ from: '2026-12-28', to: '2027-01-03' });
  });
});
