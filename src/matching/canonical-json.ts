import { createHash } from 'node:crypto';

/**
 * JSON with sorted keys and no spaces: equal values have equal bytes, whatever order they were made in. Numbers that JSON
 * does not know (unknown as NaN, infinities) become null.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** A copy with keys in their order: made first, JSON's own writing goes without a call for every value. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  if ('toJSON' in value && typeof value.toJSON === 'function') return sorted(value.toJSON());
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) copy[key] = sorted((value as Record<string, unknown>)[key]);
  return copy;
}

/** SHA-256, hex, of a text in UTF-8. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
