import { Injectable } from '@nestjs/common';
import { gzipSync } from 'node:zlib';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { canonicalJson } from './canonical-json.js';
import { selectList } from './kernel/select.js';
import { listDocument } from './list-document.js';
import { readRunInput } from './run-input.js';
import { isStillToDo, lockRun, readRun } from './run-rows.js';
import { decodeScored } from './scored-pairs-codec.js';

/** Third step of a run: from scores to the list that the advisors' time allows, with its audit slice. */
@Injectable()
export class SelectRun {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(context: Context, { runId }: { runId: string }): Promise<void> {
    const found = await this.unitOfWork.read(context, async (tx) => {
      const run = await readRun(tx, runId);
      if (!isStillToDo(run, 'scored')) return null;
      const [step] = await tx.sql<{ result: Buffer }>("SELECT result FROM run_step WHERE territory_id = $1 AND run_id = $2 AND step = 'score'", [context.territoryId, runId]);
      return { input: await readRunInput(tx, run), scored: decodeScored(step.result) };
    });
    if (found === null) return;
    const { input, scored } = found;
    const document = listDocument(input.kernel, scored, selectList(input.kernel, scored, input.budget));
    await this.unitOfWork.write(context, async (tx) => {
      if (!isStillToDo(await lockRun(tx, runId), 'scored')) return;
      await tx.sql("INSERT INTO run_step (run_id, step, territory_id, result) VALUES ($1, 'select', $2, $3) ON CONFLICT DO NOTHING", [
        runId, context.territoryId, gzipSync(canonicalJson(document)),
      ]);
      await tx.sql("UPDATE run SET state = 'selected', progress = 0.9 WHERE territory_id = $1 AND id = $2", [context.territoryId, runId]);
    });
  }
}
