import type { BaseUnit, ResourceCategory } from './resource-catalogue.js';
import { foldAccents } from './words.js';

/** What a value is refused for, in the words of a report row. */
export interface ValueProblem {
  part: 'value' | 'unit' | 'period' | 'months';
  found: string;
  expected: string;
}

export type Checked<T> = { ok: true; value: T } | { ok: false; problem: ValueProblem };

export const PERIODS = ['hour', 'day', 'working-day', 'week', 'month', 'quarter', 'half-year', 'year'] as const;
export type Period = (typeof PERIODS)[number];

/** Periods in a year. A day is a calendar day and a month a twelfth; `working-day` counts 5 × 52 less 10 French public holidays. Hours of running are never assumed. */
const PERIODS_PER_YEAR: Record<Exclude<Period, 'hour'>, number> = { day: 365, 'working-day': 250, week: 52, month: 12, quarter: 4, 'half-year': 2, year: 1 };

type Dimension = 'mass' | 'volume' | 'energy' | 'time' | 'count' | 'area';

/** Unit → its dimension and its size in that dimension's own base (t, m³, MWh, h, piece, m²). Keys are what `unitKey` makes of a spelling. */
const UNITS: ReadonlyMap<string, { dimension: Dimension; size: number; stock?: true }> = new Map([
  ...unit('mass', 1e-6, 'g', 'gramme', 'gram'),
  ...unit('mass', 1e-3, 'kg', 'kilo', 'kilogramme', 'kilogram'),
  ...unit('mass', 0.1, 'q', 'quintal', 'quintaux'),
  ...unit('mass', 1, 't', 'tonne', 'to', 'tonnes metriques'),
  ...unit('mass', 1000, 'kt', 'kilotonne'),
  ...unit('volume', 1e-3, 'l', 'litre', 'liter'),
  ...unit('volume', 0.1, 'hl', 'hectolitre', 'hectoliter'),
  ...unit('volume', 1, 'm3', 'metre cube', 'metres cubes', 'mc', 'cubic metre', 'cubic meter'),
  ...unit('energy', 1e-3, 'kwh', 'kilowattheure', 'kilowatt hour'),
  ...unit('energy', 1, 'mwh', 'megawattheure', 'megawatt hour'),
  ...unit('energy', 1e3, 'gwh', 'gigawattheure', 'gigawatt hour'),
  ...unit('energy', 1e6, 'twh'),
  ...unit('energy', 1 / 3600, 'mj', 'megajoule'),
  ...unit('energy', 1 / 3.6, 'gj', 'gigajoule'),
  ...unit('energy', 1000 / 3.6, 'tj', 'terajoule'),
  ...unit('energy', 11.63, 'tep', 'toe'),
  ...unit('time', 1 / 60, 'min', 'minute'),
  ...unit('time', 1, 'h', 'heure', 'hour', 'hr'),
  ...unit('time', 7, 'j', 'jour', 'day', 'jh', 'j.h', 'jour homme', 'homme jour', 'person day'),
  // One full-time post is the legal French year; it is a stock, so no period may follow.
  ...unit('time', 1607, 'etp', 'fte').map(([key, entry]) => [key, { ...entry, stock: true as const }] as const),
  ...unit('count', 1, 'u', 'un', 'unite', 'unit', 'piece', 'pce', 'pc', 'pcs', 'palette', 'pallet', 'repas', 'meal', 'voyage', 'trip', 'trajet', 'tournee', 'passage', 'pesee', 'place', 'ibc', 'fut'),
  ...unit('count', 1000, 'millier', 'thousand'),
  ...unit('area', 1, 'm2', 'metre carre', 'metres carres', 'square metre', 'square meter').map(stock),
  ...unit('area', 100, 'are').map(stock),
  ...unit('area', 10_000, 'ha', 'hectare').map(stock),
]);

const DIMENSION_OF: Record<BaseUnit, Dimension> = { t: 'mass', m3: 'volume', MWh: 'energy', h: 'time', piece: 'count', m2: 'area' };
const EXAMPLES: Record<Dimension, string> = {
  mass: 'g, kg, q, t, kt', volume: 'L, hL, m3', energy: 'kWh, MWh, GWh, TWh, MJ, GJ, TJ, tep', time: 'min, h, j (7 h), ETP (1607 h)', count: 'u, piece, millier', area: 'm2, ha',
};

/**
 * Largest believable quantity a year at one site, a little above the largest in France: a slip of unit or decimal is
 * what lies beyond. A steelworks makes 7 Mt, a nuclear plant 40 TWh; 2 million hours are about 1,250 posts.
 */
export const YEARLY_CAP: Record<BaseUnit, number> = { t: 2e7, m3: 1e9, MWh: 5e7, h: 2e6, piece: 1e8, m2: 1e7 };

