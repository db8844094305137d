import { bestSubstitution, factsOf, type Gate, GATES, GATES_OF_OPINION, gatesOf } from './gates.js';
import type { Prepared } from './kernel-input.js';
import type { KernelIndex } from './kernel-index.js';
import { judge, thresholdOf } from './match.js';
import type { ScoredPair } from './matches.js';
import { Reservoir, seededRandom } from './random.js';
import { POINTS_PER_NAT } from './score.js';
import { Searcher } from './searcher.js';
import { countStructural, type FlowGates, flowGatesOf, type StructuralCounts } from './structural-counts.js';

/** A number of pairs; `exact` is false for an estimate, with its 95 % interval. */
export interface PairCount {
  count: number;
  exact: boolean;
  low?: number;
  high?: number;
}

/** How many pairs a gate removed: pairs whose first failing gate it is. */
export interface FunnelRow extends Omit<PairCount, 'count'> {
  gate: Gate;
  removed: number;
}

/** Where an audit candidate is drawn from: just below the threshold, farther down, or behind one gate of opinion. */
export type AuditPool = 'band' | 'below' | 'gate';

/** A uniform sample of a pool. */
export interface PoolSample {
  /** Pairs of the pool that were met. */
  seen: number;
  kept: ScoredPair[];
  /** Share of the pairs in question that were looked at, so that the pool holds about `seen / share`; 1: all. */
  share: number;
}

/** What is known of all pairs, and not only of the best. */
export interface Survey {
  pools: Record<AuditPool, PoolSample>;
  funnel: FunnelRow[];
  /** All pairs of an output and an input. */
  pairs: number;
  /** Pairs that passed every gate, and those of them at or above the threshold. */
  passed: PairCount;
  aboveThreshold: PairCount;
  /** Points of the pairs that passed, in bins of 5: `from` → count; estimated where `passed` is. */
  histogram: { from: number; count: number }[];
  /** Points of the best pair below its threshold that was met (all were, where `passed` is exact); null: none. */
  bestBelow: number | null;
}

/** Up to so many pairs are all looked at; of more, a sample. */
const CENSUS = 2 ** 17;
/** Pairs drawn for the funnel, and outputs drawn for the pools below the threshold. */
const DRAWS = 2 ** 14;
const SEARCHED = 256;
/** Enough to draw any audit slice from. */
const POOL_SIZE = 64;
const BIN = 5;
const YIELD_EVERY = 64;

/**
 * Looks at all pairs that a substitution joins, where they are few, or at a seeded sample of them: for the funnel, the
 * histogram and the pools that the audit slice is drawn from. The gates that go by company, flow, category, hazard and
 * permit are counted exactly in either case. In steps, for a process that has other things to do: yields the share done.
 */
export function* surveying(index: KernelIndex, limit = CENSUS): Generator<number, Survey, void> {
  const { kernel } = index;
  const gates = flowGatesOf(kernel);
  const counts = countStructural(kernel, gates);
  const field = new PairField(kernel, gates);
  return field.pairs <= limit ? yield* census(kernel, field, counts) : yield* sample(index, field, counts);
}

/** A flow too old is still looked at: the audit slice may look behind that gate. */
const isLookedAt = (gate: Gate | null): boolean => gate === null || gate === 'too-old';

/** All pairs of flows that pass their own gates, age aside, whose categories a substitution joins; numbered output by output. */
class PairField {
  readonly pairs: number;
  private readonly buckets: number[][];
  /** Pairs of the outputs before this one. */
  private readonly before: Float64Array;

  constructor(
    private readonly kernel: Prepared,
    private readonly gates: FlowGates,
  ) {
    const { outputs, inputs } = kernel.snapshot;
    this.buckets = kernel.knowledge.categories.map(() => []);
    gates.inputs.forEach((gate, flow) => isLookedAt(gate) && this.buckets[inputs.category[flow]].push(flow));
    const perCategory = kernel.knowledge.reachable.map((reachable) => reachable.reduce((sum, category) => sum + this.buckets[category].length, 0));
    this.before = new Float64Array(outputs.count + 1);
    gates.outputs.forEach((gate, flow) => {
      this.before[flow + 1] = this.before[flow] + (isLookedAt(gate) ? perCategory[outputs.category[flow]] : 0);
    });
    this.pairs = this.before[outputs.count];
  }

