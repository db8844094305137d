import { In } from 'typeorm';
import { companyToChange, folded } from '../companies/companies.queries.js';
import { type Page, pageOf, readCursor } from '../companies/cursor.js';
import { stale } from '../platform/http/etag.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import { foldAccents } from '../resources/words.js';
import type { FlowValues } from './flow-draft.js';
import { type FlowVersionData, versionData } from './flow-record.js';
import { Flow, type FlowDirection, type FlowVersion } from './flows.entities.js';

/** Where a flow is. */
export interface FlowPlace {
  siteId: string;
  siteName: string | null;
  commune: string | null;
  companyId: string;
  companyName: string;
  referentId: string | null;
}

export interface PlacedFlow {
  flow: Flow;
  place: FlowPlace;
}

const PLACE = `s.id AS "siteId", s.name AS "siteName", s.commune, c.id AS "companyId", c.name AS "companyName", c.referent_id AS "referentId"`;

/** A flow of this territory and where it is. @throws Problem 404 */
export async function readFlow(tx: Transaction, flowId: string): Promise<PlacedFlow> {
  const flow = await tx.entities.findOneBy(Flow, { id: flowId, territoryId: tx.context.territoryId });
  if (!flow) throw notFound('flow');
  const [place] = await tx.sql<FlowPlace>(
    `SELECT ${PLACE} FROM site s JOIN company c ON c.id = s.company_id WHERE s.territory_id = $1 AND s.id = $2`, [tx.context.territoryId, flow.siteId]);
  return { flow, place };
}

/**
 * The flow, its row locked until the end of the transaction, if it is still the one that was on screen.
 * @throws Problem 404, 412 when its version is another
 */
export async function flowToChange(tx: Transaction, flowId: string, expectedVersion: number): Promise<Flow> {
  const flow = await tx.entities.findOne(Flow, { where: { id: flowId, territoryId: tx.context.territoryId }, lock: { mode: 'pessimistic_write' } });
  if (!flow) throw notFound('flow');
  if (flow.version !== expectedVersion) throw stale('flow');
  return flow;
}

/** @throws Problem 409 when the flow is withdrawn */
export function refuseWithdrawn(flow: Flow): void {
  if (flow.withdrawnAt !== null) throw new Problem(409, 'withdrawn', 'This flow is withdrawn; restore it first.');
}

/**
 * The site a flow is recorded at; its company is locked, so that a merge of companies waits, or was before and is seen.
 * @throws Problem 404; 409 when its company is a merged double
 */
export async function siteForFlow(tx: Transaction, siteId: string): Promise<{ siteId: string; companyId: string }> {
  const [site] = await tx.sql<{ companyId: string }>('SELECT company_id AS "companyId" FROM site WHERE territory_id = $1 AND id = $2', [tx.context.territoryId, siteId]);
  if (!site) throw notFound('site');
  await companyToChange(tx, site.companyId);
  return { siteId, companyId: site.companyId };
}