const PERIOD_WORDS: ReadonlyMap<string, Period> = new Map([
  ...words('hour', 'h', 'hr', 'heure', 'hour', 'horaire'),
  ...words('day', 'j', 'd', 'jr', 'jour', 'day', 'journalier', 'quotidien', 'daily', 'jour calendaire', 'calendar day'),
  ...words('working-day', 'jo', 'j ouvre', 'jour ouvre', 'jour ouvres', 'jour travaille', 'working day', 'workday'),
  ...words('week', 'sem', 's', 'semaine', 'w', 'wk', 'week', 'hebdo', 'hebdomadaire', 'weekly'),
  ...words('month', 'm', 'moi', 'mois', 'mensuel', 'month', 'mo', 'monthly'),
  ...words('quarter', 'trim', 'trimestre', 'trimestriel', 'quarter', 'quarterly', 'tri'),
  ...words('half-year', 'semestre', 'semestriel', 'half year', 'half-year'),
  ...words('year', 'an', 'annee', 'annuel', 'year', 'yearly', 'yr', 'y', 'a', 'annum', 'annual'),
]);

export interface YearlyAssumptions {
  /** Months of the year in which the rate runs, 1 to 12; 12 when left out. Scales every period but the year. */
  activeMonths?: number;
  /** Hours of running a year, for rates by the hour; without it such a rate is refused. */
  hoursPerYear?: number;
  /** Days of running a year instead of 365, for rates by the day. */
  daysPerYear?: number;
}

export interface YearlyQuantity {
  /** In the category's base unit a year. */
  perYear: number;
  baseUnit: BaseUnit;
  period: Period;
  /** t/m³ used to get from volume to mass or back, with the range of the result that the density's own range gives. */
  viaDensity?: { typical: number; low: number; high: number };
}

type Measured = Pick<ResourceCategory, 'slug' | 'baseUnit' | 'density'>;

/**
 * A declared quantity in the category's base unit a year.
 * @param declared value above 0; unit as people write it (`t`, `m³`, `kWh`, `t/an`, `tonnes par mois`); period apart
 *   (`mois`, `per week`) or in the unit, `year` when neither says one
 * @returns the quantity, or what was found and expected: value not above 0 or beyond `YEARLY_CAP`, unknown unit or
 *   period, a unit of another dimension, volume for mass without a density
 */
export function yearlyQuantity(declared: { value: number; unit: string; period?: string | null }, category: Measured, assumptions: YearlyAssumptions = {}): Checked<YearlyQuantity> {
  const { value } = declared;
  if (!Number.isFinite(value) || value <= 0) return refuse('value', String(value), 'a number above 0');
  const measure = readMeasure(declared.unit, declared.period, category);
  if (!measure.ok) return measure;
  const { factor, unitStock, period, density } = measure.value;
  if (unitStock && period !== 'year') return refuse('period', period, `no period or a year with the unit ${declared.unit.trim()}, which is a size and not a rate`);
  const periods = periodsPerYear(period, assumptions);
  if (!periods.ok) return periods;
  const perYear = value * factor * periods.value;
  if (perYear === 0) return refuse('value', `${value} ${declared.unit.trim()}`, `a quantity that is not lost in rounding to ${category.baseUnit} a year`);
  const cap = YEARLY_CAP[category.baseUnit];
  if (perYear > cap) return refuse('value', `${perYear} ${category.baseUnit} a year`, `at most ${cap} ${category.baseUnit} a year at one site`);
  const viaDensity = density && { typical: density.typical, low: (perYear * density.low) / density.typical, high: (perYear * density.high) / density.typical };
  return { ok: true, value: { perYear, baseUnit: category.baseUnit, period, ...(viaDensity ? { viaDensity } : {}) } };
}

/**
 * The way back: what a yearly quantity is in another unit and period, for screens and exports.
 * @param perYear in the category's base unit a year
 */
export function inUnit(perYear: number, unitText: string, period: string | null, category: Measured, assumptions: YearlyAssumptions = {}): Checked<number> {
  const measure = readMeasure(unitText, period, category);
  if (!measure.ok) return measure;
  const periods = periodsPerYear(measure.value.period, assumptions);
  if (!periods.ok) return periods;
  return { ok: true, value: perYear / measure.value.factor / periods.value };
}

/** The period of a text such as `mois`, `par semaine`, `/an`; null when it is none. */
export function readPeriod(text: string): Period | null {
  const key = periodKey(text);
  return PERIOD_WORDS.get(key) ?? PERIOD_WORDS.get(key.replaceAll(/s\b/g, '')) ?? null;
}

interface Measure {
  factor: number;
  period: Period;
  unitStock: boolean;
  /** `low` and `high` are what to put in the place of `typical` in the factor. */
  density?: { typical: number; low: number; high: number };
}

