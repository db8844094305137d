import { seededRandom } from '../../src/matching/kernel/random.js';

/** Draws from the distributions that real flows have, all from one seed. */
export class Draws {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;

  constructor(seed: number) {
    this.uniform = seededRandom(seed);
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** From 1 up, with a tail P(more than x) = x^-alpha. */
  pareto(alpha: number): number {
    return (1 - this.uniform()) ** (-1 / alpha);
  }

  /** One of `values`, each with its share; the shares add up to 1. */
  oneOf<Value>(shares: readonly (readonly [Value, number])[]): Value {
    let left = this.uniform();
    for (const [value, share] of shares) {
      left -= share;
      if (left < 0) return value;
    }
    return shares[shares.length - 1][0];
  }

  shuffled<Value>(values: readonly Value[]): Value[] {
    const mixed = [...values];
    for (let at = mixed.length - 1; at > 0; at -= 1) {
      const other = this.below(at + 1);
      [mixed[at], mixed[other]] = [mixed[other], mixed[at]];
    }
    return mixed;
  }
}

/** Draws indexes by weight, in the logarithm of their number. */
export class Weighted {
  private readonly sums: Float64Array;

  constructor(weights: readonly number[]) {
    let sum = 0;
    this.sums = Float64Array.from(weights, (weight) => (sum += weight));
  }

  draw({ uniform }: Draws): number {
    const { sums } = this;
    const wanted = uniform() * sums[sums.length - 1];
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Weights 1, 1/2^s, 1/3^s … */
export function zipf(count: number, exponent: number): number[] {
  return Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent);
}
