import { createHash } from 'node:crypto';

/**
 * JSON with sorted keys and no spaces: equal values have equal bytes, whatever order they were made in. Numbers that JSON
 * does not know (unknown as NaN, infinities) become null.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)))
      : inner);
}

/** SHA-256, hex, of a text in UTF-8. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
