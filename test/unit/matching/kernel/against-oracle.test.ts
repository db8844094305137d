import { describe, expect, it } from '@jest/globals';
import { distance } from '@turf/distance';
import fc from 'fast-check';
import { explainPair } from '../../../../src/matching/kernel/explain.js';
import { GATES } from '../../../../src/matching/kernel/gates.js';
import { distanceKm } from '../../../../src/matching/kernel/geodesy.js';
import { prepare } from '../../../../src/matching/kernel/kernel-input.js';
import { byScore, matchesOf, type ScoredPair } from '../../../../src/matching/kernel/matches.js';
import { judge } from '../../../../src/matching/kernel/match.js';
import { type ScoredPairs, scorePairs } from '../../../../src/matching/kernel/score-pairs.js';
import { selectList } from '../../../../src/matching/kernel/select.js';
import { type OraclePair, oracleList, oraclePairs, oracleSorted, points, thresholdFor } from './oracle.js';
import { anyWorld, inputOf, type RandomWorld } from './random-world.js';

/** Fixed, so that a failure is the same failure next time. */
const RUNS = { numRuns: 80, seed: 20_261_124 };
const FEWER = { ...RUNS, numRuns: 40 };

/** All pairs by the oracle, with the kernel's own km, so that the rest must agree to the last bits. */
function withKernelDistance(world: RandomWorld): OraclePair[] {
  const { outputs, inputs } = inputOf(world).snapshot;
  return oraclePairs(world, (output, input) => distanceKm(outputs.place, output, inputs.place, input));
}

function pairsOf({ matches }: ScoredPairs): ScoredPair[] {
  return Array.from({ length: matches.start.length - 1 }, (_, output) => matchesOf(matches, output)).flat();
}

