import { flowGate, factsOf, firstPairGate } from '../src/matching/kernel/gates.js';
import { type KernelInput, prepare, type Prepared } from '../src/matching/kernel/kernel-input.js';
import { isWeakCode } from '../src/matching/kernel/knowledge.js';
import { featuresOf, POINTS_PER_NAT, reachOf, settledQuestions, termsOf } from '../src/matching/kernel/score.js';
import { type FlowArrays, REACH } from '../src/matching/kernel/snapshot.js';

/**
 * The same task for every engine: for each output the `topK` inputs with the highest score z among those that pass every
 * gate and reach the floor of the audit slice, ties by index.
 *
 * What does not depend on two places, quantities, months or dates is worked out beforehand by the product's own functions and
 * handed to the rivals for nothing: flows that fail a gate by themselves are left out, and for each kind of output (equal in
 * all that knowledge asks about) there is one entry a category it may feed, with everything constant in one number.
 */
export interface Work {
  kernel: Prepared;
  topK: number;
  /** Nats that a pair must reach: the policy's floor of the audit slice. */
  floor: number;
  outputs: LiveFlows;
  inputs: LiveFlows;
  /** By kind of output. */
  entries: Entry[][];
  /** Number of live inputs of each category. */
  categories: number;
  /** `output index * inputs.count + input index` of pairs decided before. */
  blocked: ReadonlySet<number>;
}

/** Flows that pass on their own, as plain columns. NaN: unknown. */
export interface LiveFlows {
  count: number;
  /** Index in the snapshot. */
  flow: Int32Array;
  /** Category of an input, kind of an output. */
  kind: Int32Array;
  /** Inputs: which of the variants of its category it is. */
  variant: Int32Array;
  latitude: Float64Array;
  longitude: Float64Array;
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
  quantity: Float64Array;
  minimumLot: Float64Array;
  /** What the flow brings to a smallest lot, its neighbours included. */
  pooled: Float64Array;
  months: Uint16Array;
  day: Int32Array;
  /** Provenance penalty of the policy. */
  penalty: Float64Array;
  owner: Int32Array;
  /** Where matter flows in a pipe, the reach follows the flow's own quantity; NaN elsewhere. */
  pipeSoftKm: Float64Array;
  pipeHardKm: Float64Array;
  /** Inputs: km of its ring. */
  ringKm: Float64Array;
  /** Outputs: nats that every pair of it loses by its own age, provenance and unknown figures: what narrows a search. */
  ownLoss: Float64Array;
}

/** What knowledge says of a kind of output and a category of inputs. */
export interface Entry {
  category: number;
  /** By variant of the input: nats of all constant terms; NaN: a gate is closed. */
  constants: Float64Array;
  /** The highest of them. */
  best: number;
  yield: number;
  /**
   * Reach in km; where matter flows in a pipe the flow's own figure counts, and of an input's pipe this is the farthest. The
   * factors are the policy's for an input's pipe, whose own figures do not have them.
   */
  softKm: number;
  hardKm: number;
  softFactor: number;
  hardFactor: number;
}

export const DAYS_PER_YEAR = 365.25;
export const RATIO_CAP = Math.log(100);
export const EARTH_KM = 6_371.0088;

/** @param floorPoints that a pair must reach; the policy's floor of the audit slice unless told */
export function prepareWork(input: KernelInput, topK: number, floorPoints = input.policy.auditFloorPoints): Work {
  const kernel = prepare(input);
  const { snapshot } = kernel;
  const kinds = new Kinds(kindKey(kernel, 'output'));
  const outputs = liveFlows(kernel, 'output', (flow) => [kinds.of(flow), 0]);
  const variants = kernel.knowledge.categories.map(() => new Kinds(kindKey(kernel, 'input')));
  const inputs = liveFlows(kernel, 'input', (flow) => [snapshot.inputs.category[flow], variants[snapshot.inputs.category[flow]].of(flow)]);
  return {
    kernel, topK, floor: floorPoints / POINTS_PER_NAT, outputs, inputs, categories: kernel.knowledge.categories.length,
    entries: kinds.examples.map((example) => entriesOf(kernel, example, variants.map(({ examples }) => examples))),
    blocked: new Set(kernel.blocked.keys()),
  };
}

