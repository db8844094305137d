import { parseArgs } from 'node:util';
import { PublishRun } from '../matching/publish-run.js';
import { ReplayRun } from '../matching/replay-run.js';
import { RequestRun } from '../matching/request-run.js';
import { getRun } from '../matching/runs.queries.js';
import { ScoreRun } from '../matching/score-run.js';
import { SelectRun } from '../matching/select-run.js';
import { StartRun } from '../matching/start-run.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { inHouse, until } from './open-house.js';

/** `maillon run`, and `maillon run --again RUN`. */
export async function runCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { territory: { type: 'string' }, again: { type: 'string' } } });
  await inHouse(values.territory, async ({ api, worker, context }) => {
    if (values.again !== undefined) {
      const replayed = await api.get(ReplayRun).execute(context, { runId: values.again });
      process.stdout.write(replayed.text);
      process.stderr.write(`week ${replayed.week}, attempt ${replayed.attempt}: ${replayed.same ? 'the same list, to the byte' : 'ANOTHER list than was published'} (${replayed.listHash})\n`);
      if (!replayed.same) process.exitCode = 1;
      return;
    }
    const { runId, week, attempt } = await api.get(RequestRun).execute(context, { cause: 'demand' });
    if (worker) {
      // A worker of a running `npm start` may be at it too; whoever comes second finds the step done.
      await worker.get(StartRun).execute(context, { runId });
      await worker.get(ScoreRun).execute(context, { runId });
      await worker.get(SelectRun).execute(context, { runId });
      await worker.get(PublishRun).execute(context, { runId });
    }
    const run = await until(async () => {
      const now = await api.get(UnitOfWork).read(context, (tx) => getRun(tx, runId));
      return now.state === 'published' || now.state === 'failed' ? now : null;
    });
    process.stdout.write(`week ${week}, attempt ${attempt}: ${run.state}${run.failure ? ` (${run.failure})` : ''}, run ${runId}\n`);
    if (run.state === 'failed') process.exitCode = 1;
  });
}
