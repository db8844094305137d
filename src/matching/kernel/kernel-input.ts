import type { ResourceCatalogue } from '../../resources/resource-catalogue.js';
import { type Policy, type PolicyWeights, parsePolicy } from '../policy.js';
import { type CompiledKnowledge, compileKnowledge } from './knowledge.js';
import type { Model } from './model.js';
import { CODE_ORIGIN, type FlowArrays, HAZARD, NO_WASTE_CODE, type PairBlock, PERMIT, PROVENANCE, REACH, type Snapshot, WISH } from './snapshot.js';

/** Everything that a run's list depends on. Same input, same list, to the byte. */
export interface KernelInput {
  snapshot: Snapshot;
  catalogue: ResourceCatalogue;
  policy: Policy;
  model: Model;
  blocks: readonly PairBlock[];
  /** Undecided candidates of earlier weeks: still on the list, not proposed again, and counted into its caps. */
  open: readonly { output: number; input: number }[];
  /** Days since 1970-01-01. */
  asOfDay: number;
  seed: number;
}

/** A standing block, or an undecided candidate of an earlier week. */
export type BlockedKind = PairBlock['kind'] | 'open';

/** The input with what the loops look up made ready. */
export interface Prepared extends KernelInput {
  knowledge: CompiledKnowledge;
  weights: PolicyWeights;
  /** b, with the model's shift and the territory's offset. */
  intercept: number;
  /** What keeps a pair away, by `output * inputs.count + input`. */
  blocked: ReadonlyMap<number, ReadonlySet<BlockedKind>>;
  /** Per category index: policy factors and threshold, leaf before family before default. */
  softFactor: Float64Array;
  hardFactor: Float64Array;
  threshold: Float64Array;
  /** Same number: same company or group. */
  outputOwner: Int32Array;
  inputOwner: Int32Array;
}

/**
 * Refuses an input that cannot be worked with, by name, before any work, and makes the rest ready.
 * @throws for arrays of differing length, a place that is no unit vector, an index out of range, an unknown category, a policy out of range
 */
export function prepare(input: KernelInput): Prepared {
  const { snapshot, policy, model } = input;
  checkFlows('snapshot.outputs', snapshot.outputs, snapshot, snapshot.outputKeys);
  checkFlows('snapshot.inputs', snapshot.inputs, snapshot, snapshot.inputKeys);
  parsePolicy(policy, 'policy');
  const weights: PolicyWeights = { ...policy.weights, ...model.weights };
  for (const [name, weight] of Object.entries(weights)) {
    if (!(weight >= 0)) throw new Error(`model.weights.${name}: found ${weight}, expected a number from 0 up`);
  }
  const knowledge = compileKnowledge(input.catalogue, snapshot);
  const count = snapshot.inputs.count;
  const blocked = new Map<number, Set<BlockedKind>>();
  const block = (field: string, pair: { output: number; input: number }, kind: BlockedKind): void => {
    if (!(pair.output in snapshot.outputKeys)) throw new Error(`${field}.output: found ${pair.output}, expected an index below ${snapshot.outputs.count}`);
    if (!(pair.input in snapshot.inputKeys)) throw new Error(`${field}.input: found ${pair.input}, expected an index below ${count}`);
    const key = pair.output * count + pair.input;
    blocked.set(key, (blocked.get(key) ?? new Set()).add(kind));
  };
  input.open.forEach((pair, at) => block(`open[${at}]`, pair, 'open'));
  input.blocks.forEach((pair, at) => block(`blocks[${at}]`, pair, pair.kind));
  const level = <Key extends 'softDistanceFactor' | 'hardDistanceFactor' | 'thresholdPoints'>(key: Key, otherwise: number): Float64Array =>
    Float64Array.from(knowledge.categories, ({ slug, family }) => policy.categories[slug]?.[key] ?? policy.families[family]?.[key] ?? otherwise);
  return {
    ...input, knowledge, weights, blocked,
    intercept: policy.intercept + model.interceptShift + (model.territoryOffsets[snapshot.territories[0]] ?? 0),
    softFactor: level('softDistanceFactor', 1),
    hardFactor: level('hardDistanceFactor', 1),
    threshold: level('thresholdPoints', policy.thresholdPoints),
    outputOwner: owners(snapshot.outputs),
    inputOwner: owners(snapshot.inputs),
  };
}

