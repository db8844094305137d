import { describe, expect, it } from '@jest/globals';
import { conditionQuestion, type RegulatoryFacts, regulatoryQuestions } from '../../../src/resources/regulatory-questions.js';
import type { Regulation } from '../../../src/resources/regulation.js';
import type { QualityAttribute, WasteCode } from '../../../src/resources/resource-catalogue.js';

const code = (digits: string, hazardous = false, mirrors: string[] = []): WasteCode => ({ code: digits, hazardous, label: { fr: digits, en: digits }, mirrors });
const regulation: Regulation = {
  asOf: '2026-11',
  endOfWaste: [{ slug: 'chips', title: { fr: 'Arrêté des copeaux', en: 'Order of chips' }, date: '2014-07-29', covers: { fr: 'copeaux propres', en: 'clean chips' }, outputs: ['sawdust'], inputs: ['animal-litter'] }],
  permitHeadings: [
    { heading: '2791', label: { fr: 'traitement', en: 'treatment' }, hazardous: false, inputs: ['animal-litter'] },
    { heading: '2790', label: { fr: 'traitement dangereux', en: 'hazardous treatment' }, hazardous: true, inputs: ['animal-litter'] },
  ],
};
const facts = (more: Partial<RegulatoryFacts> = {}): RegulatoryFacts => ({
  output: { slug: 'sawdust', sanitaryClass: 'non-food' }, input: { slug: 'animal-litter', sanitaryClass: 'neutral' }, substitution: { route: 'none' }, wasteCode: null, hazardous: false, receiverPermitted: null,
  receiverHeadings: [], bothInFrance: true, regulation, ...more,
});
const codes = (more: Partial<RegulatoryFacts> = {}): string[] => regulatoryQuestions(facts(more)).map((question) => question.code);

