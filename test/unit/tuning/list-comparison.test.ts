import { describe, expect, it } from '@jest/globals';
import type { ListDocument, ListLine } from '../../../src/matching/list-document.js';
import { compareLists, figuresOf } from '../../../src/tuning/list-comparison.js';

/** A list of these pairs in this order, the starred ones drawn for the audit slice. */
function listOf(pairs: string, more: Partial<ListDocument> = {}): ListDocument {
  const list = pairs.split(' ').filter(Boolean).map((name, at) => ({ output: name.replace('*', ''), input: 'i', rank: at + 1, kind: name.endsWith('*') ? 'audit' : 'listed' }) as ListLine);
  return { list, funnel: [], histogram: [], shortfall: null, pairs: 100, passed: { count: 50, exact: true }, aboveThreshold: { count: list.length, exact: true }, ...more };
}

const names = (pairs: { before: ListLine | null; after: ListLine | null }[]): string => pairs.map(({ before, after }) => (after ?? before)?.output).join(' ');

describe('two lists', () => {
  it('are compared by pair: entered, left, moved, and the same; the audit slice is a draw and no difference', () => {
    const { same, entered, left, moved } = compareLists(listOf('a b c d x*'), listOf('a c b e y*'));
    expect([names(same), names(entered), names(left), names(moved)]).toEqual(['a', 'e', 'd', 'c b']);
  });
});

describe('the figures of a list', () => {
  const shortfall = { wanted: 8, listed: 2, cappedOff: {}, bestBelowPoints: 4.5, thresholdPoints: 6 };
  it('say what keeps it from being longer', () => {
    const budget = { listSize: 3, auditSize: 1 };
    expect(figuresOf(listOf('a b x*', { aboveThreshold: { count: 9, exact: true } }), budget, 0, 2)).toMatchObject({ listed: 2, audit: 1, minutes: 6, binds: 'budget' });
    expect(figuresOf(listOf('a b x*', { aboveThreshold: { count: 2, exact: true } }), budget, 0, 2).binds).toBe('threshold');
    expect(figuresOf(listOf('a b', { shortfall }), { listSize: 10, auditSize: 2 }, 0, 2)).toMatchObject({ binds: 'threshold', bestBelowPoints: 4.5 });
    expect(figuresOf(listOf('a b', { shortfall: { ...shortfall, cappedOff: { company: 3 } }, aboveThreshold: { count: 5, exact: true } }), { listSize: 10, auditSize: 2 }, 0, 2).binds).toBe('caps');
  });

  it('count undecided leads of earlier weeks into the minutes and the places', () => {
    expect(figuresOf(listOf('a', { aboveThreshold: { count: 4, exact: true } }), { listSize: 3, auditSize: 0 }, 2, 3)).toMatchObject({ minutes: 9, binds: 'budget' });
  });
});
