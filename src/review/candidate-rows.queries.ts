import type { Explained } from '../matching/explanation.js';
import type { FunnelRow } from '../matching/kernel/survey.js';
import type { Part } from '../matching/kernel/parts.js';
import type { Features } from '../matching/kernel/score.js';
import type { Shortfall } from '../matching/kernel/select.js';
import type { CandidateKind, CandidateStatus } from '../matching/matching.entities.js';
import type { QualityValue } from '../flows/flows.entities.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Verdict } from './review.entities.js';

/** A flow as it stands with its site and company; dates as texts. */
export interface SideRow {
  flowId: string;
  territoryId: string;
  territory: string;
  version: number;
  category: string;
  description: string;
  quantity: number | null;
  quantityEntered: string | null;
  provenance: string | null;
  minimumLot: number | null;
  months: number | null;
  quality: Record<string, QualityValue>;
  hazardous: boolean | null;
  wasteCode: string | null;
  wasteCodeOrigin: 'suggested' | 'declared' | 'advisor' | null;
  wish: string | null;
  withheld: boolean;
  presentOutlet: string | null;
  presentCost: number | null;
  contractEndsOn: string | null;
  confirmedOn: string;
  withdrawn: boolean;
  siteId: string;
  siteName: string | null;
  address: string | null;
  postcode: string | null;
  commune: string | null;
  latitude: number | null;
  longitude: number | null;
  permitRegime: string | null;
  permitHeadings: string[];
  hazardousPermitted: boolean | null;
  companyId: string;
  companyName: string;
  siren: string | null;
  naf: string | null;
  referentId: string | null;
  referentName: string | null;
}

export interface StandingRow {
  id: string;
  verdict: Verdict;
  reason: string | null;
  comment: string | null;
  snoozeUntil: string | null;
  decidedAt: string;
  personId: string;
  personName: string | null;
}

export interface CandidateRow {
  id: string;
  pairId: string;
  runId: string | null;
  kind: CandidateKind;
  rank: number | null;
  week: string;
  z: number | null;
  points: number | null;
  probability: number | null;
  inclusionProbability: number | null;
  substitution: string | null;
  distanceKm: number | null;
  features: Partial<Features & { thresholdPoints: number; wishNotAsked: boolean }>;
  parts: Part[];
  questions: string[];
  capsActed: string[];
  ring: string | null;
  gatesPassed: string[];
  byHandReason: string | null;
  outputVersion: number;
  inputVersion: number;
  policyVersion: number | null;
  modelVersion: number | null;
  returnedBecause: string | null;
  publishedAt: Date;
  status: CandidateStatus;
  version: number;
  assignedTo: string | null;
  assigneeName: string | null;
  output: SideRow;
  input: SideRow;
  decision: StandingRow | null;
}

const SIDE = `jsonb_build_object('flowId', f.id, 'territoryId', f.territory_id, 'territory', t.name, 'version', f.version,
    'category', f.category, 'description', f.description, 'quantity', f.quantity, 'quantityEntered', f.quantity_entered,
    'provenance', f.provenance, 'minimumLot', f.minimum_lot, 'months', f.months, 'quality', f.quality, 'hazardous', f.hazardous,
    'wasteCode', f.waste_code, 'wasteCodeOrigin', f.waste_code_origin, 'wish', f.wish, 'withheld', f.withheld,
    'presentOutlet', f.present_outlet, 'presentCost', f.present_cost, 'contractEndsOn', f.contract_ends_on, 'confirmedOn', f.confirmed_on,
    'withdrawn', f.withdrawn_at IS NOT NULL, 'siteId', s.id, 'siteName', s.name, 'address', s.address, 'postcode', s.postcode,
    'commune', s.commune, 'latitude', s.latitude, 'longitude', s.longitude, 'permitRegime', s.permit_regime)
    || jsonb_build_object('permitHeadings', s.permit_headings, 'hazardousPermitted', s.hazardous_permitted,
    'companyId', k.id, 'companyName', k.name, 'siren', k.siren, 'naf', k.naf, 'referentId', k.referent_id, 'referentName', r.name)`;

/** A flow `f` with its territory, site, and the company that it belongs to now. */
const FLOW_WITH_COMPANY = `flow f
        JOIN territory t ON t.id = f.territory_id
        JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
        JOIN company own ON own.territory_id = f.territory_id AND own.id = s.company_id
        JOIN company k ON k.territory_id = f.territory_id AND k.id = coalesce(own.merged_into_id, own.id)
        LEFT JOIN person r ON r.id = k.referent_id`;
const OF_VISIBLE_TERRITORY = '(f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))';

/** Flows with their sites and companies, by id, in a transaction opened with `{ across: true }`; one that may not be seen (any more) is missing. */
export async function flowSides(tx: Transaction, flowIds: readonly string[]): Promise<Map<string, SideRow>> {
  const rows = await tx.sql<{ side: SideRow }>(`SELECT ${SIDE} AS side FROM ${FLOW_WITH_COMPANY} WHERE f.id = ANY($2::uuid[]) AND ${OF_VISIBLE_TERRITORY}`, [tx.context.territoryId, flowIds]);
  return new Map(rows.map(({ side }) => [side.flowId, side]));
}

