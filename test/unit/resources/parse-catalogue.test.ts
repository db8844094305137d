import { describe, expect, it } from '@jest/globals';
import { KnowledgeFileError } from '../../../src/resources/json-reader.js';
import { parseNaf, parseResourceCatalogue, parseWasteCodes } from '../../../src/resources/parse-catalogue.js';

interface Loose { [key: string]: unknown }
interface Sample { qualityAttributes: Loose[]; categories: Loose[]; substitutions: Loose[]; refusals: Loose[]; [key: string]: unknown }

const label = (name: string): Loose => ({ fr: `${name} (fr)`, en: `${name} (en)` });
const category = (slug: string, more: Loose = {}): Loose => ({
  slug, family: 'matter', label: label(slug), synonyms: { fr: [], en: [] }, form: 'bulk-solid', baseUnit: 't', usualWasteCodes: ['030105'], usualCpa: ['16.10.39'],
  usualHs: ['440141'], transport: 'truck', softDistanceKm: 30, hardDistanceKm: 100, sanitaryClass: 'non-food', attributes: ['moisture', 'clean', 'grade'],
  typicalNaf: { source: ['16.10'], user: [] }, ...more,
});
const evidence = (): Loose[] => [{ kind: 'expert', cases: 0, source: 'trade practice' }];
const entry = (slug: string, more: Loose = {}): Loose => ({
  slug, output: 'sawdust', input: 'litter', affinity: 0.9, yield: 1, conditions: [], treatment: 'none', route: 'by-product', evidence: evidence(), ...more,
});
const words = (value: unknown, fr: string[]): Loose => ({ value, fr, en: [] });
const condition = (more: Loose = {}): Loose => ({ side: 'output', attribute: 'moisture', op: '<=', value: 20, unit: '%', ...more });
const refusal = (slug: string, more: Loose = {}): Loose => ({
  slug, output: 'sawdust', input: 'litter', conditions: [condition({ op: '>=', value: 60 })], reason: label('wet'), source: 'trade practice', ...more,
});

function sample(): Sample {
  return {
    qualityAttributes: [
      { slug: 'moisture', label: label('moisture'), type: 'number', unit: '%' },
      { slug: 'dry-matter', label: label('dry matter'), type: 'number', unit: '%' },
      { slug: 'clean', label: label('clean'), type: 'boolean' },
      { slug: 'grade', label: label('grade'), type: 'choice', values: ['a', 'b'] },
    ],
    categories: [category('sawdust'), category('litter')],
    substitutions: [entry('sawdust-to-litter')],
    refusals: [refusal('no-wet-sawdust')],
  };
}

/** As it would come from a file: fields set to undefined are not there. */
const parse = (value: Sample): unknown => parseResourceCatalogue([{ name: 'file.json', json: JSON.parse(JSON.stringify(value)) }]);

/** The error of a sample after a change; fails when the unchanged sample does not parse or the changed one does. */
function refused(change: (sample: Sample) => void): KnowledgeFileError {
  expect(() => parse(sample())).not.toThrow();
  const changed = sample();
  change(changed);
  try {
    parse(changed);
  } catch (error) {
    expect(error).toBeInstanceOf(KnowledgeFileError);
    return error as KnowledgeFileError;
  }
  throw new Error('the changed catalogue was accepted');
}

function accepted(change: (sample: Sample) => void): void {
  const changed = sample();
  change(changed);
  expect(() => parse(changed)).not.toThrow();
}

const withCondition = (more: Loose) => (s: Sample): void => void (s.substitutions = [entry('sawdust-to-litter', { conditions: [condition(more)] })]);

