import { distance } from '@turf/distance';
import { around } from 'geokdbush';
import KDBush from 'kdbush';
import type { KernelInput } from '../../src/matching/kernel/kernel-input.js';
import { EARTH_KM, livePositions, prepareWork, type Work } from '../work.js';
import type { Engine, OpenEngine } from './engine.js';
import { ListBuilder } from './lists.js';
import { PairScore } from './pair-score.js';

const DEGREES = 180 / Math.PI;

/** Loops over every input of the categories that an output may feed, with turf for the distance: what one writes first. */
export const turfLoops: Engine = {
  name: '@turf/distance loops', threads: 1, exact: true,
  open: async (input, topK) => inProcess(input, topK, (work) => (byCategory, score, lists) => (output) => {
    const { outputs, inputs } = work;
    for (const entry of work.entries[outputs.kind[output]]) {
      for (const input of byCategory[entry.category]) {
        const km = distance([outputs.longitude[output], outputs.latitude[output]], [inputs.longitude[input], inputs.latitude[input]]);
        const z = score.of(output, entry, input, km);
        if (!Number.isNaN(z)) lists.offer(output, input, z);
      }
    }
  }),
};

/** A kd-tree a category, asked for the box around the farthest that can still be listed. */
export const kdbushRange: Engine = {
  name: 'kdbush range', threads: 1, exact: true,
  open: async (input, topK) => inProcess(input, topK, (work) => (byCategory, score, lists) => {
    const { outputs, entries } = work;
    const trees = treesOf(work, byCategory);
    return (output) => {
      const [latitude, longitude] = [outputs.latitude[output], outputs.longitude[output]];
      for (const entry of entries[outputs.kind[output]]) {
        const km = score.reachKm(output, entry, work.floor);
        if (km < 0) continue;
        const high = (km / EARTH_KM) * DEGREES;
        const wide = Math.asin(Math.min(1, Math.sin(Math.min(km / EARTH_KM, Math.PI / 2)) / Math.cos(latitude / DEGREES))) * DEGREES;
        const members = byCategory[entry.category];
        for (const at of trees[entry.category]?.range(longitude - wide, latitude - high, longitude + wide, latitude + high) ?? []) {
          const input = members[at];
          const z = score.of(output, entry, input, score.km(output, input));
          if (!Number.isNaN(z)) lists.offer(output, input, z);
        }
      }
    };
  }),
};

/** How many neighbours are asked for at first; four times as many each time that they were not enough. */
const FIRST_NEIGHBOURS = 64;

/** The same trees, asked for neighbours nearest first until none farther away can still get into the list. */
export const geokdbushAround: Engine = {
  name: 'geokdbush around', threads: 1, exact: true,
  open: async (input, topK) => inProcess(input, topK, (work) => (byCategory, score, lists) => {
    const { outputs, entries } = work;
    const trees = treesOf(work, byCategory);
    return (output) => {
      for (const entry of entries[outputs.kind[output]]) {
        const [tree, members] = [trees[entry.category], byCategory[entry.category]];
        for (let wanted = FIRST_NEIGHBOURS, done = 0; tree !== undefined; wanted *= 4) {
          const km = score.reachKm(output, entry, Math.max(work.floor, lists.worst(output)));
          if (km < 0) break;
          // Its sphere is a hair smaller than turf's: asked for a hair more.
          const found = around(tree, outputs.longitude[output], outputs.latitude[output], wanted, km * 1.00001);
          for (const at of found.slice(done)) {
            const input = members[at];
            const z = score.of(output, entry, input, score.km(output, input));
            if (!Number.isNaN(z)) lists.offer(output, input, z);
          }
          done = found.length;
          if (found.length < wanted) break;
        }
      }
    };
  }),
};

type Search = (byCategory: number[][], score: PairScore, lists: ListBuilder) => (output: number) => void;

function inProcess(input: KernelInput, topK: number, searchOf: (work: Work) => Search): OpenEngine {
  const work = prepareWork(input, topK);
  const search = searchOf(work);
  return {
    run: async (wanted) => {
      const byCategory: number[][] = Array.from({ length: work.categories }, () => []);
      work.inputs.kind.forEach((category, input) => byCategory[category].push(input));
      const lists = new ListBuilder(work);
      const searchFor = search(byCategory, new PairScore(work), lists);
      for (const output of livePositions(work, wanted)) searchFor(output);
      return { lists: lists.finish() };
    },
    close: async () => undefined,
  };
}

function treesOf({ inputs }: Work, byCategory: readonly number[][]): (KDBush | undefined)[] {
  return byCategory.map((members) => {
    if (members.length === 0) return undefined;
    const tree = new KDBush(members.length);
    for (const input of members) tree.add(inputs.longitude[input], inputs.latitude[input]);
    return tree.finish();
  });
}