  *inputsOf(output: number): Generator<number> {
    if (!isLookedAt(this.gates.outputs[output])) return;
    for (const category of this.kernel.knowledge.reachable[this.kernel.snapshot.outputs.category[output]]) yield* this.buckets[category];
  }

  /** The pair of a number from 0 to below `pairs`. */
  pair(number: number): [output: number, input: number] {
    let [low, high] = [0, this.before.length - 2];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.before[middle + 1] > number) high = middle;
      else low = middle + 1;
    }
    let rest = number - this.before[low];
    for (const category of this.kernel.knowledge.reachable[this.kernel.snapshot.outputs.category[low]]) {
      const bucket = this.buckets[category];
      if (rest < bucket.length) return [low, bucket[rest]];
      rest -= bucket.length;
    }
    throw new Error(`There is no pair ${number}`);
  }

  isOld(output: number, input: number): boolean {
    return this.gates.outputs[output] !== null || this.gates.inputs[input] !== null;
  }
}

/** Tallies of pairs looked at. */
class Tally {
  readonly first = new Map<Gate, number>();
  readonly bins = new Map<number, number>();
  readonly pools: Record<AuditPool, Reservoir<ScoredPair>>;
  passed = 0;
  above = 0;
  bestBelow: number | null = null;

  constructor(
    private readonly kernel: Prepared,
    random: () => number,
  ) {
    this.pools = { band: new Reservoir(POOL_SIZE, random), below: new Reservoir(POOL_SIZE, random), gate: new Reservoir(POOL_SIZE, random) };
  }

  /** Counts a pair of different owners. @param old one of its flows is too old, and was counted so. @returns its score, if it passed */
  meet(output: number, input: number, old: boolean): ScoredPair | null {
    const verdict = old ? 'too-old' : judge(this.kernel, output, input);
    if (typeof verdict === 'string') {
      if (!old) this.first.set(verdict, (this.first.get(verdict) ?? 0) + 1);
      this.offerBehindGate(verdict, output, input);
      return null;
    }
    const points = verdict.z * POINTS_PER_NAT;
    const bin = Math.floor(points / BIN) * BIN;
    this.passed += 1;
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + 1);
    if (points >= thresholdOf(this.kernel, output)) this.above += 1;
    return { output, input, z: verdict.z };
  }

  /** Takes note of a pair that passed, if it is below its threshold. */
  offerBelow(pair: ScoredPair): void {
    const { policy } = this.kernel;
    const points = pair.z * POINTS_PER_NAT;
    const threshold = thresholdOf(this.kernel, pair.output);
    if (points >= threshold) return;
    this.bestBelow = Math.max(points, this.bestBelow ?? points);
    if (points < policy.auditFloorPoints) return;
    (points >= threshold - policy.budget.auditBandPoints ? this.pools.band : this.pools.below).offer(() => pair);
  }

  /** A pair that fails this gate of opinion and no other, and whose score is above the floor, may be drawn for the audit slice. */
  private offerBehindGate(gate: Gate, output: number, input: number): void {
    const { kernel } = this;
    if (!GATES_OF_OPINION.includes(gate)) return;
    const facts = factsOf(kernel, output, input);
    if (gatesOf(kernel, output, input, facts).length !== 1) return;
    const best = bestSubstitution(kernel, output, input, facts);
    if (best !== null && best.z * POINTS_PER_NAT >= kernel.policy.auditFloorPoints) this.pools.gate.offer(() => ({ output, input, z: best.z }));
  }

  histogram(scale: number): Survey['histogram'] {
    return [...this.bins].map(([from, count]) => ({ from, count: Math.round(count * scale) })).sort((a, b) => a.from - b.from);
  }
}

function* census(kernel: Prepared, field: PairField, { removed }: StructuralCounts): Generator<number, Survey, void> {
  const { outputs, inputs } = kernel.snapshot;
  const tally = new Tally(kernel, seededRandom(kernel.seed));
  for (let output = 0; output < outputs.count; output += 1) {
    if (output % YIELD_EVERY === 0) yield output / outputs.count;
    for (const input of field.inputsOf(output)) {
      if (kernel.outputOwner[output] === kernel.inputOwner[input]) continue;
      const pair = tally.meet(output, input, field.isOld(output, input));
      if (pair !== null) tally.offerBelow(pair);
    }
  }
  const whole = ({ seen, kept }: Reservoir<ScoredPair>): PoolSample => ({ seen, kept, share: 1 });
  return {
    pools: { band: whole(tally.pools.band), below: whole(tally.pools.below), gate: whole(tally.pools.gate) },
    funnel: GATES.map((gate) => ({ gate, removed: removed.get(gate) ?? tally.first.get(gate) ?? 0, exact: true })),
    pairs: outputs.count * inputs.count, passed: { count: tally.passed, exact: true }, aboveThreshold: { count: tally.above, exact: true },
    histogram: tally.histogram(1), bestBelow: tally.bestBelow,
  };
}

