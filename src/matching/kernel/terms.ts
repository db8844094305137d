/**
 * The terms of MATCHING section 3 as functions of plain numbers, in nats. The explanation of one pair and the search over
 * all of them call these same functions, so that they agree to the last bit. NaN stands for unknown.
 *
 * Every term is ≤ 0 and falls with its raw value: that is what lets the search bound a whole box of inputs by the best
 * raw values in it. A term that could rise would break the search, and the tests that compare it with all pairs.
 */

/** |ln of a quantity ratio| counts up to a hundredfold. */
export const RATIO_CAP = Math.log(100);
const DAYS_PER_YEAR = 365.25;

/** Number of months in a mask of 12. */
const MONTHS = Uint8Array.from({ length: 4096 }, (_, mask) => {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
});

export function categoryTerm(weight: number, affinity: number): number {
  return weight * Math.log(affinity);
}

export function distanceTerm(weight: number, km: number, softKm: number): number {
  return -weight * Math.log(1 + km / softKm);
}

/** ln(need ÷ (yield · supply)), cut at a hundredfold either way; positive: the output is too small; NaN: a quantity is unknown. */
export function logNeedOverSupply(need: number, yieldOf: number, supply: number): number {
  return Math.max(-RATIO_CAP, Math.min(RATIO_CAP, Math.log(need / (yieldOf * supply))));
}

export function smallTerm(weight: number, gap: number): number {
  return gap > 0 ? -weight * gap : 0;
}

export function largeTerm(weight: number, gap: number): number {
  return gap < 0 ? weight * gap : 0;
}

export function unknownQuantityTerm(weight: number, gap: number): number {
  return Number.isNaN(gap) ? -weight : 0;
}

/** Share of the need's months in which the output is there; NaN when either mask is unknown (0). */
export function shareOfMonths(outputMask: number, inputMask: number): number {
  return outputMask === 0 || inputMask === 0 ? NaN : MONTHS[outputMask & inputMask] / MONTHS[inputMask];
}

export function seasonTerm(weight: number, unknownWeight: number, share: number): number {
  return Number.isNaN(share) ? -unknownWeight : -weight * (1 - share);
}

/** Years since the older of two confirmations; one in the future counts as today's. */
export function yearsSince(asOfDay: number, outputDay: number, inputDay: number): number {
  return Math.max(0, asOfDay - Math.min(outputDay, inputDay)) / DAYS_PER_YEAR;
}

/** Age, open questions, provenance and treatment: so much for each unit. */
export function perUnitTerm(weight: number, units: number): number {
  return -weight * units;
}