describe('reading a resource catalogue', () => {
  it('gives back what the file says', () => {
    const parsed = parseResourceCatalogue([{ name: 'file.json', json: sample() }]);
    expect(parsed).toEqual(sample());
  });

  it('names file, entry, found and expected', () => {
    const error = refused((s) => void (s.substitutions = [entry('sawdust-to-litter', { affinity: 1.5 })]));
    expect(error.message).toBe('file.json, substitutions[0] (sawdust-to-litter).affinity: found 1.5, expected a number above 0 and at most 1');
  });

  it.each<[string, (s: Sample) => void, string]>([
    ['a document that is a list', (s) => void (s.categories = 'no' as unknown as Loose[]), 'document.categories'],
    ['a field that nobody knows', (s) => void (s.categories = [category('sawdust', { densty: 1 }), category('litter')]), 'densty'],
    ['a missing label', (s) => void (s.categories = [category('sawdust', { label: { fr: 'x' } }), category('litter')]), 'label.en'],
    ['a slug in capitals', (s) => void (s.categories = [category('Sawdust'), category('litter')]), 'slug'],
    ['an unknown family', (s) => void (s.categories = [category('sawdust', { family: 'magic' }), category('litter')]), 'family'],
    ['a doubled category slug', (s) => void s.categories.push(category('sawdust')), 'categories[2] (sawdust).slug'],
    ['a doubled substitution slug', (s) => void s.substitutions.push(entry('sawdust-to-litter', { conditions: [condition()] })), 'substitutions[1] (sawdust-to-litter).slug'],
    ['an unknown output leaf', (s) => void (s.substitutions = [entry('x', { output: 'sand' })]), 'output'],
    ['an unknown input leaf', (s) => void (s.refusals = [refusal('x', { input: 'sand' })]), 'input'],
    ['an affinity of 0', (s) => void (s.substitutions = [entry('x', { affinity: 0 })]), 'affinity'],
    ['a yield of 0', (s) => void (s.substitutions = [entry('x', { yield: 0 })]), 'yield'],
    ['a negative yield', (s) => void (s.substitutions = [entry('x', { yield: -1 })]), 'yield'],
    ['no evidence', (s) => void (s.substitutions = [entry('x', { evidence: [] })]), 'evidence'],
    ['cases claimed by an expert', (s) => void (s.substitutions = [entry('x', { evidence: [{ kind: 'expert', cases: 3, source: 'me' }] })]), 'cases'],
    ['an unknown treatment', (s) => void (s.substitutions = [entry('x', { treatment: 'hope' })]), 'treatment'],
    ['a category attribute that does not exist', (s) => void (s.categories = [category('sawdust', { attributes: ['shine'] }), category('litter')]), 'attributes'],
    ['a hard distance below the soft one', (s) => void (s.categories = [category('sawdust', { hardDistanceKm: 10 }), category('litter')]), 'hardDistanceKm'],
    ['a waste code with spaces', (s) => void (s.categories = [category('sawdust', { usualWasteCodes: ['03 01 05'] }), category('litter')]), 'usualWasteCodes'],
    ['a density out of order', (s) => void (s.categories = [category('sawdust', { density: { min: 2, typical: 1, max: 3 } }), category('litter')]), 'typical'],
    ['a pipe reach out of order', (s) => void (s.categories = [category('sawdust', { pipeReach: [{ upTo: 9, hardKm: 2, softKm: 1 }, { upTo: 3, hardKm: 3, softKm: 1 }] }), category('litter')]), 'pipeReach'],
    ['a larger flow that reaches less far', (s) => void (s.categories = [category('sawdust', { pipeReach: [{ upTo: 3, hardKm: 9, softKm: 1 }, { upTo: null, hardKm: 3, softKm: 1 }] }), category('litter')]), 'pipeReach'],
    ['a successor that does not exist', (s) => void s.categories.push(category('old', { replacedBy: 'nowhere' })), 'replacedBy'],
    ['successors in a circle', (s) => void s.categories.push(category('old', { replacedBy: 'older' }), category('older', { replacedBy: 'old' })), 'replacedBy'],
    ['an entry for a replaced leaf', (s) => void (s.categories.push(category('old', { replacedBy: 'sawdust' })), s.substitutions.push(entry('x', { output: 'old' }))), 'output'],
    ['a word that states two values', (s) => void (s.qualityAttributes[2].words = [words(true, ['brut']), words(false, ['brut'])]), 'words'],
    ['a value stated twice', (s) => void (s.qualityAttributes[2].words = [words(true, ['propre']), words(true, ['net'])]), 'words'],
    ['words for a value that a choice does not have', (s) => void (s.qualityAttributes[3].words = [words('z', ['zed'])]), 'words'],
    ['a value stated by the words of a number', (s) => void (s.qualityAttributes[0].words = [words(20, ['humide'])]), 'value'],
    ['a refusal of any output that names no quality of it', (s) => void (s.refusals = [refusal('never', { output: 'any', conditions: [] })]), 'output'],
    ['a refusal of a list with an unknown leaf', (s) => void (s.refusals = [refusal('never', { output: ['sawdust', 'sand'] })]), 'output'],
    ['one name for two categories', (s) => void (s.categories = [category('sawdust', { synonyms: { fr: ['Litières'], en: [] } }), category('litter', { synonyms: { fr: ['litière'], en: [] } })]), 'synonyms'],
    ['the same entry twice under two slugs', (s) => void s.substitutions.push(entry('again')), 'substitutions[1]'],
    ['an always-true refusal of a pair with a substitution', (s) => void (s.refusals = [refusal('never', { conditions: [] })]), 'substitutions[0]'],
    ['a number compared with a text', withCondition({ value: 'dry' }), 'value'],
    ['a number with `in`', withCondition({ op: 'in', value: ['1'] }), 'op'],
    ['a condition in another unit', withCondition({ unit: 'mm' }), 'unit'],
    ['a condition without its unit', withCondition({ unit: undefined }), 'unit'],
    ['an unknown attribute', withCondition({ attribute: 'shine' }), 'attribute'],
    ['an attribute that the leaf does not bear', withCondition({ attribute: 'dry-matter' }), 'attribute'],
    ['a boolean with an order', withCondition({ attribute: 'clean', op: '>=', value: true, unit: undefined }), 'op'],
    ['a boolean compared with a number', withCondition({ attribute: 'clean', op: '=', value: 1, unit: undefined }), 'value'],
    ['a choice outside its values', withCondition({ attribute: 'grade', op: 'in', value: ['a', 'z'], unit: undefined }), 'value'],
    ['hazardous compared with a text', withCondition({ attribute: 'hazardous', op: '=', value: 'yes', unit: undefined }), 'value'],
    ['a waste code prefix of odd length', withCondition({ attribute: 'wasteCode', op: 'in', value: ['03010'], unit: undefined }), 'value'],
    ['a comparison of unlike attributes', withCondition({ value: { side: 'input', attribute: 'clean' } }), 'value'],
  ])('refuses %s', (_what, change, place) => {
    const error = refused(change);
    expect(error.file).toBe('file.json');
    expect(error.entry).toContain(place);
  });

  it.each<[string, (s: Sample) => void]>([
    ['an affinity of 1', (s) => void (s.substitutions = [entry('x', { affinity: 1 })])],
    ['a chain of successors that ends', (s) => void s.categories.push(category('old', { replacedBy: 'older' }), category('older', { replacedBy: 'sawdust' }))],
    ['the same pair with other conditions', (s) => void s.substitutions.push(entry('dry', { conditions: [condition()] }))],
    ['an always-true refusal of a pair without substitution', (s) => void (s.refusals = [refusal('never', { output: 'litter', input: 'sawdust', conditions: [] })])],
    ['a choice of its values', withCondition({ attribute: 'grade', op: 'in', value: ['a', 'b'], unit: undefined })],
    ['a boolean', withCondition({ attribute: 'clean', op: '=', value: true, unit: undefined })],
    ['hazardous = false', withCondition({ attribute: 'hazardous', op: '=', value: false, unit: undefined })],
    ['waste code prefixes', withCondition({ attribute: 'wasteCode', op: 'in', value: ['03', '0301', '030105'], unit: undefined })],
    ['the same attribute of both sides', withCondition({ value: { side: 'input', attribute: 'moisture' } })],
    ['a pipe reach that grows', (s) => void (s.categories = [category('sawdust', { pipeReach: [{ upTo: 3, hardKm: 2, softKm: 1 }, { upTo: null, hardKm: 3, softKm: 1 }] }), category('litter')])],
  ])('accepts %s', (_what, change) => accepted(change));
});

