import { type Page, pageOf, readCursor } from '../companies/cursor.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';

export interface CompanyEvent {
  id: string;
  at: Date;
  /** Null: the system itself. */
  by: { id: string; name: string } | null;
  /** As the trail names it, `flow.confirmed`. */
  action: string;
  subject: { type: string; id: string; label: string | null };
  /** Names of the fields that an edit spoke of. */
  fields: string[];
}

/**
 * What happened to a company and to what hangs on it (sites, contact people, agreements, flows), the newest first. Rows of
 * imports are told in the import's report, not here.
 * @throws Problem 404
 */
export async function companyHistory(tx: Transaction, companyId: string, page: { after?: string | undefined; limit: number }): Promise<Page<CompanyEvent>> {
  const { territoryId } = tx.context;
  const [company] = await tx.sql('SELECT 1 FROM company WHERE territory_id = $1 AND id = $2', [territoryId, companyId]);
  if (!company) throw notFound('company');
  const cursor = readCursor(page.after);
  const rows = await tx.sql<Omit<CompanyEvent, 'by'> & { personId: string | null; personName: string | null }>(
    `WITH subject AS (
       SELECT 'company' AS type, $2::text AS id, NULL AS label
       UNION ALL SELECT 'site', id::text, coalesce(name, commune) FROM site WHERE territory_id = $1 AND company_id = $2::uuid
       UNION ALL SELECT 'contact', id::text, name FROM contact_person WHERE territory_id = $1 AND company_id = $2::uuid
       UNION ALL SELECT 'agreement', id::text, scope FROM confidentiality_agreement WHERE territory_id = $1 AND company_id = $2::uuid
       UNION ALL SELECT 'flow', f.id::text, f.description FROM flow f JOIN site s ON s.id = f.site_id WHERE f.territory_id = $1 AND s.company_id = $2::uuid)
     SELECT a.id, a.at, a.action, json_build_object('type', s.type, 'id', s.id, 'label', s.label) AS subject, a.person_id AS "personId", p.name AS "personName",
       CASE WHEN jsonb_typeof(a.data -> 'fields') = 'array' THEN a.data -> 'fields' ELSE '[]' END AS fields
     FROM subject s JOIN audit_event a ON a.territory_id = $1 AND a.subject_type = s.type AND a.subject_id = s.id LEFT JOIN person p ON p.id = a.person_id
     WHERE $3::uuid IS NULL OR a.id < $3
     ORDER BY a.id DESC LIMIT $4`, [territoryId, companyId, cursor?.id ?? null, page.limit + 1]);
  const events = rows.map(({ personId, personName, ...row }) => ({ ...row, by: personId === null ? null : { id: personId, name: personName ?? '' } }));
  return pageOf(events, page.limit, ({ id }) => ({ key: '', id }));
}
