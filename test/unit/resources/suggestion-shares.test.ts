import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadKnowledge, PACKAGE_ROOT } from '../../../config/load-config.js';
import { categorySuggester, type FlowWords } from '../../../src/resources/suggest-category.js';

/**
 * Texts labelled by hand, with the leaf or the leaves that an expert would accept; made before looking at what is suggested.
 * `own-texts.json`: texts of ours on what is no matter. `waste-labels.json`: labels of the List of Waste that name a matter
 * without the title of their chapter, by code, which is withheld here. `development-flows.json`: flows of the development
 * track by id; their texts stand in the track only.
 */
const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/suggestion');
const TRACK = join(PACKAGE_ROOT, '../shared/data/07_devtrack');
const read = <T>(name: string): T => JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as T;

const knowledge = loadKnowledge();
const suggester = categorySuggester(knowledge);
type Labels = Record<string, string | string[]>;
interface Labelled { words: FlowWords; leaf: string | string[] }

/** Share of texts with a right leaf among the first three, and how sure the first one was against how often it was right. */
function measure(rows: readonly Labelled[]): { share: number; sure: number; right: number } {
  let [found, sure, right] = [0, 0, 0];
  for (const { words, leaf } of rows) {
    const wanted = [leaf].flat().map((slug) => knowledge.category(slug)?.slug);
    expect(wanted).not.toContain(undefined);
    const suggested = suggester.suggest(words, 3).categories;
    const at = suggested.findIndex(({ category }) => wanted.includes(category.slug));
    if (at >= 0) found += 1;
    if (at === 0) right += 1;
    sure += suggested[0]?.confidence ?? 0;
  }
  return { share: found / rows.length, sure: sure / rows.length, right: right / rows.length };
}

describe('the right leaf is among the first three suggestions', () => {
  it('for at least 85 % of our texts on energy, water, services, equipment, space and skills', () => {
    const rows = read<{ text: string; direction: 'output' | 'input'; leaf: string }[]>('own-texts.json').map(({ leaf, ...words }) => ({ leaf, words }));
    expect(rows.length).toBeGreaterThanOrEqual(100);
    expect(measure(rows).share).toBeGreaterThanOrEqual(0.85);
  });

  it('for at least 80 % of official waste labels, the code withheld', () => {
    const rows = Object.entries(read<Labels>('waste-labels.json')).map(([code, leaf]): Labelled => {
      const label = knowledge.wasteCode(code)?.label;
      expect(label).toBeDefined();
      return { leaf, words: { text: label?.fr ?? '', direction: 'output' } };
    });
    expect(rows.length).toBeGreaterThanOrEqual(200);
    expect(measure(rows).share).toBeGreaterThanOrEqual(0.8);
  });

  (existsSync(TRACK) ? it : it.skip)('for at least 85 % of the development flows, and the first is right about as often as its confidence says', () => {
    const table = (name: string): Record<string, string>[] => parse(readFileSync(join(TRACK, name)), { columns: true, bom: true });
    const flows = new Map(table('flows.csv').map((row) => [row.flow_id, row]));
    const naf = new Map(table('sites.csv').map((row) => [row.site_id, row.naf ?? '']));
    const rows = Object.entries(read<Labels>('development-flows.json')).map(([id, leaf]): Labelled => {
      const flow = flows.get(id);
      if (flow === undefined) throw new Error(`The track has no flow ${id}`);
      return {
        leaf, words: {
          text: flow.text_fr || flow.text_en, translation: flow.text_en, direction: flow.direction === 'output' ? 'output' : 'input', wasteCode: flow.ewc, naf: naf.get(flow.site_id) ?? '',
        },
      };
    });
    expect(rows.length).toBeGreaterThanOrEqual(150);
    const { share, sure, right } = measure(rows);
    expect(share).toBeGreaterThanOrEqual(0.85);
    expect(Math.abs(sure - right)).toBeLessThan(0.12);
  });
});
