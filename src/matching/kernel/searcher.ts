import { leastLog, SLACK, WIDER } from './bounds.js';
import { RADIUS_KM } from './geodesy.js';
import { type KernelIndex, SOME_UNKNOWN } from './kernel-index.js';
import { NO_SCORE, PairScorer, PROVENANCE_SHIFT, REACH_SHIFT } from './pair-scorer.js';
import { type Plan, Planner } from './plan.js';
import { POINTS_PER_NAT } from './score.js';
import { RATIO_CAP, yearsSince } from './terms.js';
import { BOX, NODE } from './tree.js';

/** Lists up to this length are kept sorted while searching; longer ones are sorted at the end. */
const SORTED = 64;
/** Deep enough for any tree: two nodes a level. */
const STACK = 128;

/**
 * Finds the best inputs of one output after another: depth first, the nearer box first, leaving out every box whose bound
 * is below the cut. The cut is the floor until K pairs are found and the K-th best from then on. Survivors are scored by
 * the same functions of `terms.ts` as in the explanation.
 *
 * Why the bound is a bound: each term falls with its raw value (`terms.ts`), and a box is given, term by term, the best raw
 * value that anything in it has: the chord to its nearest point (a chord is never longer than the arc), the quantity in its
 * range that fits best, the newest confirmation, the least penalty, the fewest questions, the best affinity.
 */
export class Searcher {
  /** What the last search found, best first: how many, the inputs, their z. */
  found = 0;
  readonly input: Int32Array;
  readonly z: Float64Array;
  pairsScored = 0;
  boxesVisited = 0;

  private readonly planner: Planner;
  /** Their places in the forest. */
  private readonly item: Int32Array;
  private readonly capacity: number;
  private readonly warmItem = new Int32Array(SORTED);
  private readonly stackNode = new Int32Array(STACK);
  private readonly stackBound = new Float64Array(STACK);
  /** Of which search an item was already offered: warm starts are not met twice. */
  private readonly seen: Int32Array;
  private serial = 0;

  // Of the output being searched for.
  private output = 0;
  private cut = NO_SCORE;
  private leastPoints = 0;
  private ownDay = 0;
  private readonly extraPenalty = new Float64Array(8);
  private plan!: Plan;

  /**
   * @param topK kept an output; Infinity: all
   * @param scorer of the index's kernel
   */
  constructor(
    private readonly index: KernelIndex,
    topK: number,
    private readonly scorer: PairScorer = new PairScorer(index.kernel, index.book),
  ) {
    const { kernel, forest } = index;
    const { inputs } = kernel.snapshot;
    this.planner = new Planner(index);
    this.capacity = topK;
    const room = topK <= SORTED ? topK : inputs.count;
    this.input = new Int32Array(room);
    this.item = new Int32Array(room);
    this.z = new Float64Array(room);
    this.seen = new Int32Array(forest.items.length);
  }

  /**
   * The best inputs of an output that passes its own gates.
   * @param leastPoints pairs below are not kept
   */
  search(output: number, leastPoints: number): void {
    const { forest, kernel, trees } = this.index;
    const { outputs } = kernel.snapshot;
    const { weights } = kernel;
    const warm = this.capacity <= SORTED && this.found > 0 && outputs.category[this.output] === outputs.category[output] ? this.found : 0;
    this.output = output;
    this.leastPoints = leastPoints;
    this.cut = leastPoints / POINTS_PER_NAT - SLACK;
    this.ownDay = Math.min(outputs.confirmedDay[output], kernel.asOfDay);
    const { penalties } = this.scorer;
    const own = penalties[outputs.provenance[output]];
    for (let code = 0; code < penalties.length; code += 1) this.extraPenalty[code] = weights.evidence * Math.max(0, penalties[code] - own);
    const settled = weights.evidence * own + weights.age * yearsSince(kernel.asOfDay, this.ownDay, kernel.asOfDay);
    this.serial += 1;
    const plans = this.planner.plansFor(output, this.serial, settled);
    this.startWarm(warm);
    for (let at = 0; at < plans.length; at += 1) {
      const plan = plans[at];
      if (plan.base < this.cut) break;
      this.plan = plan;
      this.walk(plan, trees[plan.tree].root);
    }
    if (this.capacity > SORTED) this.sortFound();
    for (let at = 0; at < this.found; at += 1) this.input[at] = forest.items[this.item[at]];
  }

  /** Lets the next search start cold. */
  forget(): void {
    this.found = 0;
  }

