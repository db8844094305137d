import type { INestApplicationContext } from '@nestjs/common';
import { parseArgs } from 'node:util';
import { FailRun } from '../matching/fail-run.js';
import { PublishRun } from '../matching/publish-run.js';
import { ReplayRun } from '../matching/replay-run.js';
import { RequestRun } from '../matching/request-run.js';
import { getRun } from '../matching/runs.queries.js';
import { ScoreRun } from '../matching/score-run.js';
import { SelectRun } from '../matching/select-run.js';
import { StartRun } from '../matching/start-run.js';
import type { Context } from '../platform/context.js';
import { isPassing, withoutData } from '../platform/passing-trouble.js';
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
      await doSteps(worker, context, runId);
    }
    const run = await until(async () => {
      const now = await api.get(UnitOfWork).read(context, (tx) => getRun(tx, runId));
      return now.state === 'published' || now.state === 'failed' ? now : null;
    });
    process.stdout.write(`week ${week}, attempt ${attempt}: ${run.state}${run.failure ? ` (${run.failure})` : ''}, run ${runId}\n`);
    if (run.state === 'failed') process.exitCode = 1;
  });
}

const STEPS = [['run.start', StartRun], ['run.score', ScoreRun], ['run.select', SelectRun], ['run.publish', PublishRun]] as const;

/**
 * All steps of a run, here and now. Like in the worker, an error that would come again ends the run, for all to see, so that
 * another may be asked for; when PostgreSQL is away the run stays as far as it is, and whoever comes next goes on with it.
 * @throws what a step throws
 */
export async function doSteps(rooms: Pick<INestApplicationContext, 'get'>, context: Context, runId: string): Promise<void> {
  for (const [name, step] of STEPS) {
    try {
      await rooms.get<{ execute: (context: Context, input: { runId: string }) => Promise<void> }>(step).execute(context, { runId });
    } catch (error) {
      if (!isPassing(error)) await rooms.get(FailRun).execute(context, { runId, failure: `${name}: ${withoutData(error)}` });
      throw error;
    }
  }
}
