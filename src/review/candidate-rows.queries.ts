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

/** Flows with their site and company. `CASE` and not `coalesce`: under row-level security PostgreSQL takes only the first to an index. */
const SIDES = `
  SELECT f.id AS "flowId", f.territory_id AS "territoryId", t.name AS territory, f.version, f.category, f.description, f.quantity,
    f.quantity_entered AS "quantityEntered", f.provenance, f.minimum_lot AS "minimumLot", f.months, f.quality, f.hazardous, f.waste_code AS "wasteCode",
    f.waste_code_origin AS "wasteCodeOrigin", f.wish, f.withheld, f.present_outlet AS "presentOutlet", f.present_cost AS "presentCost",
    f.contract_ends_on::text AS "contractEndsOn", f.confirmed_on::text AS "confirmedOn", f.withdrawn_at IS NOT NULL AS withdrawn, s.id AS "siteId",
    s.name AS "siteName", s.address, s.postcode, s.commune, s.latitude, s.longitude, s.permit_regime AS "permitRegime", s.permit_headings AS "permitHeadings",
    s.hazardous_permitted AS "hazardousPermitted", k.id AS "companyId", k.name AS "companyName", k.siren, k.naf, k.referent_id AS "referentId"
    FROM flow f
    JOIN territory t ON t.id = f.territory_id
    JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
    JOIN company own ON own.territory_id = f.territory_id AND own.id = s.company_id
    JOIN company k ON k.territory_id = f.territory_id AND k.id = CASE WHEN own.merged_into_id IS NULL THEN own.id ELSE own.merged_into_id END
   WHERE f.id = ANY($2::uuid[]) AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))`;

/** Both flows of a pair `p` as `fo` and `fi`: a candidate one of whose flows may not be seen any more (an agreement has ended) is left out (promise P2). */
const VISIBLE_FLOWS = ['o', 'i'].map((side) =>
  `JOIN flow f${side} ON f${side}.id = p.${side === 'o' ? 'output' : 'input'}_flow_id AND (f${side}.territory_id = $1 OR f${side}.territory_id IN (SELECT agreed_territories()))`).join(' ');

const HEADS = `
  SELECT c.id, c.pair_id AS "pairId", c.run_id AS "runId", c.kind, c.rank, c.week, c.z, c.points, c.probability, c.inclusion_probability AS "inclusionProbability",
    c.substitution, c.distance_km AS "distanceKm", c.features, c.parts, c.questions, c.caps_acted AS "capsActed", c.ring, c.gates_passed AS "gatesPassed",
    c.by_hand_reason AS "byHandReason", c.output_version AS "outputVersion", c.input_version AS "inputVersion", c.policy_version AS "policyVersion",
    c.model_version AS "modelVersion", c.returned_because AS "returnedBecause", c.published_at AS "publishedAt",
    st.status, st.version, st.assigned_to AS "assignedTo", p.output_flow_id AS "outputFlowId", p.input_flow_id AS "inputFlowId",
    CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('id', d.id, 'verdict', d.verdict, 'reason', d.reason, 'comment', d.comment,
      'snoozeUntil', d.snooze_until, 'decidedAt', d.decided_at, 'personId', d.person_id) END AS decision
  FROM candidate c
  JOIN candidate_state st ON st.territory_id = c.territory_id AND st.candidate_id = c.id
  JOIN pair p ON p.territory_id = c.territory_id AND p.id = c.pair_id
  LEFT JOIN standing_decision sd ON sd.territory_id = c.territory_id AND sd.candidate_id = c.id
  LEFT JOIN decision d ON d.territory_id = sd.territory_id AND d.id = sd.decision_id`;

interface Head extends Omit<CandidateRow, 'output' | 'input' | 'assigneeName' | 'decision'> {
  outputFlowId: string;
  inputFlowId: string;
  decision: Omit<StandingRow, 'personName'> | null;
}

/**
 * Candidates with both sides, in a transaction opened with `{ across: true }`; those whose flows may not be seen are left out.
 * Leads, sides and names are read apart: in one statement they are more tables than the planner weighs orders for.
 * @param more SQL after the condition on the territory (`$1`): further conditions, order and limit; parameters from `$2`
 */
export async function candidateRows(tx: Transaction, more: string, parameters: readonly unknown[]): Promise<CandidateRow[]> {
  return withSides(tx, await tx.sql<Head>(`${HEADS} ${VISIBLE_FLOWS} WHERE c.territory_id = $1 ${more}`, [tx.context.territoryId, ...parameters]));
}

/** The same candidates as their ids say, in that order; those whose flows may not be seen are left out. In a transaction opened with `{ across: true }`. */
export async function candidatesById(tx: Transaction, ids: readonly string[]): Promise<CandidateRow[]> {
  if (ids.length === 0) return [];
  const heads = await tx.sql<Head>(`${HEADS} WHERE c.territory_id = $1 AND c.id = ANY($2::uuid[])`, [tx.context.territoryId, ids]);
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  return withSides(tx, heads.sort((one, other) => (placeOf.get(one.id) ?? 0) - (placeOf.get(other.id) ?? 0)));
}

async function withSides(tx: Transaction, heads: readonly Head[]): Promise<CandidateRow[]> {
  if (heads.length === 0) return [];
  const sides = await readSides(tx, heads.flatMap(({ outputFlowId, inputFlowId }) => [outputFlowId, inputFlowId]));
  const nameOf = await namesOf(tx, [...sides.map(({ referentId }) => referentId), ...heads.flatMap(({ assignedTo, decision }) => [assignedTo, decision?.personId ?? null])]);
  const sideOf = new Map(sides.map((side) => [side.flowId, { ...side, referentName: nameOf(side.referentId) }]));
  return heads.flatMap(({ outputFlowId, inputFlowId, decision, ...head }): CandidateRow[] => {
    const [output, input] = [sideOf.get(outputFlowId), sideOf.get(inputFlowId)];
    if (output === undefined || input === undefined) return [];
    return [{ ...head, output, input, assigneeName: nameOf(head.assignedTo), decision: decision === null ? null : { ...decision, personName: nameOf(decision.personId) } }];
  });
}

async function readSides(tx: Transaction, flowIds: readonly string[]): Promise<Omit<SideRow, 'referentName'>[]> {
  return tx.sql<Omit<SideRow, 'referentName'>>(SIDES, [tx.context.territoryId, [...new Set(flowIds)]]);
}

/** Flows with their sites and companies, by id, in a transaction opened with `{ across: true }`; one that may not be seen (any more) is missing. */
export async function flowSides(tx: Transaction, flowIds: readonly string[]): Promise<Map<string, SideRow>> {
  const sides = await readSides(tx, flowIds);
  const nameOf = await namesOf(tx, sides.map(({ referentId }) => referentId));
  return new Map(sides.map((side) => [side.flowId, { ...side, referentName: nameOf(side.referentId) }]));
}

/** Names of people whom the reader may see; the neighbour's advisors have none here. */
async function namesOf(tx: Transaction, people: readonly (string | null)[]): Promise<(personId: string | null) => string | null> {
  const ids = [...new Set(people.filter((id) => id !== null))];
  const rows = ids.length === 0 ? [] : await tx.sql<{ id: string; name: string }>('SELECT id, name FROM person WHERE id = ANY($1::uuid[])', [ids]);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (personId) => (personId === null ? null : (names.get(personId) ?? null));
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
