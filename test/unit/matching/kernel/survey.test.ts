import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drawAudit } from '../../../../src/matching/kernel/audit-slice.js';
import { GATES, gatesOf, GATES_OF_OPINION } from '../../../../src/matching/kernel/gates.js';
import { buildIndex, type KernelIndex } from '../../../../src/matching/kernel/kernel-index.js';
import { thresholdOf } from '../../../../src/matching/kernel/match.js';
import { POINTS_PER_NAT } from '../../../../src/matching/kernel/score.js';
import { type Survey, surveying } from '../../../../src/matching/kernel/survey.js';
import { anyWorld, inputOf } from './random-world.js';

const RUNS = { numRuns: 6, seed: 20_261_127 };
const COUNTED = ['same-company', 'wish-no', 'wish-unknown', 'no-agreement', 'withheld', 'too-old', 'no-substitution', 'sanitary', 'hazard'];

function survey(index: KernelIndex, limit?: number): Survey {
  const steps = surveying(index, limit);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    expect(step.value).toBeGreaterThanOrEqual(0);
    expect(step.value).toBeLessThan(1);
  }
}

/** A sample where all could be looked at, so that it can be held against the truth. */
const sampled = (index: KernelIndex): Survey => survey(index, 0);

describe('a sample of the pairs', () => {
  it('counts exactly what company, flow, category, hazard and permit settle, and has the truth in nearly every interval', () => {
    let [inside, intervals, narrow] = [0, 0, 0];
    fc.assert(fc.property(anyWorld(300), (world) => {
      const index = buildIndex(inputOf(world));
      const [whole, part] = [survey(index), sampled(index)];
      expect(part.pairs).toBe(whole.pairs);
      part.funnel.forEach((row, at) => {
        const truth = whole.funnel[at];
        expect(row.gate).toBe(truth.gate);
        expect(row.exact).toBe(COUNTED.includes(row.gate));
        if (row.exact) expect(row).toEqual(truth);
        else {
          intervals += 1;
          inside += Number(truth.removed >= (row.low ?? NaN) && truth.removed <= (row.high ?? NaN));
          expect(row.removed).toBeGreaterThanOrEqual(row.low ?? NaN);
          expect(row.removed).toBeLessThanOrEqual(row.high ?? NaN);
        }
      });
      for (const [count, truth] of [[part.passed, whole.passed], [part.aboveThreshold, whole.aboveThreshold]]) {
        expect([count.exact, truth.exact]).toEqual([false, true]);
        intervals += 1;
        inside += Number(truth.count >= (count.low ?? NaN) && truth.count <= (count.high ?? NaN));
        narrow += Number((count.high ?? NaN) - (count.low ?? NaN) < whole.pairs / 20);
      }
      expect(GATES).toHaveLength(part.funnel.length);
    }), RUNS);
    expect(inside / intervals).toBeGreaterThan(0.9);
    expect(narrow).toBeGreaterThan(6);
  });

  it('fills the pools with what belongs there, each pair once, and says about how large they are', () => {
    let compared = 0;
    fc.assert(fc.property(anyWorld(300), (world) => {
      const index = buildIndex(inputOf(world));
      const { kernel } = index;
      const [whole, part] = [survey(index), sampled(index)];
      for (const [name, { seen, kept, share }] of Object.entries(part.pools)) {
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(kept.length).toBe(Math.min(64, seen));
        expect(new Set(kept.map(({ output, input }) => `${output} ${input}`)).size).toBe(kept.length);
        for (const { output, input, z } of kept) {
          const short = thresholdOf(kernel, output) - z * POINTS_PER_NAT;
          const gates = gatesOf(kernel, output, input);
          expect(gates).toHaveLength(name === 'gate' ? 1 : 0);
          expect(gates.every((gate) => GATES_OF_OPINION.includes(gate))).toBe(true);
          if (name !== 'gate') expect(short > 0 && short <= kernel.policy.budget.auditBandPoints).toBe(name === 'band');
          expect(z * POINTS_PER_NAT).toBeGreaterThanOrEqual(world.policy.auditFloorPoints);
        }
        const truth = whole.pools[name as keyof Survey['pools']].seen;
        if (truth < 500 || share === 1) continue;
        compared += 1;
        expect(seen / share / truth).toBeGreaterThan(0.5);
        expect(seen / share / truth).toBeLessThan(2);
      }
    }), RUNS);
    expect(compared).toBeGreaterThan(0);
  });

  it('makes an audit lead as likely as the share of the pairs that were looked at says', () => {
    const [world] = fc.sample(anyWorld(300), { numRuns: 1, seed: 5 });
    const index = buildIndex(inputOf(world));
    const { pools } = survey(index);
    const part = { pools: { band: { ...pools.band, share: 0.25 }, below: { ...pools.below, share: 0.25 }, gate: { ...pools.gate, share: 0.25 } } };
    const [whole, quarter] = [drawAudit(index.kernel, { pools }, 3), drawAudit(index.kernel, part, 3)];
    expect(whole.length).toBe(3);
    expect(quarter).toEqual(whole.map((lead) => ({ ...lead, probability: expect.closeTo(lead.probability / 4, 12) as unknown as number })));
  });

  it('is the same for the same seed', () => {
    fc.assert(fc.property(anyWorld(60), (world) => {
      const input = inputOf(world);
      expect(sampled(buildIndex(input))).toEqual(sampled(buildIndex(input)));
    }), RUNS);
  });
});