describe('the kernel beside the rules written out over plain flows', () => {
  it('passes the same pairs in the same order with the same score', () => {
    let compared = 0;
    fc.assert(fc.property(anyWorld(), (world) => {
      const wanted = oracleSorted(world, withKernelDistance(world));
      const scored = scorePairs(inputOf(world), { topK: Infinity });
      const found = pairsOf(scored).sort(byScore);
      expect(found.map(({ output, input }) => [output, input])).toEqual(wanted.map(({ output, input }) => [output, input]));
      found.forEach(({ z }, at) => expect(Math.abs(z - wanted[at].z)).toBeLessThanOrEqual(1e-12));
      compared += found.length;
    }), RUNS);
    // A comparison of empty lists would say nothing.
    expect(compared).toBeGreaterThan(1_000);
  });

  it('counts each pair at its first failing gate, and all pairs once', () => {
    const reached = new Set<string>();
    fc.assert(fc.property(anyWorld(), (world) => {
      const pairs = withKernelDistance(world);
      const scored = scorePairs(inputOf(world));
      const wanted = Object.fromEntries(GATES.map((gate) => [gate, pairs.filter(({ gates }) => gates[0] === gate).length]));
      expect(Object.fromEntries(scored.funnel.map(({ gate, removed }) => [gate, removed]))).toEqual(wanted);
      expect(scored.funnel.every(({ exact }) => exact)).toBe(true);
      const passed = pairs.filter(({ gates }) => gates.length === 0);
      expect(scored.pairs).toBe(world.outputs.length * world.inputs.length);
      expect(scored.passed).toEqual({ count: passed.length, exact: true });
      expect(scored.funnel.reduce((sum, { removed }) => sum + removed, scored.passed.count)).toBe(scored.pairs);
      expect(scored.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(scored.passed.count);
      for (const { from, count } of scored.histogram) expect(passed.filter(({ z }) => points(z) >= from && points(z) < from + 5)).toHaveLength(count);
      const below = passed.filter(({ z, output }) => points(z) < thresholdFor(world, output)).map(({ z }) => points(z));
      expect(scored.aboveThreshold).toEqual({ count: passed.length - below.length, exact: true });
      expect(scored.bestBelow).toEqual(below.length === 0 ? null : Math.max(...below));
      for (const { gates } of pairs) if (gates.length > 0) reached.add(gates[0]);
    }), RUNS);
    expect([...reached].sort()).toEqual([...GATES].sort());
  });

  it('agrees with the distances of turf on gates and, to a billionth, on scores', () => {
    fc.assert(fc.property(anyWorld(16), (world) => {
      const kernel = prepare(inputOf(world));
      const turf = oraclePairs(world, (output, input) => distance(
        [world.outputs[output].longitude, world.outputs[output].latitude], [world.inputs[input].longitude, world.inputs[input].latitude]));
      // The rest of the gates is compared above: this is about kilometres.
      const ownGates = ['same-company', 'wish-no', 'wish-unknown', 'no-agreement', 'withheld', 'too-old'];
      for (const { output, input, gates, z } of turf) {
        if (gates.some((gate) => ownGates.includes(gate))) continue;
        const verdict = judge(kernel, output, input);
        if (gates.length > 0) expect(verdict).toBe(gates[0]);
        else expect(typeof verdict === 'object' ? Math.abs(verdict.z - z) : verdict).toBeLessThanOrEqual(1e-9);
      }
    }), FEWER);
  });

  it('names for a single pair what the run would do with it', () => {
    fc.assert(fc.property(anyWorld(7), (world) => {
      const input = inputOf(world);
      const passing = new Map(pairsOf(scorePairs({ ...input, policy: { ...input.policy, thresholdPoints: -500, auditFloorPoints: -500, families: withoutThresholds(input.policy.families), categories: withoutThresholds(input.policy.categories) } }, { topK: Infinity }))
        .map(({ output, input: at, z }) => [`${output} ${at}`, z]));
      for (const pair of withKernelDistance(world)) {
        const explained = explainPair(input, pair.output, pair.input);
        expect(explained.gates).toEqual(pair.gates);
        expect(explained.gates.length === 0).toBe(passing.has(`${pair.output} ${pair.input}`));
        if (explained.gates.length === 0) expect(explained.score?.z).toBe(passing.get(`${pair.output} ${pair.input}`));
        expect(explained.score?.substitution ?? '').toBe(pair.slug);
        expect(explained.thresholdPoints).toBe(thresholdFor(world, pair.output));
        expect(explained.refusals.length > 0).toBe(pair.gates.includes('refused'));
      }
    }), FEWER);
  });
});

function withoutThresholds<Overrides extends Partial<Record<string, { thresholdPoints?: number }>>>(overrides: Overrides): Overrides {
  return Object.fromEntries(Object.entries(overrides).map(([slug, one]) => [slug, { ...one, thresholdPoints: -500 }])) as Overrides;
}

describe('the selected list beside a walk down everything', () => {
  it('is the same for any K an output kept, since the search is taken up again', () => {
    let listed = 0;
    fc.assert(fc.property(anyWorld(), fc.oneof({ weight: 1, arbitrary: fc.integer({ min: 0, max: 25 }) }, { weight: 3, arbitrary: fc.constant(25) }), fc.integer({ min: 0, max: 3 }), (world, listSize, auditSize) => {
      const input = inputOf(world);
      const places = Math.max(0, listSize - world.open.length);
      const wanted = oracleList(world, withKernelDistance(world), listSize, places - Math.min(places, auditSize));
      const lists = [1, 2, 50, Infinity].map((topK) => selectList(input, scorePairs(input, { topK }), { listSize, auditSize }));
      for (const list of lists) {
        const found = list.candidates.filter(({ kind }) => kind === 'listed');
        expect(found.map((one) => [one.output, one.input, one.substitution])).toEqual(wanted.map((one) => [one.output, one.input, one.slug]));
        expect(list.candidates.map(({ rank }) => rank)).toEqual(list.candidates.map((_, at) => at + 1));
        expect(list).toEqual(lists[0]);
      }
      listed += wanted.length;
    }), FEWER);
    expect(listed).toBeGreaterThan(200);
  });

  it('never passes k, a cap, or the count of earlier candidates', () => {
    fc.assert(fc.property(anyWorld(), fc.integer({ min: 0, max: 25 }), (world, listSize) => {
      const input = inputOf(world);
      const { candidates, shortfall } = selectList(input, scorePairs(input), { listSize, auditSize: Math.min(2, listSize) });
      expect(candidates.length + world.open.length).toBeLessThanOrEqual(Math.max(listSize, world.open.length));
      const listed = candidates.filter(({ kind }) => kind === 'listed');
      const most = <Key>(keys: (one: { output: number; input: number }) => Key[], own: { output: number; input: number }): number =>
        Math.max(...keys(own).map((key) => [...listed, ...world.open].flatMap(keys).filter((other) => other === key).length));
      for (const one of listed) {
        expect(most(({ output, input: at }) => [world.outputs[output].company, world.inputs[at].company], one)).toBeLessThanOrEqual(world.policy.caps.perCompany);
        expect(most(({ output, input: at }) => [`o${output}`, `i${at}`], one)).toBeLessThanOrEqual(world.policy.caps.perFlow);
        expect(listed.filter(({ substitution }) => substitution === one.substitution).length).toBeLessThanOrEqual(Math.max(1, Math.floor(world.policy.caps.perSubstitution * listSize)));
      }
      expect(listed.filter(({ output, input: at }) => world.outputs[output].wish === 2 || world.inputs[at].wish === 2).length)
        .toBeLessThanOrEqual(Math.max(1, Math.floor(world.policy.caps.wishNotAsked * listSize)));
      expect(new Set(candidates.map(({ output, input: at }) => `${output} ${at}`)).size).toBe(candidates.length);
      if (shortfall !== null) expect(shortfall.listed).toBe(listed.length);
      else expect(listed.length + world.open.length + candidates.filter(({ kind }) => kind === 'audit').length).toBeLessThanOrEqual(Math.max(listSize, world.open.length));
    }), FEWER);
  });
});
