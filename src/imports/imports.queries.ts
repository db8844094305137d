import { type Page, pageOf, readCursor } from '../companies/cursor.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import type { HeaderMapping } from './headers.js';
import type { ImportedSheet, ImportJob } from './imports.entities.js';

/** Where an import stands, and what it did. */
export interface ImportReport {
  id: string;
  fileName: string;
  kind: string | null;
  mappingName: string | null;
  state: ImportJob['state'];
  /** Null until the file is opened; an upper bound until it is read. */
  rowsTotal: number | null;
  rowsRead: number;
  rowsAdded: number;
  rowsChanged: number;
  rowsUnchanged: number;
  rowsRefused: number;
  /** Why the file as a whole was given up; its good rows up to there are kept. */
  failure: string | null;
  sheets: ImportedSheet[] | null;
  createdBy: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

/** One thing wrong with one row. */
export interface ImportErrorRow {
  id: string;
  sheet: string | null;
  rowNumber: number;
  columnName: string;
  code: string;
  found: string;
  expected: string;
}

export interface SavedMapping {
  name: string;
  kind: string | null;
  columns: HeaderMapping;
  updatedAt: Date;
}

const REPORT = `id, file_name AS "fileName", kind, mapping_name AS "mappingName", state, rows_total AS "rowsTotal", rows_read AS "rowsRead",
  rows_added AS "rowsAdded", rows_changed AS "rowsChanged", rows_unchanged AS "rowsUnchanged", rows_refused AS "rowsRefused", failure, sheets,
  created_by AS "createdBy", created_at AS "createdAt", finished_at AS "finishedAt"`;

/** @throws Problem 404 */
export async function importReport(tx: Transaction, importId: string): Promise<ImportReport> {
  const [report] = await tx.sql<ImportReport>(`SELECT ${REPORT} FROM import_job WHERE territory_id = $1 AND id = $2`, [tx.context.territoryId, importId]);
  if (!report) throw notFound('import');
  return report;
}

/** Newest first. */
export async function listImports(tx: Transaction, { after, limit }: { after?: string; limit: number }): Promise<Page<ImportReport>> {
  const from = readCursor(after);
  const rows = await tx.sql<ImportReport & { position: string }>(
    `SELECT ${REPORT}, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position FROM import_job
     WHERE territory_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2::timestamptz, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4`, [tx.context.territoryId, from?.key ?? null, from?.id ?? null, limit + 1]);
  return pageOf(rows, limit, (row) => ({ key: row.position, id: row.id }));
}

/** In the order of the file. @param after id of the last error that was shown. @throws Problem 404 */
export async function importErrors(tx: Transaction, importId: string, { after, limit }: { after?: string; limit: number }): Promise<Page<ImportErrorRow>> {
  await importReport(tx, importId);
  const rows = await tx.sql<ImportErrorRow>(
    `SELECT id, sheet, row_number AS "rowNumber", column_name AS "columnName", code, found, expected FROM import_error
     WHERE territory_id = $1 AND import_id = $2 AND id > $3 ORDER BY id LIMIT $4`, [tx.context.territoryId, importId, after ?? '0', limit + 1]);
  return { rows: rows.slice(0, limit), next: rows.length > limit ? rows[limit - 1].id : null };
}

/** A refused row with all that is wrong with it. */
export interface RefusedRow {
  sheet: string | null;
  rowNumber: number;
  /** By header. */
  raw: Record<string, string>;
  errors: string[];
  lastId: string;
}

/** Refused rows after an error's id, in the order of the file. */
export async function refusedRows(tx: Transaction, importId: string, after: string, limit: number): Promise<RefusedRow[]> {
  return tx.sql<RefusedRow>(
    `WITH firsts AS (
       SELECT id, sheet, row_number, raw, lead(id) OVER (ORDER BY id) AS next FROM import_error
       WHERE territory_id = $1 AND import_id = $2 AND id > $3 AND raw <> '{}' ORDER BY id LIMIT $4)
     SELECT f.sheet, f.row_number AS "rowNumber", f.raw, max(e.id)::text AS "lastId",
       array_agg(e.column_name || ': ' || e.found || ' → ' || e.expected ORDER BY e.id) AS errors
     FROM firsts f JOIN import_error e ON e.territory_id = $1 AND e.import_id = $2 AND e.id >= f.id AND (f.next IS NULL OR e.id < f.next) AND e.row_number = f.row_number AND e.sheet IS NOT DISTINCT FROM f.sheet
     GROUP BY f.id, f.sheet, f.row_number, f.raw ORDER BY f.id`, [tx.context.territoryId, importId, after, limit]);
}

export async function listMappings(tx: Transaction): Promise<SavedMapping[]> {
  return tx.sql<SavedMapping>('SELECT name, kind, columns, updated_at AS "updatedAt" FROM import_mapping WHERE territory_id = $1 ORDER BY name', [tx.context.territoryId]);
}

/** Undefined when there is none of this name. */
export async function findMapping(tx: Transaction, name: string): Promise<SavedMapping | undefined> {
  const [mapping] = await tx.sql<SavedMapping>('SELECT name, kind, columns, updated_at AS "updatedAt" FROM import_mapping WHERE territory_id = $1 AND name = $2', [tx.context.territoryId, name]);
  return mapping;
}

/** Sites among these references that have a point of their own, with what was known of the address when they got it. */
export async function placedSites(tx: Transaction, refs: readonly string[]): Promise<Map<string, { address: string | null; communeCode: string | null; commune: string | null }>> {
  const rows = await tx.sql<{ ref: string; address: string | null; communeCode: string | null; commune: string | null }>(
    `SELECT ref, address, commune_code AS "communeCode", commune FROM site
     WHERE territory_id = $1 AND ref = ANY ($2) AND place_origin IN ('site', 'geocoded')`, [tx.context.territoryId, [...new Set(refs)]]);
  return new Map(rows.map(({ ref, ...site }) => [ref, site]));
}

/** One part of an import's file; undefined after the last. */
export async function filePart(tx: Transaction, importId: string, part: number): Promise<Buffer | undefined> {
  const [row] = await tx.sql<{ bytes: Buffer }>('SELECT bytes FROM import_file_part WHERE territory_id = $1 AND import_id = $2 AND part = $3', [tx.context.territoryId, importId, part]);
  return row?.bytes;
}