describe('knowledge in several files', () => {
  const files = (organic: Loose, wood: Loose): { name: string; json: unknown }[] => [{ name: 'organic.json', json: organic }, { name: 'wood.json', json: wood }];

  it('lets an entry speak of a leaf of another file, and names the file of an entry that is wrong', () => {
    const { qualityAttributes, categories, substitutions, refusals } = sample();
    expect(parseResourceCatalogue(files({ categories: [categories[1]], substitutions, refusals }, { qualityAttributes, categories: [categories[0]] })).categories).toHaveLength(2);
    const broken = files({ categories }, { qualityAttributes, substitutions: [entry('x', { output: 'sand' })] });
    expect(() => parseResourceCatalogue(broken)).toThrow('wood.json, substitutions[0] (x).output: found "sand"');
  });

  it('refuses a slug that two files use, naming both', () => {
    const { qualityAttributes, categories } = sample();
    expect(() => parseResourceCatalogue(files({ qualityAttributes, categories }, { categories: [categories[0]] }))).toThrow('wood.json, categories[0] (sawdust).slug: found sawdust, used by organic.json, categories[0] (sawdust)');
  });
});

describe('a refusal of several outputs and needs', () => {
  const catalogueWith = (more: Loose): { slug: string; output: string; input: string }[] => {
    const base = sample();
    const json = { ...base, categories: [...base.categories, category('chips'), category('bare', { attributes: [] })], substitutions: [...base.substitutions, entry('c', { output: 'chips' }), entry('b', { output: 'bare' })], refusals: [refusal('keep-out', more)] };
    return parseResourceCatalogue([{ name: 'file.json', json }]).refusals.map(({ slug, output, input }) => ({ slug, output, input }));
  };

  it('is one refusal a pair, named after it', () => {
    expect(catalogueWith({ output: ['sawdust', 'chips'] })).toEqual([
      { slug: 'keep-out--sawdust--litter', output: 'sawdust', input: 'litter' }, { slug: 'keep-out--chips--litter', output: 'chips', input: 'litter' },
    ]);
  });

  it('of `any` output is for those that lead to the need and may bear the quality', () => {
    expect(catalogueWith({ output: 'any' }).map(({ output }) => output)).toEqual(['sawdust', 'chips']);
    const hazardous = { output: 'any', conditions: [{ side: 'output', attribute: 'hazardous', op: '=', value: true }] };
    expect(catalogueWith(hazardous).map(({ output }) => output)).toEqual(['sawdust', 'chips', 'bare']);
  });
});

