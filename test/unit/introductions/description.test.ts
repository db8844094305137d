import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coarsen, type CoarseDescription, type DescribedSide, FITTING_WANTED, type KnownSite } from '../../../src/introductions/description.js';

/** Divisions 10 and 11 are of section C, 46 of G; the rest of the world has no section. */
const sectionOf = (naf: string): string => ({ 10: 'C', 11: 'C', 46: 'G' })[Number(naf.slice(0, 2))] ?? '';

const naf = fc.constantFrom('1051C', '1051A', '1052Z', '1013A', '1105Z', '1102A', '4621Z', '9999Z');
const distanceKm = fc.oneof(fc.double({ min: 0, max: 60, noNaN: true }), fc.constantFrom(0, 5, 10, 40));
const quantity = fc.oneof(fc.double({ min: 0.01, max: 20_000, noNaN: true }), fc.constantFrom(1, 2, 10, 999.9999, 1000));
const side: fc.Arbitrary<DescribedSide> = fc.record({ naf: fc.option(naf, { freq: 8 }), distanceKm: fc.option(distanceKm, { freq: 8 }), quantity: fc.option(quantity) });
const knownSite: fc.Arbitrary<KnownSite> = side.chain((told) => fc.integer({ min: 1, max: 30 }).map((company) => ({ ...told, companyId: `c${company}` })));
const world = fc.record({ described: side, others: fc.array(knownSite, { maxLength: 60 }) }).map(({ described, others }) => ({ described, known: [{ ...described, companyId: 'described' }, ...others] }));

/** Written anew, as a reader with a list of all companies in hand would go through it. */
function fits(site: DescribedSide, told: CoarseDescription): boolean {
  const rightActivity = told.activity === '' || (site.naf !== null && (site.naf.startsWith(told.activity) || sectionOf(site.naf) === told.activity));
  const rightPlace = told.distance === null || (site.distanceKm !== null && told.distance.fromKm <= site.distanceKm && site.distanceKm < told.distance.toKm);
  const possibleSize = told.quantity === null || site.quantity === null || (told.quantity.from <= site.quantity && site.quantity < told.quantity.to);
  return rightActivity && rightPlace && possibleSize;
}

const isBroadest = (told: CoarseDescription): boolean => told.activity === '' && told.distance === null && told.quantity === null;

/** A number a level, the larger the broader. */
function breadth(told: CoarseDescription): [number, number, number] {
  const activity = /^[A-Z]$/.test(told.activity) ? 4 : told.activity === '' ? 5 : 5 - told.activity.length;
  return [activity, told.distance === null ? Infinity : told.distance.toKm - told.distance.fromKm, told.quantity === null ? Infinity : Math.round((told.quantity.to / told.quantity.from) * 10)];
}

