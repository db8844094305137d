import { foldAccents } from '../resources/words.js';

/**
 * Words as people, forms and spreadsheets write them, read into values. French and English; every reader gives null for
 * what it does not understand, so that the caller can name the field, and none ever throws.
 */

/** On one line, without control characters and broken surrogates, which the database would refuse. */
function oneLine(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd').replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** How a value is quoted in a report: short, on one line, whatever it was. */
export function quote(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const line = oneLine(text);
  if (line === '') return 'blanks';
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** True for what a sender means by "nothing here": absent, or blanks only. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Trimmed text with single blanks; null when blank. */
export function readText(value: string | null | undefined): string | null {
  const text = oneLine(value ?? '');
  return text === '' ? null : text;
}

/**
 * A finite number: `1234.5`, `1 234,5`, `1.234,5` (French or continental), `1,234.5` (English). `12,345` alone is read as
 * the French decimal 12.345, since files here are French.
 */
export function readNumber(value: number | string | null | undefined): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  let text = (value ?? '').replace(/[\s\u00a0\u202f'’]/gu, '').replace(/^\u2212/u, '-');
  if (/^[-+]?\d{1,3}(\.\d{3})+,\d+$/.test(text)) text = text.replaceAll('.', '').replace(',', '.');
  else if (/^[-+]?\d{1,3}(,\d{3})+\.\d+$/.test(text) || /^[-+]?\d{1,3}(,\d{3}){2,}$/.test(text)) text = text.replaceAll(',', '');
  else if (/^[-+]?\d{1,3}(\.\d{3}){2,}$/.test(text)) text = text.replaceAll('.', '');
  else text = text.replace(',', '.');
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** A day that exists, as `YYYY-MM-DD`, from that form (a time after it is left out) or from `31/12/2026`, `31-12-2026`, `31.12.2026`. */
export function readDay(value: string | null | undefined): string | null {
  const text = (value ?? '').trim();
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/.exec(text);
  const french = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
  const parts = iso ? [iso[1], iso[2], iso[3]] : french ? [french[3], french[2], french[1]] : null;
  if (!parts) return null;
  const [year, month, day] = parts.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.toISOString().slice(0, 10);
}

function plain(value: string): string {
  return foldAccents(value).replace(/\s+/gu, ' ').trim();
}

const YES = new Set(['true', 'yes', 'oui', 'vrai', 'o', 'y', '1', 'x']);
const NO = new Set(['false', 'no', 'non', 'faux', 'n', '0']);

export function readBoolean(value: boolean | string | null | undefined): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = plain(value ?? '');
  return YES.has(word) ? true : NO.has(word) ? false : null;
}

/** One of a closed list, by any of its words. @param words value → its other words, plain */
export function readChoice<Value extends string>(value: string | null | undefined, words: Readonly<Record<Value, readonly string[]>>): Value | null {
  const wanted = plain(value ?? '');
  for (const [choice, others] of Object.entries(words) as [Value, readonly string[]][]) {
    if (wanted === choice || others.includes(wanted)) return choice;
  }
  return null;
}
