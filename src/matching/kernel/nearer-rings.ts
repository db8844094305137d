import { flowGate, type Ring } from './gates.js';
import type { KernelIndex } from './kernel-index.js';
import { judge, thresholdOf } from './match.js';
import { distanceOf, POINTS_PER_NAT } from './score.js';
import { REACH } from './snapshot.js';

const RINGS = Object.keys(REACH) as Ring[];

/**
 * Whether a need has a lead in a ring nearer than one. Asked of the few needs that the selection meets with a lead from
 * farther away, and answered from every output that could be that lead: what an output's K best leave out counts as well.
 */
export class NearerRings {
  private readonly answers = new Map<number, boolean>();
  /** Outputs that may be matched, by category; made when first needed. */
  private outputs: number[][] | null = null;

  constructor(private readonly index: KernelIndex) {}

  isTaken(input: number, ring: Ring): boolean {
    if (REACH[ring] === 0) return false;
    const key = input * RINGS.length + REACH[ring];
    let taken = this.answers.get(key);
    if (taken === undefined) {
      taken = this.look(input, RINGS[REACH[ring] - 1]);
      this.answers.set(key, taken);
    }
    return taken;
  }

  private look(input: number, within: Ring): boolean {
    const { kernel } = this.index;
    const { knowledge, snapshot, policy } = kernel;
    if (flowGate(kernel, 'input', input) !== null) return false;
    return this.byCategory().some((outputs, category) => knowledge.reachable[category].includes(snapshot.inputs.category[input]) && outputs.some((output) => {
      const km = distanceOf(kernel, output, input);
      if (km > policy.gates.ringKm[within] || kernel.outputOwner[output] === kernel.inputOwner[input]) return false;
      const verdict = judge(kernel, output, input);
      return typeof verdict === 'object' && verdict.z * POINTS_PER_NAT >= thresholdOf(kernel, output);
    }));
  }

  private byCategory(): number[][] {
    if (this.outputs !== null) return this.outputs;
    const { kernel, order } = this.index;
    const found: number[][] = kernel.knowledge.categories.map(() => []);
    for (const output of order) found[kernel.snapshot.outputs.category[output]].push(output);
    this.outputs = found;
    return found;
  }
}