  /** Offers what the neighbour searched for before has found: good pairs first make a high cut. They are real pairs, so the cut is one. */
  private startWarm(count: number): void {
    const { place, tree } = this.index.items;
    const from = this.index.kernel.snapshot.outputs.place;
    this.found = 0;
    // What is found now is written where this stands.
    const { warmItem } = this;
    for (let at = 0; at < count; at += 1) warmItem[at] = this.item[at];
    for (let at = 0; at < count; at += 1) {
      const item = warmItem[at];
      const plan = this.planner.planOf(tree[item], this.serial);
      if (plan === undefined) continue;
      this.plan = plan;
      const dx = from[3 * this.output] - place[3 * item];
      const dy = from[3 * this.output + 1] - place[3 * item + 1];
      const dz = from[3 * this.output + 2] - place[3 * item + 2];
      this.pairsScored += 1;
      this.consider(item, dx * dx + dy * dy + dz * dz);
    }
  }

  /**
   * Lets the next search, for this output or a neighbour of its category, start from pairs that are known to be good.
   * @param items places in the forest, at most K
   */
  startFrom(output: number, items: ArrayLike<number>): void {
    this.output = output;
    this.found = this.capacity <= SORTED ? items.length : 0;
    for (let at = 0; at < this.found; at += 1) this.item[at] = items[at];
  }

  private walk(plan: Plan, root: number): void {
    const { forest, items, kernel } = this.index;
    const { nodes, boxes } = forest;
    const { place, logQuantity, confirmedDay, bits } = items;
    const { stackNode, stackBound, extraPenalty, ownDay } = this;
    const { ringKm } = this.scorer;
    const { weights, snapshot } = kernel;
    const { softKm, hardKm, base, logSupplyLow, logSupplyHigh } = plan;
    const x = snapshot.outputs.place[3 * this.output];
    const y = snapshot.outputs.place[3 * this.output + 1];
    const z = snapshot.outputs.place[3 * this.output + 2];
    const months = snapshot.outputs.months[this.output] || -1;
    const perKm = weights.distance;
    const { small, large } = weights;
    const unknown = weights.unknownQuantity;
    const agePerDay = weights.age / 365.25;
    const supplyUnknown = Number.isNaN(logSupplyLow);
    const hardest = (hardKm / RADIUS_KM) ** 2 * WIDER;
    let pairs = 0;
    let visited = 0;
    let cut = this.cut;
    let allowance = base - cut;
    let limit = Math.min(hardest, chordWithin(allowance, perKm, softKm));
    let height = 1;
    stackNode[0] = root;
    stackBound[0] = base;
    while (height > 0) {
      height -= 1;
      if (this.cut > cut) {
        cut = this.cut;
        allowance = base - cut;
        limit = Math.min(hardest, chordWithin(allowance, perKm, softKm));
      }
      if (stackBound[height] < cut) continue;
      const node = stackNode[height];
      visited += 1;
      const right = nodes[NODE * node];
      if (right !== 0) {
        const nearFirst = height;
        for (let side = 0; side < 2; side += 1) {
          const child = side === 0 ? node + 1 : right;
          const first = BOX * child;
          let dx = boxes[first] - x;
          if (dx < 0) dx = Math.max(0, x - boxes[first + 1]);
          let dy = boxes[first + 2] - y;
          if (dy < 0) dy = Math.max(0, y - boxes[first + 3]);
          let dz = boxes[first + 4] - z;
          if (dz < 0) dz = Math.max(0, z - boxes[first + 5]);
          const squared = dx * dx + dy * dy + dz * dz;
          if (squared > limit) continue;
          const summary = nodes[NODE * child + 3];
          if ((summary & months & 4095) === 0) continue;
          let cost = 0;
          if (supplyUnknown) cost = unknown;
          else {
            const tooSmall = boxes[first + 6] - logSupplyHigh;
            const tooLarge = logSupplyLow - boxes[first + 7];
            if (tooSmall > 0) cost = small * Math.min(tooSmall, RATIO_CAP);
            else if (tooLarge > 0) cost = large * Math.min(tooLarge, RATIO_CAP);
            if ((summary & SOME_UNKNOWN) !== 0 && unknown < cost) cost = unknown;
          }
          cost += extraPenalty[(summary >> PROVENANCE_SHIFT) & 7];
          const day = nodes[NODE * child + 4];
          if (day < ownDay) cost += agePerDay * (ownDay - day);
          const chordKm = RADIUS_KM * Math.sqrt(squared);
          if (chordKm > ringKm[(summary >> REACH_SHIFT) & 3] * WIDER) continue;
          const bound = base - cost - perKm * leastLog(chordKm / softKm);
          if (bound < cut) continue;
          if (height > nearFirst && bound < stackBound[nearFirst]) {
            stackNode[height] = stackNode[nearFirst];
            stackBound[height] = stackBound[nearFirst];
            stackNode[nearFirst] = child;
            stackBound[nearFirst] = bound;
          } else {
            stackNode[height] = child;
            stackBound[height] = bound;
          }
          height += 1;
        }
        continue;
      }
      const end = nodes[NODE * node + 2];
      const start = nodes[NODE * node + 1];
      pairs += end - start;
      for (let item = start; item < end; item += 1) {
        const dx = x - place[3 * item];
        const dy = y - place[3 * item + 1];
        const dz = z - place[3 * item + 2];
        const squared = dx * dx + dy * dy + dz * dz;
        if (squared > limit) continue;
        let cost = 0;
        const tooSmall = logQuantity[item] - logSupplyHigh;
        const tooLarge = logSupplyLow - logQuantity[item];
        if (tooSmall > 0) cost = small * Math.min(tooSmall, RATIO_CAP);
        else if (tooLarge > 0) cost = large * Math.min(tooLarge, RATIO_CAP);
        else if (Number.isNaN(tooSmall)) cost = unknown;
        const bit = bits[item];
        cost += extraPenalty[(bit >> PROVENANCE_SHIFT) & 7];
        const day = confirmedDay[item];
        if (day < ownDay) cost += agePerDay * (ownDay - day);
        const rest = allowance - cost;
        if (rest < 0) continue;
        if (perKm * leastLog((RADIUS_KM * Math.sqrt(squared)) / softKm) > rest) continue;
        this.consider(item, squared);
      }
    }
    this.pairsScored += pairs;
    this.boxesVisited += visited;
  }

