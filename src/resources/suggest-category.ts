import { CategoryNames } from './category-names.js';
import { type FlowText, raise, type Terms, TextReader } from './flow-text.js';
import type { Knowledge } from './knowledge.js';
import { type LeafName, NameIndex } from './name-index.js';
import { yearlyQuantity } from './quantity.js';
import type { Family, QualityAttribute, ResourceCategory, WasteCode } from './resource-catalogue.js';
import { type StatedRange, type StatedValue, statedQuality, statedRanges } from './stated-quality.js';
import { isOtherLanguage } from './text-language.js';
import { isWeakWasteCode, normaliseWasteCode } from './waste-code.js';
import { foldAccents } from './words.js';

/** A flow in its own words, and what stands beside them. Blank is unknown. */
export interface FlowWords {
  text: string;
  /** The same in the other language, where there is one. */
  translation?: string;
  direction?: 'output' | 'input';
  wasteCode?: string;
  /** NAF class of the site, with or without a dot. */
  naf?: string;
  /** Unit of the quantity; one that is not known says nothing. */
  unit?: string;
  /** Families that the flow was entered under, where a list says so. */
  families?: readonly Family[];
}

export interface CategorySuggestion {
  category: ResourceCategory;
  /** What the words state of the qualities that decide for this leaf. */
  quality: Record<string, StatedValue>;
  /** Chance that this is the right leaf, 0 to 1; those of all leaves and "none of them" make 1. */
  confidence: number;
}

export interface WasteCodeSuggestion {
  code: WasteCode;
  /** Chance that this is the right code, 0 to 1. */
  confidence: number;
}

/** Why nothing is suggested: what to ask the person. */
export const SUGGESTION_QUESTIONS = ['empty-text', 'other-language', 'unknown-waste-code', 'nothing-recognised'] as const;
export type SuggestionQuestion = (typeof SUGGESTION_QUESTIONS)[number];

export interface Suggestions {
  /** Best first; empty where a question stands in their place. */
  categories: CategorySuggestion[];
  /** Best first, of an output; empty for an input, or where a code is given. */
  wasteCodes: WasteCodeSuggestion[];
  /** Null where the words were understood. */
  question: SuggestionQuestion | null;
  /** Terms of the words, of the waste code's label and of the leaves that they may mean, weighted: what `likeness` compares. */
  meaning: Terms;
}

/** A suggestion this sure, and well ahead of the next, may be kept with the flow as *suggested* until a person confirms it. */
export function strongest({ categories: [best, next] }: Suggestions): ResourceCategory | null {
  return best !== undefined && best.confidence >= STRONG && best.confidence >= 2 * (next?.confidence ?? 0) ? best.category : null;
}

const STRONG = 0.75;
/** Below this nothing was recognised. */
const WEAK = 0.08;
/** Less sure suggestions are not even ranked. */
const LEAST = 0.01;
const LEAST_CODE = 0.03;
/** Spellings of units that are kept; people write more than anyone could list. */
const MOST_UNITS = 500;

/** In nats, set by hand; `none` and `temperature` are fitted so that the confidence is right as often as it says (see the tests of shares). */
const LOGIT = {
  /** A text that is all of a name. */
  text: 9,
  /** A code that is usual for the leaf, one of its sub-chapter, another one. */
  usualCode: 2.2, nearCode: 0.8, otherCode: -0.3,
  /** A code with an asterisk, and a leaf that is hazardous by nature; the one without the other takes as much. */
  hazard: 0.4,
  /** What a site does tells as much as a usual code: steelworks ask for scrap, digesters for what rots. */
  naf: 2.5,
  family: 1.2, otherFamily: -2.5, otherUnit: -2, band: 1.5, otherBand: -3,
  /** Leaves that are needs only are named by their use, as needs are. */
  needOnly: 0.8,
  none: 2.8, temperature: 0.68,
} as const;
/** What the label of the waste code says, against the text's own words. */
const LABEL_WEIGHT = 0.35;
/** What the leaves that a text may mean say, against the text's own words. */
const LEAF_WEIGHT = 0.3;
/** A need that also tells what it is for, after a dash or in brackets, is read once by all of its words and once, with this share, by its use alone. */
const USE_SHARE = 0.25;
/** A need that is named by what it takes in is meant less surely than by its own name. */
const THROUGH_TABLE = 0.85;
const CODE_LOGIT = { likeness: 9, usual: 2, weak: -1.5, none: 4 } as const;