describe('the description of the other side', () => {
  it('always holds for the side that it describes', () => {
    fc.assert(fc.property(world, ({ described, known }) => { expect(fits(described, coarsen(described, known, sectionOf))).toBe(true); }), { numRuns: 500 });
  });

  it('says how many companies fit it, each counted once', () => {
    fc.assert(fc.property(world, ({ described, known }) => {
      const told = coarsen(described, known, sectionOf);
      expect(told.fitting).toBe(new Set(known.filter((site) => fits(site, told)).map(({ companyId }) => companyId)).size);
    }), { numRuns: 500 });
  });

  it('fits at least as many as wanted, or says nothing at all and how few there are', () => {
    fc.assert(fc.property(world, fc.integer({ min: 1, max: 12 }), ({ described, known }, wanted) => {
      const told = coarsen(described, known, sectionOf, wanted);
      if (told.fitting < wanted) expect(isBroadest(told)).toBe(true);
    }), { numRuns: 500 });
  });

  it('is never broader than need be: sharper by one step on one axis, too few would fit', () => {
    fc.assert(fc.property(world, ({ described, known }) => {
      const told = coarsen(described, known, sectionOf);
      const count = (sharper: CoarseDescription): number => new Set(known.filter((site) => fits(site, sharper)).map(({ companyId }) => companyId)).size;
      if (told.distance !== null && told.distance.toKm - told.distance.fromKm > 5 && described.distanceKm !== null) {
        const width = (told.distance.toKm - told.distance.fromKm) / 2;
        const fromKm = Math.floor(described.distanceKm / width) * width;
        expect(count({ ...told, distance: { fromKm, toKm: fromKm + width } })).toBeLessThan(FITTING_WANTED);
      }
      if (/^\d{2,4}$/.test(told.activity) && described.naf !== null) expect(count({ ...told, activity: described.naf.slice(0, told.activity.length + 1) })).toBeLessThan(FITTING_WANTED);
    }), { numRuns: 500 });
  });

  it('never becomes broader because more sites are known', () => {
    fc.assert(fc.property(world, fc.array(knownSite, { maxLength: 20 }), ({ described, known }, more) => {
      const before = coarsen(described, known, sectionOf);
      const after = coarsen(described, [...known, ...more], sectionOf);
      // Not broader as a whole: it may trade one axis for another, but it is never broader on one and equal on the others.
      const pairs = breadth(after).map((width, axis) => [width, breadth(before)[axis]] as const);
      expect(pairs.some(([now, then]) => now > then) && pairs.every(([now, then]) => now >= then)).toBe(false);
      if (before.fitting >= FITTING_WANTED) expect(after.fitting).toBeGreaterThanOrEqual(FITTING_WANTED);
    }), { numRuns: 500 });
  });

  it('tells no more of a value than its band: another value in the narrowest band gives the very same description', () => {
    fc.assert(fc.property(world, fc.double({ min: 0, max: 0.999, noNaN: true }), ({ described, known }, share) => {
      const moved = {
        ...described,
        distanceKm: described.distanceKm === null ? null : Math.floor(described.distanceKm / 5) * 5 + 5 * share,
        quantity: described.quantity === null ? null : elsewhereInItsStep(described.quantity, share),
      };
      expect(coarsen(moved, [{ ...moved, companyId: 'described' }, ...known.slice(1)], sectionOf)).toEqual(coarsen(described, known, sectionOf));
    }), { numRuns: 500 });
  });

  it('has its bands on one grid for all', () => {
    fc.assert(fc.property(world, ({ described, known }) => {
      const { distance, quantity: size } = coarsen(described, known, sectionOf);
      if (distance !== null) {
        expect([5, 10, 20, 40]).toContain(distance.toKm - distance.fromKm);
        expect(distance.fromKm % (distance.toKm - distance.fromKm)).toBe(0);
      }
      if (size !== null) for (const edge of [size.from, size.to]) expect(edge.toExponential()).toMatch(/^[125]e/);
    }));
  });

  const dairies = (count: number): KnownSite[] => Array.from({ length: count }, (_, index) => ({ companyId: `d${index}`, naf: '1051C', distanceKm: 12, quantity: null }));

  it('is sharp where many are alike', () => {
    expect(coarsen({ naf: '1051C', distanceKm: 12, quantity: 320 }, dairies(5), sectionOf)).toEqual({ activity: '1051C', distance: { fromKm: 10, toKm: 15 }, quantity: { from: 200, to: 500 }, fitting: 5 });
  });

  it('gives up the fine activity before distance and size', () => {
    const bakers = dairies(4).map((site, index) => ({ ...site, companyId: `b${index}`, naf: '1071A' }));
    expect(coarsen({ naf: '1051C', distanceKm: 12, quantity: 320 }, [...dairies(1), ...bakers], sectionOf)).toEqual({ activity: '10', distance: { fromKm: 10, toKm: 15 }, quantity: { from: 200, to: 500 }, fitting: 5 });
  });

  it('does not count a site of unknown activity or place among those that fit a stated one, but one of unknown quantity', () => {
    const vague = [...dairies(4), { companyId: 'x', naf: null, distanceKm: 12, quantity: null }, { companyId: 'y', naf: '1051C', distanceKm: null, quantity: null }];
    expect(coarsen({ naf: '1051C', distanceKm: 12, quantity: 320 }, vague, sectionOf)).toMatchObject({ activity: '', distance: { fromKm: 10, toKm: 15 }, quantity: { from: 200, to: 500 }, fitting: 5 });
  });

  it('says nothing of a side that almost nobody is like, and that almost nobody is', () => {
    expect(coarsen({ naf: '1051C', distanceKm: 12, quantity: 320 }, dairies(3), sectionOf)).toEqual({ activity: '', distance: null, quantity: null, fitting: 3 });
  });
});

/** Another value between the same marks of 1, 2, 5, 10. */
function elsewhereInItsStep(value: number, share: number): number {
  const marks = [-3, -2, -1, 0, 1, 2, 3, 4, 5].flatMap((power) => [`1e${power}`, `2e${power}`, `5e${power}`].map(Number));
  const index = marks.findIndex((mark) => mark > value) - 1;
  return marks[index] + (marks[index + 1] - marks[index]) * share;
}