  /** Scores a pair exactly and keeps it if it is good enough. */
  private consider(item: number, squared: number): void {
    if (this.seen[item] === this.serial) return;
    const { forest, items, dead } = this.index;
    const input = forest.items[item];
    if (dead !== null && dead[input] === 1) return;
    const z = this.scorer.score(this.output, input, squared, items.bits[item], items.confirmedDay[item], this.plan.row, items.profile[item], this.plan);
    if (z * POINTS_PER_NAT >= this.leastPoints) this.keep(item, z);
  }

  private keep(item: number, z: number): void {
    const { capacity } = this;
    this.seen[item] = this.serial;
    let at = this.found;
    if (capacity <= SORTED) {
      if (at === capacity) {
        at -= 1;
        if (z < this.z[at] || (z === this.z[at] && this.comesBefore(this.item[at], item))) return;
      } else this.found += 1;
      for (; at > 0 && (z > this.z[at - 1] || (z === this.z[at - 1] && this.comesBefore(item, this.item[at - 1]))); at -= 1) {
        this.item[at] = this.item[at - 1];
        this.z[at] = this.z[at - 1];
      }
      if (this.found === capacity) this.cut = Math.max(this.cut, at === capacity - 1 ? z : this.z[capacity - 1]);
    } else this.found += 1;
    this.item[at] = item;
    this.z[at] = z;
  }

  /** Ties go by natural key, which the order of a snapshot's inputs is. */
  private comesBefore(one: number, other: number): boolean {
    const { forest: { items }, rank } = this.index;
    return rank === null ? items[one] < items[other] : rank[items[one]] < rank[items[other]];
  }

  private sortFound(): void {
    const order = Array.from({ length: this.found }, (_, at) => at).sort((a, b) => this.z[b] - this.z[a] || (this.comesBefore(this.item[a], this.item[b]) ? -1 : 1));
    const sorted = order.map((at) => [this.item[at], this.z[at]]);
    this.found = Math.min(this.found, this.capacity);
    for (let at = 0; at < this.found; at += 1) [this.item[at], this.z[at]] = sorted[at];
  }
}

/** Squared chord beyond which the distance term alone costs more than is allowed. */
function chordWithin(allowance: number, perKm: number, softKm: number): number {
  if (perKm === 0) return Infinity;
  const chord = (softKm * Math.expm1(allowance / perKm)) / RADIUS_KM;
  return chord < 0 ? -1 : chord * chord * WIDER;
}