interface Leaf {
  category: ResourceCategory;
  /** Whether a flow of this direction may be of the leaf. */
  output: boolean;
  input: boolean;
  /** Leaves that it takes in, by index. */
  takes: { leaf: number; affinity: number }[];
  /** Temperatures that its label names, `Chaleur 60 à 90 °C`. */
  band: StatedRange | undefined;
  attributes: QualityAttribute[];
  /** Of its label. */
  terms: Terms;
}

const suggesters = new WeakMap<Knowledge, CategorySuggester>();

/** The index is made once for the knowledge of a process. */
export function categorySuggester(knowledge: Knowledge): CategorySuggester {
  const known = suggesters.get(knowledge) ?? new CategorySuggester(knowledge);
  suggesters.set(knowledge, known);
  return known;
}

/** Ranks the leaves and waste codes that a French or English text may mean. */
class CategorySuggester {
  private readonly reader: TextReader;
  private readonly leaves: Leaf[];
  private readonly names: NameIndex;
  private readonly exactNames: CategoryNames;
  /** Terms of the label by waste code. */
  private readonly labels: ReadonlyMap<string, Terms>;
  private readonly fits = new Map<string, readonly boolean[]>();

  constructor(private readonly knowledge: Knowledge) {
    this.reader = new TextReader(knowledge.concepts);
    this.labels = new Map(knowledge.wasteCodes.map(({ code, label }) => [code, this.reader.read(label.fr, label.en).terms]));
    this.leaves = leavesOf(knowledge, this.reader);
    this.exactNames = new CategoryNames(knowledge.catalogue.categories);
    const names = this.leaves.flatMap(({ category: { label, synonyms } }, leaf) =>
      [...new Set([label.fr, label.en, ...synonyms.fr, ...synonyms.en])].map((text): LeafName => ({ leaf, terms: this.reader.read(text).terms })));
    this.names = new NameIndex(names.filter(({ terms }) => terms.size > 0), this.leaves.length, [...this.labels.values()]);
  }

  /**
   * Ranks leaves and, for an output, waste codes. No guess without words that can be read: the question says what is wrong.
   * @param atMost suggestions that are given of each kind, the surest
   */
  suggest(words: FlowWords, atMost = 5): Suggestions {
    const text = this.reader.read(words.text, words.translation ?? '');
    const written = words.wasteCode?.trim() ?? '';
    const code = normaliseWasteCode(written)?.code ?? null;
    const none = (question: SuggestionQuestion): Suggestions => ({ categories: [], wasteCodes: [], question, meaning: text.thing });
    if (words.text.trim() === '') return none('empty-text');
    if (written !== '' && (code === null || this.knowledge.wasteCode(code) === undefined)) return none('unknown-waste-code');
    if (isOtherLanguage(words.text)) return none('other-language');
    // The very name of a category is not overruled by a code: lists file blast-furnace gas under blast-furnace slag.
    const ranked = this.rankLeaves(words, text, this.exactNames.find(words.text) === null ? code : null);
    if ((ranked[0]?.confidence ?? 0) < WEAK) return none('nothing-recognised');
    const categories = ranked.slice(0, atMost).map(({ leaf, confidence }) => ({ category: leaf.category, confidence, quality: this.qualityOf(words, code, leaf) }));
    return {
      categories, wasteCodes: words.direction === 'input' || code !== null ? [] : this.rankCodes(text, categories).slice(0, atMost),
      question: null, meaning: this.meaningOf(text, code, ranked.slice(0, 3)),
    };
  }

  /** How much two meanings have in common, 0 to 1. */
  likeness(a: Terms, b: Terms): number {
    return this.names.cosine(a, b);
  }

