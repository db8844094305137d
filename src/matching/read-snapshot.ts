import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { ResourceCategory } from '../resources/resource-catalogue.js';
import type { PairBlock } from './kernel/snapshot.js';
import type { SiteRow } from './snapshot-places.js';
import { type BuiltSnapshot, type FlowRow, SnapshotBuilder, type SnapshotIds } from './snapshot-rows.js';

/** Sites of the territory and of those it has an agreement with, with the company and agreement that gates ask for. */
const SITES = `
  SELECT s.id, t.slug AS territory, s.latitude, s.longitude, s.hazardous_permitted AS "hazardousPermitted",
    c.ref AS "companyRef", c.siren, c.group_ref AS "groupRef", s.ref AS "siteRef",
    EXISTS (SELECT 1 FROM confidentiality_agreement a WHERE a.territory_id = c.territory_id AND a.company_id = c.id
      AND a.signed_on <= $2::date AND (a.valid_until IS NULL OR a.valid_until >= $2::date)) AS agreement
  FROM site s
  JOIN territory t ON t.id = s.territory_id
  JOIN company own ON own.territory_id = s.territory_id AND own.id = s.company_id
  JOIN company c ON c.territory_id = s.territory_id AND c.id = coalesce(own.merged_into_id, own.id)
  WHERE (s.territory_id = $1 OR s.territory_id IN (SELECT agreed_territories()))`;

/** Their active flows as they stand. Explicit about territories although row-level security narrows the rows as well. */
const FLOWS = `
  SELECT f.id, f.version, f.site_id AS "siteId", f.ref, f.direction, f.category, f.quantity, f.minimum_lot AS "minimumLot", f.months,
    nullif(f.quality, '{}') AS quality, f.hazardous, f.waste_code AS "wasteCode", f.waste_code_origin AS "wasteCodeOrigin", f.wish, f.withheld, f.reach, f.sourcing,
    f.provenance, f.confirmed_on - date '1970-01-01' AS "confirmedDay"
  FROM flow f
  WHERE f.withdrawn_at IS NULL AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))`;

/** Rows that are in memory at once while a whole territory is read. */
const BATCH = 10_000;

/**
 * The snapshot of one territory. Call it in a read transaction opened with `{ across: true }`: one state of the database,
 * agreed territories included.
 * @param day local day of the run, `2026-11-23`: what "a valid agreement" is asked for
 * @param onlyFlows ids; only these flows, for a look at a single pair or flow
 */
export async function readSnapshot(tx: Transaction, knowledge: Knowledge, day: string, onlyFlows?: readonly string[]): Promise<BuiltSnapshot> {
  const own = tx.context.territoryId;
  const territories = await tx.sql<{ slug: string; own: boolean }>(
    `SELECT slug, id = $1 AS own FROM territory WHERE id = $1 OR id IN (SELECT agreed_territories()) ORDER BY id = $1 DESC, slug COLLATE "C"`, [own]);
  const builder = new SnapshotBuilder(knowledge);
  const add = (rows: readonly PlacedRow[], sites: ReadonlyMap<string, SiteRow>): void => {
    for (const row of rows) {
      const site = sites.get(row.siteId);
      if (site !== undefined) builder.add(row, site);
    }
  };
  if (onlyFlows === undefined) {
    const sites = byId(await tx.sql(SITES, [own, day]));
    for await (const rows of everyFlow(tx)) add(rows, sites);
  } else {
    const rows = await tx.sql<PlacedRow>(`${FLOWS} AND f.id = ANY($2::uuid[])`, [own, onlyFlows]);
    add(rows, byId(await tx.sql(`${SITES} AND s.id = ANY($3::uuid[])`, [own, day, [...new Set(rows.map((row) => row.siteId))]])));
  }
  const agreed = new Set(territories.filter((territory) => !territory.own).map((territory) => territory.slug));
  return builder.build(territories.map((territory) => territory.slug), agreed);
}

