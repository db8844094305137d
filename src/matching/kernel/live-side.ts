import { ExtraFlows } from './extra-flows.js';
import type { FlowArrays } from './snapshot.js';

/**
 * One side of an overlay. A flow has a number for good: its index in the snapshot, or the next one after those for a new
 * flow. What it is now stands in a row: rows of the snapshot come first, then those of `extra`; an edit gives it a new row.
 */
export class LiveSide {
  readonly extra: ExtraFlows;
  /** Rows of the snapshot that count no more. */
  readonly dead: Uint8Array;
  /** Live extra rows by category. */
  readonly ofCategory: number[][];
  readonly count: number;
  private readonly rows = new Map<number, number>();
  private readonly newKeys: string[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(
    flows: FlowArrays,
    private readonly keys: readonly string[],
    categories: number,
  ) {
    this.count = flows.count;
    this.extra = new ExtraFlows(flows);
    this.dead = new Uint8Array(flows.count);
    this.ofCategory = Array.from({ length: categories }, () => []);
  }

  /** @param make give an unknown key the next number */
  numberOf(key: string, make: boolean): number | null {
    const at = placeOf(this.keys, key);
    if (this.keys[at] === key) return at;
    const known = this.numbers.get(key);
    if (known !== undefined || !make) return known ?? null;
    const number = this.count + this.newKeys.length;
    this.newKeys.push(key);
    this.numbers.set(key, number);
    return number;
  }

  keyOf(number: number): string {
    return number < this.count ? this.keys[number] : this.newKeys[number - this.count];
  }

  /** -1: there is no such flow now. */
  rowOf(number: number): number {
    return this.rows.get(number) ?? (number < this.count ? number : -1);
  }

  numberOfRow(row: number): number {
    return row < this.count ? row : this.extra.identity[row - this.count];
  }

  /** Place of a row in the arrays that hold it: those of the snapshot, or the extra ones. */
  local(row: number): number {
    return row < this.count ? row : row - this.count;
  }

  isExtra(row: number): boolean {
    return row >= this.count;
  }

  isAlive(row: number): boolean {
    return row < this.count ? this.dead[row] === 0 : this.extra.alive[row - this.count];
  }

  /** A new row for a flow for which `extra` has room. */
  add(flow: FlowArrays, number: number): number {
    const row = this.count + this.extra.add(flow, number);
    this.rows.set(number, row);
    return row;
  }

  /** Lets a row that passes its own gates be met in its category. */
  show(row: number): void {
    const at = this.local(row);
    if (this.extra.profile[at] >= 0) this.ofCategory[this.extra.flows.category[at]].push(row);
  }

  bury(row: number): void {
    const number = this.numberOfRow(row);
    if (this.rowOf(number) === row) this.rows.set(number, -1);
    if (!this.isExtra(row)) {
      this.dead[row] = 1;
      return;
    }
    const at = this.local(row);
    this.extra.alive[at] = false;
    const group = this.ofCategory[this.extra.flows.category[at]];
    const place = group.indexOf(row);
    if (place >= 0) group.splice(place, 1);
  }

  /** Rows by natural key. */
  compare(one: number, other: number): number {
    const [a, b] = [this.numberOfRow(one), this.numberOfRow(other)];
    if (a < this.count && b < this.count) return a - b;
    const [first, second] = [this.keyOf(a), this.keyOf(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  }
}

/** Where a key is or would be. */
function placeOf(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
