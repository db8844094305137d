import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explainPair } from '../../../../src/matching/kernel/explain.js';
import { RADIUS_KM } from '../../../../src/matching/kernel/geodesy.js';
import { fillPooled } from '../../../../src/matching/kernel/pool.js';
import { WISH } from '../../../../src/matching/kernel/snapshot.js';
import { catalogueOf, category, kernelInput, type PlainFlow, plainFlow, substitution } from '../../../support/kernel-world.js';

const CATALOGUE = catalogueOf({ categories: [category('slag', { softDistanceKm: 20.5 }), category('cement', { softDistanceKm: 20.5 })], substitutions: [substitution('slag', 'cement', { yield: 0.5 })] });
const north = (km: number): number => 44.0175 + km / 111.195;
const slag = (key: string, km: number, quantity: number | null, rest: Partial<PlainFlow> = {}): PlainFlow => plainFlow({ key, category: 'slag', latitude: north(km), quantity, ...rest });

function world(outputs: PlainFlow[], inputs: PlainFlow[]) {
  const input = kernelInput({ outputs, inputs, catalogue: CATALOGUE });
  fillPooled(input.snapshot, input.snapshot.categories.map((slug) => CATALOGUE.categories.find((one) => one.slug === slug) ?? category(slug)), CATALOGUE.substitutions);
  return input;
}

describe('what flows bring to a smallest lot together', () => {
  const works = plainFlow({ key: 'works', category: 'cement', minimumLot: 100 });

  it('is the sum over the neighbours within the soft distance that may be matched themselves', () => {
    const { outputs } = world([
      slag('a', 0, 60), slag('b', 15, 70), slag('c', 30, 80), slag('d', 90, 500), slag('e', 1, null), slag('f', 1, 1000, { wish: WISH.no }), slag('g', 1, 1000, { withheld: true }),
      slag('h', 1, 1000, { agreement: false }), slag('i', 1, 1000, { territory: 'there' }),
    ], [works]).snapshot;
    // Asked are 100 of cement, 200 of slag: d and the withheld need nobody, and no more is worked out for them.
    expect([...outputs.pooled]).toEqual([130, 210, 150, 500, NaN, 1000, 1000, 1000, 1000]);
  });

  it('is the quantity alone where nobody asks for a lot', () => {
    expect([...world([slag('a', 0, 60), slag('b', 1, 70)], [plainFlow({ key: 'works', category: 'cement' })]).snapshot.outputs.pooled]).toEqual([60, 70]);
  });

  it('lets a pair past the gate that is too small alone, with a question, and no other', () => {
    const input = world([slag('a', 0, 60), slag('b', 15, 70), slag('c', 30, 80), slag('d', 90, 500)], [works]);
    const explained = [0, 1, 2, 3].map((output) => explainPair(input, output, 0));
    expect(explained.map(({ gates }) => gates)).toEqual([['minimum-lot'], [], ['minimum-lot'], []]);
    expect(explained.map(({ score }) => score?.questions)).toEqual([['minimum-lot-pooled'], ['minimum-lot-pooled'], ['minimum-lot-pooled'], []]);
  });

  it('counts needs together as it counts outputs', () => {
    const needs = [0, 5].map((km) => plainFlow({ key: `n${km}`, category: 'cement', latitude: north(km), quantity: 30 }));
    const input = world([slag('a', 0, 500, { minimumLot: 100 })], needs);
    expect([...input.snapshot.inputs.pooled]).toEqual([60, 60]);
    expect(explainPair(input, 0, 0).gates).toEqual([]);
  });

  it('is never less than the quantity, and never more than all of the category', () => {
    const flows = fc.array(fc.record({ km: fc.integer({ min: 0, max: 80 }), quantity: fc.option(fc.integer({ min: 1, max: 150 })), wish: fc.integer({ min: 0, max: 3 }) }), { minLength: 1, maxLength: 25 });
    fc.assert(fc.property(flows, (list) => {
      const { outputs } = world(list.map(({ km, quantity, wish }, at) => slag(`o${String(at).padStart(2, '0')}`, km, quantity, { wish })), [works]).snapshot;
      outputs.pooled.forEach((pooled, at) => {
        const near = list.filter((one, other) => other === at || (Math.abs(one.km - list[at].km) <= 20 && (one.wish === 1 || one.wish === 2))).reduce((sum, { quantity }) => sum + (quantity ?? 0), 0);
        if (list[at].quantity === null) expect(pooled).toBeNaN();
        else if (list[at].wish === 1 || list[at].wish === 2) expect(pooled).toBe(near);
        else expect(pooled).toBe(list[at].quantity);
      });
    }), { numRuns: 100, seed: 20_261_129 });
  });

  it('is added up in the order of the first axis, to the last bit, wherever the flows are', () => {
    const degrees = fc.double({ min: -0.3, max: 0.3, noNaN: true });
    const flows = fc.array(fc.record({ latitude: degrees, longitude: degrees, quantity: fc.double({ min: 0.001, max: 300, noNaN: true }) }), { minLength: 1, maxLength: 30 });
    fc.assert(fc.property(flows, (list) => {
      const { outputs } = world(list.map(({ latitude, longitude, quantity }, at) =>
        plainFlow({ key: `o${String(at).padStart(2, '0')}`, category: 'slag', latitude: 44 + latitude, longitude: 1 + longitude, quantity })), [works]).snapshot;
      const place = (at: number): number[] => [...outputs.place.subarray(3 * at, 3 * at + 3)];
      const chord = 2 * Math.sin(20.5 / RADIUS_KM / 2);
      const inOrder = list.map((_, at) => at).sort((one, other) => place(one)[0] - place(other)[0] || one - other);
      list.forEach(({ quantity }, at) => {
        const near = inOrder.filter((other) => {
          const [dx, dy, dz] = place(other).map((value, axis) => value - place(at)[axis]);
          return dx * dx + dy * dy + dz * dz <= chord * chord;
        });
        expect(outputs.pooled[at]).toBe(quantity >= 200 ? quantity : near.reduce((sum, other) => sum + list[other].quantity, 0));
      });
    }), { numRuns: 200, seed: 20_261_130 });
  });
});
