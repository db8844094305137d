import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadKnowledge } from '../../../config/load-config.js';
import { nafMatches } from '../../../src/resources/naf.js';
import { parseNaf } from '../../../src/resources/parse-catalogue.js';
import { FAMILIES } from '../../../src/resources/resource-catalogue.js';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../config/${name}`, import.meta.url), 'utf8'));
const { catalogue, wasteCodes } = loadKnowledge();
const naf = parseNaf(read('naf.json'), 'naf.json');
const living = catalogue.categories.filter(({ replacedBy }) => replacedBy === undefined);
const leaf = new Map(catalogue.categories.map((category) => [category.slug, category]));

describe('the shipped resource catalogue', () => {
  it('has at least 150 living categories, with some in each of the seven families', () => {
    expect(living.length).toBeGreaterThanOrEqual(150);
    for (const family of FAMILIES) expect(catalogue.categories.filter((category) => category.family === family).length).toBeGreaterThanOrEqual(5);
  });

  it('has at least 400 substitutions with evidence and 120 refusals with a source, over all families', () => {
    expect(catalogue.substitutions.length).toBeGreaterThanOrEqual(400);
    expect(catalogue.refusals.length).toBeGreaterThanOrEqual(120);
    expect(new Set(catalogue.substitutions.map(({ output }) => leaf.get(output)?.family))).toEqual(new Set(FAMILIES));
  });

  it('lets every category be reached by a substitution, but for those that nothing may use and those that nothing replaces', () => {
    const reached = new Set(catalogue.substitutions.flatMap(({ output, input }) => [output, input]));
    // These are there to be recognised and refused, or to be recognised as ordinary purchases.
    const refused = ['agrochemical-waste', 'asbestos-waste', 'disposal-only-waste', 'lead-slag'];
    const bought = ['purified-water', 'virgin-products'];
    expect(living.map(({ slug }) => slug).filter((slug) => !reached.has(slug)).sort()).toEqual([...refused, ...bought].sort());
    for (const slug of refused) expect(catalogue.refusals.some(({ output }) => output === slug)).toBe(true);
  });

  it('never lets a non-food or animal by-product output feed a food or feed input, which the sanitary gate would refuse anyway', () => {
    const clash = catalogue.substitutions.filter(({ output, input }) =>
      ['food', 'feed'].includes(leaf.get(input)?.sanitaryClass ?? '') && ['non-food', 'animal-by-product'].includes(leaf.get(output)?.sanitaryClass ?? ''));
    expect(clash.map(({ slug }) => slug)).toEqual([]);
  });

  it('keeps energy among energy: no matter is listed as heat, and water only for the heat or cold that it carries', () => {
    const crossing = catalogue.substitutions.filter(({ output, input }) => leaf.get(output)?.family !== 'energy' && leaf.get(input)?.family === 'energy');
    expect(new Set(crossing.map(({ output }) => leaf.get(output)?.family))).toEqual(new Set(['water']));
    expect(new Set(crossing.map(({ input }) => input))).toEqual(new Set(['heat-below-60', 'heat-60-90', 'cold']));
  });

  it('lets no energy become matter, but for gases that chemistry and fermentation take as raw material', () => {
    const leaving = catalogue.substitutions.filter(({ output, input }) => leaf.get(output)?.family === 'energy' && leaf.get(input)?.family !== 'energy');
    expect(leaving.map(({ slug }) => slug).sort()).toEqual([
      'hydrogen-to-ammonia-nitrogen', 'hydrogen-to-chemical-feedstock', 'hydrogen-to-industrial-gases', 'hydrogen-to-oxidants', 'industrial-fuel-gas-to-ammonia-nitrogen',
      'industrial-fuel-gas-to-carbon-black', 'industrial-fuel-gas-to-chemical-feedstock', 'industrial-fuel-gas-to-fermentation-feedstock', 'industrial-fuel-gas-to-petrochemical-cuts',
    ]);
  });

  it('gives every attribute that a condition reads from words the words to read', () => {
    const read = new Set([...catalogue.substitutions, ...catalogue.refusals].flatMap(({ conditions }) => conditions.map(({ attribute }) => attribute)));
    const silent = catalogue.qualityAttributes.filter(({ slug, type, words }) => read.has(slug) && type === 'boolean' && words === undefined);
    expect(silent.map(({ slug }) => slug)).toEqual([]);
  });

  it('has only waste codes of the List of Waste and NAF prefixes of the nomenclature', () => {
    const codes = new Set(wasteCodes.map(({ code }) => code));
    expect(catalogue.categories.flatMap(({ usualWasteCodes }) => usualWasteCodes).filter((code) => !codes.has(code))).toEqual([]);
    const prefixes = new Set(catalogue.categories.flatMap(({ typicalNaf }) => [...typicalNaf.source, ...typicalNaf.user]));
    expect([...prefixes].filter((prefix) => !naf.some(({ code }) => nafMatches(code, prefix)))).toEqual([]);
  });

  it('gives pipes a reach by power: 0.3 MW of heat over 6,000 h pays 0.8 km, 9.8 MW 15 km', () => {
    const reach = leaf.get('heat-60-90')?.pipeReach ?? [];
    expect(reach.map(({ upTo, hardKm }) => [upTo, hardKm])).toEqual([[1800, 0.8], [7200, 2.8], [21600, 7], [58800, 15], [null, 15]]);
  });

  it.each([
    ['treated-wood-waste', 'boiler-wood-fuel'], ['treated-wood-waste', 'animal-litter'], ['waste-mineral-oil', 'biodiesel-feedstock'],
    ['solvents-chlorinated', 'cleaning-solvent'], ['food-waste', 'animal-feed-ingredient'], ['manure', 'animal-feed-ingredient'],
    ['leather-offcuts', 'animal-feed-ingredient'], ['plasterboard-waste', 'road-aggregate'], ['lead-slag', 'cement-raw-material'],
    ['copper-cable', 'steelmaking-scrap'], ['asbestos-waste', 'road-aggregate'], ['heat-below-60', 'steam'], ['brine', 'process-water'],
  ])('refuses %s for %s whatever the conditions', (output, input) => {
    expect(catalogue.refusals.some((refusal) => refusal.output === output && refusal.input === input && refusal.conditions.length === 0)).toBe(true);
  });

  it.each([
    ['brewers-spent-grain', 'animal-feed-ingredient'], ['whey', 'animal-feed-ingredient'], ['fgd-gypsum', 'plaster-gypsum'], ['fly-ash', 'cement-raw-material'],
    ['sawdust', 'animal-litter'], ['used-cooking-oil', 'biodiesel-feedstock'], ['wood-pallets-reusable', 'wood-pallets-reusable'], ['steam', 'heat-above-90'],
    ['treated-effluent', 'irrigation-water'], ['hse-engineer', 'hse-engineer'], ['forklift-hours', 'forklift-hours'], ['cold-storage-space', 'cold-storage-space'],
  ])('lets %s feed %s', (output, input) => {
    expect(catalogue.substitutions.some((entry) => entry.output === output && entry.input === input)).toBe(true);
  });
});

describe('the shipped List of Waste and NAF', () => {
  it('has 842 codes, 408 of them hazardous, and 732 sub-classes', () => {
    expect(wasteCodes).toHaveLength(842);
    expect(wasteCodes.filter(({ hazardous }) => hazardous)).toHaveLength(408);
    expect(naf).toHaveLength(732);
    expect(naf.find(({ code }) => code === '1105Z')).toMatchObject({ label: { fr: 'Fabrication de bière' }, division: { code: '11' }, section: { code: 'C' } });
  });

  const official = new URL('../../../../shared/data/02_nomenclatures/low_fr_en.csv', import.meta.url);
  (existsSync(official) ? it : it.skip)('has the codes and hazard flags of the reference file (skipped where that file is not there)', () => {
    // Only the first three columns are needed, and they hold no quotes or commas.
    const rows = readFileSync(official, 'utf8').split('\n').map((line) => line.split(',').slice(0, 3)).filter(([, level]) => level === 'entry');
    expect(wasteCodes.map(({ code, hazardous }) => [code, 'entry', hazardous ? '1' : '0'])).toEqual(rows);
  });
});
