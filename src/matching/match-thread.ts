import { parentPort } from 'node:worker_threads';
import { fromShared, type SharedIndex } from './kernel/shared.js';
import { chunksOf, type FoundShare, type MatchOptions, MatchShare } from './kernel/search.js';

/** What a thread is asked to do. */
export interface ThreadTask {
  index: SharedIndex;
  options: MatchOptions;
  /** One number: the next chunk that nobody has taken. */
  cursor: Int32Array;
}

/** What it answers: its share, or nothing but that it stands ready. */
export type ThreadAnswer = FoundShare | 'ready';

/** Takes chunks until none is left. */
function work({ index: shared, options, cursor }: ThreadTask): FoundShare {
  const index = fromShared(shared);
  const share = new MatchShare(index, options);
  const chunks = chunksOf(index);
  for (let chunk = Atomics.add(cursor, 0, 1); chunk < chunks; chunk = Atomics.add(cursor, 0, 1)) share.search(chunk);
  return share.taken();
}

function answer(message: ThreadAnswer): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (task: ThreadTask) => answer(work(task)));
answer('ready');
