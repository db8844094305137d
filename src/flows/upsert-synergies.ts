import { newIds, type RowChange } from '../companies/upsert-rows.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';

export interface SynergyRow {
  outputFlowId: string;
  inputFlowId: string;
  startedOn: string | null;
  endedOn: string | null;
}

/**
 * Notes many exchanges that run already, so that their pairs are not proposed. A day that a row does not say stays: one
 * that a person ended does not run again because an old file comes by.
 * @param rows each pair once
 * @returns in the order of the rows
 */
export async function upsertSynergies(tx: Transaction, rows: readonly SynergyRow[]): Promise<RowChange[]> {
  if (rows.length === 0) return [];
  const ids = await newIds(tx, rows.length);
  const arrays = (['outputFlowId', 'inputFlowId', 'startedOn', 'endedOn'] as const).map((property) => rows.map((row) => row[property]));
  const started = 'coalesce(excluded.started_on, synergy.started_on)';
  const ended = 'coalesce(excluded.ended_on, synergy.ended_on)';
  const written = await tx.sql<{ outputFlowId: string; inputFlowId: string; id: string }>(
    `INSERT INTO running_synergy AS synergy (id, territory_id, output_flow_id, input_flow_id, started_on, ended_on)
     SELECT g.id, $1, g.output_flow_id, g.input_flow_id, g.started_on, g.ended_on
     FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::date[]) AS g(id, output_flow_id, input_flow_id, started_on, ended_on)
     ON CONFLICT (territory_id, output_flow_id, input_flow_id) DO UPDATE SET started_on = ${started}, ended_on = ${ended}
     WHERE (synergy.started_on, synergy.ended_on) IS DISTINCT FROM (${started}, ${ended})
     RETURNING id, output_flow_id AS "outputFlowId", input_flow_id AS "inputFlowId"`, [tx.context.territoryId, ids, ...arrays]);
  const idOf = new Map(written.map((row) => [`${row.outputFlowId} ${row.inputFlowId}`, row.id]));
  return rows.map((row, index) => {
    const id = idOf.get(`${row.outputFlowId} ${row.inputFlowId}`);
    return id === undefined ? 'unchanged' : id === ids[index] ? 'added' : 'changed';
  });
}
