import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { applied, type BulkColumns, insertMany, newIds, type RowChange, sameIn, updateMany, type UpsertMode } from './upsert-rows.js';

export interface CompanyRow {
  ref: string;
  siren: string | null;
  /** Null: only a known company can be meant. */
  name: string | null;
  naf: string | null;
  groupRef: string | null;
  referentId: string | null;
}

/** Where a reference leads: a merged double leads to its survivor. */
export interface KnownCompany {
  id: string;
  siren: string | null;
}

const COLUMNS: BulkColumns<CompanyRow & { id: string }> = {
  id: ['id', 'uuid'], ref: ['ref', 'text'], siren: ['siren', 'text'], name: ['name', 'text'], naf: ['naf', 'text'], groupRef: ['group_ref', 'text'], referentId: ['referent_id', 'uuid'],
};

interface StandingCompany extends CompanyRow {
  id: string;
  mergedIntoId: string | null;
}

/** The companies that these references lead to. */
export async function findCompanies(tx: Transaction, refs: readonly string[]): Promise<Map<string, KnownCompany>> {
  const rows = await tx.sql<{ ref: string; id: string; siren: string | null }>(
    `SELECT c.ref, coalesce(s.id, c.id) AS id, CASE WHEN s.id IS NULL THEN c.siren ELSE s.siren END AS siren
     FROM company c LEFT JOIN company s ON s.territory_id = c.territory_id AND s.id = c.merged_into_id
     WHERE c.territory_id = $1 AND c.ref = ANY ($2)`, [tx.context.territoryId, [...new Set(refs)]]);
  return new Map(rows.map(({ ref, ...company }) => [ref, company]));
}

/** References of living companies by their names, lower case: for files that name a company and give no number. Several: ambiguous. */
export async function companyRefsByName(tx: Transaction, names: readonly string[]): Promise<Map<string, string[]>> {
  if (names.length === 0) return new Map();
  const rows = await tx.sql<{ name: string; ref: string }>(
    'SELECT lower(name) AS name, ref FROM company WHERE territory_id = $1 AND merged_into_id IS NULL AND lower(name) = ANY ($2) ORDER BY ref',
    [tx.context.territoryId, [...new Set(names.map((name) => name.toLowerCase()))]]);
  const found = new Map<string, string[]>();
  for (const { name, ref } of rows) found.set(name, [...(found.get(name) ?? []), ref]);
  return found;
}

/** Ids of the territory's advisors by mail address, lower case. */
export async function findAdvisors(tx: Transaction, emails: readonly string[]): Promise<Map<string, string>> {
  if (emails.length === 0) return new Map();
  const rows = await tx.sql<{ email: string; id: string }>('SELECT email, id FROM advisors_by_email($1)', [[...new Set(emails)]]);
  return new Map(rows.map(({ email, id }) => [email, id]));
}

/**
 * Adds and changes many companies at once; a row that says nothing new changes nothing, and one about a merged double neither.
 * Unknown ones without a name are left out. A company named on the way keeps the NAF class it has.
 * @param rows each reference once
 * @returns by reference; the id is the survivor's where the company was merged
 */
export async function upsertCompanies(
  tx: Transaction, rows: readonly CompanyRow[], given: ReadonlySet<keyof CompanyRow>, mode: UpsertMode,
): Promise<Map<string, { id: string; change: RowChange }>> {
  const standing = new Map((await tx.sql<StandingCompany>(
    `SELECT id, ref, siren, name, naf, group_ref AS "groupRef", referent_id AS "referentId", merged_into_id AS "mergedIntoId"
     FROM company WHERE territory_id = $1 AND ref = ANY ($2) ORDER BY id FOR UPDATE`,
    [tx.context.territoryId, rows.map((row) => row.ref)])).map((company) => [company.ref, company]));
  const result = new Map<string, { id: string; change: RowChange }>();
  const changed: (CompanyRow & { id: string })[] = [];
  const added: CompanyRow[] = [];
  for (const row of rows) {
    const company = standing.get(row.ref);
    if (!company) {
      if (row.name !== null) added.push(row);
      continue;
    }
    result.set(row.ref, { id: company.mergedIntoId ?? company.id, change: 'unchanged' });
    if (company.mergedIntoId !== null) continue;
    const after = applied<CompanyRow>(company, row, given, mode);
    // A company always has a name, and the SIREN that its reference is.
    const kept = { ...after, name: after.name ?? company.name, siren: after.siren ?? company.siren, naf: mode === 'mention' ? company.naf ?? after.naf : after.naf };
    if (sameIn<CompanyRow>(['siren', 'name', 'naf', 'groupRef', 'referentId'], company, kept)) continue;
    changed.push({ ...kept, id: company.id });
    result.set(row.ref, { id: company.id, change: 'changed' });
  }
  const ids = await newIds(tx, added.length);
  await insertMany(tx, 'company', COLUMNS, added.map((row, index) => ({ ...row, id: ids[index] })), ['created_at', 'updated_at']);
  added.forEach((row, index) => result.set(row.ref, { id: ids[index], change: 'added' }));
  await updateMany(tx, 'company', COLUMNS, changed);
  return result;
}
