import type { ResourceCategory } from './resource-catalogue.js';
import { foldWords } from './words.js';

/** Reads a category from what stands in a file: its slug, its label or a synonym, whatever the case, accents and plural. Never a guess. */
export class CategoryNames {
  private readonly exact = new Map<string, string>();

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
      for (const name of [category.label.fr, category.label.en, ...category.synonyms.fr, ...category.synonyms.en]) {
        const key = foldWords(name);
        if (key !== '' && !this.exact.has(key)) this.exact.set(key, successor(category).slug);
      }
    }
  }

  /** Slug of the one category that the words name; null when they name none exactly. */
  find(text: string): string | null {
    return this.exact.get(text.trim().toLowerCase()) ?? this.exact.get(foldWords(text)) ?? null;
  }
}
