import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { BlockKind } from './matching.entities.js';
import type { BlockCondition } from './pair-block.js';

/** What keeps a pair off the lists from now on. */
export interface NewBlock {
  kind: BlockKind;
  reason: string | null;
  until: Date | null;
  condition: BlockCondition | null;
}

export interface StandingPairBlock {
  kind: BlockKind;
  reason: string | null;
  decisionId: string | null;
  since: Date;
  until: Date | null;
  condition: BlockCondition | null;
}

/**
 * Blocks a pair because of a decision. A block of the same kind that stands already (of a pair that was taken past it by
 * hand) steps back behind the new one, and comes back if that decision is undone.
 */
export async function blockPair(tx: Transaction, pairId: string, decisionId: string, block: NewBlock): Promise<void> {
  const { territoryId } = tx.context;
  await tx.sql('UPDATE pair_block SET lifted_at = $4, lifted_because = $5 WHERE territory_id = $1 AND pair_id = $2 AND kind = $3 AND lifted_at IS NULL',
    [territoryId, pairId, block.kind, tx.now, supersededBy(decisionId)]);
  await tx.sql('INSERT INTO pair_block (territory_id, pair_id, kind, reason, decision_id, until, condition, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
    [territoryId, pairId, block.kind, block.reason, decisionId, block.until, block.condition === null ? null : JSON.stringify(block.condition), tx.now]);
}

/** Lets a pair go on: its blocks of these kinds end, with the reason. */
export async function endBlocks(tx: Transaction, pairId: string, kinds: readonly BlockKind[], because: 'dropped' | 'synergy-ended'): Promise<void> {
  await tx.sql('UPDATE pair_block SET lifted_at = $4, lifted_because = $5 WHERE territory_id = $1 AND pair_id = $2 AND kind = ANY($3::text[]) AND lifted_at IS NULL',
    [tx.context.territoryId, pairId, kinds, tx.now, because]);
}

/** Takes back what a decision blocked, and lets stand again what had stepped back behind it. */
export async function undoBlock(tx: Transaction, decisionId: string): Promise<void> {
  const { territoryId } = tx.context;
  await tx.sql("UPDATE pair_block SET lifted_at = $3, lifted_because = 'undone' WHERE territory_id = $1 AND decision_id = $2 AND lifted_at IS NULL", [territoryId, decisionId, tx.now]);
  await tx.sql('UPDATE pair_block SET lifted_at = NULL, lifted_because = NULL WHERE territory_id = $1 AND lifted_because = $2', [territoryId, supersededBy(decisionId)]);
}

function supersededBy(decisionId: string): string {
  return `superseded by=${decisionId}`;
}

/** Blocks that stand on a pair of flows, the newest first. */
export async function standingBlocks(tx: Transaction, outputFlowId: string, inputFlowId: string): Promise<StandingPairBlock[]> {
  return tx.sql<StandingPairBlock>(
    `SELECT b.kind, b.reason, b.decision_id AS "decisionId", b.created_at AS since, b.until, b.condition
     FROM pair_block b JOIN pair p ON p.territory_id = b.territory_id AND p.id = b.pair_id
     WHERE b.territory_id = $1 AND p.output_flow_id = $2 AND p.input_flow_id = $3 AND b.lifted_at IS NULL ORDER BY b.created_at DESC, b.id DESC`,
    [tx.context.territoryId, outputFlowId, inputFlowId]);
}
