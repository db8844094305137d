import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { BlockKind } from './matching.entities.js';
import { type BlockCondition, liftedBy, liftText } from './pair-block.js';
import { flowFacts } from './pair-block-facts.queries.js';
import { parsePolicy } from './policy.js';

export interface StandingBlock {
  id: string;
  pairId: string;
  kind: BlockKind;
  outputFlowId: string;
  inputFlowId: string;
}

export interface LiftedBlocks {
  standing: StandingBlock[];
  lifted: { pairId: string; because: string }[];
}

/**
 * First thing of a run: lets every suppressed pair return whose date is reached or whose condition holds, and notes what
 * lifted it (promise P6). Pairs that were introduced or run stay blocked. Call it in a transaction opened with
 * `{ across: true }`; what of a neighbour may not be seen any more has not changed. Repeating it changes nothing.
 */
export async function liftBlocks(tx: Transaction, knowledge: Pick<Knowledge, 'catalogue'>): Promise<LiftedBlocks> {
  const { territoryId } = tx.context;
  const blocks = await tx.sql<StandingBlock & { until: Date | null; condition: BlockCondition | null }>(
    `SELECT b.id, b.pair_id AS "pairId", b.kind, b.until, b.condition, p.output_flow_id AS "outputFlowId", p.input_flow_id AS "inputFlowId"
     FROM pair_block b JOIN pair p ON p.territory_id = b.territory_id AND p.id = b.pair_id
     WHERE b.territory_id = $1 AND b.lifted_at IS NULL ORDER BY b.id FOR UPDATE OF b`, [territoryId]);
  const facts = await flowFacts(tx, [...new Set(blocks.flatMap((block) => [block.outputFlowId, block.inputFlowId]))]);
  const [active] = await tx.sql<{ version: number; document: unknown }>("SELECT version, document FROM policy_version WHERE territory_id = $1 AND state = 'active'", [territoryId]);
  const policy = active === undefined ? null : parsePolicy(active.document, `policy version ${active.version}`);
  const [territory] = await tx.sql<{ timeZone: string }>('SELECT time_zone AS "timeZone" FROM territory WHERE id = $1', [territoryId]);
  const lifted: { id: string; pairId: string; because: string }[] = [];
  const standing: StandingBlock[] = [];
  for (const { until, condition, ...block } of blocks) {
    const pair = { output: facts.get(block.outputFlowId) ?? null, input: facts.get(block.inputFlowId) ?? null, policy, catalogue: knowledge.catalogue };
    const lift = block.kind === 'suppressed' ? liftedBy({ until, condition }, pair, tx.now, territory.timeZone) : null;
    if (lift === null) standing.push(block);
    else lifted.push({ id: block.id, pairId: block.pairId, because: liftText(lift) });
  }
  await tx.sql(
    `UPDATE pair_block b SET lifted_at = $2, lifted_because = l.because FROM unnest($3::uuid[], $4::text[]) AS l (id, because)
     WHERE b.territory_id = $1 AND b.id = l.id`, [territoryId, tx.now, lifted.map(({ id }) => id), lifted.map(({ because }) => because)]);
  for (const { pairId, because } of lifted) await tx.audit({ action: 'pair-block.lifted', subjectType: 'pair', subjectId: pairId, data: { because } });
  return { standing, lifted: lifted.map(({ pairId, because }) => ({ pairId, because })) };
}
