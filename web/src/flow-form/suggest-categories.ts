/** A category with the names it goes by. */
export interface NamedCategory {
  slug: string;
  label: { fr: string; en: string };
  synonyms: readonly string[];
}

const BINDING = new Set(['de', 'du', 'des', 'd', 'la', 'le', 'les', 'l', 'a', 'au', 'aux', 'en', 'et', 'pour', 'the', 'of', 'and', 'for', 'or', 'ou', 'un', 'une', 'nos', 'notre']);

/** Lower case without accents, cut to words; an `s` or `x` at the end of a longer one is a plural. */
function wordsOf(text: string): string[] {
  const folded = text.toLowerCase().replaceAll('œ', 'oe').normalize('NFKD').replace(/\p{M}/gu, '');
  return folded.split(/[^a-z0-9]+/).filter((word) => word !== '' && !BINDING.has(word)).map((word) => (word.length > 3 ? word.replace(/[sx]$/, '') : word));
}

/** How well a typed word meets a name's: 1 the same, less when one begins with the other, 0 not at all. */
function meets(typed: string, name: string): number {
  if (typed === name) return 1;
  const [short, long] = typed.length < name.length ? [typed, name] : [name, typed];
  return short.length >= 3 && long.startsWith(short) ? 0.4 + 0.5 * (short.length / long.length) : 0;
}

/** Of the typed words that the name holds, and of the name's words that were typed, 0 to 1. */
function likeness(typed: readonly string[], name: readonly string[]): number {
  if (typed.length === 0 || name.length === 0) return 0;
  const shared = typed.reduce((sum, word) => sum + Math.max(...name.map((other) => meets(word, other))), 0);
  return (2 * shared) / (typed.length + name.length);
}

const known = new WeakMap<NamedCategory, string[][]>();

/** The words of a category's names, cut once: this runs at every letter that is typed. */
function namesOf(category: NamedCategory): string[][] {
  const names = known.get(category) ?? [category.label.fr, category.label.en, ...category.synonyms].map(wordsOf);
  known.set(category, names);
  return names;
}

/**
 * Categories that typed words may name, best first; never one that shares no word with them.
 * @param most how many at most
 */
export function suggestCategories<Category extends NamedCategory>(text: string, categories: readonly Category[], most = 4): Category[] {
  const typed = wordsOf(text);
  if (typed.join('').length < 2) return [];
  return categories
    .map((category) => ({ category, score: Math.max(...namesOf(category).map((name) => likeness(typed, name))) }))
    .filter(({ score }) => score > 0.2)
    .sort((one, other) => other.score - one.score || one.category.slug.localeCompare(other.category.slug))
    .slice(0, most)
    .map(({ category }) => category);
}
