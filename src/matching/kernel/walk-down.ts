import type { KernelIndex } from './kernel-index.js';
import { thresholdOf } from './match.js';
import { byScore, type Matches, type ScoredPair } from './matches.js';
import { Searcher } from './searcher.js';

/**
 * Pairs above the threshold of all outputs, best first. Each output hands over its own sorted pairs; one that has handed
 * over its first K is searched on, so that the walk never misses a pair because caps ate through the K.
 */
export function* walkDown(index: KernelIndex, matches: Matches): Generator<ScoredPair> {
  // Pairs of an output that was searched on; of the others the matches are read where they stand.
  const whole = new Map<number, ScoredPair[]>();
  const pairAt = (output: number, at: number): ScoredPair | undefined => {
    const found = matches.start[output + 1] - matches.start[output];
    if (at < found) return { output, input: matches.input[matches.start[output] + at], z: matches.z[matches.start[output] + at] };
    if (found < matches.topK) return undefined;
    if (!whole.has(output)) whole.set(output, allOfOutput(index, output));
    return whole.get(output)?.[at];
  };
  const heap: { pair: ScoredPair; at: number }[] = [];
  const before = (a: { pair: ScoredPair }, b: { pair: ScoredPair }): boolean => byScore(a.pair, b.pair) < 0;
  const push = (item: { pair: ScoredPair; at: number }): void => {
    let child = heap.push(item) - 1;
    for (let parent = (child - 1) >> 1; child > 0 && before(heap[child], heap[parent]); child = parent, parent = (child - 1) >> 1) {
      [heap[child], heap[parent]] = [heap[parent], heap[child]];
    }
  };
  const pop = (): { pair: ScoredPair; at: number } => {
    const first = heap[0];
    const last = heap.pop() as { pair: ScoredPair; at: number };
    if (heap.length > 0) {
      heap[0] = last;
      for (let parent = 0; ;) {
        let best = parent;
        for (const child of [2 * parent + 1, 2 * parent + 2]) if (child < heap.length && before(heap[child], heap[best])) best = child;
        if (best === parent) break;
        [heap[parent], heap[best]] = [heap[best], heap[parent]];
        parent = best;
      }
    }
    return first;
  };
  for (const output of index.order) {
    const first = pairAt(output, 0);
    if (first !== undefined) push({ pair: first, at: 0 });
  }
  while (heap.length > 0) {
    const { pair, at } = pop();
    yield pair;
    const next = pairAt(pair.output, at + 1);
    if (next !== undefined) push({ pair: next, at: at + 1 });
  }
}

/** Every pair of an output at or above the threshold, best first. */
function allOfOutput(index: KernelIndex, output: number): ScoredPair[] {
  const searcher = new Searcher(index, Infinity);
  searcher.search(output, thresholdOf(index.kernel, output));
  return Array.from({ length: searcher.found }, (_, at) => ({ output, input: searcher.input[at], z: searcher.z[at] }));
}
