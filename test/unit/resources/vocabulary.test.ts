import { describe, expect, it } from '@jest/globals';
import { loadKnowledge } from '../../../config/load-config.js';
import { TextReader } from '../../../src/resources/flow-text.js';
import { parseVocabulary } from '../../../src/resources/vocabulary.js';

const parse = (...concepts: unknown[]) => parseVocabulary({ concepts }, 'vocabulary.json');

describe('the vocabulary of the field', () => {
  it('is shipped whole, and brings French and English words of one idea together', () => {
    const { concepts } = loadKnowledge();
    expect(concepts.length).toBeGreaterThan(150);
    const reader = new TextReader(concepts);
    const [ferrailles, scrap] = [reader.read('ferrailles').terms, reader.read('ferrous scrap').terms];
    expect([...ferrailles.keys()].filter((term) => scrap.has(term))).toEqual(expect.arrayContaining(['#ferrous', '#metal']));
  });

  it.each([
    ['a concept without words', [{ slug: 'wood', words: [] }], 'concepts[0] (wood).words', 'at least one word'],
    ['a slug of another form', [{ slug: 'Wood', words: ['bois'] }], 'slug', 'a slug of small letters'],
    ['a concept said twice', [{ slug: 'wood', words: ['bois'] }, { slug: 'wood', words: ['wood'] }], 'concepts[1].slug', 'each concept once'],
    ['a wider idea that is not there', [{ slug: 'oak', words: ['chêne'], broader: 'wood' }], 'concepts (oak).broader', 'a concept of this file'],
    ['wider ideas in a circle', [{ slug: 'oak', words: ['chêne'], broader: 'wood' }, { slug: 'wood', words: ['bois'], broader: 'oak' }], 'broader', 'no circle'],
    ['a misspelt field', [{ slug: 'wood', words: ['bois'], brodaer: 'matter' }], 'brodaer', ''],
  ])('refuses %s by file and entry', (_name, concepts, entry, expected) => {
    expect(() => parse(...concepts)).toThrow('vocabulary.json');
    expect(() => parse(...concepts)).toThrow(entry);
    expect(() => parse(...concepts)).toThrow(expected);
  });
});

describe('a text as terms', () => {
  const reader = new TextReader([
    { slug: 'metal', words: ['métal', 'metal'] }, { slug: 'steel', broader: 'metal', words: ['acier', 'steel'] }, { slug: 'red-mud', words: ['boues rouges'] }, { slug: 'sludge', words: ['boues'] },
    { slug: 'non-ferrous', words: ['non ferreux'] }, { slug: 'ferrous', words: ['ferreux'] }, { slug: 'paint', words: ['peinture'] },
  ]);
  const concepts = (text: string): string[] => [...reader.read(text).terms.keys()].filter((term) => term.startsWith('#')).sort();

  it('knows wider ideas, and counts them less', () => {
    const { terms } = reader.read('chutes d’acier');
    expect(terms.get('#steel')).toBeGreaterThan(terms.get('#metal') ?? 1);
  });

  it('takes the longest phrase', () => {
    expect(concepts('boues rouges')).toEqual(['#red-mud']);
    expect(concepts('boues grises')).toEqual(['#sludge']);
  });

  it('hears what is excluded, and does not take a name with a no for an exclusion', () => {
    for (const text of ['boues sans peinture', 'boues hors peinture', 'boues ne contenant pas de peinture', 'sludge boues excluding peinture']) {
      expect(concepts(text)).not.toContain('#paint');
      expect(reader.read(text).excluded.has('#paint')).toBe(true);
    }
    expect(concepts('métaux non ferreux')).toEqual(['#metal', '#non-ferrous']);
    expect(concepts('boues autres que celles visées à la rubrique 08 01 13')).toEqual(['#sludge']);
  });

  it('counts half of what a thing is for, after a dash, for what it is', () => {
    const { terms, thing } = reader.read('acier — peinture');
    expect(terms.get('#paint')).toBe(terms.get('#steel'));
    expect(thing.get('#paint')).toBe((thing.get('#steel') ?? 0) / 2);
  });
});
