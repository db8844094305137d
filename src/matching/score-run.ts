import { Injectable } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { buildIndex } from './kernel/kernel-index.js';
import type { KernelInput } from './kernel/kernel-input.js';
import type { ScoredPairs } from './kernel/score-pairs.js';
import { surveying } from './kernel/survey.js';
import { MatchThreads } from './match-threads.js';
import { readRunInput } from './run-input.js';
import { isStillToDo, lockRun, readRun } from './run-rows.js';
import { encodeScored } from './scored-pairs-codec.js';

/** Shares of the whole run that are done before and after scoring. */
const BEFORE = 0.1;
const AFTER = 0.8;
const TELL_EVERY_MS = 1_000;
/** Outputs from which on starting threads takes less time than it saves. */
const WORTH_THREADS = 4_096;

/** Second step of a run: gates and scores of all pairs, from the run's own input. */
@Injectable()
export class ScoreRun {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @param onProgress told the share of the whole run that is done, 0 to 1 */
  async execute(context: Context, { runId }: { runId: string }, onProgress: (share: number) => Promise<void> = async () => undefined): Promise<void> {
    const input = await this.unitOfWork.read(context, async (tx) => {
      const run = await readRun(tx, runId);
      return isStillToDo(run, 'started') ? readRunInput(tx, run) : null;
    });
    if (input === null) return;

    const scored = await score(input.kernel, async (share) => {
      const done = BEFORE + share * (AFTER - BEFORE);
      // Progress is for the eye: not told, the run goes on all the same.
      await this.show(context, runId, done).then(() => onProgress(done)).catch(() => undefined);
    });

    await this.unitOfWork.write(context, async (tx) => {
      if (!isStillToDo(await lockRun(tx, runId), 'started')) return;
      await tx.sql("INSERT INTO run_step (run_id, step, territory_id, result) VALUES ($1, 'score', $2, $3) ON CONFLICT DO NOTHING", [runId, context.territoryId, encodeScored(scored)]);
      await tx.sql("UPDATE run SET state = 'scored', progress = $3 WHERE territory_id = $1 AND id = $2", [context.territoryId, runId, AFTER]);
    });
    await onProgress(AFTER).catch(() => undefined);
  }

  private async show(context: Context, runId: string, share: number): Promise<void> {
    await this.unitOfWork.write(context, (tx) => tx.sql(
      "UPDATE run SET progress = greatest(progress, $3) WHERE territory_id = $1 AND id = $2 AND state = 'started'", [context.territoryId, runId, share]));
  }
}

/**
 * Matches and survey of all pairs. In between the process does other things: it renews the job's lock, answers requests,
 * takes other jobs.
 * @param tell told the share that is done, every second or so; not told again before it has ended
 */
async function score(input: KernelInput, tell: (share: number) => Promise<void>): Promise<ScoredPairs> {
  const index = buildIndex(input);
  let toldAt = performance.now();
  let telling: Promise<void> | null = null;
  const progress = (share: number): void => {
    if (telling !== null || performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    telling = tell(share).finally(() => {
      telling = null;
    });
  };
  const threads = await MatchThreads.start(index.order.length < WORTH_THREADS ? 1 : availableParallelism());
  try {
    const matches = await threads.match(index, {}, (share) => progress(share / 2));
    const steps = surveying(index);
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      progress((1 + step.value) / 2);
      await setImmediate();
    }
    await telling;
    return { ...step.value, matches };
  } finally {
    await threads.close();
  }
}
