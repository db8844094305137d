/**
 * The policy: everything an analyst may tune, as one versioned document (MATCHING sections 2, 3, 5). A run keeps the
 * version it used. Shape only; `config/matching-policy.default.json` has the values of version 1 and `parsePolicy`
 * (below) refuses a document that is out of range, naming the field.
 */

/** Weights of MATCHING section 3, all >= 0, in nats (log-odds). */
export interface PolicyWeights {
  category: number;
  distance: number;
  small: number;
  large: number;
  season: number;
  /** Per year since confirmation. */
  age: number;
  /** Per open regulatory question. */
  regulation: number;
  evidence: number;
  treatment: number;
  /** Fixed cost in nats of a pair one of whose quantities is unknown. */
  unknownQuantity: number;
  /** Fixed cost in nats of a pair one of whose month masks is unknown. */
  unknownMonths: number;
}

/** Overrides, leaf before family before default. Absent: the wider level counts. */
export interface PolicyOverride {
  /** Factors on the category's own soft and hard distance; 1 leaves them. */
  softDistanceFactor?: number;
  hardDistanceFactor?: number;
  /** Points (10 = odds doubled) that a pair must reach to be listed. */
  thresholdPoints?: number;
}

export interface Policy {
  weights: PolicyWeights;
  /** b of section 3: log-odds of an ideal pair. */
  intercept: number;
  /** Points a pair must reach to be listed when no threshold with a guarantee exists. */
  thresholdPoints: number;
  /** Pairs below this are not even drawn for the audit slice. */
  auditFloorPoints: number;
  families: Partial<Record<string, PolicyOverride>>;
  categories: Record<string, PolicyOverride>;
  /** Penalty e of section 3 by provenance. */
  provenancePenalty: { unknown: number; measured: number; declared: number; estimated: number; sectorAverage: number };
  /** Treatment cost class c of section 3. */
  treatmentCost: { none: number; sort: number; dry: number; grind: number; clean: number; process: number };
  gates: {
    /** Flows not confirmed for longer are refused. */
    maximumAgeDays: number;
    /** Pairs whose company has no valid confidentiality agreement: hide, or show as "sign first". */
    noAgreement: 'hide' | 'sign-first';
    /** Hazardous output (or hazard unknown and code says so) and a receiver whose permit is not known. */
    hazardPermitUnknown: 'hide' | 'question';
    /** Rings: km of a local, regional and national look; further than the ring is refused. */
    ringKm: { local: number; regional: number; national: number };
  };
  budget: {
    /** Minutes an advisor gives a week, and what a review takes until measured. */
    weeklyMinutes: number;
    reviewMinutes: number;
    /** Above so many open mediations an advisor gets proportionally less. */
    fullLoadMediations: number;
    /** Share of k that is the audit slice (a tenth), at least 1 from k = 5, 2 from k = 10. */
    auditShare: number;
    /** Share of the audit slice's draws that go to the band just below the threshold, and its width in points. */
    auditBandShare: number;
    auditBandPoints: number;
    /** Share of the audit slice drawn among pairs failing exactly one gate of opinion. */
    auditGateShare: number;
  };
  caps: {
    perCompany: number;
    perFlow: number;
    /** Shares of the list. */
    perSubstitution: number;
    wishNotAsked: number;
  };
  /** Weeks worked after which an undecided candidate expires. */
  expiryWeeks: number;
}

interface Range {
  low: number;
  high: number;
  whole?: boolean;
}

const WEIGHT: Range = { low: 0, high: 100 };
const POINTS: Range = { low: -500, high: 500 };
const SHARE: Range = { low: 0, high: 1 };
const FACTOR: Range = { low: 0.01, high: 100 };
const OVERRIDE_RANGES: Record<keyof PolicyOverride, Range> = { softDistanceFactor: FACTOR, hardDistanceFactor: FACTOR, thresholdPoints: POINTS };

