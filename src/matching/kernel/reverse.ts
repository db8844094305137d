import { leastLog, SLACK, WIDER } from './bounds.js';
import { RADIUS_KM } from './geodesy.js';
import type { KernelIndex } from './kernel-index.js';
import { leadOf } from './rules.js';
import { perUnitTerm } from './terms.js';
import type { Reach } from './pair-scorer.js';

/** Outputs of a block; neighbours, since the index orders them so. */
const BLOCK = 64;

/** The outputs of one category, in blocks, with the z that each still takes in. */
interface Outputs {
  rows: Int32Array;
  /** x, y, z of each, in the order of `rows`. */
  place: Float64Array;
  takes: Float64Array;
  /** Low and high x, y, z of each block. */
  boxes: Float64Array;
  /** The least that any output of the block takes in, or less. */
  loosest: Float64Array;
}

/**
 * Looks from an input for the outputs whose lists it could enter: a block is left out when even an ideal pair at its nearest
 * point is worth less than its loosest list takes in.
 */
export class ReverseSearch {
  private readonly byCategory: Outputs[];
  private readonly categoryOf: Uint16Array;
  /** Where an output stands in its category. */
  private readonly at: Int32Array;
  private readonly ideals: (number | undefined)[] = [];

  /** @param takes z from which on an output takes a pair in */
  constructor(private readonly index: KernelIndex, takes: (output: number) => number) {
    const { outputs } = index.kernel.snapshot;
    this.categoryOf = outputs.category;
    this.at = new Int32Array(outputs.count);
    const groups: number[][] = index.kernel.knowledge.categories.map(() => []);
    for (const output of index.order) groups[outputs.category[output]].push(output);
    this.byCategory = groups.map((group) => {
      const rows = Int32Array.from(group);
      const blocks = Math.ceil(rows.length / BLOCK);
      const place = new Float64Array(3 * rows.length);
      const boxes = new Float64Array(6 * blocks);
      const loosest = new Float64Array(blocks).fill(Infinity);
      for (let block = 0; block < blocks; block += 1) boxes.set([Infinity, -Infinity, Infinity, -Infinity, Infinity, -Infinity], 6 * block);
      const taken = new Float64Array(rows.length);
      rows.forEach((output, at) => {
        const block = Math.floor(at / BLOCK);
        this.at[output] = at;
        taken[at] = takes(output);
        loosest[block] = Math.min(loosest[block], taken[at]);
        for (let dimension = 0; dimension < 3; dimension += 1) {
          const value = outputs.place[3 * output + dimension];
          place[3 * at + dimension] = value;
          boxes[6 * block + 2 * dimension] = Math.min(boxes[6 * block + 2 * dimension], value);
          boxes[6 * block + 2 * dimension + 1] = Math.max(boxes[6 * block + 2 * dimension + 1], value);
        }
      });
      return { rows, place, takes: taken, boxes, loosest };
    });
  }

  /** An output's list has changed. A block's loosest only ever falls: too low is still a bound. */
  note(output: number, takes: number): void {
    const outputs = this.byCategory[this.categoryOf[output]];
    const at = this.at[output];
    outputs.takes[at] = takes;
    const block = Math.floor(at / BLOCK);
    if (takes < outputs.loosest[block]) outputs.loosest[block] = takes;
  }

  /**
   * @param from category of the outputs
   * @param to category of the input
   * @param reach the farthest that any output of the category reaches
   * @param cost what the input's own age and provenance cost in any pair, ≥ 0
   * @param visit told each output that may take it in
   */
  each(from: number, to: number, x: number, y: number, z: number, reach: Reach, cost: number, visit: (output: number) => void): void {
    const { rows, place, takes, boxes, loosest } = this.byCategory[from];
    const weight = this.index.kernel.weights.distance;
    const ideal = this.idealOf(from, to) - cost + SLACK;
    const hardest = (reach.hardKm / RADIUS_KM) ** 2 * WIDER;
    const tooFar = (squared: number, allowance: number): boolean =>
      squared > hardest || allowance < 0 || weight * leastLog((RADIUS_KM * Math.sqrt(squared)) / reach.softKm) > allowance;
    for (let block = 0; block < loosest.length; block += 1) {
      const first = 6 * block;
      const dx = Math.max(0, boxes[first] - x, x - boxes[first + 1]);
      const dy = Math.max(0, boxes[first + 2] - y, y - boxes[first + 3]);
      const dz = Math.max(0, boxes[first + 4] - z, z - boxes[first + 5]);
      if (tooFar(dx * dx + dy * dy + dz * dz, ideal - loosest[block])) continue;
      const end = Math.min(rows.length, (block + 1) * BLOCK);
      for (let at = block * BLOCK; at < end; at += 1) {
        const ex = place[3 * at] - x;
        const ey = place[3 * at + 1] - y;
        const ez = place[3 * at + 2] - z;
        if (!tooFar(ex * ex + ey * ey + ez * ez, ideal - takes[at])) visit(rows[at]);
      }
    }
  }

  /** The best that a pair of two categories can be worth where nothing is lost on place, quantity, season, age, questions or provenance. */
  private idealOf(from: number, to: number): number {
    const { kernel } = this.index;
    const { knowledge, weights, policy } = kernel;
    const key = from * knowledge.categories.length + to;
    return (this.ideals[key] ??= Math.max(...(knowledge.pairs.get(key)?.substitutions ?? []).map(
      (entry) => leadOf(kernel, from, entry) + perUnitTerm(weights.treatment, policy.treatmentCost[entry.treatment]))));
  }
}
