import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quote, readBoolean, readChoice, readDay, readNumber, readText } from '../../../src/companies/words.js';

describe('words of people and spreadsheets', () => {
  it.each([
    ['1234.5', 1234.5], ['1 234,5', 1234.5], ['1\u202f234,5', 1234.5], ['1.234,5', 1234.5], ['1,234.5', 1234.5], ['12,345', 12.345],
    ['1.234.567', 1234567], ['1,234,567', 1234567], ['-3', -3], ['\u22123', -3], ['1e3', 1000], ['.5', 0.5],
  ])('read %s as a number', (text, number) => {
    expect(readNumber(text)).toBe(number);
  });

  it.each(['', 'douze', '12 t', '1,2,3', '--1', 'Infinity', 'NaN', '1e999', '0x10'])('refuse %j as a number', (text) => {
    expect(readNumber(text)).toBeNull();
  });

  it('read days that exist, French or ISO, and no others', () => {
    expect(['31/12/2026', '1.2.2026', '2026-02-28', '2026-02-28T10:00:00Z'].map(readDay)).toEqual(['2026-12-31', '2026-02-01', '2026-02-28', '2026-02-28']);
    expect(['30/02/2026', '2026-13-01', '12/31/2026', '31/12/26', 'demain', '0000-01-01'].map(readDay)).toEqual([null, null, null, null, null, null]);
  });

  it('read yes and no in both languages', () => {
    expect(['oui', 'Non', 'TRUE', 'faux', 'x', 'peut-être'].map(readBoolean)).toEqual([true, false, true, false, true, null]);
  });

  it('read a closed list by any of its words, without accents', () => {
    const words = { output: ['sortant'], input: ['entrant'] } as const;
    expect(['Sortant', 'INPUT', 'autre', '__proto__'].map((word) => readChoice(word, words))).toEqual(['output', 'input', null, null]);
  });

  it('keep no character that the database refuses', () => {
    expect(readText(' a\u0000b\n c\ud800 ')).toBe('a b c\ufffd');
    expect(readText('\u0000')).toBeNull();
  });

  it('quote anything on one short line', () => {
    expect(quote(undefined)).toBe('nothing');
    fc.assert(fc.property(fc.anything(), (value) => {
      const text = quote(typeof value === 'bigint' ? String(value) : value);
      expect(text.length).toBeLessThanOrEqual(120);
      expect(text).not.toContain('\n');
    }));
  });
});
