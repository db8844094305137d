import type { Transaction } from '../platform/postgres/unit-of-work.js';

/**
 * What a pair that is shown again came back for, as `pair_block.lifted_because` says it. Only the last lift since the pair
 * was last shown counts (a showing that another attempt replaced was none); undone and superseded blocks brought nothing back.
 * @returns by pair id; pairs that were never away, or were shown since, are missing
 */
export async function reasonsForReturn(tx: Transaction, pairIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.sql<{ pairId: string; because: string }>(
    `SELECT DISTINCT ON (b.pair_id) b.pair_id AS "pairId", b.lifted_because AS because FROM pair_block b
      WHERE b.territory_id = $1 AND b.pair_id = ANY($2::uuid[]) AND b.lifted_at IS NOT NULL
        AND b.lifted_because <> 'undone' AND b.lifted_because NOT LIKE 'superseded %'
        AND NOT EXISTS (
          SELECT 1 FROM candidate c JOIN candidate_state s ON s.territory_id = c.territory_id AND s.candidate_id = c.id
           WHERE c.territory_id = b.territory_id AND c.pair_id = b.pair_id AND s.status <> 'replaced' AND c.published_at >= b.lifted_at)
      ORDER BY b.pair_id, b.lifted_at DESC`, [tx.context.territoryId, pairIds]);
  return new Map(rows.map(({ pairId, because }) => [pairId, because]));
}
