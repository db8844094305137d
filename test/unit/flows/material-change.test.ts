import { describe, expect, it } from '@jest/globals';
import { describeChange, type FlowFacts, quantityMoved } from '../../../src/flows/material-change.js';

const facts: FlowFacts = {
  category: 'brewers-spent-grain', quality: { 'dry-matter': 22 }, wasteCode: '020704', hazardous: false, quantity: 100, minimumLot: null, months: 4095, wish: 'yes',
  withheld: false, reach: 'local', presentOutlet: null, presentCost: null, contractEndsOn: null, confirmedOn: '2026-11-01',
  latitude: 44.02, longitude: 1.35, permitRegime: 'declaration', permitHeadings: ['2791', '2220'], hazardousPermitted: null,
};
const changed = (change: Partial<FlowFacts>): string[] => [...describeChange(facts, { ...facts, ...change }).facts];

describe('a material change', () => {
  it('is none between a flow and itself, whatever the order of its lists', () => {
    expect(describeChange(facts, { ...facts, permitHeadings: ['2220', '2791'] })).toEqual({ facts: new Set(), quantityRatio: 1 });
  });

  it.each<[string, Partial<FlowFacts>]>([
    ['category', { category: 'bark' }], ['quality', { quality: { 'dry-matter': 23 } }], ['quality', { quality: {} }], ['wasteCode', { wasteCode: '020799' }],
    ['hazardous', { hazardous: null }], ['minimumLot', { minimumLot: 5 }], ['months', { months: 1 }], ['wish', { wish: 'no' }], ['withheld', { withheld: true }],
    ['reach', { reach: 'national' }], ['presentOutlet', { presentOutlet: 'compostage' }], ['contract', { presentCost: 12 }], ['contract', { contractEndsOn: '2027-01-01' }],
    ['confirmed', { confirmedOn: '2026-11-20' }], ['place', { latitude: 44.03 }], ['place', { longitude: null }], ['permit', { permitRegime: 'authorisation' }],
    ['permit', { permitHeadings: ['2791'] }], ['permit', { hazardousPermitted: true }],
  ])('names %s alone when only that changed', (fact, change) => {
    expect(changed(change)).toEqual([fact]);
  });

  it('does not take a few metres for a move', () => {
    expect(changed({ latitude: 44.02001 })).toEqual([]);
  });

  it('says by how much a quantity moved, up or down', () => {
    const moved = (quantity: number | null): boolean => quantityMoved(describeChange(facts, { ...facts, quantity }), 0.3);
    expect([130, 129, 70, 71, 100, null].map(moved)).toEqual([true, false, true, false, false, true]);
    expect(describeChange(facts, { ...facts, quantity: 130 }).quantityRatio).toBeCloseTo(1.3);
  });

  it('compares no quantities across categories', () => {
    const change = describeChange(facts, { ...facts, category: 'bark' });
    expect(change.quantityRatio).toBeNull();
    expect(quantityMoved(change, 0.3)).toBe(true);
  });
});
