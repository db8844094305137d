import { describe, expect, it } from '@jest/globals';
import type { QualityAttribute } from '../../../src/resources/resource-catalogue.js';
import { statedQuality, statedRanges } from '../../../src/resources/stated-quality.js';

const label = { fr: '-', en: '-' };
const ATTRIBUTES: QualityAttribute[] = [
  { slug: 'temperature', label, type: 'number', unit: 'Cel', words: [{ fr: ['température'], en: ['temperature'] }] },
  { slug: 'dry-matter', label, type: 'number', unit: '%', words: [{ fr: ['matière sèche', 'ms'], en: ['dry matter'] }] },
  { slug: 'ph', label, type: 'number', unit: '[pH]', words: [{ fr: ['ph'], en: ['ph'] }] },
  { slug: 'treated', label, type: 'boolean', words: [{ value: true, fr: ['traité', 'peint'], en: ['treated'] }, { value: false, fr: ['non traité', 'brut'], en: ['untreated'] }] },
  { slug: 'colour', label, type: 'choice', values: ['black', 'white'], words: [{ value: 'black', fr: ['noir'], en: ['black'] }, { value: 'white', fr: ['blanc'], en: ['white'] }] },
  { slug: 'silent', label, type: 'boolean' },
];
const stated = (text: string, side: 'output' | 'input' = 'output') => statedQuality(text, ATTRIBUTES, side);

describe('qualities that a text states', () => {
  it.each([
    ['eau chaude à 60 °C', { temperature: 60 }],
    ['60,5°C en sortie', { temperature: 60.5 }],
    ['fumées 100-200 °C', { temperature: 100 }],
    ['plus de 120 °C', { temperature: 120 }],
    ['moins de 90 °C', {}],
    ['60 °C puis 80 °C', {}],
    ['boues à 25 % de matière sèche', { 'dry-matter': 25 }],
    ['MS 25 %', { 'dry-matter': 25 }],
    ['25 % de refus', {}],
    ['effluent pH 12', { ph: 12 }],
    ['bois traité', { treated: true }],
    ['bois non traités', { treated: false }],
    ['bois hors bois traité', { treated: false }],
    ['bois brut et bois peint', {}],
    ['film noir', { colour: 'black' }],
    ['films, sauf noir', {}],
    ['film noir ou blanc', {}],
    ['traitement du bois', {}],
    ['', {}],
  ])('%p states %p', (text, expected) => {
    expect(stated(text)).toEqual(expected);
  });

  it('are taken the careful way where a figure is open', () => {
    expect(stated('< 90 °C', 'input')).toEqual({ temperature: 90 });
    expect(stated('100-200 °C', 'input')).toEqual({ temperature: 200 });
    expect(stated('> 60 °C', 'input')).toEqual({});
  });

  it('are ranges, open on one side where the text says so', () => {
    expect(statedRanges('chaleur < 60 °c', 'Cel', null)).toEqual([{ low: null, high: 60 }]);
    expect(statedRanges('chaleur 60 a 90 °c', 'Cel', null)).toEqual([{ low: 60, high: 90 }]);
    expect(statedRanges('60 litres', 'litre', null)).toEqual([]);
  });
});