/**
 * Pairs drawn evenly say what the gates did, and are what the pool behind the gates is made of. For the pools below the
 * threshold, which few pairs belong to, some outputs are drawn and searched down to the floor: a sample in two phases, whose
 * chances multiply.
 */
function* sample(index: KernelIndex, field: PairField, { removed, left }: StructuralCounts): Generator<number, Survey, void> {
  const { kernel } = index;
  const { outputs, inputs } = kernel.snapshot;
  const random = seededRandom(kernel.seed);
  const tally = new Tally(kernel, random);
  const met = new Set<number>();
  for (let draw = 0; draw < DRAWS; draw += 1) {
    if (draw % (16 * YIELD_EVERY) === 0) yield draw / DRAWS / 2;
    const number = drawBelow(field.pairs, random);
    const [output, input] = field.pair(number);
    const isNew = !met.has(number);
    met.add(number);
    if (isNew && kernel.outputOwner[output] !== kernel.inputOwner[input]) tally.meet(output, input, field.isOld(output, input));
  }
  const chosen = drawWithout(index.order, SEARCHED, random);
  const searcher = new Searcher(index, Infinity);
  for (let at = 0; at < chosen.length; at += 1) {
    if (at % 8 === 0) yield 0.5 + at / chosen.length / 2;
    searcher.search(chosen[at], kernel.policy.auditFloorPoints);
    for (let found = 0; found < searcher.found; found += 1) tally.offerBelow({ output: chosen[at], input: searcher.input[found], z: searcher.z[found] });
  }

  const inQuestion = tally.passed + [...tally.first].reduce((sum, [gate, count]) => sum + (removed.has(gate) ? 0 : count), 0);
  const estimate = (count: number): PairCount => estimateOf(count, inQuestion, left);
  const part = ({ seen, kept }: Reservoir<ScoredPair>, share: number): PoolSample => ({ seen, kept, share });
  const searched = index.order.length === 0 ? 1 : chosen.length / index.order.length;
  return {
    pools: { band: part(tally.pools.band, searched), below: part(tally.pools.below, searched), gate: part(tally.pools.gate, met.size / field.pairs) },
    funnel: GATES.map((gate) => {
      const exact = removed.get(gate);
      if (exact !== undefined) return { gate, removed: exact, exact: true };
      const { count, ...interval } = estimate(tally.first.get(gate) ?? 0);
      return { gate, removed: count, ...interval };
    }),
    pairs: outputs.count * inputs.count, passed: estimate(tally.passed), aboveThreshold: estimate(tally.above),
    histogram: tally.histogram(inQuestion === 0 ? 0 : left / inQuestion), bestBelow: tally.bestBelow,
  };
}

/** Even over 0 to below a number of up to 53 bits. */
function drawBelow(below: number, random: () => number): number {
  return Math.min(below - 1, Math.floor((random() + random() / 2 ** 32) * below));
}

/** Wilson's 95 % interval of a share, times the pairs that it is a share of. */
function estimateOf(count: number, of: number, pairs: number): PairCount {
  if (of === 0) return { count: 0, exact: false, low: 0, high: pairs };
  const square = 1.96 ** 2;
  const share = count / of;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = (1.96 / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return { count: Math.round(share * pairs), exact: false, low: Math.max(0, Math.floor((middle - half) * pairs)), high: Math.min(pairs, Math.ceil((middle + half) * pairs)) };
}

/** So many of the values, each as likely as the next. */
function drawWithout(values: Int32Array, size: number, random: () => number): Int32Array {
  const mixed = values.slice();
  const count = Math.min(size, mixed.length);
  for (let at = 0; at < count; at += 1) {
    const other = at + Math.floor(random() * (mixed.length - at));
    [mixed[at], mixed[other]] = [mixed[other], mixed[at]];
  }
  return mixed.slice(0, count);
}
