import type { CopiedRow } from '../platform/postgres/copy-rows.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { ResourceCategory } from '../resources/resource-catalogue.js';
import type { PairBlock } from './kernel/snapshot.js';
import type { SiteRow } from './snapshot-places.js';
import { type BuiltSnapshot, type FlowRow, SnapshotBuilder, type SnapshotIds } from './snapshot-rows.js';

/** Sites of the territory and of those it has an agreement with, with the company and agreement that gates ask for. */
const SITES = `
  SELECT s.id, t.slug, s.latitude, s.longitude, s.hazardous_permitted, c.ref, c.siren, c.group_ref, s.ref,
    EXISTS (SELECT 1 FROM confidentiality_agreement a WHERE a.territory_id = c.territory_id AND a.company_id = c.id
      AND a.signed_on <= $2::date AND (a.valid_until IS NULL OR a.valid_until >= $2::date))
  FROM site s
  JOIN territory t ON t.id = s.territory_id
  JOIN company own ON own.territory_id = s.territory_id AND own.id = s.company_id
  JOIN company c ON c.territory_id = s.territory_id AND c.id = coalesce(own.merged_into_id, own.id)
  WHERE (s.territory_id = $1::uuid OR s.territory_id IN (SELECT agreed_territories()))`;
const SITE_FIELDS = 10;

/** Their active flows as they stand. Explicit about territories although row-level security narrows the rows as well. */
const FLOWS = `
  SELECT f.id::text, f.version, f.site_id, f.ref, f.direction, f.category, f.quantity, f.minimum_lot, f.months,
    nullif(f.quality, '{}')::text, f.hazardous, f.waste_code, f.waste_code_origin, f.wish, f.withheld, f.reach, f.sourcing,
    f.provenance, f.confirmed_on - date '1970-01-01'
  FROM flow f
  WHERE f.withdrawn_at IS NULL AND (f.territory_id = $1::uuid OR f.territory_id IN (SELECT agreed_territories()))`;
const FLOW_FIELDS = 19;

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
  const only = onlyFlows ?? [];
  const sites = new Map<string, SiteRow>();
  await tx.copy(onlyFlows === undefined ? SITES : `${SITES} AND s.id IN (SELECT site_id FROM flow WHERE id = ANY($3::uuid[]))`, [own, day, only], SITE_FIELDS, (row) => sites.set(row.key(0), siteOf(row)));
  await tx.copy(onlyFlows === undefined ? FLOWS : `${FLOWS} AND f.id = ANY($2::uuid[])`, [own, only], FLOW_FIELDS, (row) => {
    const site = sites.get(row.key(2));
    if (site !== undefined) builder.add(flowOf(row), site);
  });
  const agreed = new Set(territories.filter((territory) => !territory.own).map((territory) => territory.slug));
  return builder.build(territories.map((territory) => territory.slug), agreed);
}

const textOrNull = (row: CopiedRow, field: number): string | null => (row.isNull(field) ? null : row.text(field));
const booleanOrNull = (row: CopiedRow, field: number): boolean | null => (row.isNull(field) ? null : row.boolean(field));

function siteOf(row: CopiedRow): SiteRow {
  return {
    territory: row.word(1) ?? '', latitude: row.number(2), longitude: row.number(3), hazardousPermitted: booleanOrNull(row, 4), companyRef: row.text(5),
    siren: textOrNull(row, 6), groupRef: textOrNull(row, 7), siteRef: row.text(8), agreement: row.boolean(9),
  };
}

function flowOf(row: CopiedRow): FlowRow {
  return {
    id: row.text(0), version: row.number(1) ?? 0, ref: row.text(3), direction: row.word(4) === 'input' ? 'input' : 'output', category: row.word(5) ?? '',
    quantity: row.number(6), minimumLot: row.number(7), months: row.number(8), quality: row.isNull(9) ? null : (JSON.parse(row.text(9)) as FlowRow['quality']),
    hazardous: booleanOrNull(row, 10), wasteCode: row.word(11), wasteCodeOrigin: row.word(12), wish: row.word(13), withheld: row.boolean(14),
    reach: row.word(15) ?? '', sourcing: row.boolean(16), provenance: row.word(17), confirmedDay: row.number(18) ?? 0,
  };
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
  const { output, input } = positions(ids, rows);
  return rows.flatMap((row): PairBlock[] => {
    const [at, other] = [output.get(row.output), input.get(row.input)];
    return at === undefined || other === undefined ? [] : [{ output: at, input: other, kind: row.kind }];
  }).sort((a, b) => a.output - b.output || a.input - b.input || (a.kind < b.kind ? -1 : 1));
}

/** Where the flows of these pairs stand in the snapshot, by side. */
export function positions(ids: SnapshotIds, pairs: readonly { output: string; input: string }[]): Record<'output' | 'input', Map<string, number>> {
  const of = (flows: readonly string[], asked: ReadonlySet<string>): Map<string, number> => {
    const found = new Map<string, number>();
    if (asked.size > 0) flows.forEach((id, at) => asked.has(id) && found.set(id, at));
    return found;
  };
  return { output: of(ids.outputs.flow, new Set(pairs.map(({ output }) => output))), input: of(ids.inputs.flow, new Set(pairs.map(({ input }) => input))) };
}

/** @param day `2026-11-23` @returns days since 1970-01-01 */
export function dayNumber(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / 86_400_000);
}
