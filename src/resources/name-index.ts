import MiniSearch, { type SearchResult } from 'minisearch';
import { HOLLOW_SIGN, type Terms } from './flow-text.js';

/** A name of a leaf, as terms. */
export interface LeafName {
  /** Index of the leaf. */
  leaf: number;
  terms: Terms;
}

/** What the name says and the text does not costs more than what the text says beside it. */
const NAME_MISSING = 0.45;
const TEXT_MISSING = 0.2;
/** A word that is written a little otherwise counts less, and no more than a word of middling rarity. */
const FUZZY = 0.6;
const FUZZY_RARITY = 4;
/** Share of a word's letters that may differ; shorter words and concepts must be the same. */
const FUZZINESS = 0.2;
const SHORTEST_FUZZY = 5;
/** How much a name loses that the text excludes. */
const EXCLUDED = 0.8;

/** The names of all leaves, found by the terms of a text, typing errors allowed (MiniSearch). */
export class NameIndex {
  private readonly index: MiniSearch<{ id: number; terms: string }>;
  private readonly weights: number[];
  private readonly rarity = new Map<string, number>();
  private readonly unseen: number;
  private readonly lengths = new WeakMap<Terms, number>();

  /** @param others further texts of the field, for telling rare words from frequent ones */
  constructor(private readonly names: readonly LeafName[], private readonly leaves: number, others: readonly Terms[]) {
    const texts = [...names.map(({ terms }) => terms), ...others];
    const count = new Map<string, number>();
    for (const terms of texts) for (const term of terms.keys()) count.set(term, (count.get(term) ?? 0) + 1);
    for (const [term, amount] of count) this.rarity.set(term, Math.log(1 + texts.length / amount));
    this.unseen = Math.log(1 + names.length);
    this.weights = names.map(({ terms }) => this.weigh(terms));
    this.index = new MiniSearch({ fields: ['terms'], tokenize: (text) => text.split(' '), processTerm: (term) => term });
    this.index.addAll(names.map(({ terms }, id) => ({ id, terms: [...terms.keys()].join(' ') })));
  }

  /** By leaf: how much a text is like the best of its names, 0 to 1. */
  likenessToLeaves(terms: Terms, excluded: ReadonlySet<string>): Float64Array {
    const likeness = new Float64Array(this.leaves);
    if (terms.size === 0) return likeness;
    const asked = this.weigh(terms);
    const fuzzy = (term: string): number | boolean => (term.startsWith('#') || term.startsWith(HOLLOW_SIGN) || term.length < SHORTEST_FUZZY ? false : FUZZINESS);
    for (const result of this.index.search([...terms.keys()].join(' '), { fuzzy })) {
      const id = Number(result.id);
      const { leaf, terms: name } = this.names[id];
      const crossed = [...excluded].some((term) => name.has(term));
      likeness[leaf] = Math.max(likeness[leaf], this.likenessToName(result, id, terms, asked) * (crossed ? 1 - EXCLUDED : 1));
    }
    return likeness;
  }

  /** Tversky's likeness, weighted by rarity. */
  private likenessToName({ match, queryTerms }: SearchResult, id: number, terms: Terms, asked: number): number {
    const name = this.names[id].terms;
    let inName = 0;
    for (const term of Object.keys(match)) inName += (name.get(term) ?? 0) * this.rare(term) * (terms.has(term) ? 1 : FUZZY);
    let inText = 0;
    for (const term of queryTerms) inText += (terms.get(term) ?? 0) * (name.has(term) ? this.rare(term) : Math.min(this.rare(term), FUZZY_RARITY) * FUZZY);
    const common = Math.min(inName, inText);
    return common / (common + NAME_MISSING * Math.max(0, this.weights[id] - inName) + TEXT_MISSING * Math.max(0, asked - inText));
  }

  /** Cosine of two bags of terms, weighted by rarity, 0 to 1. */
  cosine(a: Terms, b: Terms): number {
    const [short, long] = a.size < b.size ? [a, b] : [b, a];
    let common = 0;
    for (const [term, weight] of short) {
      const other = long.get(term);
      if (other !== undefined) common += weight * other * this.rare(term) ** 2;
    }
    return common === 0 ? 0 : common / (this.length(a) * this.length(b));
  }

  private length(terms: Terms): number {
    let length = this.lengths.get(terms);
    if (length === undefined) {
      length = Math.sqrt([...terms].reduce((sum, [term, weight]) => sum + (weight * this.rare(term)) ** 2, 0));
      this.lengths.set(terms, length);
    }
    return length;
  }

  /** How much the terms of a text tell together. */
  private weigh(terms: Terms): number {
    let sum = 0;
    for (const [term, weight] of terms) sum += weight * this.rare(term);
    return sum;
  }

  private rare(term: string): number {
    return this.rarity.get(term) ?? this.unseen;
  }
}
