import type { Refusal, Substitution } from '../../resources/resource-catalogue.js';
import type { BlockedKind, Prepared } from './kernel-input.js';
import { answer } from './knowledge.js';
import { distanceOf, isBelowLot, reachOf, scoreOf } from './score.js';
import { type FlowArrays, HAZARD, PERMIT, REACH, WISH } from './snapshot.js';
import { shareOfMonths } from './terms.js';

/**
 * Every gate, in the order in which a pair meets them (MATCHING section 2): the funnel counts the first that fails. Those
 * that go by company, flow, category, hazard and permit alone come first, so that they can be counted without looking at pairs.
 */
export const GATES = [
  'same-company', 'wish-no', 'wish-unknown', 'no-agreement', 'withheld', 'too-old', 'no-substitution', 'sanitary', 'hazard', 'refused', 'quality',
  'season', 'distance', 'minimum-lot', 'territory', 'suppressed', 'introduced', 'running', 'open',
] as const;
export type Gate = (typeof GATES)[number];

/** Gates that are a matter of opinion: the audit slice now and then looks behind one of them. */
export const GATES_OF_OPINION: readonly Gate[] = ['distance', 'minimum-lot', 'season', 'too-old'];
/** Gates that nobody may take a lead past by hand. */
export const GATES_NEVER_PASSED: readonly Gate[] = ['same-company', 'wish-no', 'wish-unknown', 'no-agreement', 'withheld', 'refused', 'sanitary', 'hazard', 'territory'];

export type Ring = keyof typeof REACH;
const RINGS: readonly Ring[] = ['local', 'regional', 'national'];

const FLOW_GATES = ['wish-no', 'wish-unknown', 'no-agreement', 'withheld', 'too-old'] as const satisfies readonly Gate[];
type FlowGate = (typeof FLOW_GATES)[number];

/** Whether a flow fails a gate by itself, whatever the other side. */
const FLOW_FAILS: Record<FlowGate, (kernel: Prepared, flows: FlowArrays, flow: number) => boolean> = {
  'wish-no': (_kernel, flows, flow) => flows.wish[flow] === WISH.no,
  'wish-unknown': (_kernel, flows, flow) => flows.wish[flow] === WISH.unknown,
  'no-agreement': (kernel, flows, flow) => flows.agreement[flow] === 0 && kernel.policy.gates.noAgreement === 'hide',
  withheld: (_kernel, flows, flow) => flows.withheld[flow] !== 0,
  'too-old': (kernel, flows, flow) => kernel.asOfDay - flows.confirmedDay[flow] > kernel.policy.gates.maximumAgeDays,
};

/** The first gate of a flow by itself that fails: these are the same for every pair it is in, and are counted without visiting pairs. */
export function flowGate(kernel: Prepared, side: 'output' | 'input', flow: number): Gate | null {
  const flows = side === 'output' ? kernel.snapshot.outputs : kernel.snapshot.inputs;
  return FLOW_GATES.find((gate) => FLOW_FAILS[gate](kernel, flows, flow)) ?? null;
}

/** The nearest ring that a distance lies in; null: farther than the national one. */
export function ringOf(kernel: Prepared, km: number): Ring | null {
  return RINGS.find((ring) => km <= kernel.policy.gates.ringKm[ring]) ?? null;
}

/** What the gates between two flows need; the distance is worked out once. */
export interface PairFacts {
  km: number;
  /** Entries whose conditions do not fail. */
  possible: Substitution[];
}

export function factsOf(kernel: Prepared, output: number, input: number): PairFacts {
  const { outputs, inputs } = kernel.snapshot;
  const pair = pairOf(kernel, output, input);
  const possible = (pair?.substitutions ?? []).filter((entry) =>
    entry.conditions.every((condition) => answer(kernel.knowledge, condition, outputs, output, inputs, input) !== 'no'));
  return { km: distanceOf(kernel, output, input), possible };
}

/** Whether a pair lies between territories without an agreement, or has no part in the run's own (index 0). */
export function isBetweenStrangers({ snapshot }: Prepared, output: number, input: number): boolean {
  const own = snapshot.outputs.territory[output];
  const other = snapshot.inputs.territory[input];
  return (own !== 0 && other !== 0) || snapshot.territoryAgreed[own * snapshot.territories.length + other] !== 1;
}

const UNDER_SANITARY_LAW: ReadonlySet<string> = new Set(['food', 'feed']);

/** Something not fit to eat on its way into food or feed. */
export function isSanitaryExclusion({ knowledge, snapshot }: Prepared, output: number, input: number): boolean {
  const from = knowledge.categories[snapshot.outputs.category[output]].sanitaryClass;
  const to = knowledge.categories[snapshot.inputs.category[input]].sanitaryClass;
  return UNDER_SANITARY_LAW.has(to) && (from === 'non-food' || from === 'animal-by-product');
}

/** A hazardous output and a receiver not known to be permitted. */
export function isHazardousFor(kernel: Prepared, output: number, input: number): boolean {
  const { outputs, inputs } = kernel.snapshot;
  const hazardous = outputs.hazard[output] === HAZARD.yes || kernel.knowledge.categories[outputs.category[output]].hazardousByNature === true;
  if (!hazardous || inputs.permit[input] === PERMIT.permitted) return false;
  return inputs.permit[input] === PERMIT.notPermitted || kernel.policy.gates.hazardPermitUnknown === 'hide';
}

