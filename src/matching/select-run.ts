import { Injectable } from '@nestjs/common';
import { promisify } from 'node:util';
import { gzip, type ZlibOptions } from 'node:zlib';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { canonicalJson } from './canonical-json.js';
import { selectList } from './kernel/select.js';
import { listDocument } from './list-document.js';
import { readRunInput } from './run-input.js';
import { RunMemory } from './run-memory.js';
import { isStillToDo, lockRun, readRun } from './run-rows.js';
import { scoreAll } from './score-all.js';

/** Third step of a run: from scores to the list that the advisors' time allows, with its audit slice. */
@Injectable()
export class SelectRun {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly memory: RunMemory,
  ) {}

  async execute(context: Context, { runId }: { runId: string }): Promise<void> {
    const known = this.memory.of(runId);
    const input = await this.unitOfWork.read(context, async (tx) => {
      const run = await readRun(tx, runId);
      return isStillToDo(run, 'scored') ? (known?.input ?? readRunInput(tx, run)) : null;
    });
    if (input === null) return;
    // Scored by a process that is gone, or another: the same input gives the same scores.
    const scored = known?.scored ?? await scoreAll(input.kernel);
    const document = listDocument(input.kernel, scored.pairs, selectList(input.kernel, scored.pairs, input.budget, scored.index));
    const result = await promisify<string, ZlibOptions, Buffer>(gzip)(canonicalJson(document), { level: 1 });
    await this.unitOfWork.write(context, async (tx) => {
      if (!isStillToDo(await lockRun(tx, runId), 'scored')) return;
      await tx.sql("INSERT INTO run_step (run_id, step, territory_id, result) VALUES ($1, 'select', $2, $3) ON CONFLICT DO NOTHING", [runId, context.territoryId, result]);
      await tx.sql("UPDATE run SET state = 'selected', progress = 0.9 WHERE territory_id = $1 AND id = $2", [context.territoryId, runId]);
    });
    this.memory.add(runId, { document });
  }
}
