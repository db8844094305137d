import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { draftFlow, type FlowFields } from '../../../src/flows/flow-draft.js';
import { shippedKnowledge } from './knowledge.js';

const knowledge = shippedKnowledge();
const TODAY = '2026-11-23';
const plain: FlowFields = { ref: 'F1', direction: 'output', category: 'brewers-spent-grain' };
const draft = (fields: Partial<FlowFields>): ReturnType<typeof draftFlow> => draftFlow({ ...plain, ...fields }, knowledge, TODAY);
const refusal = (fields: Partial<FlowFields>): unknown => draft(fields).errors;

describe('drafting a flow', () => {
  it('turns French words into columns', () => {
    const { values, errors } = draftFlow({
      ref: ' F 12 ', direction: 'Sortant', category: 'Drêches de brasserie', description: 'drêches  fraîches', quantity: { value: '12,5', unit: 't', period: 'mois' },
      provenance: 'estimé', minimumLot: { value: 10, unit: 'tonnes' }, months: 'mars-octobre', quality: { 'dry-matter': '22,5', contaminants: '' },
      wasteCode: '02 07 04', wish: 'oui', reach: 'régional', presentOutlet: 'éleveur', presentCost: '-8,5', contractEndsOn: '31/12/2027', confirmedOn: '02/11/2026',
    }, knowledge, TODAY);
    expect(errors).toEqual([]);
    expect(values).toMatchObject({
      ref: 'F 12', direction: 'output', category: 'brewers-spent-grain', categoryOrigin: 'declared', description: 'drêches fraîches', quantity: 100,
      quantityEntered: '12.5 t/mois', provenance: 'estimated', minimumLot: 10, months: 0b0011_1111_1100, quality: { 'dry-matter': 22.5 }, hazardous: false,
      wasteCode: '020704', wasteCodeOrigin: 'declared', wish: 'yes', withheld: false, reach: 'regional', sourcing: false, presentOutlet: 'éleveur',
      presentCost: -8.5, contractEndsOn: '2027-12-31', confirmedOn: '2026-11-02',
    });
  });

  it('leaves everything unknown that was not said, and takes today as confirmed', () => {
    const { values, errors } = draft({});
    expect(errors).toEqual([]);
    expect(values).toMatchObject({ quantity: null, months: null, hazardous: null, wasteCode: null, wish: null, provenance: null, confirmedOn: TODAY, description: 'Drêches de brasserie' });
  });

  it('makes no category of a description that is not clear, nor of a category that nobody knows, and names the nearest', () => {
    const [unclear, unknown] = [draft({ category: null, description: 'boues' }), draft({ category: 'drèche de la Lune' })];
    expect(unclear.errors).toMatchObject([{ field: 'category', code: 'category-missing', expected: expect.stringContaining('near: ') }]);
    expect(unknown.errors).toMatchObject([{ field: 'category', code: 'unknown-category', expected: expect.stringContaining('near: brewers-spent-grain') }]);
  });

  it('takes a synonym or a description for a suggestion, until a person confirms it', () => {
    expect(draft({ category: 'drêches de malt' }).values).toMatchObject({ category: 'brewers-spent-grain', categoryOrigin: 'suggested' });
    expect(draft({ category: null, description: 'Drêches de brasserie' }).values).toMatchObject({ category: 'brewers-spent-grain', categoryOrigin: 'suggested' });
    expect(draft({ category: null, description: 'nos drêches de brasserie, fraîches' }).values).toMatchObject({ category: 'brewers-spent-grain', categoryOrigin: 'suggested' });
    expect(draft({ category: 'brewers-spent-grain' }).values.categoryOrigin).toBe('declared');
  });

  it.each<[string, Partial<FlowFields>, string, string]>([
    ['an unknown category', { category: 'licorne en poudre' }, 'category', 'unknown-category'],
    ['no category at all', { category: ' ' }, 'category', 'category-missing'],
    ['an unknown direction', { direction: 'montant' }, 'direction', 'unknown-word'],
    ['no reference', { ref: '' }, 'ref', 'missing'],
    ['an unknown unit', { quantity: { value: 3, unit: 'brouettes', period: 'an' } }, 'quantity.unit', 'unknown-unit'],
    ['a unit of another kind', { quantity: { value: 3, unit: 'MWh', period: 'an' } }, 'quantity.unit', 'unknown-unit'],
    ['an unknown period', { quantity: { value: 3, unit: 't', period: 'lune' } }, 'quantity.period', 'unknown-period'],
    ['a negative quantity', { quantity: { value: -3, unit: 't', period: 'an' } }, 'quantity.value', 'not-positive'],
    ['a quantity of nothing', { quantity: { value: 0, unit: 't', period: 'an' } }, 'quantity.value', 'not-positive'],
    ['an absurd quantity', { quantity: { value: 4e9, unit: 't', period: 'an' } }, 'quantity.value', 'absurd'],
    ['a quantity in words', { quantity: { value: 'beaucoup', unit: 't', period: 'an' } }, 'quantity.value', 'not-a-number'],
    ['a quantity without unit', { quantity: { value: 3, unit: '' } }, 'quantity.unit', 'unit-missing'],
    ['an unknown waste code', { wasteCode: '99 99 99' }, 'wasteCode', 'unknown-waste-code'],
    ['a waste code of another form', { wasteCode: '0207' }, 'wasteCode', 'unknown-waste-code'],
    ['an unknown quality attribute', { quality: { flavour: 3 } }, 'quality.flavour', 'unknown-quality'],
    ['a number given as a word', { quality: { 'dry-matter': 'sèche' } }, 'quality.dry-matter', 'quality-type'],
    ['a boolean given as a number', { quality: { clean: 3 } }, 'quality.clean', 'quality-type'],
    ['a share above the whole', { quality: { 'dry-matter': 140 } }, 'quality.dry-matter', 'quality-range'],
    ['a choice that there is not', { quality: { 'abp-category': 'c9' } }, 'quality.abp-category', 'quality-choice'],
    ['a thirteenth month', { months: [13] }, 'months', 'unknown-months'],
    ['unknown months', { months: 'vendanges' }, 'months', 'unknown-months'],
    ['a confirmation in the future', { confirmedOn: '2026-11-24' }, 'confirmedOn', 'in-the-future'],
    ['a day that does not exist', { confirmedOn: '31/11/2026' }, 'confirmedOn', 'not-a-date'],
    ['a contract that ends in another age', { contractEndsOn: '2999-01-01' }, 'contractEndsOn', 'absurd'],
    ['an unknown wish', { wish: 'peut-être' }, 'wish', 'unknown-word'],
    ['an unknown provenance', { provenance: 'rumeur' }, 'provenance', 'unknown-word'],
    ['a cost in words', { presentCost: 'cher' }, 'presentCost', 'not-a-number'],
    ['an absurd cost', { presentCost: 1e9 }, 'presentCost', 'absurd'],
    ['a confidence above one', { wasteCode: '020704', wasteCodeOrigin: 'suggested', wasteCodeConfidence: 2 }, 'wasteCodeConfidence', 'absurd'],
    ['a description that is a book', { description: 'x'.repeat(3000) }, 'description', 'too-long'],
  ])('refuses %s by field, with what was found and expected', (_what, fields, field, code) => {
    expect(refusal(fields)).toEqual([{ field, code, found: expect.any(String), expected: expect.any(String) }]);
  });

  it('names categories that are near an unknown one', () => {
    expect(draft({ category: 'drêches de cidrerie' }).errors[0].expected).toContain('brewers-spent-grain');
  });

  it('counts a monthly rate over the months in which the flow runs', () => {
    expect(draft({ quantity: { value: 10, unit: 't', period: 'mois' }, months: [4, 5, 6] }).values.quantity).toBe(30);
    expect(draft({ quantity: { value: 10, unit: 't', period: 'an' }, months: [4, 5, 6] }).values.quantity).toBe(10);
  });
});

