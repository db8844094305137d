import { stemmer } from '@orama/stemmers/french';
import type { Concept } from './vocabulary.js';
import { foldAccents } from './words.js';

/** Terms with their weight, 0 to 1: stems of words, and `#slug` for concepts. */
export type Terms = ReadonlyMap<string, number>;

/** What a text says; the weight of a term tells where it stands. */
export interface FlowText {
  terms: Terms;
  /** The same with what stands after a dash at half weight: in `gypsum — raw material (cement works)` the gypsum is the thing. */
  thing: Terms;
  /** What the thing is for, told after a dash or in brackets; empty where nothing is. */
  use: Terms;
  /** Terms that the text says it is *not* or has *not*: what follows `hors`, `sauf`, `sans`, `non`. */
  excluded: ReadonlySet<string>;
}

/** A concept's words stand for it less surely than the word itself, a wider idea less still. */
const CONCEPT_WEIGHT = 0.8;
const BROADER_WEIGHT = 0.35;
/** What stands in brackets explains; it is not the thing. */
const ASIDE_WEIGHT = 0.6;
/** What it is for, after a dash, against what it is. */
const USE_WEIGHT = 0.5;
const DASH = /\s[–—-]\s/;
const LONGEST_PHRASE = 4;
/** A hollow word beside a telling one still tells `steel waste` from `steel`. */
const HOLLOW_WEIGHT = 0.3;
/** What the terms of hollow words begin with. */
export const HOLLOW_SIGN = '~';