describe('reading the List of Waste', () => {
  const code = (digits: string, hazardous: boolean, mirrors: string[] = []): Loose => ({ code: digits, hazardous, label: label(digits), mirrors });

  it('reads codes with their mirrors', () => {
    expect(parseWasteCodes({ codes: [code('030104', true, ['030105']), code('030105', false, ['030104'])] }, 'w.json')).toHaveLength(2);
  });

  it.each([
    ['a code with spaces', [code('03 01 04', true)]],
    ['a code twice', [code('030104', true), code('030104', true)]],
    ['a mirror that does not exist', [code('030104', true, ['030105'])]],
    ['a mirror with the same flag', [code('030104', true, ['030105']), code('030105', true, ['030104'])]],
    ['a mirror that does not answer', [code('030104', true, ['030105']), code('030105', false)]],
  ])('refuses %s', (_what, codes) => {
    expect(() => parseWasteCodes({ codes }, 'w.json')).toThrow(KnowledgeFileError);
  });
});

describe('reading the NAF', () => {
  const file = (subClass: string, division = '11', section = 'C'): Loose => ({
    sections: [{ code: 'C', label: label('industry') }], divisions: [{ code: division, section, label: label('drinks') }], subClasses: [{ code: subClass, label: label('beer') }],
  });

  it('puts a sub-class under its division and section', () => {
    expect(parseNaf(file('1105Z'), 'n.json')).toEqual([
      { code: '1105Z', label: label('beer'), division: { code: '11', label: label('drinks') }, section: { code: 'C', label: label('industry') } },
    ]);
  });

  it.each([['a code with a dot', file('11.05Z')], ['a sub-class without division', file('1205Z')], ['a division without section', file('1105Z', '11', 'D')]])('refuses %s', (_what, json) => {
    expect(() => parseNaf(json, 'n.json')).toThrow(KnowledgeFileError);
  });
});