/**
 * A side of each lead, looked up by itself: OFFSET 0 keeps the planner from joining all of it flat, which is more tables
 * than it weighs orders for and, with few statistics, took seconds a list.
 */
function joinSide(alias: 'o' | 'i', column: string): string {
  return `JOIN LATERAL (
      SELECT ${SIDE} AS side, f.category, k.id AS company_id
        FROM ${FLOW_WITH_COMPANY}
       WHERE f.id = p.${column} AND ${OF_VISIBLE_TERRITORY}
      OFFSET 0) ${alias} ON true`;
}

const ROWS = `
  SELECT c.id, c.pair_id AS "pairId", c.run_id AS "runId", c.kind, c.rank, c.week, c.z, c.points, c.probability, c.inclusion_probability AS "inclusionProbability",
    c.substitution, c.distance_km AS "distanceKm", c.features, c.parts, c.questions, c.caps_acted AS "capsActed", c.ring, c.gates_passed AS "gatesPassed",
    c.by_hand_reason AS "byHandReason", c.output_version AS "outputVersion", c.input_version AS "inputVersion", c.policy_version AS "policyVersion",
    c.model_version AS "modelVersion", c.returned_because AS "returnedBecause", c.published_at AS "publishedAt",
    st.status, st.version, st.assigned_to AS "assignedTo", a.name AS "assigneeName", o.side AS output, i.side AS input,
    CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('id', d.id, 'verdict', d.verdict, 'reason', d.reason, 'comment', d.comment,
      'snoozeUntil', d.snooze_until, 'decidedAt', d.decided_at, 'personId', d.person_id, 'personName', dp.name) END AS decision
  FROM candidate c
  JOIN candidate_state st ON st.territory_id = c.territory_id AND st.candidate_id = c.id
  JOIN pair p ON p.territory_id = c.territory_id AND p.id = c.pair_id
  ${joinSide('o', 'output_flow_id')}
  ${joinSide('i', 'input_flow_id')}
  LEFT JOIN person a ON a.id = st.assigned_to
  LEFT JOIN standing_decision sd ON sd.territory_id = c.territory_id AND sd.candidate_id = c.id
  LEFT JOIN decision d ON d.territory_id = sd.territory_id AND d.id = sd.decision_id
  LEFT JOIN person dp ON dp.id = d.person_id
  WHERE c.territory_id = $1`;

/**
 * Candidates with both sides, in a transaction opened with `{ across: true }`. A candidate one of whose flows may not be
 * seen any more (an agreement has ended) is left out (promise P2).
 * @param more SQL after the condition on the territory (`$1`): further conditions, order and limit; parameters from `$2`
 */
export async function candidateRows(tx: Transaction, more: string, parameters: readonly unknown[]): Promise<CandidateRow[]> {
  return tx.sql<CandidateRow>(`${ROWS} ${more}`, [tx.context.territoryId, ...parameters]);
}

/** What its words are made of; null: a lead made by hand of flows that no substitution knows has no score. */
export function explainedOf(row: CandidateRow): Explained | null {
  const { features, parts, questions } = row;
  if (row.z === null || features.affinity === undefined) return null;
  return { features: features as Features, parts, questions, wishNotAsked: features.wishNotAsked === true };
}

export interface RunOnList {
  id: string;
  week: string;
  attempt: number;
  policyVersion: number | null;
  modelVersion: number | null;
  publishedAt: Date;
  funnel: FunnelRow[];
  shortfall: Shortfall | null;
}

/** The last published attempt of a week, or of the last week that has one. @param week null: the last */
export async function publishedRun(tx: Transaction, week: string | null): Promise<RunOnList | null> {
  const [run] = await tx.sql<RunOnList>(
    `SELECT id, week, attempt, policy_version AS "policyVersion", model_version AS "modelVersion", published_at AS "publishedAt", coalesce(funnel, '[]') AS funnel, shortfall
     FROM run WHERE territory_id = $1 AND state = 'published' AND ($2::text IS NULL OR week = $2) ORDER BY week DESC, attempt DESC LIMIT 1`, [tx.context.territoryId, week]);
  return run ?? null;
}

export interface RunUnderWay {
  id: string;
  week: string;
  state: string;
  progress: number;
  failure: string | null;
}

/** The run after the last published one, when it is under way or has failed. */
export async function runUnderWay(tx: Transaction): Promise<RunUnderWay | null> {
  const [run] = await tx.sql<RunUnderWay & { published: boolean }>(
    `SELECT id, week, state, progress, failure, state = 'published' AS published FROM run WHERE territory_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1`, [tx.context.territoryId]);
  if (run === undefined || run.published) return null;
  return { id: run.id, week: run.week, state: run.state, progress: run.progress, failure: run.failure };
}
