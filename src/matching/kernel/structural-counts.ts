import { flowGate, type Gate, GATES, isHazardousFor, isSanitaryExclusion } from './gates.js';
import type { Prepared } from './kernel-input.js';

/** Flow by flow: the first gate that it fails by itself, null: none. */
export interface FlowGates {
  outputs: (Gate | null)[];
  inputs: (Gate | null)[];
}

export function flowGatesOf(kernel: Prepared): FlowGates {
  const { outputs, inputs } = kernel.snapshot;
  return {
    outputs: Array.from({ length: outputs.count }, (_, flow) => flowGate(kernel, 'output', flow)),
    inputs: Array.from({ length: inputs.count }, (_, flow) => flowGate(kernel, 'input', flow)),
  };
}

/** Pairs by the gates that go by company, flow, category, hazard and permit alone: counted exactly, without looking at pairs. */
export interface StructuralCounts {
  removed: Map<Gate, number>;
  /** Pairs of different owners, of flows that pass by themselves, that a substitution joins. */
  joined: number;
  /** Of these, the pairs that sanitary and hazard gates leave. */
  left: number;
}

/**
 * A pair of different owners fails flow gate k first exactly when both flows pass all earlier ones and one of them fails k,
 * so the number is a difference of two products, less the pairs of one owner. The same with the gates of categories: flows
 * are counted by owner and kind, and numbers of kinds multiplied.
 */
export function countStructural(kernel: Prepared, gates: FlowGates): StructuralCounts {
  const removed = new Map<Gate, number>();
  const all = pairsUpTo(kernel, gates, -1);
  removed.set('same-company', all.same);
  let before = all.different;
  for (const gate of GATES.slice(GATES.indexOf('wish-no'), GATES.indexOf('too-old') + 1)) {
    const after = pairsUpTo(kernel, gates, GATES.indexOf(gate)).different;
    removed.set(gate, before - after);
    before = after;
  }
  const { joined, sanitary, hazard } = countByKind(kernel, gates);
  removed.set('no-substitution', before - joined);
  removed.set('sanitary', sanitary);
  removed.set('hazard', hazard);
  return { removed, joined, left: joined - sanitary - hazard };
}

/** Pairs of flows that pass the gates up to one, of different owners and of the same. */
function pairsUpTo(kernel: Prepared, gates: FlowGates, upTo: number): { different: number; same: number } {
  const passing = (of: (Gate | null)[], owners: Int32Array): Map<number, number> => {
    const counts = new Map<number, number>();
    of.forEach((gate, flow) => {
      if (gate === null || GATES.indexOf(gate) > upTo) counts.set(owners[flow], (counts.get(owners[flow]) ?? 0) + 1);
    });
    return counts;
  };
  const ofInputs = passing(gates.inputs, kernel.inputOwner);
  let [outputs, inputs, same] = [0, 0, 0];
  for (const [owner, amount] of passing(gates.outputs, kernel.outputOwner)) {
    outputs += amount;
    same += amount * (ofInputs.get(owner) ?? 0);
  }
  for (const amount of ofInputs.values()) inputs += amount;
  return { different: outputs * inputs - same, same };
}

/** A flow of the kind: what category and hazard (outputs) or permit (inputs) it has is what all of the kind have. */
interface Kind {
  flow: number;
  category: number;
  count: number;
}

function countByKind(kernel: Prepared, gates: FlowGates): { joined: number; sanitary: number; hazard: number } {
  const { outputs, inputs } = kernel.snapshot;
  const kindsOf = (side: 'outputs' | 'inputs', flows: Iterable<number>): Kind[] => {
    const kinds = new Map<number, Kind>();
    for (const flow of flows) {
      const category = kernel.snapshot[side].category[flow];
      const code = side === 'outputs' ? outputs.hazard[flow] : inputs.permit[flow];
      const kind = kinds.get(category * 4 + code);
      if (kind === undefined) kinds.set(category * 4 + code, { flow, category, count: 1 });
      else kind.count += 1;
    }
    return [...kinds.values()];
  };
  const sums = { joined: 0, sanitary: 0, hazard: 0 };
  const add = (ofOutputs: readonly Kind[], ofInputs: readonly Kind[], sign: 1 | -1): void => {
    const byCategory = new Map<number, Kind[]>();
    for (const kind of ofInputs) byCategory.set(kind.category, [...(byCategory.get(kind.category) ?? []), kind]);
    for (const output of ofOutputs) {
      for (const category of kernel.knowledge.reachable[output.category]) {
        for (const input of byCategory.get(category) ?? []) {
          const pairs = sign * output.count * input.count;
          sums.joined += pairs;
          if (isSanitaryExclusion(kernel, output.flow, input.flow)) sums.sanitary += pairs;
          else if (isHazardousFor(kernel, output.flow, input.flow)) sums.hazard += pairs;
        }
      }
    }
  };
  const free = (of: (Gate | null)[]): number[] => [...of.keys()].filter((flow) => of[flow] === null);
  const [freeOutputs, freeInputs] = [free(gates.outputs), free(gates.inputs)];
  add(kindsOf('outputs', freeOutputs), kindsOf('inputs', freeInputs), 1);
  // Pairs of one owner were counted as such.
  const byOwner = (flows: number[], owners: Int32Array): Map<number, number[]> => {
    const map = new Map<number, number[]>();
    for (const flow of flows) {
      const own = map.get(owners[flow]);
      if (own === undefined) map.set(owners[flow], [flow]);
      else own.push(flow);
    }
    return map;
  };
  const ownInputs = byOwner(freeInputs, kernel.inputOwner);
  for (const [owner, flows] of byOwner(freeOutputs, kernel.outputOwner)) {
    const others = ownInputs.get(owner);
    if (others !== undefined) add(kindsOf('outputs', flows), kindsOf('inputs', others), -1);
  }
  return sums;
}
