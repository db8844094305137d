import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WordTable } from '../../../src/platform/postgres/word-table.js';

describe('a table of words', () => {
  it('spells every run of bytes as it stands, however many there are and wherever they lie', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 300 }), (words) => {
      const table = new WordTable();
      const bytes = Buffer.from(words.join(''));
      for (let round = 0; round < 2; round += 1) {
        let at = 0;
        for (const word of words) {
          const length = Buffer.byteLength(word);
          expect(table.find(bytes, at, length)).toBe(word);
          at += length;
        }
      }
    }));
  });

  it('keeps nothing of the bytes it was shown', () => {
    const table = new WordTable();
    const bytes = Buffer.from('whey');
    expect(table.find(bytes, 0, 4)).toBe('whey');
    bytes.write('wood');
    expect(table.find(bytes, 0, 4)).toBe('wood');
    expect(table.find(Buffer.from('whey'), 0, 4)).toBe('whey');
  });
});
