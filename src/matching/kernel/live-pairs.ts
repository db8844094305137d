import { WIDER } from './bounds.js';
import { withFlows } from './extra-flows.js';
import { RADIUS_KM } from './geodesy.js';
import type { KernelIndex } from './kernel-index.js';
import type { BlockedKind, Prepared } from './kernel-input.js';
import type { LiveSide } from './live-side.js';
import { bitsOf, NO_SCORE, PairScorer, type Reach, reachFrom } from './pair-scorer.js';
import type { FlowArrays } from './snapshot.js';
import { yearsSince } from './terms.js';

/** Scores of pairs of an overlay, whether their flows are rows of the snapshot or extra ones. */
export class LivePairs {
  /** By whether the output (2) and the input (1) are extra. */
  private kernels!: Prepared[];
  private blocked!: Map<number, ReadonlySet<BlockedKind>>[];
  private scorers!: PairScorer[];
  private readonly blockedOf = { output: new Map<number, number[]>(), input: new Map<number, number[]>() };
  /** By categories: see `reachOf`, `farthest`. */
  private readonly reaches: (Reach | undefined)[] = [];
  private readonly limits: (Reach | undefined)[] = [];

  constructor(
    private readonly base: KernelIndex,
    private readonly output: LiveSide,
    private readonly input: LiveSide,
  ) {
    for (const key of base.kernel.blocked.keys()) {
      const [one, other] = [Math.floor(key / input.count), key % input.count];
      this.blockedOf.output.set(one, [...(this.blockedOf.output.get(one) ?? []), other]);
      this.blockedOf.input.set(other, [...(this.blockedOf.input.get(other) ?? []), one]);
    }
    this.renew();
  }

  /** Called when the arrays of extra flows were replaced. */
  renew(): void {
    const { kernel, book } = this.base;
    const [output, input] = [this.output.extra, this.input.extra];
    this.blocked = [new Map(), new Map(), new Map(), new Map()];
    this.kernels = [kernel, withFlows(kernel, null, input), withFlows(kernel, output, null), withFlows(kernel, output, input)].map(
      (one, at) => (at === 0 ? one : { ...one, blocked: this.blocked[at] }));
    this.scorers = this.kernels.map((one) => new PairScorer(one, book));
    for (let at = 0; at < output.used; at += 1) this.block('output', at);
    for (let at = 0; at < input.used; at += 1) this.block('input', at);
  }

  /** The kernel that rows of these kinds belong to. */
  kernel(extraOutput: boolean, extraInput: boolean): Prepared {
    return this.kernels[(extraOutput ? 2 : 0) + (extraInput ? 1 : 0)];
  }

  scorer(extraOutput: boolean, extraInput: boolean): PairScorer {
    return this.scorers[(extraOutput ? 2 : 0) + (extraInput ? 1 : 0)];
  }

  /** Blocks of a flow go with it into its new row. */
  block(side: 'output' | 'input', at: number): void {
    const other = side === 'output' ? 'input' : 'output';
    for (const number of this.blockedOf[side].get(this[side].extra.identity[at]) ?? []) {
      const there = this[other].rowOf(number);
      const own = this[side].count + at;
      if (there !== -1) this.blockPair(side === 'output' ? own : there, side === 'output' ? there : own);
    }
  }

  private blockPair(output: number, input: number): void {
    const at = this.combination(output, input);
    const place = this.output.local(output);
    this.blocked[at].set(place * this.kernels[at].snapshot.inputs.count + this.input.local(input), new Set());
    this.scorers[at].noteBlock(place);
  }

  private combination(output: number, input: number): number {
    return (this.output.isExtra(output) ? 2 : 0) + (this.input.isExtra(input) ? 1 : 0);
  }

  /** @returns z; NO_SCORE when the pair does not pass. Both flows pass on their own, and the input is extra. */
  scoreOf(output: number, input: number): number {
    const at = this.combination(output, input);
    const kernel = this.kernels[at];
    const { outputs, inputs } = kernel.snapshot;
    const o = this.output.local(output);
    const i = this.input.local(input);
    const dx = outputs.place[3 * o] - inputs.place[3 * i];
    const dy = outputs.place[3 * o + 1] - inputs.place[3 * i + 1];
    const dz = outputs.place[3 * o + 2] - inputs.place[3 * i + 2];
    const squared = dx * dx + dy * dy + dz * dz;
    const from = outputs.category[o];
    const to = inputs.category[i];
    if (squared > (this.farthest(from, to).hardKm / RADIUS_KM) ** 2 * WIDER) return NO_SCORE;
    const profile = this.output.isExtra(output) ? this.output.extra.profile[o] : this.base.outputProfile[o];
    const reach = this.reachOf(from, to, outputs.quantity[o]);
    return this.scorers[at].score(o, i, squared, bitsOf(inputs, i), inputs.confirmedDay[i], this.base.book.row(profile, from, to), this.input.extra.profile[i], reach);
  }

  private reachOf(from: number, to: number, supply: number): Reach {
    const { kernel } = this.base;
    if (kernel.knowledge.categories[from].pipeReach !== undefined) return reachFrom(kernel, from, to, supply);
    const key = from * kernel.knowledge.categories.length + to;
    return (this.reaches[key] ??= reachFrom(kernel, from, to, NaN));
  }

  /** What an input's own age and provenance cost in any pair that it is in, at least. */
  ownCost(inputs: FlowArrays, input: number): number {
    const { weights, asOfDay } = this.base.kernel;
    const years = yearsSince(asOfDay, asOfDay, inputs.confirmedDay[input]);
    return weights.age * years + weights.evidence * this.scorers[0].penalties[inputs.provenance[input]];
  }

  /** The farthest that any output of one category reaches an input of another, whatever its quantity. */
  farthest(from: number, to: number): Reach {
    const { knowledge } = this.base.kernel;
    const key = from * knowledge.categories.length + to;
    let farthest = this.limits[key];
    if (farthest === undefined) {
      const supplies = [NaN, ...(knowledge.categories[from].pipeReach ?? []).map(({ upTo }) => upTo ?? Infinity)];
      const reaches = supplies.map((supply) => reachFrom(this.base.kernel, from, to, supply));
      farthest = { softKm: Math.max(...reaches.map(({ softKm }) => softKm)), hardKm: Math.max(...reaches.map(({ hardKm }) => hardKm)), reachByNeed: true };
      this.limits[key] = farthest;
    }
    return farthest;
  }
}
