import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ALL_YEAR, formatSeason, monthCount, monthsOf, parseSeason } from '../../../src/resources/season.js';

const months = (text: string): number[] => {
  const season = parseSeason(text);
  if (!season.ok) throw new Error(`found ${season.problem.found}`);
  return monthsOf(season.value);
};

describe('the months of a flow', () => {
  it.each<[string, number[]]>([
    ['mars-octobre', [3, 4, 5, 6, 7, 8, 9, 10]], ['jan;fev', [1, 2]], ['1-6', [1, 2, 3, 4, 5, 6]], ['novembre à février', [1, 2, 11, 12]], ['de mai à juillet', [5, 6, 7]], ["d'août à octobre", [8, 9, 10]],
    ['Août', [8]], ['sept. – nov.', [9, 10, 11]], ['janvier, mars et mai', [1, 3, 5]], ['été', [6, 7, 8]], ['hiver', [1, 2, 12]], ['été;décembre', [6, 7, 8, 12]], ['March to May', [3, 4, 5]], ['10-2', [1, 2, 10, 11, 12]],
    ['avril', [4]],
  ])('reads %s', (text, expected) => {
    expect(months(text)).toEqual(expected);
  });

  it.each(["toute l'année", 'Toute l’année', 'all year', '1-12', 'janvier-décembre', 'tous les mois'])('reads %s as the whole year', (text) => {
    expect(parseSeason(text)).toEqual({ ok: true, value: ALL_YEAR });
  });

  it.each(['', '  ', '13', '0-3', 'lundi', 'mars-lundi', 'mars;;mai', 'selon météo'])('refuses %p and says what it expects', (text) => {
    expect(parseSeason(text)).toMatchObject({ ok: false, problem: { part: 'months', found: expect.any(String), expected: expect.stringContaining('mars-octobre') } });
  });

  it('comes back from the words it writes, in both languages (property)', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: ALL_YEAR }), fc.constantFrom('fr' as const, 'en' as const), (mask, language) => {
      expect(parseSeason(formatSeason(mask, language))).toEqual({ ok: true, value: mask });
      expect(monthCount(mask)).toBe(monthsOf(mask).length);
    }));
  });
});
