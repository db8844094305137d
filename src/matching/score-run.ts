import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { readRunInput } from './run-input.js';
import { RunMemory } from './run-memory.js';
import { isStillToDo, lockRun, readRun } from './run-rows.js';
import { scoreAll } from './score-all.js';

/** Shares of the whole run that are done before and after scoring. */
const BEFORE = 0.1;
const AFTER = 0.8;

/**
 * Second step of a run: gates and scores of all pairs, from the run's own input. The scores are handed on in memory and not
 * written down: they are by far the largest thing of a run, and making them again takes less time than keeping them.
 */
@Injectable()
export class ScoreRun {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly memory: RunMemory,
  ) {}

  /** @param onProgress told the share of the whole run that is done, 0 to 1 */
  async execute(context: Context, { runId }: { runId: string }, onProgress: (share: number) => Promise<void> = async () => undefined): Promise<void> {
    const input = await this.unitOfWork.read(context, async (tx) => {
      const run = await readRun(tx, runId);
      return isStillToDo(run, 'started') ? (this.memory.of(runId)?.input ?? readRunInput(tx, run)) : null;
    });
    if (input === null) return;

    const scored = await scoreAll(input.kernel, async (share) => {
      const done = BEFORE + share * (AFTER - BEFORE);
      // Progress is for the eye: not told, the run goes on all the same.
      await this.show(context, runId, done).then(() => onProgress(done)).catch(() => undefined);
    });

    await this.unitOfWork.write(context, async (tx) => {
      if (!isStillToDo(await lockRun(tx, runId), 'started')) return;
      await tx.sql("UPDATE run SET state = 'scored', progress = $3 WHERE territory_id = $1 AND id = $2", [context.territoryId, runId, AFTER]);
    });
    this.memory.add(runId, { scored });
    await onProgress(AFTER).catch(() => undefined);
  }

  private async show(context: Context, runId: string, share: number): Promise<void> {
    await this.unitOfWork.write(context, (tx) => tx.sql(
      "UPDATE run SET progress = greatest(progress, $3) WHERE territory_id = $1 AND id = $2 AND state = 'started'", [context.territoryId, runId, share]));
  }
}