describe('the hazard of a flow', () => {
  it('comes from the waste code where nothing was said', () => {
    expect(draft({ category: 'waste-mineral-oil', wasteCode: '13 02 05*' }).values.hazardous).toBe(true);
    expect(draft({ wasteCode: '020704' }).values.hazardous).toBe(false);
  });

  it('is never cleared by a weak code: a suggestion, or one that ends in 99', () => {
    expect(draft({ wasteCode: '020704', wasteCodeOrigin: 'suggested', wasteCodeConfidence: '0,7' }).values).toMatchObject({ hazardous: null, wasteCodeConfidence: 0.7 });
    expect(draft({ wasteCode: '020799' }).values.hazardous).toBeNull();
    expect(draft({ wasteCode: '130205', wasteCodeOrigin: 'suggested' }).values.hazardous).toBe(true);
  });

  it('said against a hazardous code is refused, naming both', () => {
    expect(refusal({ category: 'waste-mineral-oil', wasteCode: '130205', hazardous: false })).toEqual([
      { field: 'hazardous', code: 'contradicts-waste-code', found: 'not hazardous, with waste code 130205*', expected: expect.any(String) },
    ]);
    expect(refusal({ category: 'waste-mineral-oil', wasteCode: '130205', hazardous: true })).toEqual([]);
  });

  it('said by a star on a code that has none is refused', () => {
    expect(refusal({ wasteCode: '02 07 04*' })).toEqual([expect.objectContaining({ field: 'wasteCode', code: 'star-on-a-code-without' })]);
  });
});

describe('a draft', () => {
  const words = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('', 'oui', '020704', '12,5', 't', 'an', '2026-01-01', '__proto__', 'constructor'), fc.constant(null), fc.constant(undefined));
  const quantity = fc.option(fc.record({ value: fc.oneof(fc.double(), fc.string()), unit: fc.oneof(fc.string(), fc.constantFrom('t', 'kg', 'm3')), period: words }), { nil: null });

  it('never throws on arbitrary words, and its values stand in the ranges of the columns when nothing is refused', () => {
    fc.assert(fc.property(fc.record({
      ref: fc.string(), direction: fc.oneof(fc.string(), fc.constantFrom('output', 'entrant')), category: fc.oneof(words, fc.constant('brewers-spent-grain')), description: words,
      quantity, provenance: words, minimumLot: quantity, months: fc.oneof(words, fc.array(fc.integer())), quality: fc.dictionary(fc.oneof(fc.string(), fc.constant('dry-matter')), fc.anything()),
      hazardous: fc.oneof(words, fc.boolean()), wasteCode: words, wasteCodeOrigin: words, wasteCodeConfidence: fc.oneof(words, fc.double()), wish: words,
      withheld: words, reach: words, sourcing: words, presentOutlet: words, presentCost: fc.oneof(words, fc.double()), contractEndsOn: words, confirmedOn: words,
    }), (fields) => {
      const { values, errors } = draftFlow(fields, knowledge, TODAY);
      for (const error of errors) expect(Object.values(error).every((part) => typeof part === 'string' && part !== '')).toBe(true);
      if (errors.length > 0) return;
      expect(knowledge.category(values.category)).toBeDefined();
      for (const amount of [values.quantity, values.minimumLot]) expect(amount === null || (amount > 0 && Number.isFinite(amount))).toBe(true);
      expect(values.months === null || (values.months >= 1 && values.months <= 4095)).toBe(true);
      expect(values.confirmedOn <= TODAY).toBe(true);
    }), { numRuns: 500 });
  });
});
