import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Gate } from './kernel/gates.js';
import type { ExplainedPair } from './pair-explainer.js';

export interface HandMadeLead {
  candidateId: string;
  outputFlowId: string;
  inputFlowId: string;
  /** ISO week of the territory. */
  week: string;
  reason: string;
  gatesPassed: Gate[];
  assignedTo: string;
  explained: ExplainedPair;
  wishNotAsked: boolean;
}

/** The pair of two flows, made when it never was a candidate. @returns its id */
export async function pairOf(tx: Transaction, outputFlowId: string, inputFlowId: string): Promise<string> {
  const parameters = [tx.context.territoryId, outputFlowId, inputFlowId];
  await tx.sql('INSERT INTO pair (territory_id, output_flow_id, input_flow_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', parameters);
  const [pair] = await tx.sql<{ id: string }>('SELECT id FROM pair WHERE territory_id = $1 AND output_flow_id = $2 AND input_flow_id = $3', parameters);
  return pair.id;
}

/** Writes a lead made by hand as an open candidate of no run: against no budget, and never the ranking's success. */
export async function insertLead(tx: Transaction, lead: HandMadeLead): Promise<{ pairId: string }> {
  const { territoryId } = tx.context;
  const { explained } = lead;
  const { score } = explained;
  const pairId = await pairOf(tx, lead.outputFlowId, lead.inputFlowId);
  const features = score === null ? {} : { ...score.features, thresholdPoints: explained.thresholdPoints, wishNotAsked: lead.wishNotAsked };
  await tx.sql(
    `INSERT INTO candidate (id, territory_id, pair_id, run_id, kind, rank, week, z, points, probability, inclusion_probability, substitution, distance_km,
       features, parts, questions, caps_acted, ring, gates_passed, by_hand_reason, output_version, input_version, policy_version, model_version, published_at)
     VALUES ($1, $2, $3, NULL, 'by-hand', NULL, $4, $5, $6, $7, NULL, $8, $9, $10, $11, $12, '[]', $13, $14, $15, $16, $17, $18, $19, $20)`,
    [lead.candidateId, territoryId, pairId, lead.week, score?.z ?? null, score?.points ?? null, score?.probability ?? null, score?.substitution ?? null,
      explained.distanceKm, JSON.stringify(features), JSON.stringify(score?.parts ?? []), JSON.stringify(score?.questions ?? []), explained.ring,
      JSON.stringify(lead.gatesPassed), lead.reason, explained.outputVersion, explained.inputVersion, explained.policyVersion, explained.modelVersion, tx.now]);
  await tx.sql("INSERT INTO candidate_state (candidate_id, territory_id, pair_id, status, assigned_to) VALUES ($1, $2, $3, 'open', $4)",
    [lead.candidateId, territoryId, pairId, lead.assignedTo]);
  return { pairId };
}
