import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { companyRef, contactRef, parseCommuneCode, parseSiren, parseSiret, siteRef } from '../../../src/companies/identity.js';

/** Completes digits with the check digit that makes Luhn's sum a multiple of ten, written independently of the source. */
function withCheckDigit(digits: string): string {
  for (let check = 0; check < 10; check += 1) {
    const all = [...`${digits}${check}`].reverse().map(Number);
    const sum = all.reduce((total, digit, index) => total + (index % 2 === 0 ? digit : Math.floor((digit * 2) / 10) + ((digit * 2) % 10)), 0);
    if (sum % 10 === 0) return `${digits}${check}`;
  }
  throw new Error('no check digit');
}

const digits = (count: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((list) => list.join(''));

describe('a SIREN or SIRET', () => {
  it('is accepted with a right check digit, however it is grouped', () => {
    expect(parseSiren('000 000 018')).toEqual({ value: '000000018' });
    expect(parseSiret('000.000.018 00002')).toEqual({ value: '00000001800002' });
  });

  it('is refused by form when digits are missing, too many or no digits', () => {
    for (const text of ['', '00000001', '0000000180', '00000001O', '٠٠٠٠٠٠٠١٨']) expect(parseSiren(text)).toMatchObject({ fault: 'form' });
    expect(parseSiret('000000018')).toMatchObject({ fault: 'form', expected: 'a SIRET: fourteen digits' });
  });

  it.each([['SIREN', 8, parseSiren], ['SIRET', 13, parseSiret]] as const)('%s: a change of any one digit is caught', (_name, length, parse) => {
    fc.assert(fc.property(digits(length), fc.nat(length), fc.integer({ min: 1, max: 9 }), (start, place, shift) => {
      const right = withCheckDigit(start);
      fc.pre(!right.startsWith('356000000'));
      expect(parse(right)).toEqual({ value: right });
      const wrong = `${right.slice(0, place)}${(Number(right[place]) + shift) % 10}${right.slice(place + 1)}`;
      fc.pre(!wrong.startsWith('356000000'));
      expect(parse(wrong)).toMatchObject({ fault: 'checksum' });
    }));
  });

  it("of La Poste passes on the plain sum of its digits, which other companies' does not", () => {
    expect(parseSiret('35600000000048')).toEqual({ value: '35600000000048' });
    // Sum of digits 15 + …: 3+5+6+0…+4+9+0+0+8 = 35.
    expect(parseSiret('35600000049008')).toEqual({ value: '35600000049008' });
    expect(parseSiret('35600000049009')).toMatchObject({ fault: 'checksum' });
    expect(parseSiret('00000001800004')).toMatchObject({ fault: 'checksum' });
  });

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseSiren(text);
      parseSiret(text);
      parseCommuneCode(text);
    }));
  });
});

describe('natural keys', () => {
  it("are the official number where there is one, else the sender's reference, else nothing", () => {
    expect(companyRef('000000018', 'A-12')).toBe('000000018');
    expect(companyRef(null, '  A   12 ')).toBe('A 12');
    expect(companyRef(null, ' ')).toBeNull();
    expect(siteRef('00000001800002', null)).toBe('00000001800002');
  });

  it('of a contact person do not depend on case', () => {
    expect(contactRef('Achats@Exemple.FR', 'Une personne')).toBe('achats@exemple.fr');
    expect(contactRef(null, 'Service  Achats')).toBe('service achats');
  });

  it('take communes of Corsica and overseas', () => {
    expect(['82121', '2a004', '97411'].map(parseCommuneCode)).toEqual(['82121', '2A004', '97411']);
    expect(['8212', '2C004', 'Montauban'].map(parseCommuneCode)).toEqual([null, null, null]);
  });
});
