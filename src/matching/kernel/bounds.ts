/**
 * What the searches' bounds have in common: a bound must never come out below what it bounds, by rounding either.
 */

/**
 * More than all rounding of a bound taken together (terms stay below 10⁴ nats, a double's step there is 10⁻¹²), and far
 * below any difference that matters: a bound that is this much too high is still a bound.
 */
export const SLACK = 1e-9;
/** The same for squared chords, as a factor. */
export const WIDER = 1 + 1e-9;

/**
 * ln(1 + v) or less, for v ≥ 0, without a logarithm: 3v(2 + v) / (v² + 6v + 6), its Padé approximant [2/2]. At v = 0 both are 0,
 * and the derivative of the difference, v⁴ / ((1 + v)(v² + 6v + 6)²), is never negative.
 */
export function leastLog(v: number): number {
  return (3 * v * (2 + v)) / (v * (6 + v) + 6);
}
