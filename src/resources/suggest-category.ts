import MiniSearch, { type SearchResult } from 'minisearch';
import { type FlowText, raise, TextReader } from './flow-text.js';
import type { Knowledge } from './knowledge.js';
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

/** Why nothing, or nothing sure, is suggested: what to ask the person. */
export type SuggestionQuestion = 'empty-text' | 'other-language' | 'unknown-waste-code' | 'nothing-recognised';

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

type Terms = ReadonlyMap<string, number>;

interface Name {
  id: number;
  leaf: number;
  text: string;
  terms: Terms;
  weight: number;
}

const PARAMETERS = {
  nameMissing: 0.45, textMissing: 0.2, fuzzy: 0.6, inputOnly: 0.8, textWeight: 9, codeExact: 2.2, codeNear: 0.8, codeOther: -0.3, naf: 0.6, family: 1.2, otherFamily: -2.5,
  band: 1.5, otherBand: -3, labelWeight: 0.35, leafWeight: 0.3, throughTable: 0.85, excluded: 0.8, none: 3.2, temperature: 1, codeLikeness: 9, codeUsual: 2, codeWeak: -1.5, codeNone: 4,
};

const suggesters = new WeakMap<Knowledge, CategorySuggester>();

/** The index is made once for the knowledge of a process. */
export function categorySuggester(knowledge: Knowledge): CategorySuggester {
  const known = suggesters.get(knowledge) ?? new CategorySuggester(knowledge);
  suggesters.set(knowledge, known);
  return known;
}

/** Ranks the leaves that a French or English text may mean. Made once for the knowledge of a process. */
export class CategorySuggester {
  private readonly reader: TextReader;
  private readonly leaves: ResourceCategory[];
  private readonly names: Name[] = [];
  private readonly index: MiniSearch<Name>;
  /** Terms by the share of names that they stand in: rare ones tell more. */
  private readonly rarity = new Map<string, number>();
  private readonly sides: { output: boolean; input: boolean }[];
  /** Outputs that a leaf takes in, with their affinity. */
  private readonly takes: { leaf: number; affinity: number }[][];
  private readonly leafTerms: Terms[];
  private readonly labels = new Map<string, FlowText>();

  /** Temperatures that a leaf's label names, `Chaleur 60 à 90 °C`. */
  private readonly bands: (StatedRange | undefined)[];
  private readonly attributes: QualityAttribute[][];

