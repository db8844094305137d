import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coverageFigures, monthFigures } from '../../../src/insights/figures.js';
import { keepSmallBack, keepSmallCoverageBack, SMALL } from '../../../src/insights/kept-back.js';
import { monthOf } from '../../../src/insights/month.js';
import type { MonthBody } from '../../../src/insights/month.dto.js';
import type { CoverageRow, DecidedRow, MonthFacts } from '../../../src/insights/month.queries.js';

const FAMILY_OF: Record<string, string> = { straw: 'matter', whey: 'matter', heat: 'energy', rain: 'water', guard: 'service' };
const categories = (together: ReadonlySet<string>) => (slug: string) => ({ family: together.has(FAMILY_OF[slug]) ? null : FAMILY_OF[slug], label: { fr: slug, en: slug }, unit: 't' });
const november = monthOf('2026-11', 'Europe/Paris');

const category = fc.constantFrom(...Object.keys(FAMILY_OF));
const decided: fc.Arbitrary<DecidedRow> = fc.record({
  kind: fc.constantFrom('listed' as const, 'listed' as const, 'audit' as const), category, seconds: fc.option(fc.integer({ min: 1, max: 500 })), probability: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  verdict: fc.constantFrom<DecidedRow['verdict']>('accept', 'reject', 'snooze', 'cannot-say'), reason: fc.constantFrom('too-far', 'timing', 'competitors', 'too-small'),
  both: fc.boolean(), realised: fc.boolean(), exchanged: fc.option(fc.integer({ min: 1, max: 99 })), inputCategory: category, money: fc.option(fc.integer()),
}).map((row) => ({ ...row, reason: row.verdict === 'reject' ? row.reason : null, both: row.verdict === 'accept' && row.both, realised: row.verdict === 'accept' && row.realised }));
const facts: fc.Arbitrary<MonthFacts> = fc.record({
  runs: fc.constant({ published: 4, failed: 0 }), decided: fc.array(decided, { maxLength: 60 }), repeatsOfRejected: fc.constant(0), contactsBeforeApproval: fc.constant(0),
  lists: fc.array(fc.record({ week: fc.constant('2026-W48'), listed: fc.nat(12), audit: fc.nat(3), budget: fc.constant(10), funnel: fc.constant([]) }), { maxLength: 4 }),
  shown: fc.array(fc.record({ kind: fc.constant('listed' as const), category, ageYears: fc.option(fc.double({ min: 0, max: 3, noNaN: true })) }), { maxLength: 60 }),
  steps: fc.array(fc.record({ step: fc.constantFrom('asked' as const, 'both' as const, 'realised' as const), days: fc.nat(90) }), { maxLength: 20 }),
  outcomes: fc.array(fc.record({ unit: fc.constant('t'), quantity: fc.option(fc.constant(70)), euros: fc.option(fc.constant(900)), co2eTonnes: fc.constant(null), begun: fc.boolean() }), { maxLength: 12 }),
});
const monthOfFacts = (given: MonthFacts) => (together: ReadonlySet<string>): MonthBody =>
  monthFigures(november, new Date('2026-12-05'), given, { category: categories(together), reason: (slug) => slug, gate: (gate) => gate });

/** Names of fields that hold a count of leads, decisions, companies or synergies. */
const COUNTS = new Set(['successes', 'of', 'accepted', 'rejected', 'snoozed', 'cannotSay', 'count', 'leads', 'withoutQuantity', 'shown', 'bothInterested', 'realised', 'listed', 'audit', 'organisations', 'outputs', 'inputs', 'fresh', 'withFlows', 'underAgreement', 'sites']);
function smallCounts(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    (typeof inner === 'number' && COUNTS.has(name) && inner > 0 && inner < SMALL ? [`${path}.${name} = ${inner}`] : smallCounts(inner, `${path}.${name}`)));
}