  private rankLeaves(words: FlowWords, text: FlowText, code: string | null): { leaf: Leaf; confidence: number }[] {
    const terms = new Map(text.terms);
    for (const [term, weight] of this.labelOf(code)) {
      if (!terms.has(term)) terms.set(term, weight * LABEL_WEIGHT);
    }
    const temperatures = temperaturesOf(words.text);
    const hazardous = code !== null && this.knowledge.wasteCode(code)?.hazardous === true;
    const fits = this.unitFits(words.unit ?? '');
    const beside = this.leaves.map((leaf, at) => {
      if (words.direction !== undefined && !leaf[words.direction]) return -Infinity;
      return besideText(words, code, leaf, hazardous) + bandLogit(leaf.band, temperatures) + (fits[at] === false ? LOGIT.otherUnit : 0);
    });
    const chancesBy = (said: Terms): number[] => {
      const likeness = this.names.likenessToLeaves(said, text.excluded);
      return chances(this.leaves.map((leaf, at) => beside[at] + LOGIT.text * likenessIn(words.direction, leaf, at, likeness)), LOGIT.none, LOGIT.temperature);
    };
    const byAll = chancesBy(terms);
    const byUse = words.direction === 'input' && text.use.size > 0 ? chancesBy(text.use) : byAll;
    return byAll.map((chance, at) => (1 - USE_SHARE) * chance + USE_SHARE * byUse[at])
      .map((confidence, at) => ({ leaf: this.leaves[at], confidence }))
      .filter(({ confidence }) => confidence > LEAST)
      .sort((a, b) => b.confidence - a.confidence || (a.leaf.category.slug < b.leaf.category.slug ? -1 : 1));
  }

  private rankCodes(text: FlowText, categories: readonly CategorySuggestion[]): WasteCodeSuggestion[] {
    const usual = new Map<string, number>();
    for (const { category, confidence } of categories) {
      for (const code of category.usualWasteCodes) usual.set(code, (usual.get(code) ?? 0) + confidence);
    }
    const { wasteCodes } = this.knowledge;
    const logits = wasteCodes.map(({ code }) =>
      CODE_LOGIT.likeness * this.likeness(text.thing, this.labelOf(code)) + CODE_LOGIT.usual * (usual.get(code) ?? 0) + (isWeakWasteCode(code) ? CODE_LOGIT.weak : 0));
    return chances(logits, CODE_LOGIT.none, LOGIT.temperature)
      .map((confidence, at) => ({ code: wasteCodes[at], confidence }))
      .filter(({ confidence }) => confidence > LEAST_CODE)
      .sort((a, b) => b.confidence - a.confidence || (a.code.code < b.code.code ? -1 : 1));
  }

  /** What the words say counts first; the label of a waste code tells the rest. */
  private qualityOf({ text, translation = '', direction = 'output' }: FlowWords, code: string | null, { attributes }: Leaf): Record<string, StatedValue> {
    const label = direction === 'input' || code === null ? undefined : this.knowledge.wasteCode(code)?.label;
    const own = statedQuality(`${text} ; ${translation}`, attributes, direction);
    return label === undefined ? own : { ...statedQuality(`${label.fr} ; ${label.en}`, attributes, direction), ...own };
  }

  private meaningOf(text: FlowText, code: string | null, ranked: readonly { leaf: Leaf; confidence: number }[]): Terms {
    const meaning = new Map(text.thing);
    for (const [term, weight] of this.labelOf(code)) raise(meaning, term, weight * LABEL_WEIGHT);
    for (const { leaf, confidence } of ranked) {
      for (const [term, weight] of leaf.terms) raise(meaning, term, weight * confidence * LEAF_WEIGHT);
    }
    return meaning;
  }

  /** Terms of the label of a code; none of a code that says too little. */
  private labelOf(code: string | null): Terms {
    return (code === null || isWeakWasteCode(code) ? undefined : this.labels.get(code)) ?? NO_TERMS;
  }

  /** By leaf: whether its quantity can be given in this unit; empty where nobody knows the unit. */
  private unitFits(unit: string): readonly boolean[] {
    const known = this.fits.get(unit);
    if (known !== undefined) return known;
    const fits = unit === '' ? [] : this.leaves.map(({ category }) => yearlyQuantity({ value: 1, unit }, category).ok);
    const answer = fits.includes(true) ? fits : [];
    if (this.fits.size < MOST_UNITS) this.fits.set(unit, answer);
    return answer;
  }
}

