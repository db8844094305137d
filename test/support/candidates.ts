import { randomUUID } from 'node:crypto';
import type { TestDatabase } from './database.js';
import type { Arranged } from './world.js';

export interface CandidateFields {
  id?: string;
  runId?: string | null;
  kind?: 'listed' | 'audit' | 'by-hand';
  rank?: number | null;
  week?: string;
  points?: number | null;
  probability?: number | null;
  substitution?: string | null;
  distanceKm?: number | null;
  features?: Record<string, unknown>;
  parts?: unknown[];
  questions?: string[];
  assignedTo?: string | null;
  status?: 'open' | 'decided' | 'expired' | 'replaced';
  returnedBecause?: string | null;
}

/** Raw values as a run stores them, of a pair 12 km apart whose output covers 80 % of the need. */
export const FEATURES = {
  affinity: 0.9, distanceKm: 12, softDistanceKm: 20, logNeedOverSupply: -Math.log(0.8), commonMonths: 1, ageYears: 0.5, openQuestions: 1, provenancePenalty: 0.2,
  treatmentCost: 0, groupEffect: 0, thresholdPoints: 6, auditPool: null, wishNotAsked: false,
};

/** A published run, by the administrator. */
export async function makeRun(database: TestDatabase, territoryId: string, week: string, fields: { attempt?: number; state?: string; funnel?: unknown; shortfall?: unknown } = {}): Promise<string> {
  const now = database.clock.now();
  const { rows } = await database.admin.query<{ id: string }>(
    `INSERT INTO run (territory_id, week, attempt, state, cause, created_at, as_of, seed, code_version, policy_version, model_version, funnel, shortfall, published_at)
     VALUES ($1, $2, $3, $4, 'schedule', $5, $5, 1, 'test', 1, 0, $6, $7, CASE WHEN $4 = 'published' THEN $5::timestamptz END) RETURNING id`,
    [territoryId, week, fields.attempt ?? 1, fields.state ?? 'published', now, JSON.stringify(fields.funnel ?? []), fields.shortfall === undefined ? null : JSON.stringify(fields.shortfall)]);
  return rows[0].id;
}

/** A candidate with its pair and state, by the administrator: what a run's last step would have written. */
export async function makeCandidate(database: Arranged, territoryId: string, flows: { output: string; input: string }, fields: CandidateFields = {}): Promise<string> {
  const { admin } = database;
  const id = fields.id ?? randomUUID();
  await admin.query('INSERT INTO pair (territory_id, output_flow_id, input_flow_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [territoryId, flows.output, flows.input]);
  const { rows: [pair] } = await admin.query<{ id: string }>('SELECT id FROM pair WHERE territory_id = $1 AND output_flow_id = $2 AND input_flow_id = $3', [territoryId, flows.output, flows.input]);
  const features = fields.features ?? FEATURES;
  await admin.query(
    `INSERT INTO candidate (id, territory_id, pair_id, run_id, kind, rank, week, z, points, probability, inclusion_probability, substitution, distance_km, features, parts, questions, caps_acted,
       output_version, input_version, policy_version, model_version, published_at, returned_because)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, $13, $14, $15, '[]', o.version, i.version, 1, 0, $16, $17 FROM flow o, flow i WHERE o.id = $18 AND i.id = $19`,
    [id, territoryId, pair.id, fields.runId ?? null, fields.kind ?? 'listed', fields.rank ?? null, fields.week ?? '2026-W48', fields.points === null ? null : (fields.points ?? 20) / 14.4, fields.points === undefined ? 20 : fields.points,
      fields.probability ?? null, fields.substitution ?? 'offcuts--fuel', fields.distanceKm === undefined ? 12 : fields.distanceKm, JSON.stringify(features), JSON.stringify(fields.parts ?? [{ term: 'start', points: 32 }, { term: 'distance', points: -12 }]),
      JSON.stringify(fields.questions ?? ['waste-code-weak']), database.clock.now(), fields.returnedBecause ?? null, flows.output, flows.input]);
  await admin.query(
    "INSERT INTO candidate_state (candidate_id, territory_id, pair_id, status, assigned_to, closed_at) VALUES ($1, $2, $3, $4, $5, CASE WHEN $4 <> 'open' THEN $6::timestamptz END)",
    [id, territoryId, pair.id, fields.status ?? 'open', fields.assignedTo ?? null, database.clock.now()]);
  return id;
}
