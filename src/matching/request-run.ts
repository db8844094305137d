import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { isoWeekOf } from '../platform/iso-week.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import { sha256 } from './canonical-json.js';
import { codeVersion } from './code-version.js';

export interface RunRequest {
  cause: 'schedule' | 'demand';
  /** ISO week, `2026-W48`; not given: the week that now falls in, in the territory's time zone. */
  week?: string;
}

export interface RequestedRun {
  runId: string;
  week: string;
  attempt: number;
  /** False when an unfinished run answered, or (schedule) the week has its list, or its attempts are used up. */
  created: boolean;
}

/** How many runs the schedule asks for in a week, when they fail: what fails three times wants a person. */
export const SCHEDULED_ATTEMPTS = 3;

/** How often to look again when a run finished between two statements. */
const TRIES = 5;

/**
 * Asks for the weekly run of a territory. A territory has at most one unfinished run: a second demand answers that one. The
 * schedule wants one published list a week: two ticks, or a tick after publication, ask for nothing more; after a failed run
 * it makes the next attempt, three at most.
 */
@Injectable()
export class RequestRun {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(context: Context, request: RunRequest): Promise<RequestedRun> {
    return this.unitOfWork.write(context, async (tx) => {
      const [territory] = await tx.sql<{ slug: string; timeZone: string }>(
        'SELECT slug, time_zone AS "timeZone" FROM territory WHERE id = $1', [context.territoryId]);
      if (territory === undefined) throw notFound('territory');
      const week = request.week ?? isoWeekOf(tx.now, territory.timeZone);
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        const made = await insertRun(tx, territory.slug, week, request.cause);
        if (made !== null) {
          await tx.enqueue('run', { territoryId: context.territoryId, runId: made.runId });
          await tx.audit({ action: 'run.requested', subjectType: 'run', subjectId: made.runId, data: { week, attempt: made.attempt, cause: request.cause } });
          return { ...made, week, created: true };
        }
        const answer = await runInTheWay(tx, week, request.cause);
        if (answer !== null) return { ...answer, created: false };
      }
      throw new Error('A run could not be asked for: others began and ended at the same moment');
    });
  }
}

/** Whether the schedule is to ask for a run; $1 territory, $2 week. */
const IS_DUE = `NOT EXISTS (SELECT 1 FROM run WHERE territory_id = $1 AND week = $2 AND state <> 'failed')
  AND (SELECT count(*) FROM run WHERE territory_id = $1 AND week = $2 AND cause = 'schedule') < ${SCHEDULED_ATTEMPTS}`;

/** Whether a week has neither list nor unfinished run, and the schedule attempts left. */
export async function isRunDue(tx: Transaction, week: string): Promise<boolean> {
  const [row] = await tx.sql<{ due: boolean }>(`SELECT ${IS_DUE} AS due`, [tx.context.territoryId, week]);
  return row.due;
}

async function insertRun(tx: Transaction, slug: string, week: string, cause: RunRequest['cause']): Promise<{ runId: string; attempt: number } | null> {
  const { territoryId, personId } = tx.context;
  const [last] = await tx.sql<{ attempt: number }>('SELECT coalesce(max(attempt), 0) AS attempt FROM run WHERE territory_id = $1 AND week = $2', [territoryId, week]);
  const attempt = last.attempt + 1;
  // No number of chance: the same territory, week and attempt draws the same audit slice anywhere.
  const seed = Number.parseInt(sha256(`${slug}/${week}/${attempt}`).slice(0, 8), 16) >>> 1;
  const [row] = await tx.sql<{ runId: string; attempt: number }>(
    `INSERT INTO run (territory_id, week, attempt, state, cause, requested_by, created_at, as_of, seed, code_version)
     SELECT $1, $2, $3, 'waiting', $4, $5, $6, $6, $7, $8 WHERE $4 = 'demand' OR (${IS_DUE})
     ON CONFLICT DO NOTHING RETURNING id AS "runId", attempt`,
    [territoryId, week, attempt, cause, personId, tx.now, seed, codeVersion()]);
  return row ?? null;
}

async function runInTheWay(tx: Transaction, week: string, cause: RunRequest['cause']): Promise<{ runId: string; week: string; attempt: number } | null> {
  const [row] = await tx.sql<{ runId: string; week: string; attempt: number }>(
    `SELECT id AS "runId", week, attempt FROM run
      WHERE territory_id = $1 AND (state NOT IN ('published', 'failed') OR ($2 AND week = $3))
      ORDER BY state NOT IN ('published', 'failed') DESC, state = 'published' DESC, attempt DESC LIMIT 1`,
    [tx.context.territoryId, cause === 'schedule', week]);
  return row ?? null;
}
