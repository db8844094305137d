import type { KernelIndex } from './kernel-index.js';
import { thresholdOf } from './match.js';
import type { Matches } from './matches.js';
import { Searcher } from './searcher.js';

export interface MatchOptions {
  /** Kept an output; 50 unless told. */
  topK?: number;
  /** Pairs below it are not kept: the threshold of the output's category (unless told), or the policy's floor of the audit slice. */
  floor?: 'threshold' | 'audit';
}

const DEFAULT_TOP_K = 50;

/** Outputs are handed out in chunks of neighbours; what a search is warmed by never comes from another chunk, so that counts are the same on any number of threads. */
const CHUNK = 256;

/** How many chunks the outputs make. */
export function chunksOf({ order }: KernelIndex): number {
  return Math.ceil(order.length / CHUNK);
}

/**
 * Second half of the work: the best inputs of every output, exactly those that looking at every pair would find.
 * One thread; `MatchThreads` does the same on several.
 */
export function matchAll(index: KernelIndex, options: MatchOptions = {}): Matches {
  const share = new MatchShare(index, options);
  for (let chunk = 0; chunk < chunksOf(index); chunk += 1) share.search(chunk);
  return gather(index, options, [share.taken()]);
}

/** What one thread has found: for some outputs, in any order, how many and which. */
export interface FoundShare {
  outputs: Int32Array;
  counts: Int32Array;
  input: Int32Array;
  z: Float64Array;
  pairsScored: number;
  boxesVisited: number;
}

/** The outputs that one thread searches for. */
export class MatchShare {
  private readonly searcher: Searcher;
  private readonly outputs = new Growing(Int32Array);
  private readonly counts = new Growing(Int32Array);
  private readonly input = new Growing(Int32Array);
  private readonly z = new Growing(Float64Array);

  constructor(
    private readonly index: KernelIndex,
    private readonly options: MatchOptions,
  ) {
    this.searcher = new Searcher(index, options.topK ?? DEFAULT_TOP_K);
  }

  search(chunk: number): void {
    const { kernel, order } = this.index;
    const { searcher } = this;
    searcher.forget();
    const end = Math.min(order.length, (chunk + 1) * CHUNK);
    for (let place = chunk * CHUNK; place < end; place += 1) {
      const output = order[place];
      searcher.search(output, this.options.floor === 'audit' ? kernel.policy.auditFloorPoints : thresholdOf(kernel, output));
      this.outputs.add(output);
      this.counts.add(searcher.found);
      for (let at = 0; at < searcher.found; at += 1) {
        this.input.add(searcher.input[at]);
        this.z.add(searcher.z[at]);
      }
    }
  }

  taken(): FoundShare {
    const { pairsScored, boxesVisited } = this.searcher;
    return { outputs: this.outputs.taken(), counts: this.counts.taken(), input: this.input.taken(), z: this.z.taken(), pairsScored, boxesVisited };
  }
}

/** Puts the shares of all threads into the order of the outputs: the result knows nothing of who found what. */
export function gather({ kernel }: KernelIndex, { topK = DEFAULT_TOP_K }: MatchOptions, shares: readonly FoundShare[]): Matches {
  const { count } = kernel.snapshot.outputs;
  const start = new Uint32Array(count + 1);
  for (const { outputs, counts } of shares) outputs.forEach((output, at) => (start[output + 1] = counts[at]));
  for (let output = 0; output < count; output += 1) start[output + 1] += start[output];
  const matches: Matches = { topK, start, input: new Int32Array(start[count]), z: new Float64Array(start[count]), pairsScored: 0, boxesVisited: 0 };
  for (const { outputs, counts, input, z, pairsScored, boxesVisited } of shares) {
    let from = 0;
    for (let at = 0; at < outputs.length; at += 1) {
      // Few a time: a view on them would cost more than they do.
      for (let to = start[outputs[at]], end = to + counts[at]; to < end; to += 1, from += 1) {
        matches.input[to] = input[from];
        matches.z[to] = z[from];
      }
    }
    matches.pairsScored += pairsScored;
    matches.boxesVisited += boxesVisited;
  }
  return matches;
}

/** Numbers one after another, of which nobody knows how many they will be. */
class Growing<Numbers extends Int32Array | Float64Array> {
  private length = 0;
  private numbers: Numbers;

  constructor(private readonly type: new (length: number) => Numbers) {
    this.numbers = new type(1024);
  }

  add(value: number): void {
    if (this.length === this.numbers.length) {
      const longer = new this.type(2 * this.length);
      longer.set(this.numbers);
      this.numbers = longer;
    }
    this.numbers[this.length] = value;
    this.length += 1;
  }

  taken(): Numbers {
    return this.numbers.subarray(0, this.length) as Numbers;
  }
}
