import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { KernelIndex } from './kernel/kernel-index.js';
import type { Matches } from './kernel/matches.js';
import { chunksOf, type FoundShare, gather, matchAll, type MatchOptions, MatchShare } from './kernel/search.js';
import { toShared } from './kernel/shared.js';
import type { ThreadAnswer, ThreadTask } from './match-thread.js';

/** After so long a search lets the process do other things: renew a job's lock, answer requests. */
const BREATHE_EVERY_MS = 25;

/**
 * Threads that share a kernel index and search for different outputs, each taking the next chunk that is free: the same
 * matches and counts, to the bit, whatever their number. Start them once and use them for many searches, one at a time.
 */
export class MatchThreads {
  private constructor(private readonly workers: readonly Worker[]) {}

  /**
   * @param threads wanted, this one included, from 1 up; what cannot be started is done without
   * @param entry the thread's program
   */
  static async start(threads: number, entry: URL = new URL('./match-thread.js', import.meta.url)): Promise<MatchThreads> {
    const started = await Promise.all(Array.from({ length: Math.max(0, threads - 1) }, async () => {
      const worker = new Worker(entry);
      // One that dies is found out by whoever waits for it.
      worker.on('error', () => undefined);
      if ((await nextAnswer(worker)) !== 'ready') return null;
      // An idle thread keeps no process alive.
      worker.unref();
      return worker;
    }));
    return new MatchThreads(started.filter((worker) => worker !== null));
  }

  /** How many search, this one included; 1: no other could be started. */
  get count(): number {
    return 1 + this.workers.length;
  }

  /** As `matchAll`. @param onProgress told the share that is done, 0 to 1, now and then */
  async match(index: KernelIndex, options: MatchOptions = {}, onProgress: (share: number) => void = () => undefined): Promise<Matches> {
    const chunks = chunksOf(index);
    const cursor = new Int32Array(new SharedArrayBuffer(4));
    const task: ThreadTask | null = this.workers.length === 0 ? null : { index: toShared(index), options, cursor };
    const others = this.workers.map((worker) => {
      worker.postMessage(task);
      return nextAnswer(worker);
    });
    const own = new MatchShare(index, options);
    let breathedAt = performance.now();
    for (let chunk = Atomics.add(cursor, 0, 1); chunk < chunks; chunk = Atomics.add(cursor, 0, 1)) {
      own.search(chunk);
      if (performance.now() - breathedAt < BREATHE_EVERY_MS) continue;
      onProgress(chunk / chunks);
      await setImmediate();
      breathedAt = performance.now();
    }
    const shares = await Promise.all(others);
    onProgress(1);
    // A thread that died took its chunks with it: all of it again, here.
    return shares.every(isShare) ? gather(index, options, [own.taken(), ...shares]) : matchAll(index, options);
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function isShare(answer: ThreadAnswer | null): answer is FoundShare {
  return answer !== null && answer !== 'ready';
}

/** @returns null when the thread ends without one */
function nextAnswer(worker: Worker): Promise<ThreadAnswer | null> {
  return new Promise((resolve) => {
    const done = (answer: ThreadAnswer | null): void => {
      worker.off('message', done);
      worker.off('exit', ended);
      resolve(answer);
    };
    const ended = (): void => done(null);
    worker.on('message', done);
    worker.on('exit', ended);
  });
}
