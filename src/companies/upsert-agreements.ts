import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { AgreementValues } from './company-draft.js';
import { applied, type BulkColumns, insertMany, newIds, type RowChange, sameIn, updateMany, type UpsertMode } from './upsert-rows.js';

export interface AgreementRow extends AgreementValues {
  companyId: string;
}

const COLUMNS: BulkColumns<AgreementRow & { id: string }> = {
  id: ['id', 'uuid'], companyId: ['company_id', 'uuid'], scope: ['scope', 'text'], signedOn: ['signed_on', 'date'], validUntil: ['valid_until', 'date'],
};

/**
 * Adds and changes many confidentiality agreements at once; one is known by its company and the day of the signature.
 * @param rows each company and day once
 * @returns in the order of the rows
 */
export async function upsertAgreements(tx: Transaction, rows: readonly AgreementRow[], given: ReadonlySet<keyof AgreementRow>, mode: UpsertMode): Promise<RowChange[]> {
  const key = (row: Pick<AgreementRow, 'companyId' | 'signedOn'>): string => `${row.companyId} ${row.signedOn}`;
  const standing = new Map((await tx.sql<AgreementRow & { id: string }>(
    `SELECT id, company_id AS "companyId", scope, signed_on::text AS "signedOn", valid_until::text AS "validUntil"
     FROM confidentiality_agreement WHERE territory_id = $1 AND company_id = ANY ($2) ORDER BY id FOR UPDATE`,
    [tx.context.territoryId, [...new Set(rows.map((row) => row.companyId))]])).map((agreement) => [key(agreement), agreement]));
  const changed: (AgreementRow & { id: string })[] = [];
  const added: AgreementRow[] = [];
  const changes = rows.map((row): RowChange => {
    const agreement = standing.get(key(row));
    if (!agreement) {
      added.push(row);
      return 'added';
    }
    const kept = { ...applied<AgreementRow>(agreement, row, given, mode), companyId: agreement.companyId, id: agreement.id };
    if (sameIn<AgreementRow>(['scope', 'validUntil'], agreement, kept)) return 'unchanged';
    changed.push(kept);
    return 'changed';
  });
  const ids = await newIds(tx, added.length);
  await insertMany(tx, 'confidentiality_agreement', COLUMNS, added.map((row, index) => ({ ...row, id: ids[index] })), ['updated_at']);
  await updateMany(tx, 'confidentiality_agreement', COLUMNS, changed);
  return changes;
}
