import { NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords, type Words } from '../words';
import { typedNumber } from './typed-flow';
import type { QualityAttribute } from './use-categories';

/** By slug, as typed; empty: not known. */
export type TypedQuality = Readonly<Record<string, string>>;
type Quality = Readonly<Record<string, number | string | boolean>>;

export function typedQuality(words: Words, quality: Quality): TypedQuality {
  return Object.fromEntries(Object.entries(quality).map(([slug, value]) => [slug, typeof value === 'number' ? words.number(value, { maximumFractionDigits: 6, useGrouping: false }) : String(value)]));
}

/** What is sent of it: numbers and yes or no as such; what is no number goes as it was typed, and is refused beside its field. */
export function qualityBody(typed: TypedQuality, attributes: readonly QualityAttribute[]): Quality {
  const body: Record<string, number | string | boolean> = {};
  for (const [slug, text] of Object.entries(typed)) {
    if (text.trim() === '') continue;
    const type = attributes.find((one) => one.slug === slug)?.type;
    const value = type === 'number' ? typedNumber(text) : null;
    body[slug] = type === 'boolean' ? text === 'true' : value === null || Number.isNaN(value) ? text : value;
  }
  return body;
}

/** A quality in words, `Température : 65 °C`. */
export function qualityText(words: Words, attribute: QualityAttribute, value: number | string | boolean): string {
  const text = typeof value === 'boolean' ? words.t(value ? 'forms.yes' : 'forms.no')
    : typeof value === 'number' ? `${words.number(value)} ${attribute.unitSign}`.trim() : (attribute.choices.find((one) => one.value === value)?.label[words.language] ?? value);
  return words.pair(attribute.label[words.language], text);
}

interface Props {
  /** Those that the category decides by, and those that were said before. */
  attributes: readonly QualityAttribute[];
  typed: TypedQuality;
  onChange(typed: TypedQuality): void;
  /** Texts by the API's names of fields. */
  errors: Readonly<Record<string, string | undefined>>;
}

/** What decides whether a flow suits, each in its own unit. */
export function QualityFields({ attributes, typed, onChange, errors }: Props): ReactNode {
  const words = useWords();
  return attributes.map(({ slug, label, type, unitSign, choices }) => {
    const shared = { label: unitSign ? `${label[words.language]} (${unitSign})` : label[words.language], value: typed[slug] ?? '', error: errors[`quality.${slug}`], onChange: (event: { currentTarget: { value: string } }) => onChange({ ...typed, [slug]: event.currentTarget.value }) };
    if (type === 'number') return <TextInput key={slug} inputMode="text" {...shared} />;
    const values = type === 'boolean' ? [{ value: 'true', label: words.t('forms.yes') }, { value: 'false', label: words.t('forms.no') }] : choices.map((one) => ({ value: one.value, label: one.label[words.language] }));
    return <NativeSelect key={slug} {...shared} data={[{ value: '', label: words.t('forms.unknown') }, ...values]} />;
  });
}
