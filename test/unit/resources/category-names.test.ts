import { describe, expect, it } from '@jest/globals';
import { loadKnowledge } from '../../../config/load-config.js';
import { CategoryNames } from '../../../src/resources/category-names.js';

const { categories } = loadKnowledge().catalogue;
const names = new CategoryNames(categories);

describe('a category written in words', () => {
  it.each([
    ['brewers-spent-grain', 'brewers-spent-grain'], ['Drêches de brasserie', 'brewers-spent-grain'], ['DRECHES', 'brewers-spent-grain'], ['drêche de brasserie', 'brewers-spent-grain'], ['petit lait', 'whey'],
    ['Lactoserum', 'whey'], ['Sciures', 'sawdust'], ['Cartons', 'cardboard'], ['huiles de friture usagées', 'used-cooking-oil'], ['noyaux de pruneaux', 'fruit-stones-shells'], ['boues de step', 'sewage-sludge'],
    ["Retours à vide", 'transport-backhaul'], ['Chambres froides', 'cold-storage-space'], ['brewers’ spent grain', 'brewers-spent-grain'],
  ])('%p is %s', (text, slug) => {
    expect(names.find(text)).toBe(slug);
  });

  it('finds every category by its slug, by both labels and by each synonym, and its successor by those of a replaced one', () => {
    for (const { slug, label, synonyms, replacedBy } of categories) {
      for (const name of [slug, label.fr, label.en, ...synonyms.fr, ...synonyms.en]) expect([name, names.find(name)]).toEqual([name, replacedBy ?? slug]);
    }
  });

  it('is never guessed', () => {
    for (const text of ['palettes en bois abîmées', 'xyzzy', '']) expect(names.find(text)).toBeNull();
  });

  it('follows a renamed category to its successor, and a living name wins over a replaced one', () => {
    const [first, second] = categories;
    if (!first || !second) throw new Error('no categories');
    const renamed = new CategoryNames([{ ...first, slug: 'old-name', replacedBy: second.slug }, second]);
    expect(renamed.find('old-name')).toBe(second.slug);
    expect(renamed.find(first.label.fr)).toBe(second.slug);
    expect(new CategoryNames([{ ...second, slug: 'old-name', replacedBy: first.slug }, first, second]).find(second.label.fr)).toBe(second.slug);
  });
});
