import type { Labels, ResourceCategory } from './resource-catalogue.js';
import { foldWords, tokens } from './words.js';

export interface CategoryAnswer {
  /** The one category that the words name; null when they name none exactly. */
  slug: string | null;
  /** When null: up to three categories that share words with the text, best first, to show beside the error. */
  near: { slug: string; label: Labels }[];
}

/** Reads a category from what stands in a file: its slug, its label or a synonym, whatever the case, accents and plural. Never a guess. */
export class CategoryNames {
  private readonly exact = new Map<string, string>();
  private readonly names: { category: ResourceCategory; words: ReadonlySet<string>[] }[] = [];

  constructor(categories: readonly ResourceCategory[]) {
    const bySlug = new Map(categories.map((category) => [category.slug, category]));
    const successor = (category: ResourceCategory): ResourceCategory => {
      const next = category.replacedBy === undefined ? undefined : bySlug.get(category.replacedBy);
      return next ? successor(next) : category;
    };
    // Names of living leaves win over those of replaced ones, and a slug over any name.
    const living = categories.filter((category) => category.replacedBy === undefined);
    const replaced = categories.filter((category) => category.replacedBy !== undefined);
    for (const category of categories) this.exact.set(category.slug, successor(category).slug);
    for (const category of [...living, ...replaced]) {
      const names = [category.label.fr, category.label.en, ...category.synonyms.fr, ...category.synonyms.en];
      for (const name of names) {
        const key = foldWords(name);
        if (key !== '' && !this.exact.has(key)) this.exact.set(key, successor(category).slug);
      }
      if (category.replacedBy === undefined) this.names.push({ category, words: names.map((name) => new Set(tokens(name))) });
    }
  }

  find(text: string): CategoryAnswer {
    const slug = this.exact.get(text.trim().toLowerCase()) ?? this.exact.get(foldWords(text)) ?? null;
    if (slug !== null) return { slug, near: [] };
    const asked = new Set(tokens(text));
    const scored = this.names
      .map(({ category, words }) => ({ category, score: Math.max(...words.map((name) => overlap(asked, name))) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || (a.category.slug < b.category.slug ? -1 : 1));
    return { slug: null, near: scored.slice(0, 3).map(({ category }) => ({ slug: category.slug, label: category.label })) };
  }
}

/** Dice coefficient of two sets of words, 0 to 1; words of five letters or more also meet by their first five. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const word of a) {
    if (b.has(word)) shared += 1;
    else if (word.length >= 5 && [...b].some((other) => other.length >= 5 && other.slice(0, 5) === word.slice(0, 5))) shared += 0.5;
  }
  return (2 * shared) / (a.size + b.size);
}
