import { type BulkColumns, insertMany, newIds, type RowChange, updateMany } from '../companies/upsert-rows.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { FlowValues } from './flow-draft.js';
import { type FlowVersionData, sameValues, versionData } from './flow-record.js';
import type { FlowDirection } from './flows.entities.js';

export interface FlowRow {
  values: FlowValues;
  /** Null: only a known flow can be meant, and it stays where it is. */
  siteId: string | null;
  /** Of that site. */
  companyId: string | null;
  /** The row says when the flow was confirmed; else it counts as confirmed the day it was added or changed. */
  dayGiven: boolean;
  /** Slugs of the quality attributes that the file has a column for; an empty cell empties it. */
  qualityGiven: ReadonlySet<string>;
}

interface StandingFlow extends FlowValues {
  id: string;
  siteId: string;
  companyId: string;
  version: number;
  withdrawnAt: Date | null;
}

type StoredFlow = FlowValues & { id: string; siteId: string; version: number };

const COLUMNS: BulkColumns<StoredFlow> = {
  id: ['id', 'uuid'], siteId: ['site_id', 'uuid'], version: ['version', 'integer'], ref: ['ref', 'text'], direction: ['direction', 'text'],
  category: ['category', 'text'], categoryOrigin: ['category_origin', 'text'], description: ['description', 'text'], quantity: ['quantity', 'float8'],
  quantityEntered: ['quantity_entered', 'text'], provenance: ['provenance', 'text'], minimumLot: ['minimum_lot', 'float8'], months: ['months', 'integer'],
  quality: ['quality', 'jsonb'], hazardous: ['hazardous', 'boolean'], wasteCode: ['waste_code', 'text'], wasteCodeOrigin: ['waste_code_origin', 'text'],
  wasteCodeConfidence: ['waste_code_confidence', 'float8'], wish: ['wish', 'text'], withheld: ['withheld', 'boolean'], reach: ['reach', 'text'],
  sourcing: ['sourcing', 'boolean'], presentOutlet: ['present_outlet', 'text'], presentCost: ['present_cost', 'float8'],
  contractEndsOn: ['contract_ends_on', 'date'], confirmedOn: ['confirmed_on', 'date'],
};

const VERSION_COLUMNS: BulkColumns<{ flowId: string; version: number; data: FlowVersionData; change: string; changedBy: string | null }> = {
  flowId: ['flow_id', 'uuid'], version: ['version', 'integer'], data: ['data', 'jsonb'], change: ['change', 'text'], changedBy: ['changed_by', 'uuid'],
};

/**
 * Adds and changes many flows at once, each change a version `imported`. A row that says what stands, or what the last
 * import already said, changes nothing: what a person edited since is not undone by the same file coming again.
 * A withdrawn flow stays withdrawn.
 * @param rows each reference once
 * @param given properties that the file has columns for; the others keep what they are
 * @param changedBy who handed the file in
 * @returns by reference; unknown flows without a site are left out
 */
export async function upsertFlows(
  tx: Transaction, rows: readonly FlowRow[], given: ReadonlySet<keyof FlowValues>, changedBy: string | null,
): Promise<Map<string, { id: string; change: RowChange }>> {
  const standing = await standingFlows(tx, rows.map((row) => row.values.ref));
  const differing = rows.flatMap((row) => {
    const flow = standing.get(row.values.ref);
    return flow && !says(flow, row, given) ? [flow.id] : [];
  });
  const said = await lastImported(tx, differing);

  const result = new Map<string, { id: string; change: RowChange }>();
  const added: (FlowRow & { siteId: string; companyId: string })[] = [];
  const changed: { stored: StoredFlow; companyId: string; withdrawnAt: Date | null }[] = [];
  for (const row of rows) {
    const flow = standing.get(row.values.ref);
    if (!flow) {
      if (row.siteId !== null && row.companyId !== null) added.push({ ...row, siteId: row.siteId, companyId: row.companyId });
      continue;
    }
    const before = said.get(flow.id);
    const nothingNew = says(flow, row, given) || (before !== undefined && says(before, row, given));
    result.set(row.values.ref, { id: flow.id, change: nothingNew ? 'unchanged' : 'changed' });
    if (nothingNew) continue;
    const values = merged(flow, row, given, true);
    changed.push({
      stored: { ...values, id: flow.id, siteId: row.siteId ?? flow.siteId, version: flow.version + 1 },
      companyId: row.companyId ?? flow.companyId, withdrawnAt: flow.withdrawnAt,
    });
  }
  const ids = await newIds(tx, added.length);
  const fresh = added.map(({ values, siteId, companyId }, index) => ({ stored: { ...values, id: ids[index], siteId, version: 1 }, companyId, withdrawnAt: null }));
  await insertMany(tx, 'flow', COLUMNS, fresh.map(({ stored }) => stored), ['updated_at']);
  await updateMany(tx, 'flow', COLUMNS, changed.map(({ stored }) => stored));
  for (const { stored } of fresh) result.set(stored.ref, { id: stored.id, change: 'added' });
  await insertMany(tx, 'flow_version', VERSION_COLUMNS, [...fresh, ...changed].map(({ stored, companyId, withdrawnAt }) => ({
    flowId: stored.id, version: stored.version, data: versionData(stored, { siteId: stored.siteId, companyId, withdrawnAt }), change: 'imported', changedBy,
  })), ['changed_at']);
  return result;
}

