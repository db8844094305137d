import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignLeads } from '../../../src/matching/assignment.js';

const present = (personId: string, ...delegateOf: string[]) => ({ personId, delegateOf });

describe('a lead goes', () => {
  it('to the référent of the output\'s company who is there, whatever their load', () => {
    expect(assignLeads(['anna', 'anna'], [present('anna'), present('bruno')], new Map([['anna', 9]]))).toEqual(['anna', 'anna']);
  });

  it('to the delegate of a référent who is away', () => {
    expect(assignLeads(['anna'], [present('bruno'), present('chloe', 'anna')], new Map())).toEqual(['chloe']);
  });

  it('else to whoever has the fewest open leads, those of this list included', () => {
    expect(assignLeads([null, 'unknown', null, 'bruno'], [present('anna'), present('bruno')], new Map([['anna', 1]]))).toEqual(['anna', 'bruno', 'anna', 'bruno']);
  });

  it('to nobody when nobody is there', () => {
    expect(assignLeads([null, 'anna'], [], new Map())).toEqual([null, null]);
  });

  it('round everybody evenly when no company has a référent', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 40 }), (people, leads) => {
      const there = Array.from({ length: people }, (_, i) => present(`p${i}`));
      const counts = new Map<string | null, number>();
      for (const one of assignLeads(Array<null>(leads).fill(null), there, new Map())) counts.set(one, (counts.get(one) ?? 0) + 1);
      const each = there.map(({ personId }) => counts.get(personId) ?? 0);
      expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
      expect(each.reduce((a, b) => a + b)).toBe(leads);
    }));
  });
});
