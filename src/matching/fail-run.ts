import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { RunMemory } from './run-memory.js';
import { isFinished, lockRun } from './run-rows.js';

/** Ends a run visibly: nothing of it is published, and another may be asked for. A finished run stays as it is. */
@Injectable()
export class FailRun {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly memory: RunMemory,
  ) {}

  /** @param input.failure what failed, in words that hold no data */
  async execute(context: Context, input: { runId: string; failure: string }): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const run = await lockRun(tx, input.runId);
      if (isFinished(run.state)) return;
      await tx.sql("UPDATE run SET state = 'failed', failure = $3 WHERE territory_id = $1 AND id = $2", [context.territoryId, input.runId, input.failure]);
      await tx.sql('DELETE FROM run_step WHERE territory_id = $1 AND run_id = $2', [context.territoryId, input.runId]);
      await tx.audit({ action: 'run.failed', subjectType: 'run', subjectId: input.runId, data: { failure: input.failure, after: run.state } });
    });
    this.memory.forget(input.runId);
  }
}
