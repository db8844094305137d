/**
 * Every job there is, by name, with its payload: ids only, since the queue's tables have no row-level security.
 * `workers/handlers.ts` must give a handler for each name, or it does not compile.
 */
export interface JobPayloads {
  'run.start': { territoryId: string; runId: string };
  'run.score': { territoryId: string; runId: string };
  'run.select': { territoryId: string; runId: string };
  'run.publish': { territoryId: string; runId: string };
  'import.read': { territoryId: string; importId: string };
  'staff-mail.send': { staffMailId: string };
  'company-mail.send': { messageId: string };
  /** Every minute: due weekly runs, candidates to expire, unfinished work to take up again. */
  'schedule.tick': Record<string, never>;
}

export type JobName = keyof JobPayloads;

/** What a transaction may ask for: single jobs, or `run`, the flow start → score → select → publish. */
export interface OutboxPayloads extends Pick<JobPayloads, 'import.read' | 'staff-mail.send' | 'company-mail.send'> {
  run: { territoryId: string; runId: string };
}

export type OutboxName = keyof OutboxPayloads;

/** Name of the one queue all jobs go through. */
export const QUEUE_NAME = 'maillon';
