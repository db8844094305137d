import { type Page, pageOf, readCursor } from '../companies/cursor.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { type CandidateRow, candidateRows } from './candidate-rows.queries.js';

/**
 * Leads of a company on either side, the newest first, replaced ones left out. In a transaction opened with `{ across: true }`.
 * A company without any, or of another territory, has none.
 */
export async function companyLeads(tx: Transaction, companyId: string, page: { after?: string | undefined; limit: number }): Promise<Page<CandidateRow>> {
  const cursor = readCursor(page.after);
  if (cursor && Number.isNaN(Date.parse(cursor.key))) throw new Problem(400, 'cursor-malformed', 'The parameter "after" is not one that a list gave out; begin with the first page.');
  const ownFlows = 'SELECT f.id FROM flow f JOIN site s ON s.id = f.site_id WHERE f.territory_id = $1 AND s.company_id = $2::uuid';
  const rows = await candidateRows(tx,
    `AND (p.output_flow_id IN (${ownFlows}) OR p.input_flow_id IN (${ownFlows})) AND st.status <> 'replaced'
     AND ($3::timestamptz IS NULL OR (c.published_at, c.id) < ($3::timestamptz, $4::uuid)) ORDER BY c.published_at DESC, c.id DESC LIMIT $5`,
    [companyId, cursor?.key ?? null, cursor?.id ?? null, page.limit + 1]);
  return pageOf(rows, page.limit, ({ publishedAt, id }) => ({ key: publishedAt.toISOString(), id }));
}
