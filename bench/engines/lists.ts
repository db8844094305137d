import type { Work } from '../work.js';
import type { Lists } from './engine.js';

/** Gathers the lists of outputs that come in any order. */
export class ListBuilder {
  private readonly length: Uint32Array;
  private readonly input: Int32Array;
  private readonly z: Float64Array;

  constructor(private readonly work: Work) {
    const outputs = work.kernel.snapshot.outputs.count;
    this.length = new Uint32Array(outputs);
    this.input = new Int32Array(outputs * work.topK);
    this.z = new Float64Array(outputs * work.topK);
  }

  /** Offers a pair by positions in the work; keeps the best `topK`, ties by index of the input. */
  offer(output: number, input: number, z: number): void {
    this.offerFlows(this.work.outputs.flow[output], this.work.inputs.flow[input], z);
  }

  /** The same by indexes of the snapshot, as a database answers. */
  offerFlows(flow: number, other: number, z: number): void {
    const { work: { topK }, length } = this;
    const first = flow * topK;
    let at = first + length[flow];
    if (length[flow] === topK) {
      at -= 1;
      if (z < this.z[at] || (z === this.z[at] && other > this.input[at])) return;
    } else length[flow] += 1;
    for (; at > first && (z > this.z[at - 1] || (z === this.z[at - 1] && other < this.input[at - 1])); at -= 1) {
      this.z[at] = this.z[at - 1];
      this.input[at] = this.input[at - 1];
    }
    this.z[at] = z;
    this.input[at] = other;
  }

  /** What a pair must beat to be kept; -Infinity while there is room. */
  worst(output: number): number {
    const flow = this.work.outputs.flow[output];
    return this.length[flow] < this.work.topK ? -Infinity : this.z[flow * this.work.topK + this.work.topK - 1];
  }

  finish(): Lists {
    const { length, work: { topK } } = this;
    const start = new Uint32Array(length.length + 1);
    length.forEach((count, flow) => (start[flow + 1] = start[flow] + count));
    const input = new Int32Array(start[length.length]);
    const z = new Float64Array(input.length);
    length.forEach((count, flow) => {
      input.set(this.input.subarray(flow * topK, flow * topK + count), start[flow]);
      z.set(this.z.subarray(flow * topK, flow * topK + count), start[flow]);
    });
    return { start, input, z };
  }
}

export interface Comparison {
  /** Outputs whose lists were compared, and those whose lists differ. */
  compared: number;
  different: number;
}

/** Two engines add the same terms in another order: scores are equal to this. */
const SAME = 1e-9;

/** Compares the lists of the outputs given: as long, the same scores, the same inputs but for pairs of equal score that changed places. */
export function compareLists(one: Lists, other: Lists, outputs: Iterable<number>): Comparison {
  const comparison: Comparison = { compared: 0, different: 0 };
  for (const output of outputs) {
    comparison.compared += 1;
    if (!sameList(one, other, output)) comparison.different += 1;
  }
  return comparison;
}

function sameList(one: Lists, other: Lists, output: number): boolean {
  const [a, b] = [one.start[output], other.start[output]];
  const length = one.start[output + 1] - a;
  if (other.start[output + 1] - b !== length) return false;
  const scoreOf = new Map<number, number>();
  for (let at = 0; at < length; at += 1) {
    if (!(Math.abs(one.z[a + at] - other.z[b + at]) <= SAME)) return false;
    scoreOf.set(other.input[b + at], other.z[b + at]);
  }
  const last = length > 0 ? one.z[a + length - 1] : 0;
  for (let at = 0; at < length; at += 1) {
    const found = scoreOf.get(one.input[a + at]);
    // One that is missing from the other list may only have lost its place there to an equal one.
    if (found === undefined ? Math.abs(one.z[a + at] - last) > SAME : Math.abs(found - one.z[a + at]) > SAME) return false;
  }
  return true;
}
