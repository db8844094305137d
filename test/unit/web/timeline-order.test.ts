import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atOnce, inOrder } from '../../../web/src/introductions/timeline-order.js';

const entry = (day: string, recordedAt: string, what = ''): { day: string; recordedAt: string; what: string } => ({ day, recordedAt, what });

describe('the order of a timeline', () => {
  it('is by day, then by the time of writing: a call of Monday that is noted on Wednesday stands on Monday, after what Monday wrote', () => {
    const told = inOrder([
      entry('2026-11-25', '2026-11-25T09:00:00.000Z', 'réponse'), entry('2026-11-23', '2026-11-25T08:00:00.000Z', 'appel noté après coup'), entry('2026-11-23', '2026-11-23T10:00:00.000Z', 'ouverte'),
      entry('2026-11-25', '2026-11-25T07:00:00.000Z', 'texte envoyé'),
    ]);
    expect(told.map(({ what }) => what)).toEqual(['ouverte', 'appel noté après coup', 'texte envoyé', 'réponse']);
  });

  it('leaves what was written at one time as it was given, and loses nothing', () => {
    const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
    fc.assert(fc.property(fc.array(moment), (moments) => {
      const entries = moments.flatMap((at, place) => [{ ...atOnce(at), place, half: 0 }, { ...atOnce(at), place, half: 1 }]);
      const sorted = inOrder(entries);
      expect(sorted).toHaveLength(entries.length);
      for (const place of moments.keys()) expect(sorted.filter((one) => one.place === place).map(({ half }) => half)).toEqual([0, 1]);
      for (let at = 1; at < sorted.length; at += 1) expect(sorted[at - 1].recordedAt <= sorted[at].recordedAt).toBe(true);
    }));
  });
});
