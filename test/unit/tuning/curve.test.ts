import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadDefaultPolicy } from '../../../config/load-config.js';
import { type JudgedLead, reliability, thresholdCurve } from '../../../src/tuning/curve.js';
import { policyDifferences } from '../../../src/tuning/difference.js';

const lead: fc.Arbitrary<JudgedLead> = fc.record({
  points: fc.integer({ min: -400, max: 400 }).map((tenths) => tenths / 10), verdict: fc.constantFrom<JudgedLead['verdict']>('accept', 'reject', 'snooze', 'cannot-say'), knowable: fc.boolean(),
});

describe('the curves against the threshold', () => {
  it('count what stands at or above it, by hand', () => {
    const leads: JudgedLead[] = [
      ...Array.from({ length: 10 }, (): JudgedLead => ({ points: 20, verdict: 'accept', knowable: false })),
      ...Array.from({ length: 6 }, (): JudgedLead => ({ points: 11, verdict: 'reject', knowable: true })),
      ...Array.from({ length: 4 }, (): JudgedLead => ({ points: 10, verdict: 'reject', knowable: false })),
      { points: 10, verdict: 'snooze', knowable: false },
    ];
    const curve = thresholdCurve(leads, 2, 3);
    expect(curve.map(({ thresholdPoints }) => thresholdPoints)).toEqual([10, 12, 14, 16, 18, 20]);
    expect(curve[0]).toMatchObject({ shown: 10.5, minutes: 31.5, accepted: 5, acceptance: { successes: 10, of: 20, share: 0.5 }, knowablePrecision: { successes: 14, of: 20, share: 0.7 } });
    expect(curve[1]).toMatchObject({ shown: 5, acceptance: { successes: 10, of: 10, share: 1 } });
  });

  it('never show more, take longer or yield more as the threshold rises; nothing judged gives no curve', () => {
    fc.assert(fc.property(fc.array(lead, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (leads, weeks) => {
      const curve = thresholdCurve(leads, weeks, 2);
      expect(curve[0].shown).toBeCloseTo(leads.length / weeks);
      for (let at = 1; at < curve.length; at += 1) {
        for (const figure of ['shown', 'minutes', 'accepted'] as const) expect(curve[at][figure]).toBeLessThanOrEqual(curve[at - 1][figure]);
      }
    }));
    expect(thresholdCurve([], 3, 2)).toEqual([]);
  });
});

describe('reliability', () => {
  it('puts each probability into its fifth, with what came of it', () => {
    const bins = reliability([...Array.from({ length: 10 }, (_, at) => ({ probability: 0.7, accepted: at < 7 })), { probability: 1, accepted: true }]);
    expect(bins.map(({ from, said, observed }) => [from, Math.round(said * 100), observed.successes, observed.of])).toEqual([[0.6, 70, 7, 10], [0.8, 100, 1, 1]]);
  });
});

describe('two policies', () => {
  it('differ in the fields that somebody changed, and in no other', () => {
    const policy = loadDefaultPolicy();
    expect(policyDifferences(policy, structuredClone(policy))).toEqual([]);
    const other = { ...policy, thresholdPoints: 3, gates: { ...policy.gates, noAgreement: 'sign-first' as const }, categories: { straw: { hardDistanceFactor: 0.5 } } };
    expect(policyDifferences(policy, other)).toEqual([
      { field: 'categories.straw.hardDistanceFactor', from: null, to: 0.5 }, { field: 'gates.noAgreement', from: 'hide', to: 'sign-first' }, { field: 'thresholdPoints', from: policy.thresholdPoints, to: 3 },
    ]);
    expect(policyDifferences(other, policy)).toHaveLength(3);
  });
});
