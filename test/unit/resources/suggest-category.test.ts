import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadKnowledge } from '../../../config/load-config.js';
import { categorySuggester, type FlowWords, strongest } from '../../../src/resources/suggest-category.js';

const knowledge = loadKnowledge();
const suggester = categorySuggester(knowledge);
const ranked = (words: FlowWords): string[] => suggester.suggest(words).categories.map(({ category }) => category.slug);
const first = (text: string, rest: Partial<FlowWords> = {}): string | undefined => ranked({ text, ...rest })[0];

describe('words of a flow', () => {
  it('are understood whatever the accents, the plural, the case and the ending', () => {
    for (const text of ['drêches de brasserie', 'DRECHES DE BRASSERIE', 'drèche de brasserie', 'Drêches  (brasserie)']) expect([text, first(text)]).toEqual([text, 'brewers-spent-grain']);
  });

  it('are understood in English as well, and with typing errors', () => {
    expect(first('brewers spent grains')).toBe('brewers-spent-grain');
    expect(first('lactoserumm')).toBe('whey');
    expect(first('polystyrenne expansé')).toBe('expanded-polystyrene');
  });

  it('mean something else for what they exclude', () => {
    const clean = suggester.suggest({ text: 'films polyéthylène propres', direction: 'output' }).categories[0];
    expect(clean?.category.slug).toBe('pe-film-clean');
    expect(first('films polyéthylène souillés', { direction: 'output' })).toBe('pe-film-dirty');
    const confidence = (text: string): number => suggester.suggest({ text }, 300).categories.find(({ category }) => category.slug === 'wood-pallets-broken')?.confidence ?? 0;
    expect(confidence('bois de déconstruction hors palettes')).toBeLessThan(confidence('bois de déconstruction et palettes'));
  });

  it('are read with the temperature that they name', () => {
    expect(first('eau chaude à 45 °C', { families: ['energy'] })).toBe('heat-below-60');
    expect(first('eau chaude à 75 °C', { families: ['energy'] })).toBe('heat-60-90');
    expect(first('air chaud, plus de 120 °C', { families: ['energy'] })).toBe('heat-above-90');
  });

  it('are read with what stands beside them: direction, waste code, NAF class, unit', () => {
    expect(ranked({ text: 'matière à méthaniser', direction: 'input' })).toContain('biogas-feedstock');
    expect(ranked({ text: 'matière à méthaniser', direction: 'output' })).not.toContain('biogas-feedstock');
    const chance = (words: FlowWords, slug: string): number => suggester.suggest(words, 300).categories.find(({ category }) => category.slug === slug)?.confidence ?? 0;
    expect(chance({ text: 'boues', direction: 'output', wasteCode: '03 03 05' }, 'paper-sludge')).toBeGreaterThan(2 * chance({ text: 'boues', direction: 'output' }, 'paper-sludge'));
    expect(chance({ text: 'boues', direction: 'output', naf: '17.12Z' }, 'paper-sludge')).toBeGreaterThan(chance({ text: 'boues', direction: 'output' }, 'paper-sludge'));
    expect(chance({ text: 'surplus', direction: 'output', unit: 'MWh' }, 'cardboard')).toBeLessThanOrEqual(chance({ text: 'surplus', direction: 'output' }, 'cardboard'));
    expect(first('surplus de bois', { direction: 'output', unit: 'lustres' })).toBe(first('surplus de bois', { direction: 'output' }));
  });

  it('tell a waste from the product that it was, and a phrase from its last word', () => {
    expect(first("déchets d'acier", { direction: 'output' })).toBe('steel-scrap');
    expect(first('acier', { direction: 'input' })).toBe('virgin-products');
    expect(first('laitier', { direction: 'output' })).toMatch(/slag$/);
    expect(ranked({ text: 'waste water', direction: 'output', families: ['water'] })[0]).toBe('industrial-wastewater');
    expect(first('sulphur, except sublimed sulphur', { direction: 'input' })).toBe('sulphur');
  });

  it('of a need are also read by its use alone', () => {
    const chance = (text: string, slug: string): number => suggester.suggest({ text, direction: 'input' }, 300).categories.find(({ category }) => category.slug === slug)?.confidence ?? 0;
    expect(chance('électricité (méthanisation)', 'biogas-feedstock')).toBeGreaterThan(0.1);
    expect(chance('électricité', 'biogas-feedstock')).toBeLessThan(0.1);
    expect(chance('engrais organique — culture de champignons', 'mushroom-substrate-ingredient')).toBeGreaterThan(chance('engrais organique', 'mushroom-substrate-ingredient'));
  });

  it('are not overruled by a waste code where they are the very name of a category, and a gas that burns may be listed as matter', () => {
    expect(first('gaz de haut-fourneau', { direction: 'output', wasteCode: '10 02 02', families: ['matter'] })).toBe('industrial-fuel-gas');
    expect(first('laitier', { direction: 'output', wasteCode: '10 02 02', families: ['matter'] })).toMatch(/slag$/);
    expect(first('scories', { direction: 'output' })).toBe('steel-slag');
    expect(first('scories non ferreuses', { direction: 'output' })).toBe('nonferrous-slag');
  });

  it('on hazard tell how dangerous, not what; the code with an asterisk makes a hazardous leaf more likely', () => {
    expect(first('déchets de grenaillage contenant des substances dangereuses', { direction: 'output', wasteCode: '12 01 16' })).toBe('iron-oxides');
    expect(first('bois contenant des substances dangereuses', { direction: 'output', wasteCode: '19 12 06' })).toBe('treated-wood-waste');
    expect(first('bois autres que ceux visés à la rubrique 19 12 06', { direction: 'output', wasteCode: '19 12 07' })).toBe('wood-waste-grade-b');
  });

  it('state qualities, of the leaf that they may mean', () => {
    const { categories } = suggester.suggest({ text: 'drayures de cuir tanné au chrome', direction: 'output' });
    expect(categories[0]).toMatchObject({ category: { slug: 'leather-offcuts' }, quality: { 'chromium-tanned': true } });
  });

  it('suggest waste codes for an output, none for a need, none where a code is given', () => {
    expect(suggester.suggest({ text: 'huiles de friture usagées', direction: 'output' }).wasteCodes.map(({ code }) => code.code)).toContain('200125');
    expect(suggester.suggest({ text: 'huiles de friture usagées', direction: 'input' }).wasteCodes).toEqual([]);
    expect(suggester.suggest({ text: 'huiles de friture usagées', direction: 'output', wasteCode: '20 01 25' }).wasteCodes).toEqual([]);
  });

  it.each([
    ['an empty text', { text: '   ' }, 'empty-text'],
    ['German', { text: 'Abfälle aus der Verarbeitung von Holz und nicht mit Farbe' }, 'other-language'],
    ['Spanish', { text: 'residuos de la industria del papel con los lodos y el carton' }, 'other-language'],
    ['another script', { text: 'древесные отходы' }, 'other-language'],
    ['a code that the list does not have', { text: 'palettes', wasteCode: '99 99 99' }, 'unknown-waste-code'],
    ['a code of another form', { text: 'palettes', wasteCode: 'divers' }, 'unknown-waste-code'],
    ['words without a meaning here', { text: 'xyzzy plugh' }, 'nothing-recognised'],
  ] as const)('that are %s get a named question and no guess', (_name, words, question) => {
    expect(suggester.suggest(words)).toMatchObject({ categories: [], wasteCodes: [], question });
  });

  it('may be anything: confidences are chances, best first, the same each time', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom(undefined, 'output' as const, 'input' as const), (text, direction) => {
      const words = direction === undefined ? { text } : { text, direction };
      const { categories, question } = suggester.suggest(words, 300);
      const confidences = categories.map(({ confidence }) => confidence);
      expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
      expect(confidences.reduce((sum, confidence) => sum + confidence, 0)).toBeLessThanOrEqual(1 + 1e-9);
      expect(question === null).toBe(categories.length > 0);
      expect(suggester.suggest(words, 300).categories).toEqual(categories);
    }), { numRuns: 60 });
  });

  it('are kept without a person only when they are clear', () => {
    expect(strongest(suggester.suggest({ text: 'drêches de brasserie fraîches', direction: 'output' }))?.slug).toBe('brewers-spent-grain');
    expect(strongest(suggester.suggest({ text: 'boues', direction: 'output' }))).toBeNull();
    expect(strongest(suggester.suggest({ text: '' }))).toBeNull();
  });

  it('have as much in common as they mean the same', () => {
    const meaning = (text: string) => suggester.suggest({ text }).meaning;
    const slag = meaning("laitier d'aciérie");
    expect(suggester.likeness(slag, slag)).toBeCloseTo(1, 9);
    expect(suggester.likeness(slag, meaning('steel slag'))).toBeGreaterThan(suggester.likeness(slag, meaning('marc de raisin')));
  });
});