describe('regulatory questions', () => {
  it('are none where no waste law is involved', () => {
    expect(codes()).toEqual([]);
    expect(codes({ substitution: { route: 'product' } })).toEqual([]);
  });

  it('name the text of the route, in both languages', () => {
    const elsewhere = { slug: 'steelmaking-scrap', sanitaryClass: 'non-food' } as const;
    const [, question] = regulatoryQuestions(facts({ input: elsewhere, substitution: { route: 'end-of-waste', routeText: 'Règlement (UE) 333/2011' } }));
    expect(question).toMatchObject({ code: 'end-of-waste-criteria', fr: expect.stringContaining('333/2011'), en: expect.stringContaining('333/2011') });
  });

  it('ask for a missing, an unconfirmed and a weak code, and not for a declared one', () => {
    const route = { route: 'by-product' } as const;
    expect(codes({ substitution: route })).toEqual(['waste-code-missing', 'by-product-criteria']);
    expect(codes({ substitution: route, wasteCode: { entry: code('030199'), origin: 'suggested' } })).toEqual(['waste-code-unconfirmed', 'waste-code-weak', 'by-product-criteria']);
    expect(codes({ substitution: route, wasteCode: { entry: code('030105'), origin: 'declared' } })).toEqual(['by-product-criteria']);
  });

  it('ask for the receiver\'s permit when the output is hazardous, and not when the receiver has it', () => {
    expect(codes({ hazardous: true })).toEqual(['receiver-permit-unknown', 'hazardous-tracking']);
    expect(codes({ hazardous: true, receiverPermitted: false })).toEqual(['receiver-not-permitted', 'hazardous-tracking']);
    expect(codes({ hazardous: true, receiverPermitted: true })).toEqual(['hazardous-tracking']);
  });

  it('take unknown hazard from a confirmed code or the nature of the matter, never from a suggestion', () => {
    const hazardous = { entry: code('140602', true), origin: 'declared' } as const;
    expect(codes({ hazardous: null, wasteCode: hazardous })).toContain('hazardous-tracking');
    expect(codes({ hazardous: null, wasteCode: { ...hazardous, origin: 'suggested' } })).not.toContain('hazardous-tracking');
    expect(codes({ hazardous: null, output: { slug: 'paint-sludge', sanitaryClass: 'non-food', hazardousByNature: true } })).toContain('hazardous-tracking');
  });

  it('ask for the analysis behind a mirror entry whose hazard nobody settled', () => {
    const mirror = { entry: code('100908', false, ['100907']), origin: 'suggested' } as const;
    expect(codes({ hazardous: null, wasteCode: mirror })).toEqual(['hazard-mirror-entry']);
    expect(codes({ hazardous: false, wasteCode: mirror })).toEqual([]);
  });

  it('show a flow whose hazard and code contradict each other', () => {
    expect(codes({ hazardous: false, wasteCode: { entry: code('140602', true), origin: 'declared' } })).toContain('hazard-contradiction');
    expect(codes({ hazardous: true, wasteCode: { entry: code('140602', true), origin: 'declared' } })).not.toContain('hazard-contradiction');
  });

  it('ask for the spreading plan on land and for the permit heading elsewhere', () => {
    const route = { route: 'permitted-site' } as const;
    expect(codes({ substitution: route, input: { slug: 'soil-amendment', sanitaryClass: 'non-food' } })).toContain('land-spreading');
    expect(codes({ substitution: route })).toContain('receiver-heading');
  });

  it('name the end-of-waste text that covers the output and the use, and say so when none does', () => {
    const endOfWaste = { route: 'end-of-waste' } as const;
    expect(regulatoryQuestions(facts({ substitution: endOfWaste }))[1]).toMatchObject({ code: 'end-of-waste-criteria', fr: expect.stringContaining('Arrêté des copeaux : copeaux propres'), en: expect.stringContaining('Order of chips') });
    expect(codes({ substitution: endOfWaste, output: { slug: 'bark', sanitaryClass: 'non-food' } })).toEqual(['waste-code-missing', 'end-of-waste-no-text']);
  });

  it('look at the headings that the receiver declares: fitting, not fitting, none, and whether they may allow hazardous waste', () => {
    const route = { route: 'permitted-site' } as const;
    expect(codes({ substitution: route, receiverHeadings: ['2791-1'] })).toContain('prior-acceptance');
    expect(codes({ substitution: route, receiverHeadings: ['2530'] })).toContain('receiver-heading-missing');
    expect(regulatoryQuestions(facts({ substitution: route })).at(-1)).toMatchObject({ code: 'receiver-heading', fr: expect.stringContaining('2791 (traitement)') });
    expect(codes({ substitution: route, hazardous: true, receiverHeadings: ['2791'] })).toEqual(expect.arrayContaining(['receiver-permit-unknown', 'receiver-heading-missing']));
    expect(codes({ substitution: route, hazardous: true, receiverHeadings: ['2790'] })).toEqual(expect.arrayContaining(['receiver-permit-scope', 'prior-acceptance']));
  });

  it('ask for the border only of what moves as waste, and only when a site may lie abroad', () => {
    const waste = { substitution: { route: 'permitted-site' } as const };
    expect(codes({ ...waste, bothInFrance: null })).toContain('border');
    expect(codes(waste)).not.toContain('border');
    expect(codes({ substitution: { route: 'by-product' }, bothInFrance: null })).not.toContain('border');
  });

  it('ask what food, feed and animal by-product law asks', () => {
    expect(codes({ input: { slug: 'animal-feed-ingredient', sanitaryClass: 'feed' } })).toEqual(['feed-registration']);
    expect(codes({ input: { slug: 'food-donation', sanitaryClass: 'food' } })).toEqual(['food-hygiene']);
    expect(codes({ output: { slug: 'manure', sanitaryClass: 'animal-by-product' } })).toEqual(['animal-by-product-approval']);
  });
});

describe('a condition nobody has answered', () => {
  const attributes = new Map<string, QualityAttribute>([
    ['temperature', { slug: 'temperature', label: { fr: 'Température', en: 'Temperature' }, type: 'number', unit: 'Cel' }],
    ['clean', { slug: 'clean', label: { fr: 'Propre', en: 'Clean' }, type: 'boolean' }],
    ['reuse-class', { slug: 'reuse-class', label: { fr: 'Classe', en: 'Class' }, type: 'choice', values: ['A', 'B'] }],
  ]);

  it('becomes a question in plain words', () => {
    expect(conditionQuestion({ side: 'output', attribute: 'temperature', op: '>=', value: 62.5, unit: 'Cel' }, attributes)).toEqual({
      code: 'condition:output.temperature', fr: 'À vérifier (offre) : Température ≥ 62,5 °C ?', en: 'To check (output): Temperature ≥ 62.5 °C?',
    });
    expect(conditionQuestion({ side: 'output', attribute: 'temperature', op: '>=', value: { side: 'input', attribute: 'temperature' }, unit: 'Cel' }, attributes).fr).toBe('À vérifier (offre) : Température ≥ Température (besoin) ?');
    expect(conditionQuestion({ side: 'input', attribute: 'clean', op: '=', value: true }, attributes).fr).toBe('À vérifier (besoin) : Propre = oui ?');
    expect(conditionQuestion({ side: 'output', attribute: 'reuse-class', op: 'in', value: ['A', 'B'] }, attributes).en).toBe('To check (output): Class : A or B?');
    expect(conditionQuestion({ side: 'output', attribute: 'hazardous', op: '=', value: false }, attributes).en).toBe('To check (output): Hazardous = no?');
  });
});