type PlacedRow = FlowRow & { siteId: string };

const byId = (rows: readonly (SiteRow & { id: string })[]): Map<string, SiteRow> => new Map(rows.map((row) => [row.id, row]));

/** By a cursor: what the driver makes of a row is gone before the next rows come. */
async function* everyFlow(tx: Transaction): AsyncGenerator<PlacedRow[]> {
  await tx.sql(`DECLARE snapshot_flows NO SCROLL CURSOR FOR ${FLOWS}`, [tx.context.territoryId]);
  let rows: PlacedRow[];
  do {
    rows = await tx.sql(`FETCH ${BATCH} FROM snapshot_flows`);
    yield rows;
  } while (rows.length === BATCH);
  await tx.sql('CLOSE snapshot_flows');
}

/** A degree of latitude is never shorter. */
export const KM_PER_DEGREE = 110;

/** Slugs under which flows of these categories may be kept, old names included. */
export function slugsOf(knowledge: Knowledge, categories: readonly ResourceCategory[]): string[] {
  const wanted = new Set(categories.map(({ slug }) => slug));
  return knowledge.catalogue.categories.map(({ slug }) => slug).filter((slug) => wanted.has(knowledge.category(slug)?.slug ?? ''));
}

/** Flows that may count together with one for a smallest lot (and a few that are too far): without them its `pooled` is not what a run sees. */
export async function neighboursOf(tx: Transaction, knowledge: Knowledge, flow: { id: string; category: string }): Promise<string[]> {
  const category = knowledge.category(flow.category);
  if (category === undefined) return [];
  const rows = await tx.sql<{ id: string }>(
    `SELECT n.id FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
       JOIN flow n ON n.territory_id = f.territory_id AND n.direction = f.direction AND n.withdrawn_at IS NULL AND n.id <> f.id
       JOIN site t ON t.territory_id = n.territory_id AND t.id = n.site_id
      WHERE f.id = $1 AND n.category = ANY($2::text[]) AND abs(t.latitude - s.latitude) <= $3`,
    [flow.id, slugsOf(knowledge, [category]), category.softDistanceKm / KM_PER_DEGREE]);
  return rows.map((row) => row.id);
}

/**
 * Pairs that may not be listed: standing blocks, and exchanges that already run. Pairs of which a flow is not in the
 * snapshot need none.
 * @param day local day of the run: exchanges that ended before it block no longer
 */
export async function readBlocks(tx: Transaction, ids: SnapshotIds, day: string): Promise<PairBlock[]> {
  const rows = await tx.sql<{ output: string; input: string; kind: PairBlock['kind'] }>(
    `SELECT p.output_flow_id AS output, p.input_flow_id AS input, b.kind
       FROM pair_block b JOIN pair p ON p.territory_id = b.territory_id AND p.id = b.pair_id
      WHERE b.territory_id = $1 AND b.lifted_at IS NULL
     UNION
     SELECT output_flow_id, input_flow_id, 'running' FROM running_synergy
      WHERE territory_id = $1 AND (ended_on IS NULL OR ended_on >= $2::date)`, [tx.context.territoryId, day]);
  const { output, input } = positions(ids);
  return rows.flatMap((row): PairBlock[] => {
    const [at, other] = [output.get(row.output), input.get(row.input)];
    return at === undefined || other === undefined ? [] : [{ output: at, input: other, kind: row.kind }];
  }).sort((a, b) => a.output - b.output || a.input - b.input || (a.kind < b.kind ? -1 : 1));
}

/** Where each flow id stands in the snapshot, by side. */
export function positions(ids: SnapshotIds): { output: Map<string, number>; input: Map<string, number> } {
  const of = (flows: readonly string[]): Map<string, number> => new Map(flows.map((id, at) => [id, at]));
  return { output: of(ids.outputs.flow), input: of(ids.inputs.flow) };
}

/** @param day `2026-11-23` @returns days since 1970-01-01 */
export function dayNumber(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / 86_400_000);
}
