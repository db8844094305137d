import type { Gate } from '../matching/kernel/gates.js';
import { reasonOf } from '../review/reasons.js';
import { ENOUGH, shareOf } from '../tuning/share.js';
import type { Month } from './month.js';
import type { CoverageBody, MonthBody, MonthDelay, MonthExpectation, MonthFamily, MonthImpact, MonthReason } from './month.dto.js';
import type { CoverageRow, DecidedRow, MonthFacts, OutcomeRow, StepRow } from './month.queries.js';

/** What the figures call a category. */
export interface CategoryWords {
  /** Null: told together with others. */
  family: string | null;
  label: { fr: string; en: string };
  unit: string;
}

type CategoryOf = (slug: string) => CategoryWords | undefined;

/** The words that figures are told in. */
export interface FigureWords {
  category: CategoryOf;
  /** Of a reason, or of `DISCUSSED`. */
  reason(slug: string): string;
  gate(gate: Gate): string;
}

/** What every reason that concerns people is told as. */
export const DISCUSSED = 'discussed';
const DAYS_A_YEAR = 365.25;

/** The figures of a month (MATCHING section 10), all of them. */
export function monthFigures(month: Month, now: Date, facts: MonthFacts, words: FigureWords): MonthBody {
  const { decided, shown, lists } = facts;
  const categoryOf = words.category;
  const listed = settled(decided.filter(({ kind }) => kind === 'listed'));
  const audit = settled(decided.filter(({ kind }) => kind === 'audit'));
  const accepted = decided.filter(isAccepted);
  const count = (verdict: DecidedRow['verdict']): number => decided.filter((row) => row.verdict === verdict).length;
  const ages = shown.flatMap(({ ageYears }) => (ageYears === null ? [] : [ageYears * DAYS_A_YEAR]));
  return {
    month: month.name, firstDay: month.firstDay, lastDay: month.lastDay, running: now < month.until, smallKeptBack: false,
    runs: facts.runs, lists: lists.map(({ funnel: _funnel, ...list }) => list), funnel: (lists.at(-1)?.funnel ?? []).map((row) => ({ ...row, label: words.gate(row.gate) })),
    decisions: { accepted: accepted.length, rejected: count('reject'), snoozed: count('snooze'), cannotSay: count('cannot-say') },
    acceptance: shareOf(listed.filter(isAccepted).length, listed.length),
    knowablePrecision: shareOf(listed.filter(({ reason }) => reason === null || reasonOf(reason)?.qualitySignal !== true).length, listed.length),
    bothInterested: shareOf(accepted.filter(({ both }) => both).length, accepted.length),
    realised: shareOf(accepted.filter(({ realised }) => realised).length, accepted.length),
    auditAcceptance: shareOf(audit.filter(isAccepted).length, audit.length),
    expectation: expectationOf(listed), reviews: reviewsOf(decided),
    repeatsOfRejected: facts.repeatsOfRejected, contactsBeforeApproval: facts.contactsBeforeApproval,
    dataAge: { leads: ages.length, medianDays: roundedQuantile(ages, 0.5), ninthDecileDays: roundedQuantile(ages, 0.9) },
    reasons: reasonsOf(decided, words),
    delays: { contact: delayOf(facts.steps, 'asked'), bothInterested: delayOf(facts.steps, 'both'), realised: delayOf(facts.steps, 'realised') },
    impact: {
      begun: impactOf(facts.outcomes.filter(({ begun }) => begun)), running: impactOf(facts.outcomes),
      potential: impactOf(accepted.filter(({ realised }) => !realised).map(({ exchanged, inputCategory, money }) => ({
        unit: categoryOf(inputCategory ?? '')?.unit ?? '', quantity: exchanged, euros: money, co2eTonnes: null,
      }))),
    },
    families: familiesOf(facts, categoryOf),
  };
}

const isAccepted = ({ verdict }: DecidedRow): boolean => verdict === 'accept';

function settled(rows: readonly DecidedRow[]): DecidedRow[] {
  return rows.filter(({ verdict }) => verdict === 'accept' || verdict === 'reject');
}

function expectationOf(listed: readonly DecidedRow[]): MonthExpectation {
  const said = listed.flatMap((row) => (row.probability === null ? [] : [{ probability: row.probability, accepted: isAccepted(row) }]));
  const observed = shareOf(said.filter(({ accepted }) => accepted).length, said.length);
  return { expected: observed.share === null ? null : said.reduce((sum, { probability }) => sum + probability, 0) / said.length, observed };
}

/** A screen left open over lunch is no review of an hour: each counts for ten minutes at most. */
const LONGEST_SECONDS = 600;

