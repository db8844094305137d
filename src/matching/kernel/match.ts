import { bestSubstitution, factsOf, firstPairGate, flowGate, type Gate, GATES, GATES_OF_OPINION, gatesOf, type Ring, ringOf } from './gates.js';
import { type KernelInput, prepare, type Prepared } from './kernel-input.js';
import { byScore, type ScoredPair } from './matches.js';
import { Reservoir, seededRandom } from './random.js';
import { POINTS_PER_NAT } from './score.js';
import { REACH } from './snapshot.js';

/** How many pairs a gate removed: pairs whose first failing gate it is. `exact` is false for an estimate, with its 95 % interval. */
export interface FunnelRow {
  gate: Gate;
  removed: number;
  exact: boolean;
  low?: number;
  high?: number;
}

/** Where an audit candidate is drawn from: just below the threshold, farther down, or behind one gate of opinion. */
export type AuditPool = 'band' | 'below' | 'gate';

export interface ScoredPairs {
  /** Best first; at most `topK` an output. */
  top: ScoredPair[][];
  /** Outputs with more pairs above the threshold than `topK`: their search is taken up again if the selection runs through. */
  exhausted: boolean[];
  pools: Record<AuditPool, { seen: number; kept: ScoredPair[] }>;
  funnel: FunnelRow[];
  /** All pairs of an output and an input. */
  pairs: number;
  /** Pairs that passed every gate, and those of them at or above the threshold. */
  passed: number;
  aboveThreshold: number;
  /** Points of the pairs that passed, in bins of 5: `from` → count. */
  histogram: { from: number; count: number }[];
  /** Points of the best pair below its threshold; null: none. */
  bestBelow: number | null;
  /** Nearest ring in which an input has a pair above the threshold; null: none. */
  nearestRing: (Ring | null)[];
}

export interface MatchOptions {
  /** Kept an output; 50 unless told. */
  topK?: number;
}

const DEFAULT_TOP_K = 50;
/** Enough to draw any audit slice from; a uniform sample of each pool. */
const POOL_SIZE = 64;
const BIN = 5;
const YIELD_EVERY = 64;

/** A pair that passed every gate, or the gate that stopped it. */
export type Verdict = { z: number; slug: string; km: number } | Gate;

/** Gates and score of one pair whose flows pass on their own. */
export function judge(kernel: Prepared, output: number, input: number): Verdict {
  const facts = factsOf(kernel, output, input);
  const gate = firstPairGate(kernel, output, input, facts);
  if (gate !== null) return gate;
  const best = bestSubstitution(kernel, output, input, facts);
  return best === null ? 'quality' : { z: best.z, slug: best.substitution.slug, km: facts.km };
}

export function thresholdOf(kernel: Prepared, output: number): number {
  return kernel.threshold[kernel.snapshot.outputs.category[output]];
}

/**
 * Scores every pair of flows that pass on their own and whose categories know each other; nothing else is visited.
 * Exact: the funnel counts every pair, the unvisited ones by counting flows.
 */
