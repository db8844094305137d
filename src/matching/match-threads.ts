import type { KernelIndex } from './kernel/kernel-index.js';
import type { Matches } from './kernel/matches.js';
import { matchAll, type MatchOptions } from './kernel/search.js';

/**
 * Threads that share a kernel index and search for different outputs: the same matches, to the bit, whatever their number.
 * Start them once and use them for many searches; what cannot be started is done without.
 */
export class MatchThreads {
  private constructor(
    /** How many search, this one included; 1: no other could be started. */
    readonly count: number,
  ) {}

  /** @param threads wanted, this one included, from 1 up */
  static async start(threads: number): Promise<MatchThreads> {
    return new MatchThreads(Math.min(threads, 1));
  }

  /** As `matchAll`. @param onProgress told the share that is done, 0 to 1, now and then */
  async match(index: KernelIndex, options: MatchOptions = {}, onProgress: (share: number) => void = () => undefined): Promise<Matches> {
    const matches = matchAll(index, options);
    onProgress(1);
    return matches;
  }

  async close(): Promise<void> {
    return undefined;
  }
}
