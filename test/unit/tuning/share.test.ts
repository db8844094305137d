import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clopperPearson, ENOUGH, shareOf } from '../../../src/tuning/share.js';

const judged = fc.integer({ min: 1, max: 400 }).chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)));

describe('a Clopper–Pearson interval', () => {
  it.each([
    // From the Beta quantiles that define it: qbeta(.025, k, n-k+1), qbeta(.975, k+1, n-k).
    [0, 10, 0, 0.3085], [7, 10, 0.3475, 0.9333], [10, 10, 0.6915, 1], [1, 1, 0.025, 1], [13, 50, 0.1463, 0.4034],
  ])('of %i in %i is %d to %d', (successes, of, low, high) => {
    const interval = clopperPearson(successes, of);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds the share, mirrors with the failures, and narrows at a lower level', () => {
    fc.assert(fc.property(judged, ([successes, of]) => {
      const { low, high } = clopperPearson(successes, of);
      expect(low).toBeLessThanOrEqual(successes / of);
      expect(high).toBeGreaterThanOrEqual(successes / of);
      const mirrored = clopperPearson(of - successes, of);
      expect(mirrored.low).toBeCloseTo(1 - high, 9);
      const wide = clopperPearson(successes, of, 0.99);
      expect(wide.low).toBeLessThanOrEqual(low + 1e-12);
      expect(wide.high).toBeGreaterThanOrEqual(high - 1e-12);
    }));
  });

  it('misses the true share no more often than it says, whatever the share', () => {
    // Exact coverage: the chances of all outcomes whose interval holds p.
    for (const p of [0.03, 0.2, 0.5, 0.77]) {
      const of = 25;
      let chance = (1 - p) ** of;
      let covered = 0;
      for (let k = 0; k <= of; k += 1) {
        const { low, high } = clopperPearson(k, of);
        if (low <= p && p <= high) covered += chance;
        chance *= ((of - k) / (k + 1)) * (p / (1 - p));
      }
      expect(covered).toBeGreaterThanOrEqual(0.95);
    }
  });
});

describe('a share', () => {
  it('is told from ten judged ones on, and says how many are missing before', () => {
    expect(shareOf(2, 4)).toEqual({ successes: 2, of: 4, share: null, low: null, high: null, missing: ENOUGH - 4 });
    expect(shareOf(0, 0).missing).toBe(ENOUGH);
    expect(shareOf(5, 10)).toMatchObject({ share: 0.5, missing: 0 });
  });
});
