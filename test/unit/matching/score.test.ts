import { describe, expect, it } from '@jest/globals';
import { distance } from '@turf/distance';
import fc from 'fast-check';
import { explainPair } from '../../../src/matching/kernel/explain.js';
import { distanceKm, unitVector } from '../../../src/matching/kernel/geodesy.js';
import { NEUTRAL_MODEL, probabilityOf } from '../../../src/matching/kernel/model.js';
import { partsOf } from '../../../src/matching/kernel/parts.js';
import { type Term, TERMS } from '../../../src/matching/kernel/score.js';
import type { KernelInput } from '../../../src/matching/kernel/kernel-input.js';
import { catalogueOf, category, kernelInput, type PlainFlow, plainFlow, substitution, TODAY } from '../../support/kernel-world.js';

const PIPE = [{ upTo: 100, hardKm: 5, softKm: 1 }, { upTo: 1_000, hardKm: 20, softKm: 4 }, { upTo: null, hardKm: 80, softKm: 15 }];

function pair(output: Partial<PlainFlow> = {}, input: Partial<PlainFlow> = {}, rest: Partial<KernelInput> = {}, entry = substitution('chips', 'fuel')): NonNullable<ReturnType<typeof explainPair>['score']> {
  const catalogue = catalogueOf({ categories: [category('chips', { hardDistanceKm: 20_000 }), category('fuel', { hardDistanceKm: 20_000 }), category('heat', { family: 'energy', pipeReach: PIPE })], substitutions: [entry, substitution('heat', 'heat')] });
  const world = kernelInput({ outputs: [plainFlow({ key: 'here/o', category: 'chips', ...output })], inputs: [plainFlow({ key: 'here/i', category: 'fuel', ...input })], catalogue, rest });
  const { score } = explainPair(world, 0, 0);
  if (score === null) throw new Error('The pair has no score');
  return score;
}

describe('distance', () => {
  it("is turf's great-circle distance to a millionth of a metre, poles and date line included", () => {
    const place = fc.tuple(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true }));
    const known: [[number, number], [number, number]][] = [[[90, 0], [89.9, 120]], [[0, 179.9], [0, -179.9]], [[44.0175, 1.355], [44.0175, 1.355]], [[-90, 5], [-90, 99]]];
    fc.assert(fc.property(place, place, ([lat, lon], [lat2, lon2]) => {
      const expected = distance([lon, lat], [lon2, lat2]);
      // Near the antipode both formulas lose digits alike: a unit in the last place of the sine is a metre there.
      const tolerance = expected > 19_000 ? 1e-3 : 1e-9;
      expect(Math.abs(distanceKm(Float64Array.from(unitVector(lat, lon)), 0, Float64Array.from(unitVector(lat2, lon2)), 0) - expected)).toBeLessThanOrEqual(tolerance);
    }), { examples: known, numRuns: 2_000 });
  });
});

