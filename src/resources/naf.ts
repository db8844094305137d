import { EntryReader, KnowledgeFileError } from './json-reader.js';
import type { NafSubClass } from './knowledge.js';

/**
 * A NAF code in the form in which it is stored, `1105Z`: from `11.05Z`, `1105z`, `11.05 Z`.
 * @returns null when the text has no such form; whether the code exists is `Knowledge.naf`
 */
export function normaliseNaf(text: string): string | null {
  const match = /^\s*(\d\d)[.\s]?(\d\d)\s?([A-Za-z])\s*$/.exec(text);
  return match ? `${match[1]}${match[2]}${match[3]?.toUpperCase()}` : null;
}

/** As people write it: `11.05Z`. */
export function formatNaf(code: string): string {
  return `${code.slice(0, 2)}.${code.slice(2)}`;
}

/**
 * Whether an activity falls under a prefix as categories give them (`10`, `10.5`, `10.51`, `10.51A`).
 * @param code sub-class without dot, `1051A`
 */
export function nafMatches(code: string, prefix: string): boolean {
  return code.startsWith(prefix.replace('.', ''));
}

/**
 * The sub-classes from the JSON of `config/naf.json`, each with its division and section.
 * @throws KnowledgeFileError with file, entry, found and expected
 */
export function parseNaf(json: unknown, file: string): NafSubClass[] {
  const reader = new EntryReader(file, 'document', json);
  reader.optionalText('source');
  reader.optionalText('revision');
  const sections = unique(reader.objects('sections').map((entry) => {
    const section = { code: code(entry, /^[A-U]$/, 'a letter from A to U'), label: entry.labels('label') };
    entry.close();
    return section;
  }), 'sections', file);
  const divisions = unique(reader.objects('divisions').map((entry) => {
    const letter = entry.text('section');
    const section = sections.get(letter) ?? entry.refuse('section', 'the code of a section');
    const division = { code: code(entry, /^\d\d$/, 'two digits'), label: entry.labels('label'), section };
    entry.close();
    return division;
  }), 'divisions', file);
  const subClasses = unique(reader.objects('subClasses').map((entry): NafSubClass => {
    const sub = code(entry, /^\d{4}[A-Z]$/, 'four digits and a letter without dot');
    const division = divisions.get(sub.slice(0, 2)) ?? entry.refuse('code', 'a code under a division of the file');
    const subClass = { code: sub, label: entry.labels('label'), division: { code: division.code, label: division.label }, section: division.section };
    entry.close();
    return subClass;
  }), 'subClasses', file);
  reader.close();
  return [...subClasses.values()];
}

function code(entry: EntryReader, pattern: RegExp, expected: string): string {
  const text = entry.text('code');
  return pattern.test(text) ? text : entry.refuse('code', expected);
}

function unique<T extends { code: string }>(entries: readonly T[], list: string, file: string): Map<string, T> {
  const byCode = new Map<string, T>();
  entries.forEach((entry, index) => {
    if (byCode.has(entry.code)) throw new KnowledgeFileError(file, `${list}[${index}].code`, `${entry.code} a second time`, 'each code once');
    byCode.set(entry.code, entry);
  });
  return byCode;
}