/** Shape of the document with the range of each number; choices are lists of words. */
const SHAPE: Record<string, Range | readonly string[] | Record<string, Range | readonly string[] | Record<string, Range>>> = {
  weights: Object.fromEntries(
    ['category', 'distance', 'small', 'large', 'season', 'age', 'regulation', 'evidence', 'treatment', 'unknownQuantity', 'unknownMonths'].map((name) => [name, WEIGHT])),
  intercept: { low: -50, high: 50 },
  thresholdPoints: POINTS,
  auditFloorPoints: POINTS,
  provenancePenalty: Object.fromEntries(['unknown', 'measured', 'declared', 'estimated', 'sectorAverage'].map((name) => [name, WEIGHT])),
  treatmentCost: Object.fromEntries(['none', 'sort', 'dry', 'grind', 'clean', 'process'].map((name) => [name, WEIGHT])),
  gates: {
    maximumAgeDays: { low: 1, high: 36_500, whole: true },
    noAgreement: ['hide', 'sign-first'],
    hazardPermitUnknown: ['hide', 'question'],
    ringKm: { local: { low: 0, high: 21_000 }, regional: { low: 0, high: 21_000 }, national: { low: 0, high: 21_000 } },
  },
  budget: {
    weeklyMinutes: { low: 0, high: 2_400 }, reviewMinutes: { low: 0.1, high: 240 }, fullLoadMediations: { low: 1, high: 1_000, whole: true },
    auditShare: SHARE, auditBandShare: SHARE, auditBandPoints: { low: 0, high: 500 }, auditGateShare: SHARE,
  },
  caps: { perCompany: { low: 1, high: 1_000, whole: true }, perFlow: { low: 1, high: 1_000, whole: true }, perSubstitution: SHARE, wishNotAsked: SHARE },
  expiryWeeks: { low: 1, high: 520, whole: true },
};

/** A policy document that breaks a rule: which field, what was found, what was expected. */
export class PolicyError extends Error {
  constructor(readonly file: string, readonly field: string, readonly found: string, readonly expected: string) {
    super(`${file}: ${field}: found ${found}, expected ${expected}`);
  }
}

/**
 * Checks a policy document.
 * @throws PolicyError for a missing or unknown field, a number out of range, rings that do not widen, an audit floor above the threshold
 */
export function parsePolicy(json: unknown, file: string): Policy {
  const fail = (field: string, found: unknown, expected: string): never => {
    throw new PolicyError(file, field, found === undefined ? 'nothing' : JSON.stringify(found), expected);
  };
  const asObject = (value: unknown, field: string): Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : fail(field || 'the document', value, 'an object');
  const checkNumber = (value: unknown, { low, high, whole }: Range, field: string): void => {
    if (typeof value !== 'number' || !(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
      fail(field, value, `${whole ? 'a whole number' : 'a number'} from ${low} to ${high}`);
    }
  };
  const check = (value: unknown, shape: unknown, field: string): void => {
    if (Array.isArray(shape)) {
      if (!shape.includes(value)) fail(field, value, `one of ${shape.join(', ')}`);
    } else if (isRange(shape)) {
      checkNumber(value, shape, field);
    } else {
      const object = asObject(value, field);
      const parts = shape as Record<string, unknown>;
      const known = field === '' ? [...Object.keys(parts), 'families', 'categories'] : Object.keys(parts);
      for (const name of Object.keys(object)) if (!known.includes(name)) fail(field ? `${field}.${name}` : name, object[name], 'no such field');
      for (const [name, part] of Object.entries(parts)) check(object[name], part, field ? `${field}.${name}` : name);
    }
  };
  check(json, SHAPE, '');
  const policy = json as Policy;
  for (const level of ['families', 'categories'] as const) {
    for (const [slug, override] of Object.entries(asObject(policy[level], level))) {
      for (const [name, value] of Object.entries(asObject(override, `${level}.${slug}`))) {
        const range = OVERRIDE_RANGES[name as keyof PolicyOverride];
        if (range === undefined) fail(`${level}.${slug}.${name}`, value, `one of ${Object.keys(OVERRIDE_RANGES).join(', ')}`);
        checkNumber(value, range, `${level}.${slug}.${name}`);
      }
    }
  }
  const { local, regional, national } = policy.gates.ringKm;
  if (local > regional || regional > national) fail('gates.ringKm', policy.gates.ringKm, 'local ≤ regional ≤ national');
  if (policy.auditFloorPoints > policy.thresholdPoints) fail('auditFloorPoints', policy.auditFloorPoints, `at most thresholdPoints (${policy.thresholdPoints})`);
  return policy;
}

function isRange(shape: unknown): shape is Range {
  return typeof (shape as Range).low === 'number' && typeof (shape as Range).high === 'number';
}