function owners(flows: FlowArrays): Int32Array {
  return flows.company.map((_, flow) => ownerOf(flows, flow));
}

/** Companies are counted from 0, groups from -2 down: a group's companies share one number. */
export function ownerOf({ company, group }: FlowArrays, flow: number): number {
  return group[flow] >= 0 ? -2 - group[flow] : company[flow];
}

const PER_FLOW = [
  'category', 'quantity', 'minimumLot', 'pooled', 'months', 'hazard', 'permit', 'wasteCode', 'codeOrigin', 'wish', 'agreement', 'withheld', 'provenance',
  'confirmedDay', 'company', 'group', 'site', 'territory', 'reach', 'sourcing',
] as const satisfies readonly (keyof FlowArrays)[];

/** Small codes: one that is not known would slip past a gate, or make a score that is no number. */
const CODES = { hazard: HAZARD, permit: PERMIT, codeOrigin: CODE_ORIGIN, wish: WISH, provenance: PROVENANCE, reach: REACH } as const;

/** @throws for whatever the kernel cannot work with; `where` is what the message begins with */
export function checkFlows(where: string, flows: FlowArrays, snapshot: Snapshot, keys: readonly string[]): void {
  const refuse = (field: string, found: unknown, expected: string): never => {
    throw new Error(`${where}.${field}: found ${String(found)}, expected ${expected}`);
  };
  const { count } = flows;
  for (const field of PER_FLOW) if (flows[field].length !== count) refuse(`${field}.length`, flows[field].length, String(count));
  if (flows.place.length !== 3 * count) refuse('place.length', flows.place.length, String(3 * count));
  if (flows.attributeStart.length !== count + 1) refuse('attributeStart.length', flows.attributeStart.length, String(count + 1));
  if (flows.attributeKey.length !== flows.attributeValue.length) refuse('attributeValue.length', flows.attributeValue.length, String(flows.attributeKey.length));
  if (keys.length !== count) refuse('keys.length', keys.length, String(count));
  if (flows.attributeStart[count] !== flows.attributeKey.length) refuse(`attributeStart[${count}]`, flows.attributeStart[count], String(flows.attributeKey.length));
  const { place, category, territory, wasteCode, attributeStart, quantity, months } = flows;
  for (let flow = 0; flow < count; flow += 1) {
    const x = place[3 * flow];
    const y = place[3 * flow + 1];
    const z = place[3 * flow + 2];
    if (!(Math.abs(Math.sqrt(x * x + y * y + z * z) - 1) < 1e-6)) refuse(`place[${flow}]`, `${x}, ${y}, ${z}`, 'a unit vector');
    if (category[flow] >= snapshot.categories.length) refuse(`category[${flow}]`, category[flow], `an index below ${snapshot.categories.length}`);
    if (territory[flow] >= snapshot.territories.length) refuse(`territory[${flow}]`, territory[flow], `an index below ${snapshot.territories.length}`);
    if (wasteCode[flow] !== NO_WASTE_CODE && wasteCode[flow] >= snapshot.wasteCodes.length) {
      refuse(`wasteCode[${flow}]`, wasteCode[flow], `an index below ${snapshot.wasteCodes.length}, or ${NO_WASTE_CODE} for none`);
    }
    if (attributeStart[flow] > attributeStart[flow + 1]) refuse(`attributeStart[${flow + 1}]`, attributeStart[flow + 1], 'no step back');
    if (quantity[flow] <= 0 || quantity[flow] === Infinity) refuse(`quantity[${flow}]`, quantity[flow], 'more than 0, or NaN for unknown');
    if (months[flow] > 4095) refuse(`months[${flow}]`, months[flow], 'a mask of 12 months');
    if (flow > 0 && !(keys[flow - 1] < keys[flow])) refuse(`keys[${flow}]`, JSON.stringify(keys[flow]), 'natural keys in ascending order, each once');
  }
  for (const [field, codes] of Object.entries(CODES) as [keyof typeof CODES, Record<string, number>][]) {
    const highest = Math.max(...Object.values(codes));
    const wrong = flows[field].findIndex((code) => code > highest);
    if (wrong >= 0) refuse(`${field}[${wrong}]`, flows[field][wrong], `a code from 0 to ${highest}`);
  }
}
