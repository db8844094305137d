import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explainPair } from '../../../../src/matching/kernel/explain.js';
import { gatesOf, GATES_OF_OPINION } from '../../../../src/matching/kernel/gates.js';
import { prepare } from '../../../../src/matching/kernel/kernel-input.js';
import { scorePairs } from '../../../../src/matching/kernel/score-pairs.js';
import { partsOf } from '../../../../src/matching/kernel/parts.js';
import { Reservoir, seededRandom } from '../../../../src/matching/kernel/random.js';
import { POINTS_PER_NAT, sumOf, type Term, TERMS } from '../../../../src/matching/kernel/score.js';
import { selectList } from '../../../../src/matching/kernel/select.js';
import { decodeSnapshot, encodeSnapshot } from '../../../../src/matching/kernel/snapshot-codec.js';
import { catalogueOf, category, kernelInput, type PlainFlow, plainFlow, substitution, TODAY } from '../../../support/kernel-world.js';
import { anyWorld, inputOf } from './random-world.js';

const RUNS = { numRuns: 40, seed: 20_261_125 };
const MANY = { numRuns: 150, seed: 20_261_125 };
const BUDGET = { listSize: 12, auditSize: 4 };

/** z of one pair of timber. */
function scoreOf(output: Partial<PlainFlow>, input: Partial<PlainFlow>, affinity = 1): number {
  const explained = explainPair(kernelInput({
    outputs: [plainFlow({ key: 'o', category: 'timber', ...output })], inputs: [plainFlow({ key: 'i', category: 'timber', ...input })],
    catalogue: catalogueOf({ categories: [category('timber')], substitutions: [substitution('timber', 'timber', { affinity })] }),
  }), 0, 0);
  if (explained.score === null) throw new Error('expected a score');
  return explained.score.z;
}

const upwards = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.nat(1_000_003), fc.nat(1_000_003)).map((parts) => {
    const [low, high] = parts.sort((a, b) => a - b).map((part) => min + ((max - min) * part) / 1_000_003);
    return [low, high];
  });

describe('the score, all else equal', () => {
  it('is never less for the nearer of two', () => {
    fc.assert(fc.property(upwards(0, 60), ([near, far]) => {
      expect(scoreOf({}, { latitude: 44.0175 + near })).toBeGreaterThanOrEqual(scoreOf({}, { latitude: 44.0175 + far }));
    }), MANY);
  });

  it('is never less for the more freshly confirmed of two, on either side', () => {
    fc.assert(fc.property(upwards(0, 3000), fc.nat(3000), ([young, old], other) => {
      const [fresh, stale] = [young, old].map((days) => ({ confirmedDay: TODAY - Math.floor(days) }));
      const fixed = { confirmedDay: TODAY - other };
      expect(scoreOf(fresh, fixed)).toBeGreaterThanOrEqual(scoreOf(stale, fixed));
      expect(scoreOf(fixed, fresh)).toBeGreaterThanOrEqual(scoreOf(fixed, stale));
    }), MANY);
  });

  it('is never less for the higher affinity', () => {
    fc.assert(fc.property(upwards(0.001, 1), ([low, high]) => expect(scoreOf({}, {}, high)).toBeGreaterThanOrEqual(scoreOf({}, {}, low))), MANY);
  });

  it('is never less for the better fitting quantity, too small or too large', () => {
    fc.assert(fc.property(upwards(0, 8), fc.constantFrom(1, -1), ([less, more], sign) => {
      expect(scoreOf({ quantity: 100 * Math.exp(sign * less) }, {})).toBeGreaterThanOrEqual(scoreOf({ quantity: 100 * Math.exp(sign * more) }, {}));
      expect(scoreOf({}, { quantity: 100 * Math.exp(sign * less) })).toBeGreaterThanOrEqual(scoreOf({}, { quantity: 100 * Math.exp(sign * more) }));
    }), MANY);
  });
});

describe('the waterfall', () => {
  const tenths = (points: number): number => Math.round(points * 10);

  it('adds up to the points exactly, and each bar is within a tenth of its term', () => {
    const nats = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(fc.property(fc.tuple(...TERMS.map(() => fc.oneof(nats, fc.constant(0), fc.constant(-0)))), (values) => {
      const terms = Object.fromEntries(TERMS.map((term, at) => [term, values[at]])) as Record<Term, number>;
      const { parts, points } = partsOf(terms);
      expect(parts.reduce((sum, part) => sum + tenths(part.points), 0)).toBe(tenths(points));
      expect(Math.abs(points - sumOf(terms) * POINTS_PER_NAT)).toBeLessThanOrEqual(0.0501);
      for (const part of parts) {
        expect(Math.abs(part.points - terms[part.term] * POINTS_PER_NAT)).toBeLessThanOrEqual(0.1001);
        expect(part.points).toBe(tenths(part.points) / 10);
        expect(Object.is(part.points, -0)).toBe(false);
      }
      expect(parts.map(({ term }) => term)).toContain('start');
      expect(Object.is(points, -0)).toBe(false);
    }), MANY);
  });

  it('adds up for whatever is put on a list', () => {
    fc.assert(fc.property(anyWorld(25), (world) => {
      const input = inputOf(world);
      for (const { parts, points, z } of selectList(input, scorePairs(input), BUDGET).candidates) {
        expect(parts.reduce((sum, part) => sum + tenths(part.points), 0)).toBe(tenths(points));
        expect(Math.abs(points - z * POINTS_PER_NAT)).toBeLessThanOrEqual(0.0501);
      }
    }), RUNS);
  });
});

