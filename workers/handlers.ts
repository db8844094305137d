import type { SendStaffMail } from '../src/access/send-staff-mail.js';
import type { SendCompanyMail } from '../src/introductions/send-company-mail.js';
import type { ReadImport } from '../src/imports/read-import.js';
import type { PublishRun } from '../src/matching/publish-run.js';
import type { ScoreRun } from '../src/matching/score-run.js';
import type { SelectRun } from '../src/matching/select-run.js';
import type { StartRun } from '../src/matching/start-run.js';
import { systemContext } from '../src/platform/context.js';
import type { JobName, JobPayloads } from '../src/platform/jobs.js';
import type { Schedules } from './schedules.js';

/** One use case a job. A missing one, or one for another payload, does not compile. */
export type JobHandlers = { [Name in JobName]: (payload: JobPayloads[Name], progress: ReportProgress) => Promise<unknown> };

/** @param share 0 to 1 */
export type ReportProgress = (share: number) => Promise<void>;

/** What the handlers call. */
export interface UseCases {
  startRun: Pick<StartRun, 'execute'>;
  scoreRun: Pick<ScoreRun, 'execute'>;
  selectRun: Pick<SelectRun, 'execute'>;
  publishRun: Pick<PublishRun, 'execute'>;
  readImport: Pick<ReadImport, 'execute'>;
  /** Null: this worker has no mailer's connection. The mail stays queued. */
  sendStaffMail: Pick<SendStaffMail, 'execute'> | null;
  sendCompanyMail: Pick<SendCompanyMail, 'execute'> | null;
  schedules: Pick<Schedules, 'tick'>;
}

export function makeHandlers(use: UseCases): JobHandlers {
  return {
    'run.start': ({ territoryId, runId }) => use.startRun.execute(systemContext(territoryId), { runId }),
    'run.score': ({ territoryId, runId }, progress) => use.scoreRun.execute(systemContext(territoryId), { runId }, progress),
    'run.select': ({ territoryId, runId }) => use.selectRun.execute(systemContext(territoryId), { runId }),
    'run.publish': ({ territoryId, runId }) => use.publishRun.execute(systemContext(territoryId), { runId }),
    'import.read': ({ territoryId, importId }, progress) => use.readImport.execute(systemContext(territoryId), {
      importId, onProgress: ({ rowsRead, rowsTotal }) => progress(rowsRead / Math.max(1, rowsTotal)),
    }),
    'staff-mail.send': async ({ staffMailId }) => use.sendStaffMail?.execute(staffMailId),
    'company-mail.send': async ({ messageId }) => use.sendCompanyMail?.execute(messageId),
    'schedule.tick': () => use.schedules.tick(),
  } satisfies JobHandlers;
}
