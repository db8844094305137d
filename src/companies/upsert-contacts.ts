import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { ContactValues } from './company-draft.js';
import { applied, type BulkColumns, insertMany, newIds, type RowChange, sameIn, updateMany, type UpsertMode } from './upsert-rows.js';

export interface ContactRow extends ContactValues {
  companyId: string;
}

const COLUMNS: BulkColumns<ContactRow & { id: string }> = {
  id: ['id', 'uuid'], companyId: ['company_id', 'uuid'], ref: ['ref', 'text'], name: ['name', 'text'], position: ['position', 'text'], email: ['email', 'text'],
  phone: ['phone', 'text'], language: ['language', 'text'], opposedToMail: ['opposed_to_mail', 'boolean'],
};
const COMPARED = ['name', 'position', 'email', 'phone', 'language', 'opposedToMail'] as const satisfies readonly (keyof ContactRow)[];

/**
 * Adds and changes many contact people at once. An opposition to mail is never taken back by a file: a list made before it
 * would undo what the person asked for.
 * @param rows each company and reference once
 * @returns in the order of the rows
 */
export async function upsertContacts(tx: Transaction, rows: readonly ContactRow[], given: ReadonlySet<keyof ContactRow>, mode: UpsertMode): Promise<RowChange[]> {
  const key = (row: Pick<ContactRow, 'companyId' | 'ref'>): string => `${row.companyId} ${row.ref}`;
  const standing = new Map((await tx.sql<ContactRow & { id: string }>(
    `SELECT id, company_id AS "companyId", ref, name, position, email, phone, language, opposed_to_mail AS "opposedToMail"
     FROM contact_person WHERE territory_id = $1 AND company_id = ANY ($2) AND ref = ANY ($3) ORDER BY id FOR UPDATE`,
    [tx.context.territoryId, [...new Set(rows.map((row) => row.companyId))], [...new Set(rows.map((row) => row.ref))]])).map((contact) => [key(contact), contact]));
  const changed: (ContactRow & { id: string })[] = [];
  const added: ContactRow[] = [];
  const changes = rows.map((row): RowChange => {
    const contact = standing.get(key(row));
    if (!contact) {
      added.push(row);
      return 'added';
    }
    const after = applied<ContactRow>(contact, row, given, mode);
    const kept = { ...after, ref: contact.ref, companyId: contact.companyId, opposedToMail: contact.opposedToMail || row.opposedToMail, id: contact.id };
    if (sameIn<ContactRow>(COMPARED, contact, kept)) return 'unchanged';
    changed.push(kept);
    return 'changed';
  });
  const ids = await newIds(tx, added.length);
  await insertMany(tx, 'contact_person', COLUMNS, added.map((row, index) => ({ ...row, id: ids[index] })), ['updated_at']);
  await updateMany(tx, 'contact_person', COLUMNS, changed);
  return changes;
}