function reviewsOf(decided: readonly DecidedRow[]): MonthBody['reviews'] {
  const timed = decided.filter((row): row is DecidedRow & { seconds: number } => row.seconds !== null);
  if (timed.length < ENOUGH) return { count: timed.length, minutes: null, goodLeadsPerHour: null, missing: ENOUGH - timed.length };
  const minutes = timed.map(({ seconds }) => Math.min(LONGEST_SECONDS, seconds) / 60);
  const hours = minutes.reduce((sum, one) => sum + one, 0) / 60;
  return { count: timed.length, minutes: quantile(minutes, 0.5), goodLeadsPerHour: hours === 0 ? null : timed.filter(isAccepted).length / hours, missing: 0 };
}

/** Rejections by reason, over all and by the output's category; reasons that concern people are told as one. */
function reasonsOf(decided: readonly DecidedRow[], words: FigureWords): MonthReason[] {
  const counts = new Map<string, MonthReason & { count: number }>();
  for (const { category, reason } of decided) {
    if (reason === null) continue;
    const told = reasonOf(reason)?.discreet === true ? DISCUSSED : reason;
    for (const where of category === null ? [null] : [null, category]) {
      const key = `${where ?? ''} ${told}`;
      const entry = counts.get(key) ?? {
        category: where, categoryLabel: where === null ? null : (words.category(where)?.label ?? { fr: where, en: where }), reason: told, label: words.reason(told),
        knowable: reasonOf(told)?.qualitySignal === true, count: 0,
      };
      counts.set(key, { ...entry, count: entry.count + 1 });
    }
  }
  return [...counts.values()].sort((a, b) => (a.category ?? '').localeCompare(b.category ?? '', 'en') || b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function delayOf(steps: readonly StepRow[], step: StepRow['step']): MonthDelay {
  const days = steps.filter((row) => row.step === step).map((row) => row.days);
  return { count: days.length, medianDays: quantile(days, 0.5) };
}

function impactOf(rows: readonly Omit<OutcomeRow, 'begun'>[]): MonthImpact {
  const sums = new Map<string, number>();
  for (const { unit, quantity } of rows) if (quantity !== null) sums.set(unit, (sums.get(unit) ?? 0) + quantity);
  const sum = (values: (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  return {
    count: rows.length, quantities: [...sums].map(([unit, quantity]) => ({ unit, quantity })).sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    euros: sum(rows.map(({ euros }) => euros)), co2eTonnes: sum(rows.map(({ co2eTonnes }) => co2eTonnes)), withoutQuantity: rows.filter(({ quantity }) => quantity === null).length,
  };
}

function familiesOf({ shown, decided }: MonthFacts, categoryOf: CategoryOf): MonthFamily[] {
  const familyOf = (category: string | null): string | null => (category === null ? null : (categoryOf(category)?.family ?? null));
  const families = [...new Set([...shown, ...decided].map(({ category }) => familyOf(category)))];
  return families.map((family): MonthFamily => {
    const rows = decided.filter(({ category }) => familyOf(category) === family);
    const accepted = rows.filter(isAccepted);
    const listed = settled(rows.filter(({ kind }) => kind === 'listed'));
    return {
      family, shown: shown.filter(({ category }) => familyOf(category) === family).length, accepted: accepted.length, rejected: rows.filter(({ verdict }) => verdict === 'reject').length,
      acceptance: shareOf(listed.filter(isAccepted).length, listed.length), bothInterested: accepted.filter(({ both }) => both).length, realised: accepted.filter(({ realised }) => realised).length,
    };
  }).sort((a, b) => (b.shown ?? 0) - (a.shown ?? 0) || ((a.family ?? '') < (b.family ?? '') ? -1 : 1));
}

/** How much of the territory is known. */
export function coverageFigures(rows: { organisations: number; sites: number; underAgreement: number; flows: readonly CoverageRow[] }, categoryOf: CategoryOf): CoverageBody {
  const { flows, ...counts } = rows;
  const familyOf = ({ category }: CoverageRow): string | null => categoryOf(category)?.family ?? null;
  const organisationsOf = (of: readonly CoverageRow[]): number => new Set(of.map(({ companyId }) => companyId)).size;
  return {
    ...counts, withFlows: organisationsOf(flows),
    families: [...new Set(flows.map(familyOf))].map((family) => {
      const own = flows.filter((row) => familyOf(row) === family);
      return {
        family, organisations: organisationsOf(own), outputs: own.filter(({ direction }) => direction === 'output').length,
        inputs: own.filter(({ direction }) => direction === 'input').length, fresh: own.filter(({ fresh }) => fresh).length,
      };
    }).sort((a, b) => b.outputs + b.inputs - a.outputs - a.inputs || ((a.family ?? '') < (b.family ?? '') ? -1 : 1)),
  };
}

/** The smallest value that so many of the values do not pass; null: none. */
function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function roundedQuantile(values: readonly number[], share: number): number | null {
  const value = quantile(values, share);
  return value === null ? null : Math.round(value);
}
