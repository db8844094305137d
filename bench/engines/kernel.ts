import { buildIndex } from '../../src/matching/kernel/kernel-index.js';
import { MatchThreads } from '../../src/matching/match-threads.js';
import type { Engine } from './engine.js';

/** The product's kernel: index and search, from the arrays of the snapshot to the lists. */
export function kernelEngine(threads: number): Engine {
  return {
    name: 'maillon', threads, exact: true, whole: true,
    open: async (input, topK) => {
      const matchers = await MatchThreads.start(threads);
      return {
        run: async () => {
          const index = buildIndex(input);
          const matches = await matchers.match(index, { topK, floor: 'audit' });
          return { lists: matches, pairsScored: matches.pairsScored, boxesVisited: matches.boxesVisited, indexBytes: index.bytes };
        },
        close: () => matchers.close(),
      };
    },
  };
}
