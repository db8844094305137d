import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadDefaultPolicy } from '../../../config/load-config.js';
import { explainPair } from '../../../src/matching/kernel/explain.js';
import { budgetSize, type PresentAdvisor } from '../../../src/matching/kernel/budget.js';
import { parsePolicy } from '../../../src/matching/policy.js';
import { catalogueOf, category, kernelInput, type PlainFlow, plainFlow, substitution, TODAY } from '../../support/kernel-world.js';

const policy = loadDefaultPolicy();
const changed = (change: (document: Record<string, Record<string, unknown>>) => void): unknown => {
  const document = structuredClone(policy) as unknown as Record<string, Record<string, unknown>>;
  change(document);
  return document;
};

describe('a policy document', () => {
  it('is taken when it is in range', () => expect(parsePolicy(structuredClone(policy), 'a.json')).toEqual(policy));

  it.each<[string, unknown, RegExp]>([
    ['is not an object', [], /^a\.json: the document: found \[\], expected an object$/],
    ['lacks a weight', changed((one) => { delete one.weights.season; }), /^a\.json: weights\.season: found nothing, expected a number from 0 to 100$/],
    ['has a negative weight', changed((one) => { one.weights.age = -0.1; }), /weights\.age: found -0\.1/],
    ['has a number as text', changed((one) => { one.weights.age = '1'; }), /weights\.age: found "1"/],
    ['has a word that means nothing', changed((one) => { one.gates.noAgreement = 'perhaps'; }), /gates\.noAgreement: found "perhaps", expected one of hide, sign-first/],
    ['has a field that nobody reads', changed((one) => { one.weights.luck = 1; }), /weights\.luck: found 1, expected no such field/],
    ['has rings that do not widen', changed((one) => { one.gates.ringKm = { local: 300, regional: 200, national: 1_000 }; }), /gates\.ringKm/],
    ['has a share above one', changed((one) => { one.caps.wishNotAsked = 1.2; }), /caps\.wishNotAsked: found 1\.2/],
    ['has half a lead as a cap', changed((one) => { one.caps.perFlow = 1.5; }), /caps\.perFlow: found 1\.5, expected a whole number/],
    ['overrides what cannot be overridden', changed((one) => { one.families.energy = { intercept: 3 }; }), /families\.energy\.intercept/],
    ['has a factor of nothing', changed((one) => { one.categories.heat = { softDistanceFactor: 0 }; }), /categories\.heat\.softDistanceFactor: found 0/],
    ['draws the audit slice above the threshold', changed((one) => { (one as Record<string, unknown>).auditFloorPoints = 50; }), /auditFloorPoints: found 50/],
  ])('is refused with the field named when it %s', (_what, document, message) => expect(() => parsePolicy(document, 'a.json')).toThrow(message));
});

describe('the starting policy', () => {
  const pair = (output: Partial<PlainFlow>, affinity: number, route: 'by-product' | 'end-of-waste' = 'by-product'): boolean => {
    const catalogue = catalogueOf({ categories: [category('chips', { hardDistanceKm: 1_000 }), category('fuel', { hardDistanceKm: 1_000 })], substitutions: [substitution('chips', 'fuel', { affinity, route })] });
    const world = kernelInput({ outputs: [plainFlow({ key: 'here/o', category: 'chips', ...output })], inputs: [plainFlow({ key: 'here/i', category: 'fuel', reach: 2 })], catalogue });
    const { score, thresholdPoints } = explainPair(world, 0, 0);
    return (score?.points ?? -Infinity) >= thresholdPoints;
  };
  const kmNorth = (km: number): number => 44.0175 + (km / 6371.0088) * (180 / Math.PI);

  it('lists good pairs: a close stand-in, within the soft distance, quantities within a factor of three, fresh, two questions at most', () => {
    expect(pair({}, 1)).toBe(true);
    expect(pair({ latitude: kmNorth(15), quantity: 50, confirmedDay: TODAY - 90 }, 0.9)).toBe(true);
    expect(pair({ latitude: kmNorth(15), wasteCode: '030199', codeOrigin: 2, confirmedDay: TODAY - 90 }, 1, 'end-of-waste')).toBe(true);
  });

  it('does not list a weak stand-in, a far pair or one badly out of size', () => {
    expect(pair({}, 0.4)).toBe(false);
    expect(pair({ latitude: kmNorth(300) }, 1)).toBe(false);
    expect(pair({ quantity: 1, latitude: kmNorth(15) }, 1)).toBe(false);
  });
});

describe('the budget of a week', () => {
  const advisor = (rest: Partial<PresentAdvisor> = {}): PresentAdvisor => ({ weeklyMinutes: null, medianReviewMinutes: null, openMediations: 0, ...rest });

  it('is twenty minutes at two a review for one advisor: ten leads, two of them audit', () => {
    expect(budgetSize([advisor()], policy)).toEqual({ listSize: 10, auditSize: 2 });
  });

  it('adds the advisors present, by their own measured pace', () => {
    expect(budgetSize([advisor(), advisor({ weeklyMinutes: 30, medianReviewMinutes: 1 })], policy)).toEqual({ listSize: 40, auditSize: 4 });
    expect(budgetSize([], policy)).toEqual({ listSize: 0, auditSize: 0 });
  });

  it('shrinks in proportion above eight open mediations', () => {
    expect(budgetSize([advisor({ openMediations: 8 })], policy).listSize).toBe(10);
    expect(budgetSize([advisor({ openMediations: 16 })], policy)).toEqual({ listSize: 5, auditSize: 1 });
  });

  it('has an audit slice of a tenth, at least one from five leads and two from ten, none below', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 400 }), (leads) => {
      const { listSize, auditSize } = budgetSize([advisor({ weeklyMinutes: leads * 2 })], policy);
      expect(listSize).toBe(leads);
      expect(auditSize).toBe(leads < 5 ? 0 : leads < 10 ? 1 : Math.max(2, Math.round(leads / 10)));
    }));
  });
});
