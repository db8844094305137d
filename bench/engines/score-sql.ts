import { DAYS_PER_YEAR, EARTH_KM, RATIO_CAP, type Work } from '../work.js';

/** Where two SQL dialects part. */
export interface Dialect {
  bitCount(mask: string): string;
  isIn(value: string, list: string): string;
}

/**
 * Pieces of the SQL that all databases share. Aliases: `o` outputs, `e` entries, `i` inputs, `r` the reach of an output by an
 * entry (`reach_km`, `reach2`, `soft`, `hard`).
 */
export function scoreSql({ kernel: { weights, asOfDay }, floor }: Work, { bitCount, isIn }: Dialect) {
  const w = weights;
  const d2 = '((o.x - i.x) * (o.x - i.x) + (o.y - i.y) * (o.y - i.y) + (o.z - i.z) * (o.z - i.z))';
  const km = `(${2 * EARTH_KM} * asin(least(1, sqrt(${d2}) / 2)))`;
  const gap = `greatest(${-RATIO_CAP}, least(${RATIO_CAP}, ln(i.q / (e.yield * o.q))))`;
  const distanceRoom = w.distance > 0 ? `r0.soft * (exp(least(100, r0.room / ${w.distance})) - 1)` : '1e9';
  return {
    /** Columns of `r0` on outputs and entries, and of `r` on `r0`: the farthest that an input can be and still be listed. */
    reachColumns: `coalesce(o.pipe_soft, e.soft) AS soft, coalesce(o.pipe_hard, e.hard) AS hard, e.best - o.own_loss - (${floor}) AS room`,
    reachKm: `least(r0.hard, ${distanceRoom}) * (1 + 1e-9) + 1e-6`,
    squaredChord: (reach: string): string => `power(2 * sin(least(${reach}, ${Math.PI * EARTH_KM}) / ${2 * EARTH_KM}), 2)`,
    degreesHigh: (reach: string): string => `(${reach} * ${180 / Math.PI / EARTH_KM})`,
    degreesWide: (reach: string): string => `(${180 / Math.PI} * asin(least(1, sin(least(${reach} / ${EARTH_KM}, ${Math.PI / 2})) / cos(radians(o.lat)))))`,
    d2, km,
    /** Every gate between two flows; the cheap ones that remove most come first. */
    gates: [
      `${d2} <= r.reach2`, `${d2} <= i.ring2`, 'e.constants[i.variant] IS NOT NULL', 'o.owner <> i.owner',
      `(i.pipe_hard IS NULL OR o.pipe_hard IS NOT NULL OR ${km} <= i.pipe_hard * e.hard_factor)`,
      '(o.months = 0 OR i.months = 0 OR (o.months & i.months) <> 0)',
      'NOT coalesce(o.pooled * e.yield < i.lot, false)', 'NOT coalesce(i.pooled < o.lot * e.yield, false)',
      `(o.blocked IS NULL OR NOT ${isIn('i.i', 'o.blocked')})`,
    ].join('\n        AND '),
    score: `e.constants[i.variant] - ${w.distance} * ln(1 + ${km} / coalesce(o.pipe_soft, i.pipe_soft * e.soft_factor, e.soft))
          - CASE WHEN o.q IS NULL OR i.q IS NULL THEN ${w.unknownQuantity} WHEN i.q > e.yield * o.q THEN ${w.small} * ${gap} ELSE ${-w.large} * ${gap} END
          - CASE WHEN o.months = 0 OR i.months = 0 THEN ${w.unknownMonths} ELSE ${w.season} * (1 - ${bitCount('(o.months & i.months)')}::float8 / ${bitCount('i.months')}) END
          - ${w.age} * greatest(0, ${asOfDay} - least(o.day, i.day)) / ${DAYS_PER_YEAR} - ${w.evidence} * greatest(o.penalty, i.penalty)
          - CASE WHEN o.q * e.yield < i.lot OR i.q < o.lot * e.yield THEN ${w.regulation} ELSE 0 END`,
  };
}
