import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import type { CandidateStatus } from './matching.entities.js';

/** A candidate with its state, the state's row held until the end of the transaction. */
export interface LockedCandidate {
  id: string;
  pairId: string;
  outputFlowId: string;
  inputFlowId: string;
  status: CandidateStatus;
  assignedTo: string | null;
  version: number;
  week: string;
  kind: 'listed' | 'audit' | 'by-hand';
  rank: number | null;
  points: number | null;
  probability: number | null;
  distanceKm: number | null;
  returnedBecause: string | null;
  policyVersion: number | null;
  modelVersion: number | null;
  publishedAt: Date;
}

/** Locks a candidate's state, so that two people who decide at once do so one after the other. @throws Problem 404 */
export async function lockCandidate(tx: Transaction, candidateId: string): Promise<LockedCandidate> {
  const { territoryId } = tx.context;
  const [state] = await tx.sql<Pick<LockedCandidate, 'status' | 'assignedTo' | 'version'>>(
    'SELECT status, assigned_to AS "assignedTo", version FROM candidate_state WHERE territory_id = $1 AND candidate_id = $2 FOR UPDATE', [territoryId, candidateId]);
  if (state === undefined) throw notFound('candidate');
  const [candidate] = await tx.sql<Omit<LockedCandidate, 'status' | 'assignedTo' | 'version'>>(
    `SELECT c.id, c.pair_id AS "pairId", p.output_flow_id AS "outputFlowId", p.input_flow_id AS "inputFlowId", c.week, c.kind, c.rank, c.points, c.probability,
       c.distance_km AS "distanceKm", c.returned_because AS "returnedBecause", c.policy_version AS "policyVersion", c.model_version AS "modelVersion",
       c.published_at AS "publishedAt"
     FROM candidate c JOIN pair p ON p.territory_id = c.territory_id AND p.id = c.pair_id WHERE c.territory_id = $1 AND c.id = $2`, [territoryId, candidateId]);
  return { ...candidate, ...state };
}

/** Writes the state of a locked candidate. @returns its new version */
export async function setCandidateState(tx: Transaction, candidateId: string, status: CandidateStatus): Promise<number> {
  const [row] = await tx.sql<{ version: number }>(
    `UPDATE candidate_state SET status = $3, closed_at = CASE WHEN $3 = 'open' THEN NULL ELSE $4::timestamptz END, version = version + 1
     WHERE territory_id = $1 AND candidate_id = $2 RETURNING version`, [tx.context.territoryId, candidateId, status, tx.now]);
  return row.version;
}

/** Gives a locked candidate to an advisor. @returns its new version */
export async function setAssignee(tx: Transaction, candidateId: string, personId: string): Promise<number> {
  const [row] = await tx.sql<{ version: number }>(
    'UPDATE candidate_state SET assigned_to = $3, version = version + 1 WHERE territory_id = $1 AND candidate_id = $2 RETURNING version',
    [tx.context.territoryId, candidateId, personId]);
  return row.version;
}

/** A later showing of the same pair that was not merely replaced by another attempt; null: this candidate is its last. */
export async function laterCandidate(tx: Transaction, candidate: Pick<LockedCandidate, 'id' | 'pairId' | 'publishedAt'>): Promise<{ id: string; status: CandidateStatus } | null> {
  const [later] = await tx.sql<{ id: string; status: CandidateStatus }>(
    `SELECT c.id, s.status FROM candidate c JOIN candidate_state s ON s.territory_id = c.territory_id AND s.candidate_id = c.id
     WHERE c.territory_id = $1 AND c.pair_id = $2 AND c.id <> $3 AND (s.status = 'open' OR (s.status <> 'replaced' AND (c.published_at, c.id) > ($4::timestamptz, $3::uuid)))
     ORDER BY s.status = 'open' DESC, c.published_at DESC LIMIT 1`, [tx.context.territoryId, candidate.pairId, candidate.id, candidate.publishedAt]);
  return later ?? null;
}

/** Closes open candidates of these weeks as expired. @returns their ids */
export async function expireOpen(tx: Transaction, weeks: readonly string[]): Promise<string[]> {
  const rows = await tx.sql<{ id: string }>(
    `UPDATE candidate_state SET status = 'expired', closed_at = $3, version = version + 1
     WHERE territory_id = $1 AND status = 'open' AND week = ANY($2::text[]) RETURNING candidate_id AS id`, [tx.context.territoryId, weeks, tx.now]);
  return rows.map(({ id }) => id);
}