/** Where the outputs asked for stand in the work; those that are not live are left out. */
export function livePositions({ outputs, kernel }: Work, wanted: Int32Array): Int32Array {
  const asked = new Uint8Array(kernel.snapshot.outputs.count);
  for (const output of wanted) asked[output] = 1;
  return outputs.flow.map((_, at) => at).filter((at) => asked[outputs.flow[at]] === 1);
}

/** Numbers flows that no rule tells apart; the first of each stands for all. */
class Kinds {
  readonly examples: number[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly keyOf: (flow: number) => string) {}

  of(flow: number): number {
    const key = this.keyOf(flow);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.examples.length);
    return this.examples.push(flow) - 1;
  }
}

/** All of a flow that knowledge asks about. A waste code counts only where a condition reads it, and as weak or not. */
function kindKey(kernel: Prepared, side: 'output' | 'input'): (flow: number) => string {
  const { snapshot, catalogue } = kernel;
  const flows = side === 'output' ? snapshot.outputs : snapshot.inputs;
  const readers = new Set([...catalogue.substitutions, ...catalogue.refusals]
    .filter(({ conditions }) => conditions.some((condition) => condition.side === side && condition.attribute === 'wasteCode')).map((entry) => entry[side]));
  const readsCode = snapshot.categories.map((slug) => readers.has(slug));
  return (flow) => {
    const category = flows.category[flow];
    let key = `${category} ${flows.hazard[flow]} ${flows.permit[flow]} ${isWeakCode(flows, flow, snapshot.wasteCodes)} ${readsCode[category] ? flows.wasteCode[flow] : ''}`;
    for (let at = flows.attributeStart[flow]; at < flows.attributeStart[flow + 1]; at += 1) key += ` ${flows.attributeKey[at]}=${flows.attributeValue[at]}`;
    return key;
  };
}

const STRUCTURAL: ReadonlySet<string> = new Set(['no-substitution', 'refused', 'quality', 'sanitary', 'hazard']);

function entriesOf(kernel: Prepared, output: number, variants: readonly number[][]): Entry[] {
  const category = kernel.snapshot.outputs.category[output];
  return (kernel.knowledge.reachable[category] ?? []).flatMap((to) => {
    let found: Omit<Entry, 'constants' | 'best'> | null = null;
    const constants = Float64Array.from(variants[to], (input) => {
      const facts = factsOf(kernel, output, input);
      const gate = firstPairGate(kernel, output, input, facts);
      if (gate !== null && STRUCTURAL.has(gate)) return NaN;
      if (facts.possible.length !== 1) throw new Error(`bench/work.ts: found ${facts.possible.length} substitutions of ${kernel.snapshot.categories[category]} by ${kernel.snapshot.categories[to]}, expected 1: the rivals know no more`);
      const [substitution] = facts.possible;
      const [a, b] = [kernel.knowledge.categories[category], kernel.knowledge.categories[to]];
      const [softFactor, hardFactor] = [kernel.softFactor[category], kernel.hardFactor[category]];
      const farthest = a.pipeReach === undefined && b.pipeReach !== undefined
        ? { softKm: Math.max(...b.pipeReach.map(({ softKm }) => softKm)), hardKm: Math.max(...b.pipeReach.map(({ hardKm }) => hardKm)) }
        : { softKm: Math.min(a.softDistanceKm, b.softDistanceKm), hardKm: Math.min(a.hardDistanceKm, b.hardDistanceKm) };
      found = { category: to, yield: substitution.yield, softFactor, hardFactor, softKm: farthest.softKm * softFactor, hardKm: farthest.hardKm * hardFactor };
      const terms = termsOf(kernel, { ...featuresOf(kernel, output, input, substitution, facts.km), openQuestions: settledQuestions(kernel, output, input, substitution).counted });
      return terms.start + terms.learnt + terms.category + terms.regulation + terms.treatment;
    });
    const best = constants.reduce((most, value) => (value > most ? value : most), -Infinity);
    return found === null ? [] : [{ ...(found as Omit<Entry, 'constants' | 'best'>), constants, best }];
  });
}

