import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import type { RunState } from './matching.entities.js';

/** A run as its steps need it. */
export interface RunRow {
  id: string;
  week: string;
  attempt: number;
  state: RunState;
  seed: number;
  asOf: Date;
  codeVersion: string;
  policyVersion: number | null;
  modelVersion: number | null;
  knowledgeHash: string | null;
  listHash: string | null;
}

const COLUMNS = `id, week, attempt, state, seed, as_of AS "asOf", code_version AS "codeVersion", policy_version AS "policyVersion",
  model_version AS "modelVersion", knowledge_hash AS "knowledgeHash", list_hash AS "listHash"`;

/** @throws Problem 404 when there is no such run in this territory */
export async function readRun(tx: Transaction, runId: string): Promise<RunRow> {
  const [run] = await tx.sql<RunRow>(`SELECT ${COLUMNS} FROM run WHERE territory_id = $1 AND id = $2`, [tx.context.territoryId, runId]);
  if (run === undefined) throw notFound('run');
  return run;
}

/** The run, held against everyone else until the transaction ends: two deliveries of a step do its work once. */
export async function lockRun(tx: Transaction, runId: string): Promise<RunRow> {
  const [run] = await tx.sql<RunRow>(`SELECT ${COLUMNS} FROM run WHERE territory_id = $1 AND id = $2 FOR UPDATE`, [tx.context.territoryId, runId]);
  if (run === undefined) throw notFound('run');
  return run;
}

export function isFinished(state: RunState): boolean {
  return state === 'published' || state === 'failed';
}

const ORDER: readonly RunState[] = ['waiting', 'started', 'scored', 'selected', 'published'];

/**
 * Whether a step that leads from `before` to the next state is still to be done.
 * @returns false when it was done, or the run has failed
 * @throws when the steps before it are not done: the queue delivered out of order
 */
export function isStillToDo(run: Pick<RunRow, 'state'>, before: RunState): boolean {
  if (run.state === 'failed') return false;
  const [is, needs] = [ORDER.indexOf(run.state), ORDER.indexOf(before)];
  if (is < needs) throw new Error(`The run is ${run.state}; this step follows ${before}`);
  return is === needs;
}