describe('a month for partners', () => {
  it('has no count from one to four anywhere', () => {
    fc.assert(fc.property(facts, (given) => {
      expect(smallCounts(keepSmallBack(monthOfFacts(given)))).toEqual([]);
    }), { numRuns: 400 });
  });

  it('lets no small count be worked out: failures of a share, a family from the total, reasons from the rejected', () => {
    fc.assert(fc.property(facts, (given) => {
      const month = keepSmallBack(monthOfFacts(given));
      const small = (count: number): boolean => count > 0 && count < SMALL;
      for (const share of [month.acceptance, month.knowablePrecision, month.bothInterested, month.realised, month.auditAcceptance, month.expectation.observed]) {
        if (share.of !== null && share.successes !== null) expect(small(share.of - share.successes)).toBe(false);
      }
      const { observed } = month.expectation;
      if (observed.of !== null && observed.successes !== null && month.acceptance.of !== null && month.acceptance.successes !== null) {
        expect([small(month.acceptance.successes - observed.successes), small(month.acceptance.of - month.acceptance.successes - observed.of + observed.successes)]).toEqual([false, false]);
      }
      const { accepted, rejected } = month.decisions;
      if (rejected !== null && month.reasons.length > 0) expect(small(rejected - month.reasons.reduce((sum, { count }) => sum + (count ?? 0), 0))).toBe(false);
      // With a single family's figure missing, the others and the total would tell it.
      if (accepted !== null && rejected !== null) for (const name of ['accepted', 'rejected'] as const) expect(month.families.filter((row) => row[name] === null).length).not.toBe(1);
    }), { numRuns: 400 });
  });

  it('is the whole month where nothing is small', () => {
    const row: DecidedRow = { kind: 'listed', category: 'straw', verdict: 'accept', reason: null, seconds: 60, probability: 0.5, both: true, realised: false, exchanged: 10, inputCategory: 'straw', money: 5 };
    const many: MonthFacts = {
      runs: { published: 1, failed: 0 }, lists: [], steps: [], outcomes: [], repeatsOfRejected: 0, contactsBeforeApproval: 0, shown: Array.from({ length: 20 }, () => ({ kind: 'listed' as const, category: 'straw', ageYears: 1 })),
      decided: [...Array.from({ length: 12 }, () => row), ...Array.from({ length: 8 }, () => ({ ...row, verdict: 'reject' as const, reason: 'too-far', both: false }))],
    };
    const whole = monthOfFacts(many)(new Set());
    expect(keepSmallBack(monthOfFacts(many))).toEqual({
      ...whole, smallKeptBack: true, reasons: whole.reasons.filter(({ category: of }) => of === null), families: whole.families.map((family) => ({ ...family, bothInterested: null, realised: null })),
    });
    expect(whole.acceptance).toMatchObject({ successes: 12, of: 20, share: 0.6 });
    expect(whole.impact.potential).toMatchObject({ count: 12, quantities: [{ unit: 't', quantity: 120 }], euros: 60, co2eTonnes: null });
    expect(whole.reviews).toEqual({ count: 20, minutes: 1, goodLeadsPerHour: 36, missing: 0 });
    expect(whole.dataAge).toEqual({ leads: 20, medianDays: 365, ninthDecileDays: 365 });
  });
});

describe('the coverage for partners', () => {
  const flow: fc.Arbitrary<CoverageRow> = fc.record({ category, direction: fc.constantFrom('output' as const, 'input' as const), companyId: fc.integer({ min: 1, max: 30 }).map(String), fresh: fc.boolean() });
  it('has no small count, and tells small families together', () => {
    fc.assert(fc.property(fc.array(flow, { maxLength: 80 }), (flows) => {
      const rows = { organisations: 40, sites: 50, underAgreement: 3, flows };
      const body = keepSmallCoverageBack((together) => coverageFigures(rows, categories(together)));
      expect(smallCounts(body)).toEqual([]);
      const whole = coverageFigures(rows, categories(new Set()));
      expect(whole.families.reduce((sum, { outputs, inputs }) => sum + (outputs ?? 0) + (inputs ?? 0), 0)).toBe(flows.length);
    }));
  });
});

describe('a month', () => {
  it('goes from midnight to midnight of the territory\'s clocks, over the change of time', () => {
    expect(monthOf('2026-10', 'Europe/Paris')).toEqual({ name: '2026-10', from: new Date('2026-09-30T22:00:00Z'), until: new Date('2026-10-31T23:00:00Z'), firstDay: '2026-10-01', lastDay: '2026-10-31' });
    expect(monthOf('2024-02', 'Europe/Paris').lastDay).toBe('2024-02-29');
    for (const wrong of ['2026-13', '2026-00', '2026-1', 'novembre', '']) expect(() => monthOf(wrong, 'Europe/Paris')).toThrow('not valid');
  });
});
