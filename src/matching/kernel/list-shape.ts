import type { LiveSide } from './live-side.js';

/** A pair, by the input's row, of an output that the reader knows. */
export interface Found {
  input: number;
  z: number;
}

/**
 * What an overlay knows of one output: its best pairs, best first, as rows of inputs; all of them that come before the horizon.
 * Where the horizon is null it is all that reach the floor. Never changed: an edit makes another.
 */
export interface List {
  readonly input: readonly number[];
  readonly z: readonly number[];
  readonly horizon: Found | null;
}

export const NO_LIST: List = { input: [], z: [], horizon: null };

/** What holds of all lists of an overlay: at most `topK` pairs are known, `keep` of them are asked for, the rest is a reserve. Ties go by natural key. */
export class ListShape {
  constructor(
    private readonly topK: number,
    private readonly keep: number,
    private readonly inputs: Pick<LiveSide, 'compare' | 'numberOfRow'>,
  ) {}

  /** A list as a search gives it: where it is full, others may come after its last. */
  upTo(input: readonly number[], z: readonly number[]): List {
    const last = this.topK - 1;
    return { input, z, horizon: input.length < this.topK ? null : { input: input[last], z: z[last] } };
  }

  /** Fewer than are asked for, and others may be behind the horizon. */
  isShort({ input, horizon }: List): boolean {
    return horizon !== null && input.length < this.keep;
  }

  /** Whether a pair belongs into a list as far as it is known. */
  isBefore(one: Found, horizon: Found | null): boolean {
    return horizon === null || one.z > horizon.z || (one.z === horizon.z && this.inputs.compare(one.input, horizon.input) <= 0);
  }

  without(list: List, at: number): List {
    return { input: list.input.toSpliced(at, 1), z: list.z.toSpliced(at, 1), horizon: list.horizon };
  }

  /** @param found pairs before the list's horizon, or any where the list is full */
  merge(list: List, found: readonly Found[]): List {
    const [input, z] = [list.input.slice(), list.z.slice()];
    for (const one of found) {
      if (input.includes(one.input)) continue;
      let at = input.length;
      while (at > 0 && (one.z > z[at - 1] || (one.z === z[at - 1] && this.inputs.compare(one.input, input[at - 1]) < 0))) at -= 1;
      input.splice(at, 0, one.input);
      z.splice(at, 0, one.z);
    }
    input.length = z.length = Math.min(input.length, this.topK);
    const merged = this.upTo(input, z);
    return merged.horizon === null ? { ...merged, horizon: list.horizon } : merged;
  }

  /** Of what is known, what is asked for. */
  kept(input: readonly number[]): readonly number[] {
    return input.slice(0, this.keep);
  }

  /** The pairs asked for of a list that are not asked for of the other, or have another score there. An input in another form is the same input. */
  less(list: List, other: List): Found[] {
    const pairs: Found[] = [];
    for (let at = 0; at < Math.min(this.keep, list.input.length); at += 1) {
      let there = other.input.indexOf(list.input[at]);
      if (there < 0) there = other.input.findIndex((row) => this.inputs.numberOfRow(row) === this.inputs.numberOfRow(list.input[at]));
      if (there < 0 || there >= this.keep || other.z[there] !== list.z[at]) pairs.push({ input: list.input[at], z: list.z[at] });
    }
    return pairs;
  }
}
