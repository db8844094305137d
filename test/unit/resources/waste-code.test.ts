import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatNaf, nafMatches, normaliseNaf } from '../../../src/resources/naf.js';
import { formatWasteCode, isWeakWasteCode, normaliseWasteCode } from '../../../src/resources/waste-code.js';

describe('a waste code', () => {
  it.each([['20 01 08', false], ['200108', false], ['20.01.08', false], ['20-01-08', false], [' 20 01 08 ', false], ['20 01 08*', true], ['200108 *', true], ['20\u00a001\u00a008', false]])('is read from %p', (text, star) => {
    expect(normaliseWasteCode(text)).toEqual({ code: '200108', star });
  });

  it.each(['', '2001', '20010', '2001080', '20 01 0x', 'déchets', '**200108'])('is not read from %p', (text) => {
    expect(normaliseWasteCode(text)).toBeNull();
  });

  it('comes back from the way people write it (property)', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999 }), fc.boolean(), (number, star) => {
      const code = String(number).padStart(6, '0');
      expect(normaliseWasteCode(formatWasteCode(code, star))).toEqual({ code, star });
    }));
  });

  it('is weak when it ends in 99 and only then', () => {
    expect(isWeakWasteCode('020799')).toBe(true);
    expect(isWeakWasteCode('020704')).toBe(false);
    expect(isWeakWasteCode('199901')).toBe(false);
  });
});

describe('a NAF code', () => {
  it.each(['11.05Z', '1105Z', '1105z', ' 11.05 Z '])('is read from %p', (text) => {
    expect(normaliseNaf(text)).toBe('1105Z');
  });

  it.each(['', '11.05', '1105', '11.5Z', 'brasserie'])('is not read from %p', (text) => {
    expect(normaliseNaf(text)).toBeNull();
  });

  it('falls under its prefixes and no others', () => {
    expect(formatNaf('1105Z')).toBe('11.05Z');
    for (const prefix of ['11', '11.0', '11.05', '11.05Z']) expect(nafMatches('1105Z', prefix)).toBe(true);
    for (const prefix of ['10', '11.1', '11.05A']) expect(nafMatches('1105Z', prefix)).toBe(false);
  });
});
