import { buildIndex } from './kernel-index.js';
import type { KernelInput } from './kernel-input.js';
import type { Matches } from './matches.js';
import { matchAll, type MatchOptions } from './search.js';
import { type Survey, surveying } from './survey.js';

/** What the selection is made from. */
export interface ScoredPairs extends Survey {
  /** The best pairs of each output at or above its threshold. */
  matches: Matches;
}

/** The whole second step of a run, on one thread and in one go. @throws what `prepare` throws */
export function scorePairs(input: KernelInput, options: Pick<MatchOptions, 'topK'> = {}): ScoredPairs {
  const index = buildIndex(input);
  const matches = matchAll(index, options);
  const steps = surveying(index);
  for (;;) {
    const step = steps.next();
    if (step.done) return { ...step.value, matches };
  }
}
