import { POINTS_PER_NAT, sumOf, type Term, TERMS } from './score.js';

/** A bar of the waterfall. */
export interface Part {
  term: Term;
  /** One decimal; all parts of a pair add up to its points exactly. */
  points: number;
}

/**
 * Terms in nats as bars in points (10 points: odds doubled), rounded to tenths by largest remainder, so that what is
 * shown adds up to the total that is shown. Terms that are nothing are left out, but never the start.
 */
export function partsOf(terms: Record<Term, number>): { parts: Part[]; points: number } {
  const tenths = TERMS.map((term) => ({ term, exact: terms[term] * POINTS_PER_NAT * 10 }));
  const total = Math.round(sumOf(terms) * POINTS_PER_NAT * 10);
  const rounded = tenths.map(({ term, exact }) => ({ term, whole: Math.floor(exact), rest: exact - Math.floor(exact) }));
  const missing = total - rounded.reduce((sum, { whole }) => sum + whole, 0);
  const byRest = [...rounded].sort((a, b) => b.rest - a.rest || TERMS.indexOf(a.term) - TERMS.indexOf(b.term));
  byRest.forEach((part, at) => {
    part.whole += at < missing ? 1 : 0;
  });
  const parts = rounded.map(({ term, whole }) => ({ term, points: withoutMinus(whole / 10) }));
  return { parts: parts.filter(({ term, points }) => term === 'start' || points !== 0), points: withoutMinus(total / 10) };
}

/** "−0" would be shown as such. */
function withoutMinus(value: number): number {
  return value === 0 ? 0 : value;
}
