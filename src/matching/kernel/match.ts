import { bestSubstitution, factsOf, firstPairGate, type Gate } from './gates.js';
import type { Prepared } from './kernel-input.js';

/** A pair that passed every gate, or the gate that stopped it. */
export type Verdict = { z: number; slug: string; km: number } | Gate;

/** Gates and score of one pair of different owners whose flows pass on their own: the definition that the search keeps to. */
export function judge(kernel: Prepared, output: number, input: number): Verdict {
  const facts = factsOf(kernel, output, input);
  const gate = firstPairGate(kernel, output, input, facts);
  if (gate !== null) return gate;
  const best = bestSubstitution(kernel, output, input, facts);
  return best === null ? 'quality' : { z: best.z, slug: best.substitution.slug, km: facts.km };
}

/** Points that a pair of this output must reach to be listed. */
export function thresholdOf(kernel: Prepared, output: number): number {
  return kernel.threshold[kernel.snapshot.outputs.category[output]];
}