describe('a run repeated', () => {
  it('gives deeply equal pairs and lists, from an input that it left as it was', () => {
    fc.assert(fc.property(anyWorld(25), (world) => {
      const input = inputOf(world);
      const before = structuredClone(input);
      const first = scorePairs(input, { topK: 3 });
      const list = selectList(input, first, BUDGET);
      expect(input).toEqual(before);
      const second = scorePairs(before, { topK: 3 });
      expect(second).toEqual(first);
      expect(selectList(before, second, BUDGET)).toEqual(list);
    }), RUNS);
  });

  it('does not depend on the order of blocks and earlier candidates', () => {
    fc.assert(fc.property(anyWorld(25).chain((world) => fc.record({
      world: fc.constant(world), blocks: fc.shuffledSubarray(world.blocks, { minLength: world.blocks.length }),
      open: fc.shuffledSubarray(world.open, { minLength: world.open.length }),
    })), ({ world, blocks, open }) => {
      const [input, shuffled] = [inputOf(world), inputOf({ ...world, blocks, open })];
      expect(scorePairs(shuffled)).toEqual(scorePairs(input));
      expect(selectList(shuffled, scorePairs(shuffled), BUDGET)).toEqual(selectList(input, scorePairs(input), BUDGET));
    }), RUNS);
  });

  it('survives the stored form: the snapshot comes back equal, and equal snapshots give equal bytes', () => {
    fc.assert(fc.property(anyWorld(25), (world) => {
      const input = inputOf(world);
      const bytes = encodeSnapshot(input.snapshot);
      const back = decodeSnapshot(bytes);
      expect(back).toEqual(input.snapshot);
      expect(Buffer.from(encodeSnapshot(back)).equals(Buffer.from(bytes))).toBe(true);
      // Read out of a larger buffer, as a database driver hands it over.
      const shifted = new Uint8Array(bytes.length + 3);
      shifted.set(bytes, 3);
      expect(decodeSnapshot(shifted.subarray(3))).toEqual(input.snapshot);
      expect(scorePairs({ ...input, snapshot: back })).toEqual(scorePairs(input));
    }), RUNS);
  });

  it('refuses bytes that are no snapshot, or end early', () => {
    const bytes = encodeSnapshot(kernelInput({ outputs: [plainFlow({ key: 'o', category: 'timber' })], inputs: [], catalogue: catalogueOf({}) }).snapshot);
    expect(() => decodeSnapshot(new TextEncoder().encode('something else altogether'))).toThrow('no stored snapshot');
    expect(() => decodeSnapshot(bytes.subarray(0, bytes.length - 1))).toThrow();
  });
});

