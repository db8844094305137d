import { isBlank, quote, readBoolean, readChoice, readNumber } from '../companies/words.js';
import type { FieldError } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { QualityAttribute } from '../resources/resource-catalogue.js';
import type { QualityValue } from './flows.entities.js';

/** What an attribute's number can be at all, by its unit; other units: from 0 to a thousand million. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  Cel: [-273.15, 3000],
  '%': [0, 100],
  '[pH]': [-2, 16],
  bar: [0, 10_000],
};
const OTHER_RANGE = [0, 1e9] as const;

function readAttribute(attribute: QualityAttribute, given: unknown): { value: QualityValue } | { code: string; expected: string } {
  const raw = typeof given === 'number' || typeof given === 'string' || typeof given === 'boolean' ? given : null;
  if (attribute.type === 'boolean') {
    const value = typeof raw === 'number' ? null : readBoolean(raw);
    return value === null ? { code: 'quality-type', expected: 'true or false (oui, non)' } : { value };
  }
  if (attribute.type === 'choice') {
    const values = attribute.values ?? [];
    const value = typeof raw === 'string' ? readChoice(raw, Object.fromEntries(values.map((one) => [one, [one.toLowerCase()]]))) : null;
    return value === null ? { code: 'quality-choice', expected: `one of ${values.join(', ')}` } : { value };
  }
  const value = typeof raw === 'boolean' ? null : readNumber(raw);
  if (value === null) return { code: 'quality-type', expected: `a number in ${attribute.unit ?? 'its unit'}` };
  const [low, high] = RANGES[attribute.unit ?? ''] ?? OTHER_RANGE;
  if (value < low || value > high) return { code: 'quality-range', expected: `between ${low} and ${high} ${attribute.unit ?? ''}`.trimEnd() };
  return { value };
}

/**
 * Quality attributes by slug, checked against the knowledge files; blank ones are left out, since unknown is not a value.
 * Any known attribute may be noted on any flow: which of them decide is the category's business.
 */
export function draftQuality(given: Readonly<Record<string, unknown>>, knowledge: Knowledge): { quality: Record<string, QualityValue>; errors: FieldError[] } {
  const quality: Record<string, QualityValue> = {};
  const errors: FieldError[] = [];
  for (const [slug, raw] of Object.entries(given)) {
    if (isBlank(raw)) continue;
    const field = `quality.${slug}`;
    const attribute = knowledge.catalogue.qualityAttributes.find((one) => one.slug === slug);
    if (!attribute) {
      errors.push({ field, code: 'unknown-quality', found: quote(slug), expected: 'the slug of a quality attribute, such as temperature' });
      continue;
    }
    const read = readAttribute(attribute, raw);
    if ('value' in read) quality[slug] = read.value;
    else errors.push({ field, code: read.code, found: quote(raw), expected: read.expected });
  }
  return { quality, errors };
}
