import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadKnowledge } from '../../../config/load-config.js';
import { suggestCategories } from '../../../web/src/flow-form/suggest-categories.js';

const categories = loadKnowledge().catalogue.categories
  .filter(({ replacedBy }) => replacedBy === undefined)
  .map(({ slug, label, synonyms }) => ({ slug, label, synonyms: [...synonyms.fr, ...synonyms.en] }));
const slugs = (text: string): string[] => suggestCategories(text, categories).map(({ slug }) => slug);

describe('categories suggested while somebody types', () => {
  it.each([
    ['drêches', 'brewers-spent-grain'], ['DRECHES DE BRASSERIE', 'brewers-spent-grain'], ['paille', 'straw'], ['carton', 'cardboard'], ['cartons ondulés', 'cardboard'], ['lactosérum', 'whey'], ['straw bales', 'straw'],
  ])('begin with what %s means', (text, slug) => {
    expect(slugs(text)[0]).toBe(slug);
  });

  it('hold the category whose name was typed, whatever the name', () => {
    for (const { slug, label } of categories) for (const name of [label.fr, label.en]) expect(suggestCategories(name, categories, 8).map((one) => one.slug)).toContain(slug);
  });

  it('are none for a text that shares no word with any, and never more than asked for', () => {
    expect(slugs('xyzzy')).toEqual([]);
    expect(slugs('')).toEqual([]);
    fc.assert(fc.property(fc.string(), fc.integer({ min: 1, max: 8 }), (text, most) => suggestCategories(text, categories, most).length <= most));
  });
});
