/**
 * The knowledge behind the gates, as typed values: resource categories (what a flow is) and substitutions (what may
 * become what). Both live in `config/knowledge/*.json`, which an analyst can read (`docs/knowledge.md`); this file says
 * their shape.
 * Slugs are stable; a renamed one keeps the old entry with `replacedBy`.
 */

export const FAMILIES = ['matter', 'energy', 'water', 'service', 'equipment', 'space', 'skill'] as const;
export type Family = (typeof FAMILIES)[number];

/** Base units in which a yearly quantity of a category is stored: tonnes, cubic metres, megawatt-hours, hours, pieces, square metres. */
export const BASE_UNITS = ['t', 'm3', 'MWh', 'h', 'piece', 'm2'] as const;
export type BaseUnit = (typeof BASE_UNITS)[number];

export const FORMS = ['bulk-solid', 'powder', 'pieces', 'liquid', 'sludge', 'gas', 'steam', 'hot-water', 'cold', 'electricity', 'intangible'] as const;
export type Form = (typeof FORMS)[number];

export const TRANSPORT_KINDS = ['pipe', 'tanker', 'truck', 'person', 'grid'] as const;
export type TransportKind = (typeof TRANSPORT_KINDS)[number];

/**
 * What food and feed law asks to keep apart: `food` and `feed` are fit for that use; `animal-by-product` falls under
 * Regulation (EC) 1069/2009; `non-food` never enters food or feed; `neutral` is not touched by it (heat, service…).
 * The sanitary gate refuses `non-food` and `animal-by-product` outputs for an input of class `food` or `feed`.
 */
export const SANITARY_CLASSES = ['food', 'feed', 'animal-by-product', 'non-food', 'neutral'] as const;
export type SanitaryClass = (typeof SANITARY_CLASSES)[number];

export const TREATMENTS = ['none', 'sort', 'dry', 'grind', 'clean', 'process'] as const;
export type Treatment = (typeof TREATMENTS)[number];

/** `product`: never waste; `by-product`: art. L541-4-2 code de l'environnement; `end-of-waste`: L541-4-3 and its texts; `permitted-site`: stays waste, receiver needs a permit; `none`: no waste law involved. */
export const ROUTES = ['none', 'product', 'by-product', 'end-of-waste', 'permitted-site'] as const;
export type RegulatoryRoute = (typeof ROUTES)[number];

export interface Labels {
  fr: string;
  en: string;
}

/** A typed quality attribute that decides for a category: `number` with its unit, `boolean`, or one of `values`. */
export interface QualityAttribute {
  slug: string;
  label: Labels;
  type: 'number' | 'boolean' | 'choice';
  /** UCUM-like unit of a number (`Cel`, `%`, `mg/kg`, `mm`, `bar`); absent for the other types. */
  unit?: string;
  values?: string[];
  /** How texts say it; absent: only a form or a file can fill it. */
  words?: AttributeWords[];
}

/**
 * Words by which a text states a quality. Of a boolean or a choice: the words that state this `value`. Of a number: one
 * entry without `value`, the words that name the attribute beside the figure (`matière sèche`, `MS`). Words are phrases
 * in singular or plural, with or without accents; the longest phrase found counts, so that `non traité` is not `traité`.
 */
export interface AttributeWords {
  value?: boolean | string;
  fr: string[];
  en: string[];
}

export interface ResourceCategory {
  slug: string;
  family: Family;
  label: Labels;
  /** Trade words and synonyms, lower case, both languages, French first. */
  synonyms: { fr: string[]; en: string[] };
  form: Form;
  baseUnit: BaseUnit;
  /** t/m³; only where volume ↔ mass conversion is allowed. */
  density?: { min: number; typical: number; max: number };
  /** kWh per kg or similar never stand here: energy content of matter is a substitution's yield. */
  usualWasteCodes: string[];
  usualCpa: string[];
  usualHs: string[];
  transport: TransportKind;
  /** Great-circle km at which the distance term has lost w·ln 2, and beyond which a pair is refused. */
  softDistanceKm: number;
  hardDistanceKm: number;
  /** For pipes: hard distance by power or flow, rows ascending in `upTo` (base unit a year); the last row may have `upTo: null`. */
  pipeReach?: { upTo: number | null; hardKm: number; softKm: number }[];
  sanitaryClass: SanitaryClass;
  /** Slugs of the attributes of `qualityAttributes` that decide for this category. */
  attributes: string[];
  /** NAF prefixes (2 to 5 characters, `10.5`), for visit sheets only, never for matching. */
  typicalNaf: { source: string[]; user: string[] };
  /** True for categories that are waste or hazardous by nature (used solvents, asbestos…). */
  hazardousByNature?: boolean;
  replacedBy?: string;
}

export const CONDITION_OPERATORS = ['>=', '<=', '=', '!=', 'in'] as const;
export interface Condition {
  side: 'output' | 'input';
  /** A quality attribute's slug, or `hazardous` / `wasteCode` (prefix match with `in`), which every flow has. */
  attribute: string;
  op: (typeof CONDITION_OPERATORS)[number];
  /** A number in the attribute's unit, a boolean, a choice, a list of choices, or `{ side: 'input', attribute }` to compare both sides (input asks for ≥ 60 °C). */
  value: number | boolean | string | string[] | { side: 'output' | 'input'; attribute: string };
  unit?: string;
}

export interface Evidence {
  kind: 'implemented' | 'planned' | 'study' | 'standard' | 'expert';
  /** Number of documented real cases; 0 for `standard` and `expert`. */
  cases: number;
  place?: string;
  source: string;
}

/** An output category may feed an input category only by such an entry. */
export interface Substitution {
  slug: string;
  output: string;
  input: string;
  /** a in (0, 1]: how good a stand-in, 1 = the same thing. */
  affinity: number;
  /** Units of the input's base unit obtained from one of the output's; > 0. */
  yield: number;
  /** All must hold; one that fails closes the entry, one that is unknown is a question for the advisor. */
  conditions: Condition[];
  treatment: Treatment;
  route: RegulatoryRoute;
  /** Title of the end-of-waste or other text, where the route has one. */
  routeText?: string;
  evidence: Evidence[];
}

/** Negative knowledge, stronger than any substitution: with all conditions true (none = always), the pair is refused. */
export interface Refusal {
  slug: string;
  output: string;
  input: string;
  conditions: Condition[];
  reason: Labels;
  source: string;
}

export interface ResourceCatalogue {
  qualityAttributes: QualityAttribute[];
  categories: ResourceCategory[];
  substitutions: Substitution[];
  refusals: Refusal[];
}

export interface WasteCode {
  /** Six digits, no spaces: `200108`. */
  code: string;
  hazardous: boolean;
  label: Labels;
  /** Codes of the hazardous entries that this one mirrors, or of the non-hazardous ones, when hazardous. */
  mirrors: string[];
}