const NO_TERMS: Terms = new Map();

function leavesOf(knowledge: Knowledge, reader: TextReader): Leaf[] {
  const { categories, substitutions, qualityAttributes } = knowledge.catalogue;
  const attributes = new Map(qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  const leaves = categories.filter(({ replacedBy }) => replacedBy === undefined).map((category): Leaf => ({
    category, output: false, input: false, takes: [], band: temperaturesOf(category.label.fr)[0],
    attributes: category.attributes.flatMap((slug) => attributes.get(slug) ?? []), terms: reader.read(category.label.fr, category.label.en).terms,
  }));
  const position = new Map(leaves.map(({ category }, at) => [category.slug, at]));
  for (const { output, input, affinity } of substitutions) {
    const [from, to] = [output, input].map((slug) => position.get(knowledge.category(slug)?.slug ?? ''));
    if (from === undefined || to === undefined) continue;
    leaves[from].output = true;
    leaves[to].input = true;
    leaves[to].takes.push({ leaf: from, affinity });
  }
  // What no substitution names is still something: a waste that nobody may take, or a bought good that no by-product replaces.
  for (const leaf of leaves) {
    if (leaf.output || leaf.input) continue;
    if (leaf.category.usualWasteCodes.length > 0) leaf.output = true;
    else leaf.input = true;
  }
  return leaves;
}

/** A need may also be named by what it takes in. */
function likenessIn(direction: FlowWords['direction'], { takes }: Leaf, at: number, likeness: Float64Array): number {
  if (direction !== 'input') return likeness[at];
  return Math.max(likeness[at], ...takes.map(({ leaf, affinity }) => THROUGH_TABLE * affinity * likeness[leaf]));
}

/** What stands beside the text: direction, waste code, NAF class, family. */
function besideText({ direction, naf = '', families }: FlowWords, code: string | null, { category, output }: Leaf, hazardous: boolean): number {
  let logit = direction === 'input' && !output ? LOGIT.needOnly : 0;
  if (code !== null && direction !== 'input' && !isWeakWasteCode(code)) {
    const near = category.usualWasteCodes.some((usual) => usual.slice(0, 4) === code.slice(0, 4));
    logit += category.usualWasteCodes.includes(code) ? LOGIT.usualCode : near ? LOGIT.nearCode : LOGIT.otherCode;
    if (category.hazardousByNature === true) logit += hazardous ? LOGIT.hazard : -LOGIT.hazard;
  }
  const digits = naf.replaceAll('.', '');
  const classes = direction === 'input' ? category.typicalNaf.user : direction === 'output' ? category.typicalNaf.source : [];
  if (digits !== '' && classes.some((prefix) => digits.startsWith(prefix.replaceAll('.', '')))) logit += LOGIT.naf;
  if (families !== undefined) logit += isOfFamily(category, families) ? LOGIT.family : LOGIT.otherFamily;
  return logit;
}

/** A gas that burns is energy to its buyer, and matter in a list of wastes. */
function isOfFamily({ family, form }: ResourceCategory, families: readonly Family[]): boolean {
  return families.includes(family) || (family === 'energy' && form === 'gas' && families.includes('matter'));
}

function temperaturesOf(text: string): StatedRange[] {
  return statedRanges(foldAccents(text), 'Cel', null);
}

function bandLogit(band: StatedRange | undefined, temperatures: readonly StatedRange[]): number {
  if (band === undefined || temperatures.length !== 1) return 0;
  const [{ low, high }] = temperatures;
  const apart = (low !== null && band.high !== null && low > band.high) || (high !== null && band.low !== null && high < band.low);
  return apart ? LOGIT.otherBand : LOGIT.band;
}

/** Multinomial logit over all and "none of them". */
function chances(logits: readonly number[], none: number, temperature: number): number[] {
  const highest = Math.max(none, ...logits);
  const weights = logits.map((logit) => Math.exp((logit - highest) / temperature));
  const all = weights.reduce((sum, weight) => sum + weight, Math.exp((none - highest) / temperature));
  return weights.map((weight) => weight / all);
}
