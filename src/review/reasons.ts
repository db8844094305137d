import type { LiftRule } from '../matching/pair-block.js';

/** What a reason teaches the ranking: the factor that it speaks of; `none`: nothing that data could have told. */
export type QualityFactor = 'category' | 'distance' | 'volume' | 'season' | 'regulation' | 'none';

/** How long a rejected pair stays away (MATCHING section 6). */
export type Afterwards =
  | { until: 'change'; anyOf: readonly LiftRule[] }
  | { until: 'for-good' }
  | { until: 'next-week' }
  /** Months, or earlier when one of the facts changes. */
  | { until: 'months'; months: number; unless: readonly LiftRule[] };

export interface Reason {
  slug: string;
  /** The one key that chooses it, lower case. */
  key: string;
  factor: QualityFactor;
  /** The data could have told: counts against knowable precision. */
  qualitySignal: boolean;
  afterwards: Afterwards;
  /** A rejection for it asks somebody to look at the data again. */
  opensDataTask: boolean;
  /** Said about people, not about flows: never a company score, and others see only that the pair was discussed. */
  discreet: boolean;
  commentRequired: boolean;
}

const untilChange = (...anyOf: LiftRule[]): Afterwards => ({ until: 'change', anyOf });
const forMonths = (months: number, ...unless: LiftRule[]): Afterwards => ({ until: 'months', months, unless });
const FOR_GOOD: Afterwards = { until: 'for-good' };

const CATEGORY = untilChange('category', 'quality', 'code');
const DISTANCE = untilChange('place', 'radius');
const VOLUME = untilChange('quantity');
const SEASON = untilChange('months');
const REGULATION = untilChange('code', 'permit', 'route');

function reason(slug: string, key: string, factor: QualityFactor, afterwards: Afterwards, more: Partial<Pick<Reason, 'opensDataTask' | 'discreet' | 'commentRequired'>> = {}): Reason {
  return { slug, key, factor, qualitySignal: factor !== 'none', afterwards, opensDataTask: false, discreet: false, commentRequired: false, ...more };
}

/** The closed list. Slugs are stable: they are stored with decisions. */
export const REASONS: readonly Reason[] = [
  reason('wrong-substance', 'm', 'category', CATEGORY),
  reason('wrong-form', 'f', 'category', CATEGORY),
  reason('contaminated', 'c', 'category', CATEGORY),
  reason('sanitary', 's', 'category', CATEGORY),
  reason('too-far', 'd', 'distance', DISTANCE),
  reason('too-small', 'p', 'volume', VOLUME),
  reason('too-large', 'g', 'volume', VOLUME),
  reason('timing', 't', 'season', SEASON),
  reason('regulatory-status', 'l', 'regulation', REGULATION),
  reason('receiver-not-permitted', 'i', 'regulation', REGULATION),
  reason('better-outlet', 'b', 'none', forMonths(6, 'confirmed'), { opensDataTask: true }),
  reason('data-stale', 'v', 'none', forMonths(6, 'confirmed'), { opensDataTask: true }),
  reason('already-known', 'k', 'none', FOR_GOOD),
  reason('duplicate', 'u', 'none', FOR_GOOD),
  reason('not-interested', 'n', 'none', forMonths(12), { discreet: true }),
  reason('relationship', 'r', 'none', forMonths(12), { discreet: true }),
  reason('competitors', 'x', 'none', forMonths(12), { discreet: true }),
  reason('confidential', 'z', 'none', forMonths(12), { discreet: true }),
  reason('no-time', 'h', 'none', { until: 'next-week' }),
  reason('other', 'o', 'none', forMonths(3), { commentRequired: true }),
];

const BY_SLUG: ReadonlyMap<string, Reason> = new Map(REASONS.map((entry) => [entry.slug, entry]));

/** The reason of this slug; undefined: not of the list. */
export function reasonOf(slug: string): Reason | undefined {
  return BY_SLUG.get(slug);
}