function liveFlows(kernel: Prepared, side: 'output' | 'input', kindOf: (flow: number) => [kind: number, variant: number]): LiveFlows {
  const { snapshot, policy, weights, asOfDay } = kernel;
  const flows: FlowArrays = side === 'output' ? snapshot.outputs : snapshot.inputs;
  const owner = side === 'output' ? kernel.outputOwner : kernel.inputOwner;
  const flow = Int32Array.from(Array.from({ length: flows.count }, (_, at) => at).filter((at) => flowGate(kernel, side, at) === null));
  const column = (value: (at: number) => number): Float64Array => Float64Array.from(flow, value);
  const kinds = Array.from(flow, kindOf);
  const penalties = provenancePenalties(kernel);
  const penalty = column((at) => penalties[flows.provenance[at]]);
  const place = (axis: number): Float64Array => column((at) => flows.place[3 * at + axis]);
  const [x, y, z] = [place(0), place(1), place(2)];
  const pipe = pipeReach(kernel, side);
  const rings = Object.entries(REACH).sort((a, b) => a[1] - b[1]).map(([name]) => policy.gates.ringKm[name as keyof typeof REACH]);
  return {
    count: flow.length, flow, kind: Int32Array.from(kinds, ([kind]) => kind), variant: Int32Array.from(kinds, ([, variant]) => variant), x, y, z,
    latitude: Float64Array.from(z, (value) => (Math.asin(value) * 180) / Math.PI), longitude: Float64Array.from(x, (value, at) => (Math.atan2(y[at], value) * 180) / Math.PI),
    quantity: column((at) => flows.quantity[at]), minimumLot: column((at) => flows.minimumLot[at]), pooled: column((at) => flows.pooled[at]), months: Uint16Array.from(flow, (at) => flows.months[at]),
    day: Int32Array.from(flow, (at) => flows.confirmedDay[at]), penalty, owner: Int32Array.from(flow, (at) => owner[at]),
    pipeSoftKm: column((at) => pipe(at, 'softKm')), pipeHardKm: column((at) => pipe(at, 'hardKm')), ringKm: column((at) => rings[flows.reach[at]]),
    ownLoss: Float64Array.from(flow, (at, live) => (weights.age * Math.max(0, asOfDay - flows.confirmedDay[at])) / DAYS_PER_YEAR + weights.evidence * penalty[live]
      + (Number.isNaN(flows.quantity[at]) ? weights.unknownQuantity : 0) + (flows.months[at] === 0 ? weights.unknownMonths : 0)),
  };
}

/** By provenance code. */
function provenancePenalties({ policy: { provenancePenalty: { unknown, measured, declared, estimated, sectorAverage } } }: Prepared): number[] {
  return [unknown, measured, declared, estimated, sectorAverage];
}

/** By the product's own rule: a flow against itself has its own pipe, if any. An output's figure has the policy's factor in it. */
function pipeReach(kernel: Prepared, side: 'output' | 'input'): (flow: number, which: 'softKm' | 'hardKm') => number {
  const flows = side === 'output' ? kernel.snapshot.outputs : kernel.snapshot.inputs;
  const alone: Prepared = side === 'output' ? { ...kernel, snapshot: { ...kernel.snapshot, inputs: flows } } : {
    ...kernel, snapshot: { ...kernel.snapshot, outputs: flows }, softFactor: kernel.softFactor.map(() => 1), hardFactor: kernel.hardFactor.map(() => 1),
  };
  return (flow, which) => (kernel.knowledge.categories[flows.category[flow]].pipeReach === undefined ? NaN : reachOf(alone, flow, flow)[which]);
}
