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
