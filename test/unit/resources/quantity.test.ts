import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inUnit, readPeriod, YEARLY_CAP, yearlyQuantity } from '../../../src/resources/quantity.js';
import type { BaseUnit, ResourceCategory } from '../../../src/resources/resource-catalogue.js';

type Measured = Pick<ResourceCategory, 'slug' | 'baseUnit' | 'density'>;
const of = (baseUnit: BaseUnit, density?: Measured['density']): Measured => ({ slug: 'thing', baseUnit, ...(density ? { density } : {}) });
const perYear = (value: number, unit: string, period: string | null, category: Measured, more = {}): number => {
  const result = yearlyQuantity({ value, unit, period }, category, more);
  if (!result.ok) throw new Error(`${result.problem.part}: found ${result.problem.found}, expected ${result.problem.expected}`);
  return result.value.perYear;
};
const problem = (value: number, unit: string, period: string | null, category: Measured, more = {}) => {
  const result = yearlyQuantity({ value, unit, period }, category, more);
  return result.ok ? null : result.problem;
};

describe('a quantity a year', () => {
  it.each<[number, string, string | null, BaseUnit, number]>([
    [12, 't', null, 't', 12], [12, 'T', 'an', 't', 12], [500, 'kg', 'mois', 't', 6], [2, 't/j', null, 't', 730], [10, 'tonnes par mois', null, 't', 120], [3, 't / semaine', null, 't', 156],
    [1, 'q', 'an', 't', 0.1], [2, 'kt', null, 't', 2000], [500_000, 'g', 'an', 't', 0.5], [1, 't', 'jour ouvré', 't', 250], [1, 'tonnes/jours ouvrés', null, 't', 250], [1, 't', 'trimestre', 't', 4],
    [30, 'm³/an', null, 'm3', 30], [1000, 'L', 'semaine', 'm3', 52], [10, 'hL', 'an', 'm3', 1], [5, 'm3.j-1', null, 'm3', 1825], [7, 'mètres cubes', 'an', 'm3', 7],
    [3600, 'MJ', null, 'MWh', 1], [36, 'GJ', 'an', 'MWh', 10], [1, 'tep', 'an', 'MWh', 11.63], [1500, 'kWh', 'mois', 'MWh', 18], [2, 'GWh/an', null, 'MWh', 2000], [4, 'MWh PCI', null, 'MWh', 4],
    [2, 'j', 'mois', 'h', 168], [3, 'h/semaine', null, 'h', 156], [0.5, 'ETP', null, 'h', 803.5], [90, 'min', 'mois', 'h', 18],
    [200, 'palettes', 'mois', 'piece', 2400], [200, 'u', 'month', 'piece', 2400], [1, 'millier', 'an', 'piece', 1000], [20, 'repas/jour', null, 'piece', 7300], [12, 'pcs', null, 'piece', 12],
    [300, 'm²', null, 'm2', 300], [2, 'ha', 'an', 'm2', 20_000],
  ])('reads %d %s (%s) as %s: %d', (value, unit, period, baseUnit, expected) => {
    expect(perYear(value, unit, period, of(baseUnit))).toBeCloseTo(expected, 9);
  });

  it('goes from volume to mass and back with a density, and says the range it gives', () => {
    const whey = of('t', { min: 1, typical: 1.02, max: 1.04 });
    const result = yearlyQuantity({ value: 100, unit: 'm3', period: 'an' }, whey);
    expect(result).toMatchObject({ ok: true, value: { perYear: 102, viaDensity: { typical: 1.02 } } });
    if (result.ok) expect([result.value.viaDensity?.low, result.value.viaDensity?.high].map((x) => Math.round(x ?? 0))).toEqual([100, 104]);
    expect(perYear(120, 't', null, of('m3', { min: 1.1, typical: 1.2, max: 1.3 }))).toBeCloseTo(100, 9);
  });

  it('refuses volume for mass without a density', () => {
    expect(problem(100, 'm3', null, of('t'))).toMatchObject({ part: 'unit', found: 'm3', expected: expect.stringContaining('no density') });
  });

  it.each<[string, number, string, string | null, BaseUnit, string]>([
    ['zero', 0, 't', null, 't', 'value'], ['a negative value', -3, 't', null, 't', 'value'], ['no number', Number.NaN, 't', null, 't', 'value'], ['infinity', Number.POSITIVE_INFINITY, 't', null, 't', 'value'],
    ['an unknown unit', 3, 'bennes', null, 't', 'unit'], ['an empty unit', 3, ' ', null, 't', 'unit'], ['energy for mass', 3, 'MWh', null, 't', 'unit'], ['mass for pieces', 3, 't', null, 'piece', 'unit'],
    ['an unknown period', 3, 't', 'lune', 't', 'period'], ['an unknown period in the unit', 3, 't/lune', null, 't', 'period'], ['two periods that differ', 3, 't/an', 'mois', 't', 'period'],
    ['an area a month', 3, 'm2', 'mois', 'm2', 'period'], ['posts a month', 1, 'ETP', 'mois', 'h', 'period'], ['a rate by the hour with no hours of running', 3, 'm3/h', null, 'm3', 'period'],
  ])('refuses %s', (_what, value, unit, period, baseUnit, part) => {
    expect(problem(value, unit, period, of(baseUnit))).toMatchObject({ part, found: expect.any(String), expected: expect.any(String) });
  });

  it('accepts two periods that agree, and a rate by the hour with its hours of running', () => {
    expect(perYear(3, 't/an', 'year', of('t'))).toBe(3);
    expect(perYear(2, 'm3/h', null, of('m3'), { hoursPerYear: 6000 })).toBe(12_000);
    expect(problem(2, 'm3/h', null, of('m3'), { hoursPerYear: 9000 })?.part).toBe('period');
  });

  it('counts the days of running when told, and only the months in which the rate runs', () => {
    expect(perYear(2, 't', 'jour', of('t'), { daysPerYear: 90 })).toBe(180);
    expect(perYear(10, 't', 'mois', of('t'), { activeMonths: 4 })).toBe(40);
    expect(perYear(10, 't', 'an', of('t'), { activeMonths: 4 })).toBe(10);
    expect(problem(10, 't', 'mois', of('t'), { activeMonths: 13 })?.part).toBe('months');
    expect(problem(10, 't', 'jour', of('t'), { daysPerYear: 400 })?.part).toBe('period');
  });

  it.each(Object.entries(YEARLY_CAP) as [BaseUnit, number][])('refuses more than the believable in %s, and accepts just that', (baseUnit, cap) => {
    expect(perYear(cap, baseUnit, null, of(baseUnit))).toBe(cap);
    expect(problem(cap * 1.001, baseUnit, null, of(baseUnit))).toMatchObject({ part: 'value', expected: expect.stringContaining('at most') });
  });

  it('reads the period however it is written', () => {
    for (const text of ['mois', 'par mois', '/ mois', 'Mensuel', 'per month', 'MONTHS']) expect(readPeriod(text)).toBe('month');
    for (const text of ['jours', 'j', '/j', 'par jour', 'day', 'quotidien']) expect(readPeriod(text)).toBe('day');
    for (const text of ['années', 'an', 'year', 'annuel']) expect(readPeriod(text)).toBe('year');
    expect(readPeriod('lune')).toBeNull();
  });

  const units: [BaseUnit, string[]][] = [['t', ['kg', 't', 'g', 'q', 'm3', 'L']], ['m3', ['L', 'hL', 'm3', 't']], ['MWh', ['kWh', 'GWh', 'GJ', 'tep', 'MJ']], ['h', ['h', 'j', 'min']], ['piece', ['u', 'millier']]];
  const density = { min: 0.5, typical: 0.8, max: 1.1 };
  const cases = fc.constantFrom(...units.flatMap(([base, names]) => names.map((unit) => ({ base, unit }))));
  const period = fc.constantFrom('jour', 'jour ouvré', 'semaine', 'mois', 'trimestre', 'semestre', 'an');
  // Small enough to stay below every cap, also in thousands a day and ten times over.
  const value = fc.double({ min: 1e-3, max: 20, noNaN: true });

  it('comes back to what was declared (property)', () => {
    fc.assert(fc.property(cases, period, value, fc.integer({ min: 1, max: 12 }), ({ base, unit }, when, amount, activeMonths) => {
      const category = of(base, density);
      const back = inUnit(perYear(amount, unit, when, category, { activeMonths }), unit, when, category, { activeMonths });
      expect(back.ok && Math.abs(back.value / amount - 1)).toBeLessThan(1e-12);
    }));
  });

  it('is linear: twice as much declared is twice as much a year (property)', () => {
    fc.assert(fc.property(cases, period, value, fc.double({ min: 0.1, max: 10, noNaN: true }), ({ base, unit }, when, amount, factor) => {
      const category = of(base, density);
      // Beyond what any site moves a year (YEARLY_CAP) a figure is refused, whatever half of it would be.
      fc.pre(problem(amount, unit, when, category) === null && problem(amount * factor, unit, when, category) === null);
      expect(perYear(amount * factor, unit, when, category) / perYear(amount, unit, when, category)).toBeCloseTo(factor, 9);
    }));
  });

  it('says a problem, and never a number that is not above 0, for any text (property)', () => {
    fc.assert(fc.property(fc.double(), fc.string(), fc.option(fc.string()), (amount, unit, when) => {
      const result = yearlyQuantity({ value: amount, unit, period: when }, of('t'));
      expect(result.ok ? result.value.perYear > 0 : result.problem.expected.length > 0).toBe(true);
    }));
  });
});
