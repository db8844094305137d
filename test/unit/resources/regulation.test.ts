import { describe, expect, it } from '@jest/globals';
import { loadKnowledge } from '../../../config/load-config.js';
import { KnowledgeFileError } from '../../../src/resources/json-reader.js';
import { endOfWasteTexts, fittingHeadings, holdsHeading, parseRegulation } from '../../../src/resources/regulation.js';
import type { ResourceCategory } from '../../../src/resources/resource-catalogue.js';

const { catalogue, regulation } = loadKnowledge();
const leaf = (slug: string, replacedBy?: string): ResourceCategory => ({ slug, ...(replacedBy === undefined ? {} : { replacedBy }) }) as ResourceCategory;
const text = (more: object = {}): object => ({ slug: 'a', title: { fr: 'A', en: 'A' }, date: '2011-03-31', covers: { fr: 'a', en: 'a' }, outputs: ['scrap'], inputs: ['steel'], ...more });
const heading = (more: object = {}): object => ({ heading: '2791', label: { fr: 'a', en: 'a' }, hazardous: false, inputs: ['steel'], ...more });
const parse = (endOfWaste: object[], permitHeadings: object[], asOf = '2026-11'): unknown =>
  parseRegulation({ asOf, endOfWaste, permitHeadings }, 'regulation.json', { categories: [leaf('scrap'), leaf('steel'), leaf('old', 'scrap')] });

describe('reading the regulation', () => {
  it('accepts texts and headings of leaves that live', () => {
    expect(() => parse([text()], [heading()])).not.toThrow();
  });

  it.each([
    ['an unknown leaf', [text({ outputs: ['sand'] })], [], 'outputs'],
    ['a replaced leaf', [text({ inputs: ['old'] })], [], 'inputs'],
    ['a text that covers nothing', [text({ outputs: [] })], [], 'outputs'],
    ['a date in words', [text({ date: '31 mars 2011' })], [], 'date'],
    ['a text twice', [text(), text()], [], 'endOfWaste[1]'],
    ['a heading of three digits', [], [heading({ heading: '279' })], 'heading'],
    ['a heading twice', [], [heading(), heading()], 'permitHeadings[1]'],
    ['a field that nobody knows', [], [heading({ regime: 'A' })], 'regime'],
  ])('refuses %s, naming file and entry', (_what, texts, headings, place) => {
    expect(() => parse(texts, headings)).toThrow(KnowledgeFileError);
    expect(() => parse(texts, headings)).toThrow(`regulation.json, ${place.includes('[') ? place : ''}`);
    expect(() => parse(texts, headings)).toThrow(place);
  });

  it('refuses a list that does not say of which month it is', () => {
    expect(() => parse([], [], 'now')).toThrow('asOf');
  });
});

describe('the shipped regulation', () => {
  it('has the three European end-of-waste regulations with their dates, and French orders', () => {
    const dates = new Map(regulation.endOfWaste.map(({ title, date }) => [title.fr, date]));
    expect(dates.get('Règlement (UE) 333/2011')).toBe('2011-03-31');
    expect(dates.get('Règlement (UE) 1179/2012')).toBe('2012-12-10');
    expect(dates.get('Règlement (UE) 715/2013')).toBe('2013-07-25');
    expect([...dates.keys()].filter((title) => title.startsWith('Arrêté')).length).toBeGreaterThanOrEqual(6);
  });

  it('names a text for every substitution that leaves waste status, in the list or in the entry', () => {
    const without = catalogue.substitutions.filter(({ route, routeText, output, input }) => route === 'end-of-waste' && routeText === undefined && endOfWasteTexts(regulation, output, input).length === 0);
    expect(without.map(({ slug }) => slug)).toEqual([]);
  });

  it('sends scrap to its regulation, cullet not beyond the furnace, and soil to the order of 2021', () => {
    expect(endOfWasteTexts(regulation, 'steel-scrap', 'steelmaking-scrap').map(({ slug }) => slug)).toEqual(['metals-2011']);
    expect(endOfWasteTexts(regulation, 'glass-cullet-mixed', 'road-aggregate')).toEqual([]);
    expect(endOfWasteTexts(regulation, 'excavated-soil', 'excavated-soil').map(({ slug }) => slug)).toEqual(['excavated-soil-2021']);
  });

  it('knows headings for digestion, composting and hazardous treatment, and reads a declared sub-heading', () => {
    expect(fittingHeadings(regulation, 'biogas-feedstock', false).map((fit) => fit.heading)).toEqual(['2781']);
    expect(fittingHeadings(regulation, 'biogas-feedstock', true)).toEqual([]);
    expect(fittingHeadings(regulation, 'solvent-regeneration-feed', true).map((fit) => fit.heading)).toEqual(['2718', '2790']);
    expect(holdsHeading(['2781-1'], fittingHeadings(regulation, 'biogas-feedstock', false))).toBe(true);
    expect(holdsHeading(['2780'], fittingHeadings(regulation, 'biogas-feedstock', false))).toBe(false);
  });
});
