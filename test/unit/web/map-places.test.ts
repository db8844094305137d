import { describe, expect, it } from '@jest/globals';
import { distance } from '@turf/distance';
import fc from 'fast-check';
import { circleAround, firstView, viewsOf } from '../../../web/src/map/places.js';

const MONTAUBAN: [number, number] = [1.3529, 44.0221];
const reach = (softKm: number, hardKm: number): { softKm: number; hardKm: number } => ({ softKm, hardKm });

describe('the circle of a reach', () => {
  it('is as far from its middle in every direction as it says, and closed', () => {
    const place = fc.tuple(fc.double({ min: -5, max: 9, noNaN: true }), fc.double({ min: 41, max: 51, noNaN: true }));
    fc.assert(fc.property(place, fc.double({ min: 0.1, max: 900, noNaN: true }), (middle, km) => {
      const circle = circleAround(middle, km);
      expect(circle[0]).toEqual(circle.at(-1));
      for (const corner of circle) expect(Math.abs(distance(middle, corner) / km - 1)).toBeLessThan(1e-4);
    }));
  });
});

describe('the first view of a lead', () => {
  const places = { output: MONTAUBAN, input: [1.3529, 44.1121] as [number, number] };

  it('is the widest circle in which the two sites, 10 km apart, can still be told apart', () => {
    const views = viewsOf(places, reach(30, 100));
    expect(firstView(places, reach(20, 50), 10)).toEqual(viewsOf(places, reach(20, 50)).hard);
    expect(firstView(places, reach(30, 100), 10)).toEqual(views.soft);
    expect(firstView(places, reach(60, 100), 10)).toEqual(views.sites);
    expect(firstView(places, null, 10)).toEqual(views.sites);
  });

  it('has both sites in it, also when the lead was taken past its largest distance', () => {
    const [west, south, east, north] = firstView(places, reach(1, 3), 10);
    for (const [x, y] of [places.output, places.input]) expect([x >= west, x <= east, y >= south, y <= north]).toEqual([true, true, true, true]);
  });
});