/** Words that only bind. */
const BINDING = wordSet(
  'a au aux avec ce ces cette d dans de des du elle en entre est et il ils l la le les leur leurs lors ne nos on ou par pas pour provenant que qui hors s sa se ses son sont sous sur vers y etre ete avant '
    + 'a an and as at by for from in into is it its of off on or our that the their them these they this those to which with within were non not sans etc an year jour',
);
/** Words that tell no category alone, but may belong to a phrase: there is `waste water` and `raw water`. */
const HOLLOW = wordSet(
  'elle issu issus issue issues notamment notre tout tous toute toutes un une apres type types divers autre autres certains certaine particulier particuliere other others used '
    + 'dechet dechets waste wastes residu residus residue residues matiere matieres material materials premiere premieres raw production fabrication traitement treatment manufacture produit produits product products '
    + 'contenant containing specifie specifies ailleurs specified otherwise nca nec similaire similaires similar compris comprises including included mentioned mentionnes vises visees rubrique rubriques section '
    + 'rebut rebuts mis discarded substance substances provenance prepare prepares preparee preparees preparation preparations prepared compounds form forms forme formes primary primaire primaires manufacturing operations sub contracted services thereof kind whether incorporating '
    + 'usine usines site sites plant plants company companies entreprise entreprises societe service services m2 m3 t kg',
);

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** Legal wording of lists: what comes next is a reference, not a matter. */
const REFERENCES = /\b(autres? que (ceux|celles?|celui)( vises?| visees?| mentionnes?| mentionnees?)?( [a-z' ]{0,12})?(a|aux|dans|sous) (la |les |l')?(rubriques?|sections?|points?)|other than those (mentioned|specified) in)[\d\s,*etandouor.]*/g;
/** Says how dangerous, not what. */
const HAZARD_CLAUSES = /\b(contenant (des|d'autres|de telles) substances( dangereuses)?|(ou )?contamine[es]* par (des|de telles|d'autres) substances( dangereuses)?|(ou d'autres|par des) substances dangereuses|containing (other )?(hazardous|dangerous|such) (substances|components)|(or )?contaminated (by|with) (hazardous|dangerous|such) substances)\b/g;
/** What follows, up to the end of the clause, is what the flow is not. */
const EXCLUSIONS = /\b(?:hors(?! d'usage| service| calibre| normes?\b| cahier)|sauf|excepte|a l'exclusion d[eu]s?|a l'exception d[eu]s?|ne contenant (?:pas|ni|aucune?)|autres? que|sans|exempte? d[eu]s?|except|excluding|without|free (?:of|from)|not containing|other than)\b(?<clause>[^,;.()]*)/g;
const NEGATED_WORD = /\bnon[ -]([a-z]+)/g;
/** A letter or digit that ends a name is its grade: `bois B`, `catégorie 3`; `bois à brûler` has none. */
const GRADE = /\b(bois|wood|classe|class|grade|categorie|category) ([a-d]|[1-4])(?=\s*(?:$|[,;.()/–—-]))/g;
/** Fixed expressions that begin with a no, and name a thing. */
const NO_NEGATION = new Set(['ferreux', 'ferreuse', 'ferreuses', 'tisse', 'tisses', 'ferrous', 'woven', 'dangereux', 'dangereuse', 'dangereuses', 'hazardous', 'potable', 'potables', 'drinking', 'collectif']);

/** Turns texts into terms that can be compared: accents, plurals and endings put aside, phrases and synonyms known, exclusions heard. */
export class TextReader {
  /** By stems joined with a blank. */
  private readonly phrases = new Map<string, Set<string>>();
  private readonly broader = new Map<string, string>();

  constructor(concepts: readonly Concept[]) {
    for (const { slug, broader, words } of concepts) {
      if (broader !== undefined) this.broader.set(slug, broader);
      for (const word of words) {
        const parts = wordsOf(joinNegations(foldAccents(word), () => undefined));
        if (parts.every((part) => HOLLOW.has(part))) continue;
        const key = parts.map(stem).join(' ');
        this.phrases.set(key, (this.phrases.get(key) ?? new Set()).add(slug));
      }
    }
  }

  /** @param texts of one flow, such as French and English: a term counts as much as it does in the one that says it most */
  read(...texts: string[]): FlowText {
    const excluded = new Set<string>();
    const exclude = (words: string): void => {
      for (const term of this.terms(words, 1).keys()) excluded.add(term);
    };
    const terms = new Map<string, number>();
    const thing = new Map<string, number>();
    const use = new Map<string, number>();
    for (const text of texts) {
      const said = foldAccents(text).replace(REFERENCES, ' ').replace(HAZARD_CLAUSES, ' ').replace(EXCLUSIONS, (_whole, clause: string) => {
        exclude(clause);
        return ' ';
      });
      joinNegations(said, exclude).split(DASH).forEach((segment, at) => {
        for (const [part, weight] of partsOf(segment)) {
          for (const [term, value] of this.terms(part, weight)) {
            raise(terms, term, value);
            if (term.startsWith(HOLLOW_SIGN)) continue;
            raise(thing, term, at === 0 ? value : value * USE_WEIGHT);
            if (at > 0 || weight < 1) raise(use, term, value);
          }
        }
      });
    }
    // `Sulphur, except sublimed sulphur` is sulphur.
    for (const term of terms.keys()) excluded.delete(term);
    return { terms, thing, use, excluded };
  }

  private terms(text: string, weight: number): Map<string, number> {
    const words = wordsOf(text);
    const telling = words.filter((word) => !HOLLOW.has(word)).map(stem);
    const terms = new Map<string, number>();
    for (const term of telling) raise(terms, term, weight);
    if (telling.length === 0) return terms;
    for (const word of words) if (HOLLOW.has(word)) raise(terms, HOLLOW_SIGN + stem(word), weight * HOLLOW_WEIGHT);
    for (const slug of [...this.conceptsIn(telling), ...this.conceptsIn(words.map(stem))]) {
      raise(terms, `#${slug}`, weight * CONCEPT_WEIGHT);
      for (let wider = this.broader.get(slug), share = BROADER_WEIGHT; wider !== undefined; wider = this.broader.get(wider), share /= 2) {
        raise(terms, `#${wider}`, weight * share);
      }
    }
    return terms;
  }

  /** Concepts of the longest phrases, from left to right. */
  private *conceptsIn(stems: readonly string[]): Generator<string> {
    for (let from = 0; from < stems.length;) {
      let length = Math.min(LONGEST_PHRASE, stems.length - from);
      while (length > 1 && !this.phrases.has(stems.slice(from, from + length).join(' '))) length -= 1;
      yield* this.phrases.get(stems.slice(from, from + length).join(' ')) ?? [];
      from += length;
    }
  }
}

/** Keeps the greater of two weights. */
export function raise(terms: Map<string, number>, term: string, weight: number): void {
  terms.set(term, Math.max(terms.get(term) ?? 0, weight));
}

/** The thing itself, and asides in brackets with their weight. */
function partsOf(text: string): [string, number][] {
  const asides = [...text.matchAll(/\(([^)]*)\)?/g)].map(([, inside]): [string, number] => [inside, ASIDE_WEIGHT]);
  return [[text.replace(/\([^)]*\)?/g, ' ; '), 1], ...asides];
}

function wordsOf(folded: string): string[] {
  return folded.replace(GRADE, '$1 $1$2').split(/[^a-z0-9]+/).filter((word) => word.length > 1 && !BINDING.has(word) && !/^\d+$/.test(word));
}

/** Stem of a folded word; a last `e` goes too, which the stemmer keeps where the accent is lost (`usagees`). */
function stem(word: string): string {
  if (word.length < 4) return word;
  const singular = word.endsWith('eaux') ? word.slice(0, -1) : word.endsWith('aux') && word.length > 5 ? `${word.slice(0, -3)}al` : word;
  return stemmer(singular).replace(/(?<=.{3})e+$/, '');
}

/** `non ferreux` names a thing and becomes one word; other words after `non` are handed to `negated` and go. */
function joinNegations(folded: string, negated: (word: string) => void): string {
  return folded.replace(NEGATED_WORD, (_whole, word: string) => {
    if (NO_NEGATION.has(word)) return `non${word}`;
    negated(word);
    return ' ';
  });
}
