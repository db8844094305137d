import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadKnowledge, loadMessages } from '../../../config/load-config.js';
import { Explanation } from '../../../src/matching/explanation.js';
import { GATES } from '../../../src/matching/kernel/gates.js';
import { type Features, QUESTIONS, TERMS } from '../../../src/matching/kernel/score.js';

const attributes = loadKnowledge().catalogue.qualityAttributes;
const french = new Explanation('fr', loadMessages('matching', 'fr'), attributes);
const english = new Explanation('en', loadMessages('matching', 'en'), attributes);

const features: Features = {
  affinity: 0.9, distanceKm: 12, softDistanceKm: 30, logNeedOverSupply: Math.log(1 / 0.8), commonMonths: 1, ageYears: 0.1, openQuestions: 0,
  provenancePenalty: 0, treatmentCost: 0, groupEffect: 0,
};
/** French puts no-break spaces before its signs. */
const spaced = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const plain = { features, parts: [], questions: [], wishNotAsked: false };

describe('words of an explanation', () => {
  it('are there in French and English alike', () => {
    expect(Object.keys(loadMessages('matching', 'en')).sort()).toEqual(Object.keys(loadMessages('matching', 'fr')).sort());
    for (const words of [french, english]) {
      for (const gate of GATES) expect(words.gate(gate)).not.toBe('');
      const parts = words.parts({ features, parts: TERMS.map((term) => ({ term, points: -1 })) });
      for (const part of parts) expect(part.label && part.why).toBeTruthy();
      for (const code of [...QUESTIONS, 'condition:input.temperature']) {
        expect(words.question(code)).not.toBe('');
        expect(words.sentence({ ...plain, questions: [code] })).toMatch(/, (mais|but) ./);
      }
    }
  });

  it('say how far and how much of the need, in the order of the language', () => {
    expect(spaced(french.sentence(plain))).toBe('à 12 km, 80 % du besoin couvert');
    expect(spaced(english.sentence(plain))).toBe('12 km away, 80% of the need covered');
  });

  it('turn to the flow when it is the larger, and say nothing of a share when both are alike or one is unknown', () => {
    expect(spaced(french.sentence({ ...plain, features: { ...features, logNeedOverSupply: -Math.log(4) } }))).toBe('à 12 km, le besoin prend 25 % du flux');
    expect(spaced(french.sentence({ ...plain, features: { ...features, logNeedOverSupply: 0.01 } }))).toBe('à 12 km, quantités égales');
    expect(spaced(french.sentence({ ...plain, features: { ...features, logNeedOverSupply: null } }))).toBe('à 12 km, quantité à préciser');
  });

  it('name the worst doubt: an open question first, else the dearest term', () => {
    expect(spaced(french.sentence({ ...plain, questions: ['waste-code-weak'] }))).toBe('à 12 km, 80 % du besoin couvert, mais code déchet non confirmé');
    const parts = [{ term: 'treatment' as const, points: -5 }, { term: 'age' as const, points: -9 }, { term: 'distance' as const, points: -20 }];
    expect(spaced(french.sentence({ ...plain, parts }))).toBe('à 12 km, 80 % du besoin couvert, mais chiffres anciens');
  });

  it('ask the company first when it was not asked', () => {
    expect(spaced(french.firstQuestion({ questions: ['agreement'], wishNotAsked: true }))).toBe('L’entreprise souhaite-t-elle travailler ce flux ?');
    expect(spaced(french.firstQuestion({ questions: ['condition:output.dry-matter'], wishNotAsked: false }))).toBe('Chez le détenteur : Matière sèche ?');
  });

  it('tell what would change the rank', () => {
    expect(spaced(french.whatWouldChange({ parts: [{ term: 'distance', points: -12.5 }, { term: 'small', points: -4 }] }))).toBe('Distance : jusqu’à 12,5 points de plus');
    expect(spaced(french.whatWouldChange({ parts: [{ term: 'start', points: 30 }] }))).toContain('déjà bien placé');
  });

  it('say why a list is short', () => {
    const funnel = [{ gate: 'no-substitution' as const, removed: 900, exact: true }, { gate: 'distance' as const, removed: 12, exact: true }];
    expect(french.shortfall({ wanted: 8, listed: 2, cappedOff: {}, bestBelowPoints: 3.5, thresholdPoints: 6 }, funnel))
      .toBe('Liste courte : le meilleur couple suivant a 3,5 points, le seuil est à 6. Le plus souvent : Trop loin (12 couples).');
    expect(spaced(french.shortfall({ wanted: 8, listed: 2, cappedOff: {}, bestBelowPoints: 3.5, thresholdPoints: 6 }, funnel.map((row) => ({ ...row, exact: false })))))
      .toContain('environ 12 couples, d’après un échantillon');
    expect(spaced(french.shortfall(null, funnel))).toBe('');
  });

  it('never fail, whatever the values', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, min: -5, max: 5 }), fc.double({ noNaN: true, min: 0, max: 20_000 }), fc.option(fc.double({ noNaN: true, min: 0, max: 1 })), (gap, km, months) => {
      const sentence = french.sentence({ ...plain, features: { ...features, logNeedOverSupply: gap, distanceKm: km, commonMonths: months } });
      expect(sentence.startsWith('à ')).toBe(true);
    }));
  });
});
