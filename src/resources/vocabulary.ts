import { EntryReader, entryName, KnowledgeFileError } from './json-reader.js';

/** One idea of the field and the words for it, French and English: what lets `ferrailles` meet `ferrous scrap`. */
export interface Concept {
  slug: string;
  /** A wider idea that the words of this one belong to as well, `steel` to `ferrous`. */
  broader?: string;
  /** Words or short phrases. */
  words: string[];
}

/**
 * The synonyms of the field from the JSON of `config/vocabulary.json`.
 * @throws KnowledgeFileError with file, entry, found and expected: a slug that stands twice, no words, `broader` to nowhere or in a circle
 */
export function parseVocabulary(json: unknown, file: string): Concept[] {
  const reader = new EntryReader(file, 'document', json);
  const concepts = reader.objects('concepts', entryName('concepts')).map((entry): Concept => {
    const concept: Concept = { slug: entry.slug('slug'), words: entry.texts('words') };
    if (concept.words.length === 0) entry.refuse('words', 'at least one word');
    if (entry.has('broader')) concept.broader = entry.slug('broader');
    entry.close();
    return concept;
  });
  reader.close();
  const bySlug = new Map(concepts.map((concept) => [concept.slug, concept]));
  concepts.forEach(({ slug }, at) => {
    if (concepts.findIndex((other) => other.slug === slug) !== at) throw new KnowledgeFileError(file, `concepts[${at}].slug`, slug, 'each concept once');
  });
  for (const { slug, broader } of concepts) {
    const passed = new Set([slug]);
    for (let wider = broader; wider !== undefined; wider = bySlug.get(wider)?.broader) {
      if (!bySlug.has(wider)) throw new KnowledgeFileError(file, `concepts (${slug}).broader`, wider, 'a concept of this file');
      if (passed.has(wider)) throw new KnowledgeFileError(file, `concepts (${slug}).broader`, [...passed, wider].join(' → '), 'no circle');
      passed.add(wider);
    }
  }
  return concepts;
}
