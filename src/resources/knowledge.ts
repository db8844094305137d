import type { Regulation } from './regulation.js';
import type { Labels, ResourceCatalogue, ResourceCategory, WasteCode } from './resource-catalogue.js';
import type { Concept } from './vocabulary.js';

/** A sub-class of NAF rév. 2 with the division (two digits) and section (letter) above it. */
export interface NafSubClass {
  /** Without dot, `1105Z`. */
  code: string;
  label: Labels;
  division: { code: string; label: Labels };
  section: { code: string; label: Labels };
}

/** The knowledge files as one value for the whole process, looked up by slug and code. */
export class Knowledge {
  private readonly categories: Map<string, ResourceCategory>;
  private readonly codes: Map<string, WasteCode>;
  private readonly nafSubClasses: Map<string, NafSubClass>;

  constructor(
    readonly catalogue: ResourceCatalogue,
    /** The European list, in its order. */
    readonly wasteCodes: readonly WasteCode[],
    /** All activities, in the order of the file. */
    readonly activities: readonly NafSubClass[],
    /** SHA-256, hex, of the canonical JSON of the catalogue and the codes: what a run notes. */
    readonly hash: string,
    /** Synonyms of the field, for reading texts; they change what is suggested, never what a run does. */
    readonly concepts: readonly Concept[] = [],
    /** Texts and permit headings, for the questions to clear; they change no run. */
    readonly regulation: Regulation = { asOf: '', endOfWaste: [], permitHeadings: [] },
  ) {
    this.categories = new Map(catalogue.categories.map((category) => [category.slug, category]));
    this.codes = new Map(wasteCodes.map((code) => [code.code, code]));
    this.nafSubClasses = new Map(activities.map((entry) => [entry.code, entry]));
  }

  /** The leaf of this slug; a renamed one gives its successor. */
  category(slug: string): ResourceCategory | undefined {
    const found = this.categories.get(slug);
    return found?.replacedBy ? this.category(found.replacedBy) : found;
  }

  /** @param code six digits without spaces */
  wasteCode(code: string): WasteCode | undefined {
    return this.codes.get(code);
  }

  /** @param code sub-class without dot, `1105Z` */
  naf(code: string): NafSubClass | undefined {
    return this.nafSubClasses.get(code);
  }
}