/** What the flow is after the row. @param changes the row says something new: without a day of its own it confirms the flow today */
function merged(flow: FlowValues, row: FlowRow, given: ReadonlySet<keyof FlowValues>, changes: boolean): FlowValues {
  const after: FlowValues = { ...flow };
  const copy = <Property extends keyof FlowValues>(property: Property): void => void (after[property] = row.values[property]);
  for (const property of given) copy(property);
  // A person's confirmation of a category that the file only suggests holds; and attributes without a column of their own stay.
  if (flow.category === after.category && flow.categoryOrigin === 'declared') after.categoryOrigin = 'declared';
  after.quality = { ...Object.fromEntries(Object.entries(flow.quality).filter(([slug]) => !row.qualityGiven.has(slug))), ...row.values.quality };
  after.ref = flow.ref;
  after.confirmedOn = row.dayGiven || changes ? row.values.confirmedOn : flow.confirmedOn;
  return after;
}

function says(flow: FlowValues & { siteId: string }, row: FlowRow, given: ReadonlySet<keyof FlowValues>): boolean {
  return (row.siteId === null || row.siteId === flow.siteId) && sameValues(flow, merged(flow, row, given, false));
}

async function standingFlows(tx: Transaction, refs: readonly string[]): Promise<Map<string, StandingFlow>> {
  const rows = await tx.sql<StandingFlow>(
    `SELECT f.id, f.site_id AS "siteId", s.company_id AS "companyId", f.version, f.withdrawn_at AS "withdrawnAt", f.ref, f.direction, f.category,
       f.category_origin AS "categoryOrigin", f.description, f.quantity, f.quantity_entered AS "quantityEntered", f.provenance, f.minimum_lot AS "minimumLot",
       f.months, f.quality, f.hazardous, f.waste_code AS "wasteCode", f.waste_code_origin AS "wasteCodeOrigin", f.waste_code_confidence AS "wasteCodeConfidence",
       f.wish, f.withheld, f.reach, f.sourcing, f.present_outlet AS "presentOutlet", f.present_cost AS "presentCost",
       f.contract_ends_on::text AS "contractEndsOn", f.confirmed_on::text AS "confirmedOn"
     FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
     WHERE f.territory_id = $1 AND f.ref = ANY ($2) ORDER BY f.id FOR UPDATE OF f`, [tx.context.territoryId, refs]);
  return new Map(rows.map((flow) => [flow.ref, flow]));
}

/** What is known of the flows of these references. */
export async function findFlows(tx: Transaction, refs: readonly string[]): Promise<Map<string, { id: string; direction: FlowDirection }>> {
  const rows = await tx.sql<{ ref: string; id: string; direction: FlowDirection }>(
    'SELECT ref, id, direction FROM flow WHERE territory_id = $1 AND ref = ANY ($2)', [tx.context.territoryId, [...new Set(refs)]]);
  return new Map(rows.map(({ ref, ...flow }) => [ref, flow]));
}

/** What the last import made of each of these flows. */
async function lastImported(tx: Transaction, flowIds: readonly string[]): Promise<Map<string, FlowVersionData>> {
  if (flowIds.length === 0) return new Map();
  const rows = await tx.sql<{ flowId: string; data: FlowVersionData }>(
    `SELECT DISTINCT ON (flow_id) flow_id AS "flowId", data FROM flow_version
     WHERE territory_id = $1 AND flow_id = ANY ($2) AND change = 'imported' ORDER BY flow_id, version DESC`, [tx.context.territoryId, flowIds]);
  return new Map(rows.map(({ flowId, data }) => [flowId, data]));
}
