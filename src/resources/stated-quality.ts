import type { AttributeWords, QualityAttribute } from './resource-catalogue.js';
import { allTokens, foldAccents } from './words.js';

export type StatedValue = number | boolean | string;

/** Figures of one unit in a text; null: open on that side. `60 °C` is 60 to 60, `< 90 °C` null to 90. */
export interface StatedRange {
  low: number | null;
  high: number | null;
}

/** How units of attributes are written. A figure with a unit of its own tells the attribute; a percentage needs its word. */
const UNIT_SIGNS: Record<string, string> = {
  Cel: '(?:°\\s?c|° c|degres?(?: c(?:elsius)?)?|ºc)\\b', '%': '%', bar: 'bars?\\b', 'MJ/kg': 'mj\\s?/\\s?kg', 'mg/kg': 'mg\\s?/\\s?kg', 'mg/L': 'mg\\s?/\\s?l', 'uS/cm': '(?:u|µ|μ)s\\s?/\\s?cm', mm: 'mm\\b',
  m: 'm(?:etres?)?\\b', '[pH]': '',
};
/** Units that only one attribute has: no word is needed beside the figure. */
const SPEAKS_FOR_ITSELF = new Set(['Cel', 'bar', 'MJ/kg', 'uS/cm']);
const NUMBER = '(\\d+(?:[.,]\\d+)?)';
const BELOW = '(?:<|≤|<=|inferieure? a|moins de|au plus|maximum|max\\.?|jusqu\'a|below|under|up to|at most|less than)';
const ABOVE = '(?:>|≥|>=|superieure? a|plus de|au moins|minimum|min\\.?|above|over|at least|more than)';
/** Words between a figure and the attribute's name, `25 % de matière sèche`. */
const NEAR = 24;
const NEGATIONS = new Set(['non', 'sans', 'hors', 'sauf', 'exempt', 'autre', 'ne', 'without', 'no', 'not', 'free']);
const CLAUSES = /\b(?:hors|sauf|sans|a l'exclusion d[eu]s?|a l'exception d[eu]s?|ne contenant (?:pas|ni|aucune?)|exempte? d[eu]s?|without|except|excluding|free (?:of|from)|not containing)\b[^,;.()]*/g;

/** All figures of a unit in a folded text, each as a range; with `words` only those beside one of them. */
export function statedRanges(folded: string, unit: string, words: readonly string[] | null): StatedRange[] {
  const sign = UNIT_SIGNS[unit];
  if (sign === undefined) return [];
  const pattern = new RegExp(`(?:(?<below>${BELOW})\\s*|(?<above>${ABOVE})\\s*)?${NUMBER}\\s*(?:${sign})?\\s*(?:(?:-|–|a|to|et)\\s*${NUMBER}\\s*)?${sign === '' ? '(?![\\d.,]*\\s*%)' : `(?:${sign})`}`, 'g');
  const ranges: StatedRange[] = [];
  for (const match of folded.matchAll(pattern)) {
    const [first, second] = [match[3], match[4]].map((text) => (text === undefined ? null : Number(text.replace(',', '.'))));
    if (first === null) continue;
    if (words !== null && !beside(folded, match.index, match.index + match[0].length, words)) continue;
    if (match.groups?.below !== undefined) ranges.push({ low: null, high: second ?? first });
    else if (match.groups?.above !== undefined) ranges.push({ low: first, high: second });
    else ranges.push({ low: first, high: second ?? first });
  }
  return ranges;
}

function beside(folded: string, from: number, to: number, words: readonly string[]): boolean {
  const before = folded.slice(Math.max(0, from - NEAR), from);
  const after = folded.slice(to, to + NEAR);
  return words.some((word) => {
    const name = new RegExp(`(?<![a-z0-9])${foldAccents(word).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![a-z0-9])`);
    return name.test(before) || name.test(after);
  });
}

/**
 * What a text states of the qualities that decide for a category. Never a guess: what is not said, or said both ways, is left out.
 * @param side an open figure counts only the careful way: `> 60 °C` is 60 of an output, `< 90 °C` is 90 of a need
 */
export function statedQuality(text: string, attributes: readonly QualityAttribute[], side: 'output' | 'input'): Record<string, StatedValue> {
  const folded = foldAccents(text);
  const spoken = allTokens(folded);
  const outside = allTokens(folded.replace(CLAUSES, ' ; '));
  const stated: Record<string, StatedValue> = {};
  for (const { slug, type, unit, words } of attributes) {
    const value = type === 'number' ? statedNumber(folded, unit ?? '', words?.[0], side) : statedWord(spoken, outside, words ?? []);
    if (value !== null) stated[slug] = value;
  }
  return stated;
}

function statedNumber(folded: string, unit: string, words: AttributeWords | undefined, side: 'output' | 'input'): number | null {
  const names = [...(words?.fr ?? []), ...(words?.en ?? [])];
  const ranges = statedRanges(folded, unit, SPEAKS_FOR_ITSELF.has(unit) ? null : names);
  if (ranges.length !== 1) return null;
  return side === 'output' ? ranges[0].low : ranges[0].high;
}

/** The longest phrase that is said decides; a phrase in a clause of exclusion says the opposite of a yes or no. */
function statedWord(spoken: readonly string[], outside: readonly string[], words: readonly AttributeWords[]): boolean | string | null {
  let longest = 0;
  let found = new Set<boolean | string>();
  for (const { value, fr, en } of words) {
    for (const phrase of [...fr, ...en]) {
      const parts = allTokens(phrase);
      if (parts.length === 0 || parts.length < longest || places(spoken, parts).length === 0) continue;
      const excluded = !NEGATIONS.has(parts[0]) && !affirmed(outside, parts);
      if (value === undefined || (excluded && typeof value !== 'boolean')) continue;
      if (parts.length > longest) found = new Set();
      longest = parts.length;
      found.add(excluded ? !value : value);
    }
  }
  return found.size === 1 ? [...found][0] : null;
}

/** Whether the phrase stands there, other than after a `non` or `sans` of its own. */
function affirmed(all: readonly string[], phrase: readonly string[]): boolean {
  return places(all, phrase).some((from) => !NEGATIONS.has(all[from - 1] ?? ''));
}

function places(all: readonly string[], phrase: readonly string[]): number[] {
  const found: number[] = [];
  for (let from = 0; from + phrase.length <= all.length; from += 1) {
    if (phrase.every((word, at) => all[from + at] === word)) found.push(from);
  }
  return found;
}
