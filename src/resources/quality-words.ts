import type { Labels, QualityAttribute } from './resource-catalogue.js';

const UNIT_SIGNS: Readonly<Record<string, string>> = { Cel: '°C', 'uS/cm': 'µS/cm', '[pH]': '' };

/** A unit of an attribute as people write it: `°C` for `Cel`; pH has none. */
export function unitSign(unit: string | undefined): string {
  return unit === undefined ? '' : (UNIT_SIGNS[unit] ?? unit);
}

/** What a value of a choice is called: the first of the words that state it, or the value itself. */
export function choiceLabel({ words }: QualityAttribute, value: string): Labels {
  const entry = words?.find((one) => one.value === value);
  return { fr: entry?.fr[0] ?? value, en: entry?.en[0] ?? value };
}
