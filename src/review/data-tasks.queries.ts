import { type Page, pageOf, readCursor } from '../companies/cursor.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { type CandidateRow, candidateRows } from './candidate-rows.queries.js';
import { REASONS } from './reasons.js';

const REASONS_WITH_TASK = REASONS.filter(({ opensDataTask }) => opensDataTask).map(({ slug }) => slug);

/**
 * Pairs rejected because their data wants looking at, the newest first, until a flow is confirmed and a run sees it, or the
 * time is over. In a transaction opened with `{ across: true }`.
 */
export async function dataTasks(tx: Transaction, page: { after?: string | undefined; limit: number }): Promise<Page<CandidateRow>> {
  const cursor = readCursor(page.after);
  if (cursor && Number.isNaN(Date.parse(cursor.key))) throw new Problem(400, 'cursor-malformed', 'The parameter "after" is not one that a list gave out; begin with the first page.');
  const rows = await candidateRows(tx,
    `AND d.reason = ANY($2::text[]) AND EXISTS (SELECT 1 FROM pair_block b WHERE b.territory_id = c.territory_id AND b.pair_id = c.pair_id AND b.decision_id = d.id AND b.lifted_at IS NULL)
     AND ($3::timestamptz IS NULL OR (d.decided_at, c.id) < ($3::timestamptz, $4::uuid)) ORDER BY d.decided_at DESC, c.id DESC LIMIT $5`,
    [REASONS_WITH_TASK, cursor?.key ?? null, cursor?.id ?? null, page.limit + 1]);
  return pageOf(rows, page.limit, (row) => ({ key: row.decision?.decidedAt ?? '', id: row.id }));
}