describe('score', () => {
  it('starts an ideal pair at the intercept and takes off only what the declared provenance costs', () => {
    const { parts, z } = pair();
    expect(parts.map(({ term }) => term)).toEqual(['start', 'evidence']);
    expect(z).toBeCloseTo(2.2 - 0.5 * 0.2, 12);
  });

  it('works out by hand for a pair that loses something on every term', () => {
    const entry = substitution('chips', 'fuel', { affinity: 0.5, yield: 2, treatment: 'dry', route: 'end-of-waste' });
    const model = { ...NEUTRAL_MODEL, interceptShift: 0.1, territoryOffsets: { here: 0.2 }, groupEffects: { 'chips-to-fuel': 0.3 }, familyEffects: { matter: -0.1 } };
    const { z, features, questions } = pair(
      { latitude: 44.0175 + (30 / 6371.0088) * (180 / Math.PI), quantity: 10, confirmedDay: TODAY - 731, provenance: 3, wasteCode: '030199', codeOrigin: 2 },
      { quantity: 200, months: 0b1111 }, { model }, entry);
    const expected = 2.2 + 0.1 + 0.2 + 0.3 - 0.1 - 2 * Math.LN2 - 1.2 * Math.LN2 - 0.45 * Math.log(10) - 0.35 * (731 / 365.25) - 0.18 * 2 - 0.5 * 0.6 - 0.4 * 1;
    expect(z).toBeCloseTo(expected, 9);
    expect(features).toMatchObject({ affinity: 0.5, openQuestions: 2, commonMonths: 1, provenancePenalty: 0.6, treatmentCost: 1 });
    expect(questions).toEqual(['route:end-of-waste', 'waste-code-weak']);
  });

  it('caps a mismatch of quantities at a hundredfold', () => {
    expect(pair({ quantity: 1 }, { quantity: 1e9 }).z).toBeCloseTo(pair({ quantity: 1 }, { quantity: 100 }).z, 12);
    expect(pair({ quantity: 1e9 }, { quantity: 1 }).z).toBeCloseTo(pair({ quantity: 100 }, { quantity: 1 }).z, 12);
  });

  it('puts an unknown quantity between a good and a bad one, and says so', () => {
    const unknown = pair({ quantity: null });
    expect(unknown.z).toBeLessThan(pair().z);
    expect(unknown.z).toBeGreaterThan(pair({ quantity: 1 }).z);
    expect(unknown.parts.map(({ term }) => term)).toContain('quantity-unknown');
    expect(unknown.features.logNeedOverSupply).toBeNull();
    expect(pair({ months: 0 }).z).toBeLessThan(pair().z);
    expect(pair({ months: 0 }).z).toBeGreaterThan(pair({ months: 0b1 }).z);
  });

  it('never scores less when a pair is nearer, fits better, is fresher, surer or a closer stand-in, whatever the weights', () => {
    const weight = fc.double({ min: 0, max: 5, noNaN: true });
    const weights = fc.record({
      category: weight, distance: weight, small: weight, large: weight, season: weight, age: weight, regulation: weight, evidence: weight, treatment: weight,
      unknownQuantity: weight, unknownMonths: weight,
    });
    const ordered = (min: number, max: number): fc.Arbitrary<[number, number]> =>
      fc.tuple(fc.double({ min, max, noNaN: true }), fc.double({ min, max, noNaN: true })).map(([a, b]): [number, number] => (a <= b ? [a, b] : [b, a]));
    fc.assert(fc.property(weights, ordered(0, 40), ordered(0, 8), ordered(0, 1_000), ordered(0.05, 1), fc.nat(4_095), fc.nat(11), (some, degrees, ratio, days, affinity, mask, month) => {
      const model = { ...NEUTRAL_MODEL, weights: some };
      const z = (output: Partial<PlainFlow>, input: Partial<PlainFlow> = {}, stand = 1): number => pair(output, input, { model }, substitution('chips', 'fuel', { affinity: stand })).z;
      const within = 1e-9;
      expect(z({ latitude: 44.0175 + degrees[0] })).toBeGreaterThanOrEqual(z({ latitude: 44.0175 + degrees[1] }) - within);
      expect(z({ quantity: 100 * Math.exp(ratio[0]) })).toBeGreaterThanOrEqual(z({ quantity: 100 * Math.exp(ratio[1]) }) - within);
      expect(z({ quantity: 100 * Math.exp(-ratio[0]) })).toBeGreaterThanOrEqual(z({ quantity: 100 * Math.exp(-ratio[1]) }) - within);
      expect(z({ confirmedDay: TODAY - Math.floor(days[0]) })).toBeGreaterThanOrEqual(z({ confirmedDay: TODAY - Math.floor(days[1]) }) - within);
      expect(z({}, {}, affinity[1])).toBeGreaterThanOrEqual(z({}, {}, affinity[0]) - within);
      if (mask !== 0) expect(z({ months: mask | (1 << month) })).toBeGreaterThanOrEqual(z({ months: mask }) - within);
    }), { numRuns: 60 });
  });

  it('lets heat go farther with its quantity', () => {
    const heat = (quantity: number | null): number => pair({ category: 'heat', quantity }, { category: 'heat', quantity }).features.softDistanceKm;
    expect([heat(null), heat(100), heat(101), heat(5_000)]).toEqual([1, 1, 4, 15]);
  });

  it('takes the entry with the highest score of several, and the first slug of equal ones', () => {
    const entries = [substitution('chips', 'fuel', { slug: 'b', affinity: 0.9 }), substitution('chips', 'fuel', { slug: 'a', affinity: 0.9 }), substitution('chips', 'fuel', { slug: 'c', affinity: 0.4 })];
    const catalogue = catalogueOf({ categories: [category('chips'), category('fuel')], substitutions: entries });
    const world = kernelInput({ outputs: [plainFlow({ key: 'here/o', category: 'chips' })], inputs: [plainFlow({ key: 'here/i', category: 'fuel' })], catalogue });
    expect(explainPair(world, 0, 0).score?.substitution).toBe('a');
  });

  it('has no probability before the model is calibrated, and one between 0 and 1 after', () => {
    expect(pair().probability).toBeNull();
    expect(probabilityOf(0, { ...NEUTRAL_MODEL, calibration: { slope: 1, intercept: 0, decisions: 200 } })).toBe(0.5);
    expect(probabilityOf(3, { ...NEUTRAL_MODEL, calibration: { slope: 0.5, intercept: -1, decisions: 200 } })).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 12);
  });
});

describe('the waterfall', () => {
  it('shows doubled odds as ten points', () => {
    const terms = Object.fromEntries(TERMS.map((term) => [term, 0])) as Record<Term, number>;
    expect(partsOf({ ...terms, start: Math.LN2, distance: -2 * Math.LN2 })).toEqual({ parts: [{ term: 'start', points: 10 }, { term: 'distance', points: -20 }], points: -10 });
  });
});
