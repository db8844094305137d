import { describe, expect, it } from '@jest/globals';
import type { Lists } from '../../../bench/engines/engine.js';
import { compareLists } from '../../../bench/engines/lists.js';
import { readOptions } from '../../../bench/report.js';

/** One output with these inputs and scores. */
const listOf = (...pairs: [input: number, z: number][]): Lists =>
  ({ start: Uint32Array.of(0, pairs.length), input: Int32Array.from(pairs, ([input]) => input), z: Float64Array.from(pairs, ([, z]) => z) });
const differ = (one: Lists, other: Lists): boolean => compareLists(one, other, [0]).different === 1;

describe('comparing the lists of two engines', () => {
  const list = listOf([4, 2], [1, 1.5], [9, 1]);

  it('takes the same pairs for equal, also when the last bits of a score differ', () => {
    expect(differ(list, listOf([4, 2 + 1e-13], [1, 1.5], [9, 1]))).toBe(false);
    expect(differ(listOf(), listOf())).toBe(false);
  });

  it('takes pairs of equal score that changed places for equal', () => {
    expect(differ(listOf([4, 2], [1, 2]), listOf([1, 2], [4, 2]))).toBe(false);
    expect(differ(listOf([4, 2], [1, 1]), listOf([4, 2], [7, 1]))).toBe(false);
  });

  it.each<[string, Lists]>([
    ['a missing pair', listOf([4, 2], [1, 1.5])],
    ['another pair in its place', listOf([4, 2], [7, 1.5], [9, 1])],
    ['another score', listOf([4, 2], [1, 1.5001], [9, 1])],
    ['a score that is no number', listOf([4, 2], [1, NaN], [9, 1])],
    ['pairs in another order', listOf([1, 1.5], [4, 2], [9, 1])],
  ])('tells %s', (_what, other) => expect(differ(list, other)).toBe(true));
});

describe('the options of a bench', () => {
  it('are read by name', () => {
    expect(readOptions(['--size', '1k,20k', '--repeat', '5', '--threads', '1,2'], { sizes: [1], repeat: 3 })).toMatchObject({ sizes: [1_000, 20_000], repeat: 5, threads: [1, 2], seed: 1 });
  });

  it.each([[['--size', 'huge']], [['--repeat', '0']], [['--seed=-1']]])('refuse %j and say what is expected', (args) => {
    expect(() => readOptions(args, { sizes: [1], repeat: 3 })).toThrow(/found .* expected a whole number/);
  });
});