function readMeasure(unitText: string, periodText: string | null | undefined, category: Measured): Checked<Measure> {
  const wanted = DIMENSION_OF[category.baseUnit];
  const { name, rate } = splitUnit(unitText);
  const found = UNITS.get(name) ?? UNITS.get(name.replaceAll(/s\b/g, ''));
  if (!found) return refuse('unit', unitText.trim() || 'nothing', `a unit of ${category.slug}: ${EXAMPLES[wanted]}`);
  const periods: Period[] = [];
  for (const text of [rate, periodText]) {
    if (text === null || text === undefined || text.trim() === '') continue;
    const period = readPeriod(text);
    if (!period) return refuse('period', text.trim(), `one of ${PERIODS.join(', ')} (heure, jour, jour ouvré, semaine, mois, trimestre, semestre, an)`);
    periods.push(period);
  }
  const [period = 'year', other = period] = periods;
  if (other !== period) return refuse('period', `${period} in the unit and ${other} as the period`, 'one period');
  const base = { period, unitStock: found.stock === true };
  if (found.dimension === wanted) return { ok: true, value: { ...base, factor: found.size } };
  const crossing = `${found.dimension} to ${wanted}`;
  if (crossing !== 'volume to mass' && crossing !== 'mass to volume') return refuse('unit', unitText.trim(), `a unit of ${wanted} for ${category.slug}: ${EXAMPLES[wanted]}`);
  if (!category.density) return refuse('unit', unitText.trim(), `a unit of ${wanted} (${EXAMPLES[wanted]}): ${category.slug} has no density`);
  const { min, typical, max } = category.density;
  if (wanted === 'mass') return { ok: true, value: { ...base, factor: found.size * typical, density: { typical, low: min, high: max } } };
  return { ok: true, value: { ...base, factor: found.size / typical, density: { typical: 1 / typical, low: 1 / max, high: 1 / min } } };
}

/** `t/an`, `t par an`, `m³/j`, `kWh per month`, `t.an-1`: the unit's name and what stands after the "per". */
function splitUnit(text: string): { name: string; rate: string | null } {
  const match = /^(.*?)(?:\s*\/\s*|\s+(?:par|per|by|chaque)\s+)(.+)$/.exec(text.trim());
  if (match) return { name: unitKey(match[1] ?? ''), rate: match[2] ?? '' };
  const power = /^(.+?)[.\s·]([a-z]+)(?:-1|⁻¹)$/i.exec(text.trim());
  return power ? { name: unitKey(power[1] ?? ''), rate: power[2] ?? '' } : { name: unitKey(text), rate: null };
}

function unitKey(text: string): string {
  // Fuel energy is often written with its heating value, `MWh PCI`: the same unit.
  return foldAccents(text).replace(/[-\s]+/g, ' ').replace(/^(.*wh) ?\(?pc[is]\)?$/, '$1').trim();
}

function periodKey(text: string): string {
  return foldAccents(text).replace(/^\s*(\/|par\b|per\b|by\b|chaque\b|each\b)\s*/, '').replace(/[.\s]+/g, ' ').trim();
}

function periodsPerYear(period: Period, { activeMonths = 12, hoursPerYear, daysPerYear }: YearlyAssumptions): Checked<number> {
  if (period === 'year') return { ok: true, value: 1 };
  if (!(activeMonths > 0 && activeMonths <= 12)) return refuse('months', String(activeMonths), 'more than 0 and at most 12 months a year');
  if (period === 'hour') {
    if (hoursPerYear === undefined) return refuse('period', 'hour', 'a rate by day, week, month or year, or the hours of running a year');
    return hoursPerYear > 0 && hoursPerYear <= 8784 ? { ok: true, value: hoursPerYear } : refuse('period', `${hoursPerYear} hours a year`, 'more than 0 and at most 8784');
  }
  if (period === 'day' && daysPerYear !== undefined) {
    return daysPerYear > 0 && daysPerYear <= 366 ? { ok: true, value: daysPerYear } : refuse('period', `${daysPerYear} days a year`, 'more than 0 and at most 366');
  }
  return { ok: true, value: (PERIODS_PER_YEAR[period] * activeMonths) / 12 };
}

function refuse(part: ValueProblem['part'], found: string, expected: string): { ok: false; problem: ValueProblem } {
  return { ok: false, problem: { part, found, expected } };
}

function unit(dimension: Dimension, size: number, ...names: string[]): (readonly [string, { dimension: Dimension; size: number; stock?: true }])[] {
  return names.map((name) => [name, { dimension, size }] as const);
}

function stock([key, entry]: readonly [string, { dimension: Dimension; size: number }]): readonly [string, { dimension: Dimension; size: number; stock: true }] {
  return [key, { ...entry, stock: true }];
}

function words(period: Period, ...names: string[]): (readonly [string, Period])[] {
  return names.map((name) => [name, period] as const);
}