/** Writes a version of a flow: the whole of it, as it stands after the change. */
export async function writeVersion(tx: Transaction, flow: Pick<Flow, 'id' | 'version' | 'siteId' | 'withdrawnAt'> & FlowValues, change: FlowVersion['change']): Promise<void> {
  const { territoryId, personId } = tx.context;
  const [{ companyId }] = await tx.sql<{ companyId: string }>('SELECT company_id AS "companyId" FROM site WHERE territory_id = $1 AND id = $2', [territoryId, flow.siteId]);
  const data = versionData(flow, { siteId: flow.siteId, companyId, withdrawnAt: flow.withdrawnAt });
  await tx.sql('INSERT INTO flow_version (flow_id, version, territory_id, data, change, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [flow.id, flow.version, territoryId, JSON.stringify(data), change, personId, tx.now]);
}

/** Stores a change of a locked flow: new columns, next version, the version's row and the trail. @returns the new version */
export async function storeChange(tx: Transaction, flow: Flow, columns: Partial<FlowValues & Pick<Flow, 'withdrawnAt'>>, change: FlowVersion['change'], fields: string[]): Promise<number> {
  const changed = { ...flow, ...columns, version: flow.version + 1 };
  await tx.entities.update(Flow, { id: flow.id, territoryId: tx.context.territoryId, version: flow.version }, { ...columns, version: changed.version, updatedAt: tx.now });
  await writeVersion(tx, changed, change);
  await tx.audit({ action: `flow.${change}`, subjectType: 'flow', subjectId: flow.id, data: { version: changed.version, fields } });
  return changed.version;
}

export interface FlowSearch {
  siteId?: string;
  companyId?: string;
  /** Slug. */
  category?: string;
  direction?: FlowDirection;
  /** Part of the description or of the reference. */
  text?: string;
  /** Flows of the companies of this référent only. */
  referentId?: string;
  /** Which of the two: standing ones (the default) or withdrawn ones. */
  withdrawn?: boolean;
  after?: string;
  /** 1 to 200. */
  limit: number;
}

/** Flows of this territory in the order of their references. */
export async function searchFlows(tx: Transaction, search: FlowSearch): Promise<Page<PlacedFlow>> {
  const parameters: unknown[] = [tx.context.territoryId];
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = ['f.territory_id = $1', search.withdrawn ? 'f.withdrawn_at IS NOT NULL' : 'f.withdrawn_at IS NULL'];
  if (search.siteId !== undefined) conditions.push(`f.site_id = ${parameter(search.siteId)}`);
  if (search.companyId !== undefined) conditions.push(`s.company_id = ${parameter(search.companyId)}`);
  if (search.category !== undefined) conditions.push(`f.category = ${parameter(search.category)}`);
  if (search.direction !== undefined) conditions.push(`f.direction = ${parameter(search.direction)}`);
  if (search.referentId !== undefined) conditions.push(`c.referent_id = ${parameter(search.referentId)}`);
  const text = foldAccents(search.text ?? '').replaceAll('\0', '').trim();
  if (text !== '') {
    const inside = parameter(`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`);
    conditions.push(`(${folded('f.description')} LIKE ${inside} OR ${folded('f.ref')} LIKE ${inside})`);
  }
  const cursor = readCursor(search.after);
  if (cursor) conditions.push(`(f.ref, f.id) > (${parameter(cursor.key)}, ${parameter(cursor.id)}::uuid)`);
  const places = await tx.sql<FlowPlace & { id: string; ref: string }>(
    `SELECT f.id, f.ref, ${PLACE}
     FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id JOIN company c ON c.territory_id = s.territory_id AND c.id = s.company_id
     WHERE ${conditions.join(' AND ')} ORDER BY f.ref, f.id LIMIT ${parameter(search.limit + 1)}`, parameters);
  const page = pageOf(places, search.limit, ({ ref, id }) => ({ key: ref, id }));
  const flows = await tx.entities.findBy(Flow, { territoryId: tx.context.territoryId, id: In(page.rows.map((row) => row.id)) });
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  return {
    next: page.next,
    rows: page.rows.flatMap(({ id, ref: _ref, ...place }) => {
      const flow = byId.get(id);
      return flow ? [{ flow, place }] : [];
    }),
  };
}

export interface FlowHistoryRow {
  version: number;
  change: FlowVersion['change'];
  changedAt: Date;
  /** Null: the system. */
  changedBy: { id: string; name: string } | null;
  data: FlowVersionData;
}

/**
 * Versions of a flow, the newest first.
 * @param before versions under this one only; null: from the newest on
 * @throws Problem 404
 */
export async function flowHistory(tx: Transaction, flowId: string, before: number | null, limit: number): Promise<FlowHistoryRow[]> {
  const { territoryId } = tx.context;
  if (!(await tx.entities.existsBy(Flow, { id: flowId, territoryId }))) throw notFound('flow');
  const rows = await tx.sql<Omit<FlowHistoryRow, 'changedBy'> & { personId: string | null; personName: string | null }>(
    `SELECT v.version, v.change, v.changed_at AS "changedAt", v.data, v.changed_by AS "personId", p.name AS "personName"
     FROM flow_version v LEFT JOIN person p ON p.id = v.changed_by
     WHERE v.territory_id = $1 AND v.flow_id = $2 AND ($3::integer IS NULL OR v.version < $3) ORDER BY v.version DESC LIMIT $4`,
    [territoryId, flowId, before, limit]);
  return rows.map(({ personId, personName, ...row }) => ({ ...row, changedBy: personId === null ? null : { id: personId, name: personName ?? '' } }));
}

export interface SynergyRow {
  id: string;
  startedOn: string | null;
  endedOn: string | null;
  output: { flowId: string; description: string; category: string; companyId: string; companyName: string };
  input: { flowId: string; description: string; category: string; companyId: string; companyName: string };
}

/** Running synergies of this territory, ended ones among them, oldest record first. @param flowId of either side */
export async function searchSynergies(tx: Transaction, search: { flowId?: string; after?: string; limit: number }): Promise<Page<SynergyRow>> {
  const cursor = readCursor(search.after);
  const side = (flow: string): string => `(SELECT json_build_object('flowId', f.id, 'description', f.description, 'category', f.category, 'companyId', c.id, 'companyName', c.name)
     FROM flow f JOIN site s ON s.id = f.site_id JOIN company c ON c.id = s.company_id WHERE f.territory_id = $1 AND f.id = r.${flow})`;
  const rows = await tx.sql<SynergyRow>(
    `SELECT r.id, r.started_on::text AS "startedOn", r.ended_on::text AS "endedOn", ${side('output_flow_id')} AS output, ${side('input_flow_id')} AS input
     FROM running_synergy r
     WHERE r.territory_id = $1 AND ($2::uuid IS NULL OR $2 IN (r.output_flow_id, r.input_flow_id)) AND ($3::uuid IS NULL OR r.id > $3)
     ORDER BY r.id LIMIT $4`, [tx.context.territoryId, search.flowId ?? null, cursor?.id ?? null, search.limit + 1]);
  return pageOf(rows, search.limit, ({ id }) => ({ key: '', id }));
}
