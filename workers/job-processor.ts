import { UnrecoverableError } from 'bullmq';
import type { Logger } from 'pino';
import type { FailRun } from '../src/matching/fail-run.js';
import { systemContext } from '../src/platform/context.js';
import type { JobName, JobPayloads } from '../src/platform/jobs.js';
import type { JobHandlers, ReportProgress } from './handlers.js';
import { isPassing, withoutData } from '../src/platform/passing-trouble.js';

/** What a processor needs of a job of the queue. */
export interface DeliveredJob {
  id?: string | undefined;
  name: string;
  data: unknown;
  attemptsMade: number;
  updateProgress(progress: number): Promise<void>;
}

/**
 * Gives a job to its handler. Trouble that passes (PostgreSQL or Redis away) is tried again by the queue. Any other error
 * would come again in a step of a run: it ends the run at once, for all to see. Imports and mails keep their own state and
 * are tried again. What the queue keeps of an error holds no data.
 */
export function makeProcessor(handlers: JobHandlers, failRun: Pick<FailRun, 'execute'>, logger: Logger): (job: DeliveredJob) => Promise<void> {
  return async (job) => {
    if (!(job.name in handlers)) throw new UnrecoverableError(`no handler for ${job.name}`);
    const name = job.name as JobName;
    const progress: ReportProgress = async (share) => job.updateProgress(Math.round(share * 100));
    try {
      await handle(handlers, name, job.data, progress);
    } catch (error) {
      const what = withoutData(error);
      if (isPassing(error)) {
        logger.warn({ job: job.id, name, attempt: job.attemptsMade + 1, error: what }, 'a job could not be done now; the queue tries again');
        throw new Error(`${name}: ${what}`);
      }
      logger.error({ job: job.id, name, err: error }, 'a job failed');
      if (!name.startsWith('run.')) throw new Error(`${name}: ${what}`);
      await failTheRun(failRun, job.data as JobPayloads['run.start'], `${name}: ${what}`);
      throw new UnrecoverableError(`${name}: ${what}`);
    }
  };
}

async function failTheRun(failRun: Pick<FailRun, 'execute'>, { territoryId, runId }: JobPayloads['run.start'], failure: string): Promise<void> {
  try {
    await failRun.execute(systemContext(territoryId), { runId, failure });
  } catch (error) {
    // PostgreSQL went away between the two: delivered again, the step fails again, and the run with it. A run that is not there needs no failing.
    if (isPassing(error)) throw new Error(`${failure}, and then ${withoutData(error)}`);
  }
}

async function handle<Name extends JobName>(handlers: JobHandlers, name: Name, data: unknown, progress: ReportProgress): Promise<void> {
  await handlers[name](data as JobPayloads[Name], progress);
}
