import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { buildIndex, type KernelIndex } from './kernel/kernel-index.js';
import type { KernelInput } from './kernel/kernel-input.js';
import type { ScoredPairs } from './kernel/score-pairs.js';
import { surveying } from './kernel/survey.js';
import { MatchThreads } from './match-threads.js';

const TELL_EVERY_MS = 1_000;
/** Outputs from which on starting threads takes less time than it saves. */
const WORTH_THREADS = 4_096;

export interface Scored {
  index: KernelIndex;
  pairs: ScoredPairs;
}

/**
 * Matches and survey of all pairs. In between the process does other things: it renews the job's lock, answers requests,
 * takes other jobs.
 * @param tell told the share that is done, every second or so; not told again before it has ended
 */
export async function scoreAll(input: KernelInput, tell: (share: number) => Promise<void> = async () => undefined): Promise<Scored> {
  // They come up while the index is built.
  const starting = MatchThreads.start(input.snapshot.outputs.count < WORTH_THREADS ? 1 : availableParallelism());
  let toldAt = performance.now();
  let telling: Promise<void> | null = null;
  const progress = (share: number): void => {
    if (telling !== null || performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    telling = tell(share).finally(() => {
      telling = null;
    });
  };
  try {
    const index = buildIndex(input);
    const threads = await starting;
    const matches = await threads.match(index, {}, (share) => progress(share / 2));
    const steps = surveying(index);
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      progress((1 + step.value) / 2);
      await setImmediate();
    }
    await telling;
    return { index, pairs: { ...step.value, matches } };
  } finally {
    await (await starting).close();
  }
}
