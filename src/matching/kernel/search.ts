import { flowGate } from './gates.js';
import type { KernelIndex } from './kernel-index.js';
import { judge, thresholdOf } from './match.js';
import { byScore, type Matches, type ScoredPair } from './matches.js';
import { POINTS_PER_NAT } from './score.js';

export interface MatchOptions {
  /** Kept an output; 50 unless told. */
  topK?: number;
  /** Pairs below it are not kept: the threshold of the output's category (unless told), or the policy's floor of the audit slice. */
  floor?: 'threshold' | 'audit';
}

const DEFAULT_TOP_K = 50;

/**
 * Second half of the work: the best inputs of every output, exactly those that looking at every pair would find.
 * One thread; `MatchThreads` does the same on several.
 */
export function matchAll(index: KernelIndex, { topK = DEFAULT_TOP_K, floor = 'threshold' }: MatchOptions = {}): Matches {
  const { kernel, buckets } = index;
  const { outputs } = kernel.snapshot;
  const all: ScoredPair[] = [];
  const start = new Uint32Array(outputs.count + 1);
  let pairsScored = 0;
  for (let output = 0; output < outputs.count; output += 1) {
    const found: ScoredPair[] = [];
    const least = floor === 'audit' ? kernel.policy.auditFloorPoints : thresholdOf(kernel, output);
    if (flowGate(kernel, 'output', output) === null) {
      for (const category of kernel.knowledge.reachable[outputs.category[output]]) {
        for (const input of buckets[category]) {
          pairsScored += 1;
          if (kernel.outputOwner[output] === kernel.inputOwner[input]) continue;
          const verdict = judge(kernel, output, input);
          if (typeof verdict === 'object' && verdict.z * POINTS_PER_NAT >= least) found.push({ output, input, z: verdict.z });
        }
      }
    }
    all.push(...found.sort(byScore).slice(0, topK));
    start[output + 1] = all.length;
  }
  return { topK, start, input: Int32Array.from(all, (pair) => pair.input), z: Float64Array.from(all, (pair) => pair.z), pairsScored, boxesVisited: 0 };
}
