import type { Labels } from './resource-catalogue.js';

/** A knowledge file breaks a rule: which file, which entry, what was found there and what was expected. */
export class KnowledgeFileError extends Error {
  constructor(readonly file: string, readonly entry: string, readonly found: string, readonly expected: string) {
    super(`${file}, ${entry}: found ${found}, expected ${expected}`);
  }
}

/** A value as it may stand in an error message: its JSON, cut to 80 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Small letters, digits and single hyphens. */
export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Reads one JSON object field by field; `close` refuses fields that nobody asked for, so that a misspelt one is not silently ignored. */
export class EntryReader {
  private readonly read = new Set<string>();
  private readonly record: Record<string, unknown>;

  constructor(readonly file: string, readonly entry: string, value: unknown) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new KnowledgeFileError(file, entry, shown(value), 'an object');
    this.record = value as Record<string, unknown>;
  }

  /** @throws KnowledgeFileError always */
  refuse(key: string, expected: string, found: unknown = this.record[key]): never {
    throw new KnowledgeFileError(this.file, key === '' ? this.entry : `${this.entry}.${key}`, shown(found), expected);
  }

  has(key: string): boolean {
    return this.record[key] !== undefined;
  }

  raw(key: string): unknown {
    this.read.add(key);
    return this.record[key];
  }

  text(key: string): string {
    const value = this.raw(key);
    return typeof value === 'string' && value.trim() !== '' ? value : this.refuse(key, 'a text that is not empty');
  }

  optionalText(key: string): string | undefined {
    return this.has(key) ? this.text(key) : undefined;
  }

  slug(key: string): string {
    const value = this.text(key);
    return SLUG.test(value) ? value : this.refuse(key, 'a slug of small letters, digits and single hyphens');
  }

  number(key: string, allowed: (value: number) => boolean, expected: string): number {
    const value = this.raw(key);
    return typeof value === 'number' && Number.isFinite(value) && allowed(value) ? value : this.refuse(key, expected);
  }

  boolean(key: string): boolean {
    const value = this.raw(key);
    return typeof value === 'boolean' ? value : this.refuse(key, 'true or false');
  }

  oneOf<T extends string>(key: string, values: readonly T[]): T {
    const value = this.raw(key);
    return values.find((allowed) => allowed === value) ?? this.refuse(key, `one of ${values.join(', ')}`);
  }

  texts(key: string, pattern?: RegExp, expected = 'a list of texts that are not empty, none twice'): string[] {
    const value = this.raw(key);
    if (!Array.isArray(value)) return this.refuse(key, expected);
    const texts = value.filter((item): item is string => typeof item === 'string' && item.trim() !== '' && (!pattern || pattern.test(item)));
    return texts.length === value.length && new Set(texts).size === texts.length ? texts : this.refuse(key, expected);
  }

  objects(key: string, name: (value: unknown, index: number) => string = (_value, index) => `${this.entry}.${key}[${index}]`): EntryReader[] {
    const value = this.raw(key);
    if (!Array.isArray(value)) return this.refuse(key, 'a list');
    return value.map((item: unknown, index) => new EntryReader(this.file, name(item, index), item));
  }

  object(key: string): EntryReader {
    return new EntryReader(this.file, `${this.entry}.${key}`, this.raw(key));
  }

  labels(key: string): Labels {
    const reader = this.object(key);
    const labels = { fr: reader.text('fr'), en: reader.text('en') };
    reader.close();
    return labels;
  }

  close(): void {
    const unknown = Object.keys(this.record).find((key) => !this.read.has(key));
    if (unknown !== undefined) this.refuse(unknown, `no such field (there are ${[...this.read].join(', ')})`);
  }
}

/** How an entry of a list is called in an error: by its list, place and slug, so that it is found with a search. */
export function entryName(list: string): (value: unknown, index: number) => string {
  return (value, index) => {
    const slug = value !== null && typeof value === 'object' && 'slug' in value ? value.slug : undefined;
    return typeof slug === 'string' ? `${list}[${index}] (${slug})` : `${list}[${index}]`;
  };
}