  constructor(private readonly knowledge: Knowledge) {
    this.reader = new TextReader(knowledge.concepts);
    const { categories, substitutions } = knowledge.catalogue;
    this.leaves = categories.filter((category) => category.replacedBy === undefined);
    const position = new Map(this.leaves.map((category, leaf) => [category.slug, leaf]));
    this.leaves.forEach((category, leaf) => {
      for (const text of new Set([category.label.fr, category.label.en, ...category.synonyms.fr, ...category.synonyms.en])) {
        const { terms } = this.reader.read(text);
        if (terms.size > 0) this.names.push({ id: this.names.length, leaf, text, terms, weight: 0 });
      }
    });
    const attributes = new Map(knowledge.catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
    this.attributes = this.leaves.map((category) => category.attributes.flatMap((slug) => attributes.get(slug) ?? []));
    this.bands = this.leaves.map((category) => temperaturesOf(category.label.fr)[0]);
    this.leafTerms = this.leaves.map(({ label }) => this.reader.read(label.fr, label.en).terms);
    this.sides = this.leaves.map(() => ({ output: false, input: false }));
    this.takes = this.leaves.map(() => []);
    for (const { output, input, affinity } of substitutions) {
      const [from, to] = [output, input].map((slug) => position.get(knowledge.category(slug)?.slug ?? ''));
      if (from === undefined || to === undefined) continue;
      this.sides[from].output = true;
      this.sides[to].input = true;
      this.takes[to].push({ leaf: from, affinity });
    }
    // What no substitution names is still something: a waste that nobody may take, or a bought good that no by-product replaces.
    this.sides.forEach((side, leaf) => {
      if (side.output || side.input) return;
      if (this.leaves[leaf].usualWasteCodes.length > 0) side.output = true;
      else side.input = true;
    });
    const count = new Map<string, number>();
    const texts = [...this.names.map(({ terms }) => terms)];
    for (const code of knowledge.wasteCodes) {
      const label = this.reader.read(code.label.fr, code.label.en);
      this.labels.set(code.code, label);
      texts.push(label.terms);
    }
    for (const terms of texts) for (const term of terms.keys()) count.set(term, (count.get(term) ?? 0) + 1);
    for (const [term, amount] of count) this.rarity.set(term, Math.log(1 + texts.length / amount));
    for (const name of this.names) name.weight = this.weigh(name.terms);
    this.index = new MiniSearch<Name>({
      fields: ['terms'], idField: 'id',
      extractField: (name, field) => (field === 'id' ? String(name.id) : [...name.terms.keys()].join(' ')),
      tokenize: (text) => text.split(' '), processTerm: (term) => term,
    });
    this.index.addAll(this.names);
  }

  /** How much the terms of a text tell together. */
  private weigh(terms: Terms): number {
    let sum = 0;
    for (const [term, weight] of terms) sum += weight * this.rare(term);
    return sum;
  }

  private rare(term: string): number {
    return this.rarity.get(term) ?? Math.log(1 + this.names.length);
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
    const leaves = this.rankLeaves(words, text, code);
    if ((leaves[0]?.confidence ?? 0) < WEAK) return none('nothing-recognised');
    const categories = leaves.slice(0, atMost).map(({ leaf, confidence }) => ({ category: this.leaves[leaf], confidence, quality: this.qualityOf(words, code, leaf) }));
    return { categories, wasteCodes: words.direction === 'input' || code !== null ? [] : this.rankCodes(text, categories).slice(0, atMost), question: null, meaning: this.meaningOf(text, code, leaves) };
  }

  private meaningOf(text: FlowText, code: string | null, leaves: readonly { leaf: number; confidence: number }[]): Terms {
    const meaning = new Map(text.thing);
    for (const [term, weight] of this.labelOf(code)) raise(meaning, term, weight * PARAMETERS.labelWeight);
    for (const { leaf, confidence } of leaves.slice(0, 3)) {
      for (const [term, weight] of this.leafTerms[leaf]) raise(meaning, term, weight * confidence * PARAMETERS.leafWeight);
    }
    return meaning;
  }

  /** Terms of the label of a code; none of a code that says too little. */
  private labelOf(code: string | null): Terms {
    return (code === null || isWeakWasteCode(code) ? undefined : this.labels.get(code)?.terms) ?? new Map<string, number>();
  }

  private rankLeaves(words: FlowWords, text: FlowText, code: string | null): { leaf: number; confidence: number }[] {
    const terms = new Map(text.terms);
    for (const [term, weight] of this.labelOf(code)) {
      if (!terms.has(term)) terms.set(term, weight * PARAMETERS.labelWeight);
    }
    const likeness = this.likenessOfLeaves(terms, text.excluded);
    const temperatures = temperaturesOf(words.text);
    const logits = this.leaves.map((category, leaf) => this.logit(words, code, leaf, category, likeness) + bandLogit(this.bands[leaf], temperatures));
    return chances(logits, PARAMETERS.none).map((confidence, leaf) => ({ leaf, confidence })).filter(({ confidence }) => confidence > 0.01)
      .sort((a, b) => b.confidence - a.confidence || a.leaf - b.leaf);
  }

  private rankCodes(text: FlowText, categories: readonly CategorySuggestion[]): WasteCodeSuggestion[] {
    const usual = new Map<string, number>();
    for (const { category, confidence } of categories) {
      for (const code of category.usualWasteCodes) usual.set(code, (usual.get(code) ?? 0) + confidence);
    }
    const { wasteCodes } = this.knowledge;
    const logits = wasteCodes.map(({ code }) => {
      const label = this.labels.get(code);
      return PARAMETERS.codeLikeness * (label === undefined ? 0 : this.likeness(text.thing, label.terms)) + PARAMETERS.codeUsual * (usual.get(code) ?? 0) + (isWeakWasteCode(code) ? PARAMETERS.codeWeak : 0);
    });
    return chances(logits, PARAMETERS.codeNone).map((confidence, at) => ({ code: wasteCodes[at], confidence })).filter(({ confidence }) => confidence > 0.03)
      .sort((a, b) => b.confidence - a.confidence || (a.code.code < b.code.code ? -1 : 1));
  }

  /** What the words say counts first; the label of a waste code tells the rest. */
  private qualityOf({ text, translation = '', direction = 'output' }: FlowWords, code: string | null, leaf: number): Record<string, StatedValue> {
    const label = direction === 'input' || code === null ? undefined : this.knowledge.wasteCode(code)?.label;
    const own = statedQuality(`${text} ; ${translation}`, this.attributes[leaf], direction);
    return label === undefined ? own : { ...statedQuality(`${label.fr} ; ${label.en}`, this.attributes[leaf], direction), ...own };
  }

  /** How much two meanings have in common, 0 to 1: the cosine of their terms, weighted by rarity. */
  likeness(a: Terms, b: Terms): number {
    const [short, long] = a.size < b.size ? [a, b] : [b, a];
    let common = 0;
    for (const [term, weight] of short) {
      const other = long.get(term);
      if (other !== undefined) common += weight * other * this.rare(term) ** 2;
    }
    return common === 0 ? 0 : common / (this.length(a) * this.length(b));
  }

  private readonly lengths = new WeakMap<Terms, number>();

  private length(terms: Terms): number {
    let length = this.lengths.get(terms);
    if (length === undefined) {
      length = Math.sqrt([...terms].reduce((sum, [term, weight]) => sum + (weight * this.rare(term)) ** 2, 0));
      this.lengths.set(terms, length);
    }
    return length;
  }

  private logit({ direction, naf = '', families }: FlowWords, code: string | null, leaf: number, category: ResourceCategory, likeness: Float64Array): number {
    const side = this.sides[leaf];
    if (direction !== undefined && !side[direction]) return -Infinity;
    let best = likeness[leaf];
    if (direction === 'input') for (const { leaf: from, affinity } of this.takes[leaf]) best = Math.max(best, PARAMETERS.throughTable * affinity * likeness[from]);
    let logit = PARAMETERS.textWeight * best + (direction === 'input' && !side.output ? PARAMETERS.inputOnly : 0);
    const { usualWasteCodes } = category;
    if (code !== null && direction !== 'input' && !isWeakWasteCode(code)) {
      if (usualWasteCodes.includes(code)) logit += PARAMETERS.codeExact;
      else logit += usualWasteCodes.some((usual) => usual.slice(0, 4) === code.slice(0, 4)) ? PARAMETERS.codeNear : PARAMETERS.codeOther;
    }
    const digits = naf.replaceAll('.', '');
    const classes = direction === 'input' ? category.typicalNaf.user : direction === 'output' ? category.typicalNaf.source : [];
    if (digits !== '' && classes.some((prefix) => digits.startsWith(prefix.replaceAll('.', '')))) logit += PARAMETERS.naf;
    if (families !== undefined) logit += families.includes(category.family) ? PARAMETERS.family : PARAMETERS.otherFamily;
    return logit;
  }

  /** By leaf: how much the text is like the best of its names, 0 to 1. */
  private likenessOfLeaves(terms: Terms, excluded: ReadonlySet<string>): Float64Array {
    const likeness = new Float64Array(this.leaves.length);
    if (terms.size === 0) return likeness;
    const asked = this.weigh(terms);
    const found = this.index.search([...terms.keys()].join(' '), { fuzzy: (term) => (term.startsWith('#') || term.length < 5 ? false : 0.2) });
    for (const result of found) {
      const name = this.names[Number(result.id)];
      const value = this.likenessToName(result, name, terms, asked) * (crossed(name.terms, excluded) ? 1 - PARAMETERS.excluded : 1);
      if (value > likeness[name.leaf]) likeness[name.leaf] = value;
    }
    return likeness;
  }

  /** Tversky's likeness, weighted by rarity: what the name says and the text does not costs more than the other way round. */
  private likenessToName({ match, queryTerms }: SearchResult, name: Name, terms: Terms, asked: number): number {
    let inName = 0;
    for (const term of Object.keys(match)) inName += (name.terms.get(term) ?? 0) * this.rare(term) * (terms.has(term) ? 1 : PARAMETERS.fuzzy);
    let inText = 0;
    for (const term of queryTerms) inText += (terms.get(term) ?? 0) * (name.terms.has(term) ? this.rare(term) : Math.min(this.rare(term), 4) * PARAMETERS.fuzzy);
    const common = Math.min(inName, inText);
    return common / (common + PARAMETERS.nameMissing * Math.max(0, name.weight - inName) + PARAMETERS.textMissing * Math.max(0, asked - inText));
  }
}

/** Multinomial logit over all and "none of them". */
function chances(logits: readonly number[], none: number): number[] {
  const highest = Math.max(none, ...logits);
  const weights = logits.map((logit) => Math.exp((logit - highest) / PARAMETERS.temperature));
  const all = weights.reduce((sum, weight) => sum + weight, Math.exp((none - highest) / PARAMETERS.temperature));
  return weights.map((weight) => weight / all);
}

function temperaturesOf(text: string): StatedRange[] {
  return statedRanges(foldAccents(text), 'Cel', null);
}

function bandLogit(band: StatedRange | undefined, temperatures: readonly StatedRange[]): number {
  if (band === undefined || temperatures.length !== 1) return 0;
  const [{ low, high }] = temperatures;
  const apart = (low !== null && band.high !== null && low > band.high) || (high !== null && band.low !== null && high < band.low);
  return apart ? PARAMETERS.otherBand : PARAMETERS.band;
}

function crossed(terms: ReadonlyMap<string, number>, excluded: ReadonlySet<string>): boolean {
  for (const term of excluded) if (terms.has(term)) return true;
  return false;
}