describe('the audit slice', () => {
  it('draws only what may be shown, once, with a chance above 0 and at most 1', () => {
    let [drawn, behind] = [0, 0];
    fc.assert(fc.property(anyWorld(), (world) => {
      const input = inputOf(world);
      const kernel = prepare(input);
      const { candidates } = selectList(input, scorePairs(input), BUDGET);
      const listed = new Set(candidates.filter(({ kind }) => kind === 'listed').map(({ output, input: at }) => `${output} ${at}`));
      const audited = candidates.filter(({ kind }) => kind === 'audit');
      expect(new Set(audited.map(({ output, input: at }) => `${output} ${at}`)).size).toBe(audited.length);
      for (const one of audited) {
        expect(listed.has(`${one.output} ${one.input}`)).toBe(false);
        expect(one.inclusionProbability).toBeGreaterThan(0);
        expect(one.inclusionProbability).toBeLessThanOrEqual(1 + 1e-12);
        expect(one.z * POINTS_PER_NAT).toBeGreaterThanOrEqual(world.policy.auditFloorPoints);
        const gates = gatesOf(kernel, one.output, one.input);
        expect(gates.every((gate) => GATES_OF_OPINION.includes(gate))).toBe(true);
        expect(gates).toHaveLength(one.auditPool === 'gate' ? 1 : 0);
        const short = one.thresholdPoints - one.z * POINTS_PER_NAT;
        if (one.auditPool !== 'gate') expect(short > 0).toBe(true);
        if (one.auditPool === 'band') expect(short).toBeLessThanOrEqual(world.policy.budget.auditBandPoints + 1e-9);
        if (one.auditPool === 'below') expect(short).toBeGreaterThan(world.policy.budget.auditBandPoints - 1e-9);
        behind += gates.length;
      }
      drawn += audited.length;
      for (const one of candidates) if (one.kind === 'listed') expect([one.inclusionProbability, one.auditPool]).toEqual([1, null]);
    }), RUNS);
    expect([drawn > 50, behind > 5]).toEqual([true, true]);
  });

  /** One output and 80 inputs at the same score, all just below the threshold: every pair must be as likely as the next. */
  const uniform = (() => {
    const input = kernelInput({
      outputs: [plainFlow({ key: 'o', category: 'timber' })],
      inputs: Array.from({ length: 80 }, (_, at) => plainFlow({ key: `i${String(at).padStart(3, '0')}`, category: 'timber' })),
      catalogue: catalogueOf({ categories: [category('timber')], substitutions: [substitution('timber', 'timber')] }),
    });
    const points = scorePairs({ ...input, policy: { ...input.policy, thresholdPoints: 500 } }).bestBelow as number;
    return { ...input, policy: { ...input.policy, thresholdPoints: points + 1 } };
  })();

  it('draws every pair of a pool equally often, and as often as it says', () => {
    const counts = new Array<number>(80).fill(0);
    const seeds = 800;
    for (let seed = 0; seed < seeds; seed += 1) {
      const input = { ...uniform, seed };
      const { candidates } = selectList(input, scorePairs(input), { listSize: 10, auditSize: 2 });
      expect(candidates.map(({ kind, auditPool }) => [kind, auditPool])).toEqual([['audit', 'band'], ['audit', 'band']]);
      for (const one of candidates) {
        expect(one.inclusionProbability).toBeCloseTo(2 / 80, 12);
        counts[one.input] += 1;
      }
    }
    const expected = (2 * seeds) / 80;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 79 degrees of freedom: mean 79, standard deviation 12.6; six of these either way.
    expect(chiSquare).toBeGreaterThan(79 - 6 * 12.6);
    expect(chiSquare).toBeLessThan(79 + 6 * 12.6);
  });

  it('keeps a uniform sample of whatever is offered, the last as likely as the first', () => {
    const counts = new Array<number>(40).fill(0);
    const rounds = 8_000;
    for (let seed = 0; seed < rounds; seed += 1) {
      const reservoir = new Reservoir<number>(5, seededRandom(seed));
      for (let value = 0; value < 40; value += 1) reservoir.offer(() => value);
      expect([reservoir.seen, new Set(reservoir.kept).size]).toEqual([40, 5]);
      for (const value of reservoir.kept) counts[value] += 1;
    }
    const expected = (5 * rounds) / 40;
    // Binomial: standard deviation of each count below √expected; six of these.
    for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it('draws from the pools in the shares of the policy, as the recorded chances say', () => {
    // 30 pairs in the band, 20 farther down, 10 behind the gate of distance; one place.
    const at = (km: number): number => 44.0175 + km / 111.195;
    const input = kernelInput({
      outputs: [plainFlow({ key: 'o', category: 'timber' })],
      inputs: Array.from({ length: 60 }, (_, flow) => plainFlow({ key: `i${String(flow).padStart(2, '0')}`, category: 'timber', reach: 2, latitude: at(flow < 30 ? 1 : flow < 50 ? 60 : 130) })),
      catalogue: catalogueOf({ categories: [category('timber')], substitutions: [substitution('timber', 'timber')] }),
    });
    const policy = { ...input.policy, thresholdPoints: 40, auditFloorPoints: -100, budget: { ...input.policy.budget, auditBandPoints: 15, auditBandShare: 0.8, auditGateShare: 0.1 } };
    const drawn = { band: 0, below: 0, gate: 0 };
    const seeds = 1_500;
    for (let seed = 0; seed < seeds; seed += 1) {
      const run = { ...input, policy, seed };
      const scored = scorePairs(run);
      expect([scored.pools.band.seen, scored.pools.below.seen, scored.pools.gate.seen]).toEqual([30, 20, 10]);
      const [one] = selectList(run, scored, { listSize: 5, auditSize: 1 }).candidates;
      const pool = one.auditPool ?? 'band';
      drawn[pool] += 1;
      expect(one.inclusionProbability).toBeCloseTo({ band: 0.72 / 30, below: 0.18 / 20, gate: 0.1 / 10 }[pool], 12);
    }
    for (const [pool, share] of [['band', 0.72], ['below', 0.18], ['gate', 0.1]] as const) {
      expect(Math.abs(drawn[pool] - share * seeds)).toBeLessThan(6 * Math.sqrt(share * (1 - share) * seeds));
    }
  });
});
