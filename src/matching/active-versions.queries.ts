import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Model } from './kernel/model.js';
import { parsePolicy, type Policy } from './policy.js';

export interface ActiveVersions {
  policy: Policy;
  policyVersion: number;
  model: Model;
  modelVersion: number;
}

/**
 * The policy and the model that hold now in the territory.
 * @throws when it has none: it was not prepared; or when the policy kept is out of range, naming the field
 */
export async function activeVersions(tx: Transaction): Promise<ActiveVersions> {
  const policy = await activeVersion(tx, 'policy_version');
  const model = await activeVersion(tx, 'model_version');
  return {
    policy: parsePolicy(policy.document, `policy version ${policy.version}`), policyVersion: policy.version,
    model: model.document as unknown as Model, modelVersion: model.version,
  };
}

async function activeVersion(tx: Transaction, table: 'policy_version' | 'model_version'): Promise<{ version: number; document: Record<string, unknown> }> {
  const [row] = await tx.sql<{ version: number; document: Record<string, unknown> }>(
    `SELECT version, document FROM ${table} WHERE territory_id = $1 AND state = 'active'`, [tx.context.territoryId]);
  if (row === undefined) throw new Error(`The territory has no active ${table}; it was not prepared`);
  return row;
}
