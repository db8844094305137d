import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { localDayOf } from '../platform/iso-week.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { activeVersions } from './active-versions.queries.js';
import { explainPair } from './kernel/explain.js';
import type { Gate } from './kernel/gates.js';
import { type KernelInput, prepare } from './kernel/kernel-input.js';
import { type PairReach, reachOf } from './kernel/score.js';
import { REACH } from './kernel/snapshot.js';
import { type ExplainedPair, type FailingGate, PairExplainer, type UnmatchableFlow } from './pair-explainer.js';
import { dayNumber, neighboursOf, readBlocks, readSnapshot } from './read-snapshot.js';

interface FoundFlow {
  id: string;
  minimumLot: number | null;
  version: number;
  withdrawn: boolean;
  placed: boolean;
  category: string;
}

/** Explains a pair on a snapshot of its two flows (and those that count together with them): what a run begun now would make of it. */
@Injectable()
export class SqlPairExplainer extends PairExplainer {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {
    super();
  }

  async explain(context: Context, outputFlowId: string, inputFlowId: string): Promise<ExplainedPair> {
    return this.unitOfWork.read(context, async (tx) => {
      const output = await findFlow(tx, outputFlowId, 'output');
      const input = await findFlow(tx, inputFlowId, 'input');
      const active = await activeVersions(tx);
      const versions = { outputVersion: output.version, inputVersion: input.version, policyVersion: active.policyVersion, modelVersion: active.modelVersion };
      const unmatchable = [...this.unmatchable('output', output), ...this.unmatchable('input', input)];
      if (unmatchable.length > 0) {
        return { unmatchable, gates: [], refusals: [], distanceKm: null, reach: null, ring: null, thresholdPoints: active.policy.thresholdPoints, score: null, ...versions };
      }
      const [territory] = await tx.sql<{ timeZone: string }>('SELECT time_zone AS "timeZone" FROM territory WHERE id = $1', [context.territoryId]);
      const day = localDayOf(tx.now, territory.timeZone);
      const others = output.minimumLot === null && input.minimumLot === null ? []
        : [...await neighboursOf(tx, this.knowledge, output), ...await neighboursOf(tx, this.knowledge, input)];
      const { snapshot, ids } = await readSnapshot(tx, this.knowledge, day, [outputFlowId, inputFlowId, ...others]);
      const [at, other] = [ids.outputs.flow.indexOf(outputFlowId), ids.inputs.flow.indexOf(inputFlowId)];
      const kernel: KernelInput = {
        snapshot, catalogue: this.knowledge.catalogue, policy: active.policy, model: active.model, blocks: await readBlocks(tx, ids, day),
        open: await isOpen(tx, outputFlowId, inputFlowId) ? [{ output: at, input: other }] : [], asOfDay: dayNumber(day), seed: 0,
      };
      const { gates, ...explanation } = explainPair(kernel, at, other);
      const reach = allowedReach(kernel, at, other);
      return { ...explanation, ...versions, reach, unmatchable: [], gates: gates.map((gate) => failing(kernel, gate, at, other, explanation.distanceKm, reach)) };
    }, { across: true });
  }

  private unmatchable(side: UnmatchableFlow['side'], flow: FoundFlow): UnmatchableFlow[] {
    const reasons: [boolean, UnmatchableFlow['why']][] = [
      [flow.withdrawn, 'withdrawn'], [!flow.placed, 'without-place'], [this.knowledge.category(flow.category) === undefined, 'unknown-category'],
    ];
    return reasons.flatMap(([applies, why]) => (applies ? [{ side, why }] : []));
  }
}

async function findFlow(tx: Transaction, id: string, direction: 'output' | 'input'): Promise<FoundFlow> {
  const [flow] = await tx.sql<FoundFlow>(
    `SELECT f.id, f.minimum_lot AS "minimumLot", f.version, f.withdrawn_at IS NOT NULL AS withdrawn, s.latitude IS NOT NULL AND s.longitude IS NOT NULL AS placed, f.category
       FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
      WHERE f.id = $1 AND f.direction = $2 AND (f.territory_id = $3 OR f.territory_id IN (SELECT agreed_territories()))`, [id, direction, tx.context.territoryId]);
  if (flow === undefined) throw notFound(direction);
  return flow;
}

async function isOpen(tx: Transaction, output: string, input: string): Promise<boolean> {
  const rows = await tx.sql(
    `SELECT 1 FROM candidate_state s JOIN pair p ON p.territory_id = s.territory_id AND p.id = s.pair_id
      WHERE s.territory_id = $1 AND s.status = 'open' AND p.output_flow_id = $2 AND p.input_flow_id = $3`, [tx.context.territoryId, output, input]);
  return rows.length > 0;
}

const RINGS = ['local', 'regional', 'national'] as const;

function allowedReach(kernel: KernelInput, output: number, input: number): PairReach {
  const { softKm, hardKm } = reachOf(prepare(kernel), output, input);
  const ring = RINGS.find((name) => REACH[name] === kernel.snapshot.inputs.reach[input]) ?? 'local';
  return { softKm, hardKm: Math.min(hardKm, kernel.policy.gates.ringKm[ring]) };
}

/** Figures behind the gates that are a matter of measure. */
function failing(kernel: KernelInput, gate: Gate, output: number, input: number, km: number, { hardKm }: PairReach): FailingGate {
  const { outputs, inputs } = kernel.snapshot;
  const { maximumAgeDays } = kernel.policy.gates;
  const figure = (value: number): string => String(Math.round(value * 10) / 10);
  switch (gate) {
    case 'distance':
      return { gate, detail: `${figure(km)} km > ${figure(hardKm)} km` };
    case 'too-old':
      return { gate, detail: `${kernel.asOfDay - Math.min(outputs.confirmedDay[output], inputs.confirmedDay[input])} d > ${maximumAgeDays} d` };
    case 'minimum-lot':
      return inputs.pooled[input] < outputs.minimumLot[output]
        ? { gate, detail: `${figure(inputs.pooled[input])} < ${figure(outputs.minimumLot[output])}` }
        : { gate, detail: `${figure(outputs.pooled[output])} < ${figure(inputs.minimumLot[input])}` };
    default:
      return { gate, detail: null };
  }
}
