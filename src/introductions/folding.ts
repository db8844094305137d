import { tokens } from '../resources/words.js';

/**
 * A text in lower case without accents, ligatures, invisible characters and full-width forms, with the way back: the
 * character `chars[i]` stands in the original at `[at[i], end[i])`, UTF-16.
 */
export interface FoldedText {
  original: string;
  chars: string;
  at: number[];
  end: number[];
  /** Whether it was a capital. */
  upper: boolean[];
}

/** A run of letters and digits. */
export interface Word {
  /** Folded; an abbreviation that has one meaning written out (`av` is `avenue`). */
  text: string;
  /** Indexes into the folded text. */
  from: number;
  to: number;
}

const UNFOLDED: Record<string, string> = { œ: 'oe', æ: 'ae', ß: 'ss', ø: 'o', đ: 'd', ł: 'l', ı: 'i' };

/** What one writes short in names and addresses, folded. */
const SHORT: Record<string, string> = {
  st: 'saint', ste: 'sainte', av: 'avenue', ave: 'avenue', bd: 'boulevard', bld: 'boulevard', bvd: 'boulevard', blvd: 'boulevard', boul: 'boulevard', ch: 'chemin', che: 'chemin',
  rte: 'route', pl: 'place', imp: 'impasse', all: 'allee', fg: 'faubourg', fbg: 'faubourg', sq: 'square', qu: 'quai', ets: 'etablissements', etabl: 'etablissements', cie: 'compagnie',
  gal: 'general', mal: 'marechal', pdt: 'president', ld: 'lieudit', zi: 'zone industrielle', za: 'zone artisanale', zac: 'zone amenagement concerte',
};

export function foldText(text: string): FoldedText {
  const folded: FoldedText = { original: text, chars: '', at: [], end: [], upper: [] };
  let at = 0;
  for (const point of text) {
    const end = at + point.length;
    const wide = point.normalize('NFKC');
    const lower = wide.toLowerCase();
    const plain = [...lower].map((char) => UNFOLDED[char] ?? char).join('').normalize('NFKD').toLowerCase().replace(/[\p{M}\p{Cf}]/gu, '').replace(/[’‘ʼ`´]/g, "'");
    // What vanishes belongs to the character before it, so that a slice of the original is whole.
    if (plain === '' && /\p{M}/u.test(point) && folded.end.length > 0) folded.end[folded.end.length - 1] = end;
    for (let index = 0; index < plain.length; index += 1) {
      folded.at.push(at);
      folded.end.push(end);
      folded.upper.push(wide !== lower);
    }
    folded.chars += plain;
    at = end;
  }
  return folded;
}

export function wordsOf(folded: FoldedText): Word[] {
  return [...folded.chars.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({ text: (SHORT[match[0]] ?? match[0]).replaceAll(' ', ''), from: match.index, to: match.index + match[0].length }));
}

/** The words of a name or an address, folded; `S.A.R.L.` and `B.I.M.` are one word each. */
export function foldedWords(text: string): string[] {
  const joined = text.replace(/(?<![\p{L}\p{N}])(?:\p{L}\.\s?){2,}(?:\p{L}(?![\p{L}\p{N}]))?/gu, (letters) => `${letters.replace(/[.\s]/g, '')} `);
  return wordsOf(foldText(joined)).map((word) => word.text);
}

/** Words that only bind, `de`, `of`. @param word folded */
export function isBinding(word: string): boolean {
  return tokens(word).length === 0;
}

/** @param word folded @returns its singular, as far as a letter tells it */
export function singular(word: string): string {
  return tokens(word)[0] ?? word;
}

/** Words of a text as they run, squeezed into one string, so that it does not matter where and how they are parted. */
export interface Stream {
  words: Word[];
  squeezed: string;
  /** Where in `squeezed` each word begins. */
  begins: number[];
}

export function streamOf(words: Word[]): Stream {
  const begins: number[] = [];
  let length = 0;
  for (const word of words) {
    begins.push(length);
    length += word.text.length;
  }
  return { words, squeezed: words.map((word) => word.text).join(''), begins };
}

/** Runs of whole words that squeezed give this text. @param needle squeezed */
export function runsOf({ words, squeezed, begins }: Stream, needle: string): Word[][] {
  const found: Word[][] = [];
  if (needle === '') return found;
  for (let index = squeezed.indexOf(needle); index !== -1; index = squeezed.indexOf(needle, index + 1)) {
    const first = indexOfBegin(begins, index);
    if (first === -1) continue;
    const past = index + needle.length === squeezed.length ? words.length : indexOfBegin(begins, index + needle.length);
    if (past !== -1) found.push(words.slice(first, past));
  }
  return found;
}

/** @param begins ascending */
function indexOfBegin(begins: readonly number[], wanted: number): number {
  let low = 0;
  let high = begins.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = begins[middle];
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
