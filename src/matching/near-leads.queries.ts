import { localDayOf } from '../platform/iso-week.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { ResourceCategory } from '../resources/resource-catalogue.js';
import { activeVersions } from './active-versions.queries.js';
import { buildIndex } from './kernel/kernel-index.js';
import { matchAll } from './kernel/search.js';
import type { UnmatchableFlow } from './pair-explainer.js';
import type { Policy } from './policy.js';
import { dayNumber, KM_PER_DEGREE, readBlocks, readSnapshot, slugsOf } from './read-snapshot.js';

/** How many leads a flow would have if a run began now. */
export interface NearLeads {
  /** Version of the flow that was looked at. */
  version: number;
  /** Pairs that pass every gate and reach their threshold, those on a list already among them. */
  leads: number;
  /** Why no run can look at the flow; null: it can. */
  unmatchable: UnmatchableFlow['why'] | null;
}

interface FoundFlow {
  version: number;
  direction: 'output' | 'input';
  category: string;
  withdrawn: boolean;
  latitude: number | null;
}

/**
 * Counts the leads of one flow of the territory, on the flows and the policy of now: a search over the flows that it can
 * reach, and over those that count together with them for a smallest lot; no run and no other flow is needed. Call it in a
 * read transaction opened with `{ across: true }`: an agreed neighbour's flow counts as in a run. Only the number goes out.
 * @throws Problem 404 for a flow that is not the territory's own
 */
export async function nearLeads(tx: Transaction, knowledge: Knowledge, flowId: string): Promise<NearLeads> {
  const { territoryId } = tx.context;
  const [flow] = await tx.sql<FoundFlow>(
    `SELECT f.version, f.direction, f.category, f.withdrawn_at IS NOT NULL AS withdrawn, CASE WHEN s.longitude IS NOT NULL THEN s.latitude END AS latitude
       FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id WHERE f.territory_id = $1 AND f.id = $2`, [territoryId, flowId]);
  if (flow === undefined) throw notFound('flow');
  const category = knowledge.category(flow.category);
  const unmatchable = flow.withdrawn ? 'withdrawn' : flow.latitude === null ? 'without-place' : category === undefined ? 'unknown-category' : null;
  if (flow.latitude === null || category === undefined || unmatchable !== null) return { version: flow.version, leads: 0, unmatchable };

  const { policy, model } = await activeVersions(tx);
  const others = partnersOf(knowledge, flow.direction, category);
  const degrees = farthestKm([category, ...others], policy) / KM_PER_DEGREE;
  const rows = await tx.sql<{ id: string }>(
    `SELECT f.id FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
      WHERE f.withdrawn_at IS NULL AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories())) AND s.latitude BETWEEN $2 AND $3
        AND f.category = ANY(CASE WHEN f.direction = $4 THEN $5::text[] ELSE $6::text[] END)`,
    [territoryId, flow.latitude - degrees, flow.latitude + degrees, flow.direction, slugsOf(knowledge, [category]), slugsOf(knowledge, others)]);
  const [territory] = await tx.sql<{ timeZone: string }>('SELECT time_zone AS "timeZone" FROM territory WHERE id = $1', [territoryId]);
  const day = localDayOf(tx.now, territory.timeZone);
  const { snapshot, ids } = await readSnapshot(tx, knowledge, day, rows.map((row) => row.id));
  const index = buildIndex({ snapshot, catalogue: knowledge.catalogue, policy, model, blocks: await readBlocks(tx, ids, day), open: [], asOfDay: dayNumber(day), seed: 0 });
  const matches = matchAll(index, { topK: Infinity });
  const output = ids.outputs.flow.indexOf(flowId);
  const input = ids.inputs.flow.indexOf(flowId);
  return { version: flow.version, unmatchable: null, leads: output >= 0 ? matches.start[output + 1] - matches.start[output] : matches.input.filter((one) => one === input).length };
}

/** Categories on the other side that a substitution joins with this one. */
function partnersOf(knowledge: Knowledge, direction: FoundFlow['direction'], category: ResourceCategory): ResourceCategory[] {
  const [own, other] = direction === 'output' ? (['output', 'input'] as const) : (['input', 'output'] as const);
  const joined = knowledge.catalogue.substitutions.filter((entry) => knowledge.category(entry[own])?.slug === category.slug);
  return joined.flatMap((entry) => knowledge.category(entry[other]) ?? []);
}

/** Beyond it no pair of these categories passes, whatever the quantity, and nothing counts together. */
function farthestKm(categories: readonly ResourceCategory[], policy: Policy): number {
  const reaches = categories.flatMap((category) => [category, ...(category.pipeReach ?? []).map(({ hardKm, softKm }) => ({ hardDistanceKm: hardKm, softDistanceKm: softKm }))]);
  const factors = [...Object.values(policy.families), ...Object.values(policy.categories)].map((override) => Math.max(override?.hardDistanceFactor ?? 1, override?.softDistanceFactor ?? 1));
  return Math.max(...reaches.map(({ hardDistanceKm, softDistanceKm }) => hardDistanceKm + softDistanceKm)) * Math.max(1, ...factors);
}
