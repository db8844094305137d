import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { draftAgreement, draftCompany, type Drafted, draftContact, draftSite } from '../../../src/companies/company-draft.js';
import { shippedKnowledge } from '../flows/knowledge.js';

const knowledge = shippedKnowledge();
const words = fc.oneof(
  fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('000000018', '00000001800010', '11.05Z', '82121', '44,02', 'oui', '2026-01-01', 'A', '__proto__', 'a@exemple.org'),
  fc.constant(null), fc.constant(undefined),
);
/** Every one of these fields with any words. */
const anyOf = (...fields: string[]): fc.Arbitrary<Record<string, string | null | undefined>> => fc.record(Object.fromEntries(fields.map((field) => [field, words])));

describe('drafts of companies, sites, contact people and agreements', () => {
  it.each<[string, fc.Arbitrary<Record<string, string | null | undefined>>, (fields: object) => Drafted<object>]>([
    ['company', anyOf('ref', 'siren', 'name', 'naf', 'groupRef'), (fields) => draftCompany(fields, knowledge)],
    ['site', anyOf('ref', 'siret', 'name', 'naf', 'address', 'postcode', 'communeCode', 'commune', 'latitude', 'longitude', 'permitRegime', 'permitHeadings', 'hazardousPermitted'),
      (fields) => draftSite(fields, knowledge, '000000018')],
    ['contact', anyOf('name', 'position', 'email', 'phone', 'language', 'opposedToMail'), draftContact],
    ['agreement', anyOf('scope', 'signedOn', 'validUntil'), (fields) => draftAgreement(fields, '2026-11-23')],
  ])('of a %s never throw, and every refusal says field, found and expected', (_what, arbitrary, draft) => {
    fc.assert(fc.property(arbitrary, (fields) => {
      for (const error of draft(fields).errors) {
        for (const part of [error.field, error.code, error.found, error.expected]) expect(part).toMatch(/./u);
      }
    }), { numRuns: 300 });
  });

  it('read permits in the words of the nomenclature', () => {
    expect(['A', 'E', 'DC', 'Enregistrement', 'non classé'].map((permitRegime) => draftSite({ permitRegime }, knowledge).values.permitRegime))
      .toEqual(['authorisation', 'registration', 'declaration', 'registration', 'none']);
    expect(draftSite({ permitHeadings: '2791 ; 2220-1,2791' }, knowledge).values.permitHeadings).toEqual(['2791', '2220-1']);
  });

  it('take a place from both coordinates or none', () => {
    expect(draftSite({ latitude: '44,02', longitude: '1,35' }, knowledge).values).toMatchObject({ latitude: 44.02, longitude: 1.35, placeOrigin: 'site' });
    expect(draftSite({}, knowledge).values).toMatchObject({ latitude: null, longitude: null, placeOrigin: null });
    expect(draftSite({ latitude: 44 }, knowledge).errors).toEqual([{ field: 'longitude', code: 'missing', found: 'nothing', expected: 'both coordinates or none' }]);
  });
});
