import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { distanceKm } from '../../../../src/matching/kernel/geodesy.js';
import { flowGate } from '../../../../src/matching/kernel/gates.js';
import { buildIndex } from '../../../../src/matching/kernel/kernel-index.js';
import { byScore, matchesOf } from '../../../../src/matching/kernel/matches.js';
import { judge, thresholdOf } from '../../../../src/matching/kernel/match.js';
import { matchAll } from '../../../../src/matching/kernel/search.js';
import { MatchThreads } from '../../../../src/matching/match-threads.js';
import { compiledSources } from '../../../support/compiled-sources.js';
import { oraclePairs, oracleSorted, points } from './oracle.js';
import { anyWorld, inputOf } from './random-world.js';

const RUNS = { numRuns: 80, seed: 20_261_126 };
const anyTopK = fc.constantFrom(1, 3, 20, Infinity);

describe('the search', () => {
  it('finds for every output the inputs that looking at every pair finds, in the same order with the same score', () => {
    let compared = 0;
    fc.assert(fc.property(anyWorld(), anyTopK, (world, topK) => {
      const input = inputOf(world);
      const pairs = oraclePairs(world, (output, at) => distanceKm(input.snapshot.outputs.place, output, input.snapshot.inputs.place, at));
      const listed = oracleSorted(world, pairs);
      const above = pairs.filter(({ gates, z }) => gates.length === 0 && points(z) >= world.policy.auditFloorPoints).sort(byScore);
      const index = buildIndex(input);
      for (const [floor, wanted] of [['threshold', listed], ['audit', above]] as const) {
        const matches = matchAll(index, { topK, floor });
        world.outputs.forEach((_, output) => {
          const found = matchesOf(matches, output);
          const own = wanted.filter((pair) => pair.output === output).slice(0, topK);
          expect(found.map((pair) => pair.input)).toEqual(own.map((pair) => pair.input));
          found.forEach(({ z }, at) => expect(Math.abs(z - own[at].z)).toBeLessThanOrEqual(1e-12));
          compared += found.length;
        });
      }
    }), RUNS);
    expect(compared).toBeGreaterThan(1_000);
  });

  it('finds in trees of many boxes what asking for every pair finds, to the bit', () => {
    let compared = 0;
    let spared = 0;
    fc.assert(fc.property(anyWorld(400), fc.constantFrom(1, 3, 20), (world, topK) => {
      const input = inputOf(world);
      const { kernel, order } = buildIndex(input);
      const matches = matchAll(buildIndex(input), { topK });
      const free = input.snapshot.inputKeys.map((_, at) => at).filter((at) => flowGate(kernel, 'input', at) === null);
      for (const output of order) {
        const all = free.filter((at) => kernel.outputOwner[output] !== kernel.inputOwner[at]).flatMap((at) => {
          const verdict = judge(kernel, output, at);
          return typeof verdict === 'object' && points(verdict.z) >= thresholdOf(kernel, output) ? { output, input: at, z: verdict.z } : [];
        });
        expect(matchesOf(matches, output)).toEqual(all.sort(byScore).slice(0, topK));
        compared += all.length;
        spared += free.length;
      }
      spared -= matches.pairsScored;
    }), { ...RUNS, numRuns: 12 });
    expect([compared > 5_000, spared > 100_000]).toEqual([true, true]);
  });

});

describe('threads', () => {
  const entry = pathToFileURL(join(compiledSources(), 'src/matching/match-thread.js'));

  it.each([1, 2, 3])('(%d) find the same to the bit, with the same counts, one search after another', async (count) => {
    const threads = await MatchThreads.start(count, entry);
    expect(threads.count).toBe(count);
    try {
      await fc.assert(fc.asyncProperty(anyWorld(600), anyTopK, fc.constantFrom('threshold' as const, 'audit' as const), async (world, topK, floor) => {
        const index = buildIndex(inputOf(world));
        const shares: number[] = [];
        expect(await threads.match(index, { topK, floor }, (share) => shares.push(share))).toEqual(matchAll(index, { topK, floor }));
        expect(shares.at(-1)).toBe(1);
      }), { ...RUNS, numRuns: 6 });
    } finally {
      await threads.close();
    }
  });

  it('that cannot be started, or die, are done without', async () => {
    const none = await MatchThreads.start(3, pathToFileURL('/nowhere/match-thread.js'));
    expect(none.count).toBe(1);
    const [world] = fc.sample(anyWorld(200), { numRuns: 1, seed: 1 });
    const index = buildIndex(inputOf(world));
    expect(await none.match(index)).toEqual(matchAll(index));
    const threads = await MatchThreads.start(2, entry);
    const matching = threads.match(index);
    await threads.close();
    expect(await matching).toEqual(matchAll(index));
  });
});