/** Whether the pair fails this gate; the one definition, for the loops and for "why not?". */
const FAILS: Record<Gate, (kernel: Prepared, output: number, input: number, facts: PairFacts) => boolean> = {
  'same-company': (kernel, output, input) => kernel.outputOwner[output] === kernel.inputOwner[input],
  'wish-no': byFlow('wish-no'),
  'wish-unknown': byFlow('wish-unknown'),
  'no-agreement': byFlow('no-agreement'),
  withheld: byFlow('withheld'),
  'too-old': byFlow('too-old'),
  'no-substitution': (kernel, output, input) => pairOf(kernel, output, input) === undefined,
  refused: (kernel, output, input) => refusalsOf(kernel, output, input).length > 0,
  quality: (kernel, output, input, facts) => pairOf(kernel, output, input) !== undefined && facts.possible.length === 0,
  sanitary: isSanitaryExclusion,
  hazard: isHazardousFor,
  season: (kernel, output, input) => shareOfMonths(kernel.snapshot.outputs.months[output], kernel.snapshot.inputs.months[input]) === 0,
  distance: (kernel, output, input, { km }) => {
    if (km > reachOf(kernel, output, input).hardKm) return true;
    return km > kernel.policy.gates.ringKm[RINGS[kernel.snapshot.inputs.reach[input]]];
  },
  'minimum-lot': (kernel, output, input, facts) => {
    const { outputs, inputs } = kernel.snapshot;
    if (facts.possible.length === 0) return false;
    const most = Math.max(...facts.possible.map((entry) => entry.yield));
    return isBelowLot(outputs.pooled[output], outputs.minimumLot[output], inputs.pooled[input], inputs.minimumLot[input], most);
  },
  territory: isBetweenStrangers,
  suppressed: blockedAs('suppressed'),
  introduced: blockedAs('introduced'),
  running: blockedAs('running'),
  open: blockedAs('open'),
};

function pairOf(kernel: Prepared, output: number, input: number): ReturnType<Prepared['knowledge']['pairs']['get']> {
  return kernel.knowledge.pairs.get(keyOf(kernel, output, input));
}

function keyOf({ knowledge, snapshot }: Prepared, output: number, input: number): number {
  return snapshot.outputs.category[output] * knowledge.categories.length + snapshot.inputs.category[input];
}

/** Flow gates are named for whichever side fails them. */
function byFlow(gate: FlowGate) {
  return (kernel: Prepared, output: number, input: number): boolean =>
    FLOW_FAILS[gate](kernel, kernel.snapshot.outputs, output) || FLOW_FAILS[gate](kernel, kernel.snapshot.inputs, input);
}

function blockedAs(kind: BlockedKind) {
  return (kernel: Prepared, output: number, input: number): boolean => kernel.blocked.get(output * kernel.snapshot.inputs.count + input)?.has(kind) === true;
}

/** Refusals that hold for a pair: every condition is known to be true. */
export function refusalsOf(kernel: Prepared, output: number, input: number): Refusal[] {
  const { outputs, inputs } = kernel.snapshot;
  const refusals = pairOf(kernel, output, input)?.refusals ?? kernel.knowledge.refusedApart.get(keyOf(kernel, output, input)) ?? [];
  return refusals.filter((refusal) =>
    refusal.conditions.every((condition) => answer(kernel.knowledge, condition, outputs, output, inputs, input) === 'yes'));
}

/** All gates that a pair fails, in their order. */
export function gatesOf(kernel: Prepared, output: number, input: number, facts: PairFacts = factsOf(kernel, output, input)): Gate[] {
  return GATES.filter((gate) => FAILS[gate](kernel, output, input, facts));
}

const AFTER_FLOW_GATES = GATES.slice(GATES.indexOf('no-substitution'));

/** The first failing gate from "no substitution" on, for pairs whose flows pass on their own; null: none. */
export function firstPairGate(kernel: Prepared, output: number, input: number, facts: PairFacts): Gate | null {
  return AFTER_FLOW_GATES.find((gate) => FAILS[gate](kernel, output, input, facts)) ?? null;
}

const FORBIDDING = ['sanitary', 'hazard', 'refused', 'quality'] as const satisfies readonly Gate[];

/** The first failing gate of those that go by category, quality, hazard and permit alone; null: none. */
export function forbiddingGate(kernel: Prepared, output: number, input: number, facts: PairFacts): Gate | null {
  return FORBIDDING.find((gate) => FAILS[gate](kernel, output, input, facts)) ?? null;
}

/** The possible substitution with the highest score (ties: slug); null when none is possible. */
export function bestSubstitution(kernel: Prepared, output: number, input: number, facts: PairFacts): { substitution: Substitution; z: number } | null {
  let best: { substitution: Substitution; z: number } | null = null;
  for (const substitution of facts.possible) {
    const z = scoreOf(kernel, output, input, substitution, facts.km);
    if (best === null || z > best.z || (z === best.z && substitution.slug < best.substitution.slug)) best = { substitution, z };
  }
  return best;
}
