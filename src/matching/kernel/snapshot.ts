/**
 * What a run reads, as typed arrays (structure of arrays). A snapshot is complete and immutable: with the policy, the
 * model, the knowledge, the blocks, the budget, the seed and `asOf` it determines the weekly list to the byte (promise P4).
 *
 * Rows are sorted by natural key before they get here, so that "the smaller index" is a tie-break that never depends
 * on a generated id.
 */

/** "Unknown" is a value of its own: NaN in float arrays, these codes in the small ones. */
export const UNKNOWN = 0;

export const WISH = { unknown: 0, yes: 1, notAsked: 2, no: 3 } as const;
export const HAZARD = { unknown: 0, no: 1, yes: 2 } as const;
/** Whether the receiving site may take hazardous matter. */
export const PERMIT = { unknown: 0, permitted: 1, notPermitted: 2 } as const;
export const PROVENANCE = { unknown: 0, measured: 1, declared: 2, estimated: 3, sectorAverage: 4 } as const;
export const CODE_ORIGIN = { none: 0, suggested: 1, declared: 2, advisor: 3 } as const;
/** How far a need looks: rings of MATCHING section 5. */
export const REACH = { local: 0, regional: 1, national: 2 } as const;

/** One side (all outputs, or all inputs). Every array has length `count` unless said otherwise. */
export interface FlowArrays {
  count: number;
  /** Unit vector of the site on the sphere, `count * 3`: x, y, z. */
  place: Float64Array;
  /** Index into `Snapshot.categories`. */
  category: Uint16Array;
  /** Base unit of the category a year; NaN unknown. */
  quantity: Float64Array;
  /** Smallest lot that the other side must bring, same unit; NaN none. */
  minimumLot: Float64Array;
  /**
   * What the flow can bring to a smallest lot together with its neighbours (`pool.ts`), same unit, at least `quantity`; the
   * quantity itself where nobody asks for more; NaN unknown.
   */
  pooled: Float64Array;
  /** Bit 0 January … bit 11 December; 0 unknown. */
  months: Uint16Array;
  hazard: Uint8Array;
  /** Inputs: may the site receive hazardous matter. Outputs: 0. */
  permit: Uint8Array;
  /** Index into `Snapshot.wasteCodes`; 65535 none. */
  wasteCode: Uint16Array;
  codeOrigin: Uint8Array;
  wish: Uint8Array;
  /** 1 when a confidentiality agreement of the company is valid at `asOf`. */
  agreement: Uint8Array;
  /** 1 when withheld from matching or sensitive. */
  withheld: Uint8Array;
  provenance: Uint8Array;
  /** Days since 1970-01-01 of the last confirmation. */
  confirmedDay: Int32Array;
  /** Index into `Snapshot.companies`; group: index of the group of companies, -1 none. */
  company: Int32Array;
  group: Int32Array;
  site: Int32Array;
  /** Index into `Snapshot.territories`. */
  territory: Uint16Array;
  /** Inputs: how far the need looks; and 1 when it is a sourcing or relocation need (shows its rings side by side). */
  reach: Uint8Array;
  sourcing: Uint8Array;
  /** Quality attributes as compressed sparse rows: of flow i, entries attributeStart[i] … attributeStart[i + 1] - 1. */
  attributeStart: Uint32Array;
  /** Index into `Snapshot.attributes`. */
  attributeKey: Uint16Array;
  /** The number in the attribute's unit; a boolean as 0 or 1; a choice as its index in the attribute's `values`. */
  attributeValue: Float64Array;
}

export interface Snapshot {
  outputs: FlowArrays;
  inputs: FlowArrays;
  /** Slugs, sorted; what `category` points into. */
  categories: string[];
  wasteCodes: string[];
  attributes: string[];
  /** Natural keys of companies (territory slug + SIREN or reference), sorted. */
  companies: string[];
  /** Territory slugs; index 0 is the run's own. */
  territories: string[];
  /** Pairs of indexes `own * territories.length + other` are allowed only where 1: both territories have agreed. The diagonal is 1. */
  territoryAgreed: Uint8Array;
  /** Natural keys of the flows (territory slug + reference): what ties and stored lists go by; never a generated id. */
  outputKeys: string[];
  inputKeys: string[];
}

export const NO_WASTE_CODE = 65_535;

/** A pair that may not be listed: decided before (suppressed), already introduced, or running. */
export interface PairBlock {
  output: number;
  input: number;
  kind: 'suppressed' | 'introduced' | 'running';
}