export function scorePairs(input: KernelInput, options: MatchOptions = {}): ScoredPairs {
  const steps = scoring(input, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * The same in steps, for a process that has other things to do in between: yields the share that is done, 0 to 1.
 * How often it is asked changes nothing in the result.
 */
export function* scoring(input: KernelInput, { topK = DEFAULT_TOP_K }: MatchOptions = {}): Generator<number, ScoredPairs, void> {
  const kernel = prepare(input);
  const { outputs, inputs } = kernel.snapshot;
  const random = seededRandom(kernel.seed);
  const pools = { band: new Reservoir<ScoredPair>(POOL_SIZE, random), below: new Reservoir<ScoredPair>(POOL_SIZE, random), gate: new Reservoir<ScoredPair>(POOL_SIZE, random) };
  const removed = new Map<Gate, number>();
  const count = (gate: Gate, by = 1): void => void removed.set(gate, (removed.get(gate) ?? 0) + by);

  // A flow too old is still visited: the audit slice may look behind that gate.
  const gateOfOutput = Array.from({ length: outputs.count }, (_, flow) => flowGate(kernel, 'output', flow));
  const gateOfInput = Array.from({ length: inputs.count }, (_, flow) => flowGate(kernel, 'input', flow));
  const visitable = (gate: Gate | null): boolean => gate === null || gate === 'too-old';
  const unvisited = countFlowGates(kernel, gateOfOutput, gateOfInput, count);

  const buckets: number[][] = kernel.knowledge.categories.map(() => []);
  gateOfInput.forEach((gate, flow) => visitable(gate) && buckets[inputs.category[flow]].push(flow));

  const top: ScoredPair[][] = Array.from({ length: outputs.count }, () => []);
  const exhausted: boolean[] = new Array<boolean>(outputs.count).fill(false);
  const nearest = new Uint8Array(inputs.count).fill(255);
  const bins = new Map<number, number>();
  let passed = 0;
  let aboveThreshold = 0;
  let bestBelow: number | null = null;
  let candidates = unvisited;

  for (let output = 0; output < outputs.count; output += 1) {
    if (output % YIELD_EVERY === 0) yield output / outputs.count;
    if (!visitable(gateOfOutput[output])) continue;
    const threshold = thresholdOf(kernel, output);
    const found: ScoredPair[] = [];
    for (const category of kernel.knowledge.reachable[outputs.category[output]]) {
      for (const at of buckets[category]) {
        if (kernel.outputOwner[output] === kernel.inputOwner[at]) continue;
        const old = gateOfOutput[output] !== null || gateOfInput[at] !== null;
        candidates -= old ? 0 : 1;
        const verdict = old ? 'too-old' : judge(kernel, output, at);
        if (typeof verdict === 'string') {
          if (!old) count(verdict);
          offerBehindGate(kernel, pools.gate, verdict, output, at);
          continue;
        }
        const points = verdict.z * POINTS_PER_NAT;
        passed += 1;
        bins.set(Math.floor(points / BIN) * BIN, (bins.get(Math.floor(points / BIN) * BIN) ?? 0) + 1);
        if (points >= threshold) {
          aboveThreshold += 1;
          nearest[at] = Math.min(nearest[at], REACH[ringOf(kernel, verdict.km) ?? 'national']);
          found.push({ output, input: at, z: verdict.z });
        } else {
          bestBelow = bestBelow === null ? points : Math.max(bestBelow, points);
          if (points >= kernel.policy.auditFloorPoints) {
            const pool = points >= threshold - kernel.policy.budget.auditBandPoints ? pools.band : pools.below;
            pool.offer(() => ({ output, input: at, z: verdict.z }));
          }
        }
      }
    }
    found.sort(byScore);
    exhausted[output] = found.length > topK;
    top[output] = found.slice(0, topK);
  }
  count('no-substitution', candidates);
  const rings = Object.keys(REACH) as Ring[];
  return {
    top, exhausted, pools: { band: pools.band.result(), below: pools.below.result(), gate: pools.gate.result() },
    funnel: GATES.map((gate) => ({ gate, removed: removed.get(gate) ?? 0, exact: true })),
    pairs: outputs.count * inputs.count, passed, aboveThreshold, bestBelow,
    histogram: [...bins].map(([from, amount]) => ({ from, count: amount })).sort((a, b) => a.from - b.from),
    nearestRing: Array.from(nearest, (ring) => (ring === 255 ? null : rings[ring])),
  };
}

/** Every pair of an output at or above the threshold, best first: taken up again when the selection ran through its first K. */
export function allOfOutput(kernel: Prepared, output: number): ScoredPair[] {
  const { inputs } = kernel.snapshot;
  const found: ScoredPair[] = [];
  const reachable = new Set(kernel.knowledge.reachable[kernel.snapshot.outputs.category[output]]);
  for (let at = 0; at < inputs.count; at += 1) {
    if (!reachable.has(inputs.category[at]) || kernel.outputOwner[output] === kernel.inputOwner[at] || flowGate(kernel, 'input', at) !== null) continue;
    const verdict = judge(kernel, output, at);
    if (typeof verdict !== 'string' && verdict.z * POINTS_PER_NAT >= thresholdOf(kernel, output)) found.push({ output, input: at, z: verdict.z });
  }
  return found.sort(byScore);
}

/** A pair that fails this gate of opinion and no other, and whose score is above the floor, may be drawn for the audit slice. */
function offerBehindGate(kernel: Prepared, pool: Reservoir<ScoredPair>, gate: Gate, output: number, input: number): void {
  if (!GATES_OF_OPINION.includes(gate)) return;
  const facts = factsOf(kernel, output, input);
  if (gatesOf(kernel, output, input, facts).length !== 1) return;
  const best = bestSubstitution(kernel, output, input, facts);
  if (best !== null && best.z * POINTS_PER_NAT >= kernel.policy.auditFloorPoints) pool.offer(() => ({ output, input, z: best.z }));
}

/**
 * Counts the pairs that fail before any pair has to be looked at: same owner, then the gates of single flows. A pair of
 * different owners fails flow gate k first exactly when both flows pass all earlier ones and one of them fails k, so the
 * number is a difference of two products, less the pairs of one owner.
 * @returns how many pairs of different owners pass them all
 */
function countFlowGates(kernel: Prepared, ofOutput: (Gate | null)[], ofInput: (Gate | null)[], count: (gate: Gate, by: number) => void): number {
  const flowGates = GATES.slice(GATES.indexOf('wish-no'), GATES.indexOf('too-old') + 1);
  const passing = (gates: (Gate | null)[], owners: Int32Array, upTo: number): Map<number, number> => {
    const counts = new Map<number, number>();
    gates.forEach((gate, flow) => {
      if (gate === null || GATES.indexOf(gate) > upTo) counts.set(owners[flow], (counts.get(owners[flow]) ?? 0) + 1);
    });
    return counts;
  };
  const pairsOf = (upTo: number): { different: number; same: number } => {
    const a = passing(ofOutput, kernel.outputOwner, upTo);
    const b = passing(ofInput, kernel.inputOwner, upTo);
    let [outputs, inputs, same] = [0, 0, 0];
    for (const [owner, amount] of a) {
      outputs += amount;
      same += amount * (b.get(owner) ?? 0);
    }
    for (const amount of b.values()) inputs += amount;
    return { different: outputs * inputs - same, same };
  };
  const all = pairsOf(-1);
  count('same-company', all.same);
  let before = all.different;
  for (const gate of flowGates) {
    const after = pairsOf(GATES.indexOf(gate)).different;
    count(gate, before - after);
    before = after;
  }
  return before;
}
