import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { loadDefaultPolicy, loadKnowledge } from '../../../config/load-config.js';
import { type Gate, gatesOf } from '../../../src/matching/kernel/gates.js';
import { prepare } from '../../../src/matching/kernel/kernel-input.js';
import { NEUTRAL_MODEL } from '../../../src/matching/kernel/model.js';
import type { SiteRow } from '../../../src/matching/snapshot-places.js';
import { type FlowRow, SnapshotBuilder } from '../../../src/matching/snapshot-rows.js';
import { statedQuality } from '../../../src/resources/stated-quality.js';

const knowledge = loadKnowledge();
const attributes = new Map(knowledge.catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
const AS_OF_DAY = 20_000;
const BY_KNOWLEDGE: readonly Gate[] = ['no-substitution', 'refused', 'quality', 'sanitary'];

interface Walk {
  verdict: 'kept out' | 'may pass';
  output_category: string;
  waste_code: string;
  output_text: string;
  need_category: string;
  need_text: string;
}

const walks: Walk[] = parse(readFileSync(new URL('../../fixtures/knowledge-pairs.csv', import.meta.url), 'utf8'), { columns: true });

function row(direction: FlowRow['direction'], category: string, text: string, wasteCode: string | null): FlowRow & SiteRow {
  const leaf = knowledge.category(category);
  if (leaf === undefined) throw new Error(`No category ${category}`);
  return {
    id: direction, version: 1, territory: 't', ref: direction, direction, category, quantity: null, minimumLot: null, months: null,
    quality: statedQuality(text, leaf.attributes.flatMap((slug) => attributes.get(slug) ?? []), direction),
    hazardous: wasteCode === null ? null : (knowledge.wasteCode(wasteCode)?.hazardous ?? null), wasteCode, wasteCodeOrigin: wasteCode === null ? null : 'declared', wish: 'yes',
    withheld: false, reach: 'local', sourcing: false, provenance: 'declared', confirmedDay: AS_OF_DAY, latitude: 44, longitude: 1.35, hazardousPermitted: null, agreement: true,
    companyRef: direction, siren: null, groupRef: null, siteRef: direction,
  };
}

/** Gates of the knowledge that the pair fails, where words and code have filled the qualities. */
function stopped({ output_category, waste_code, output_text, need_category, need_text }: Walk): Gate[] {
  const builder = new SnapshotBuilder(knowledge);
  for (const one of [row('output', output_category, output_text, waste_code || null), row('input', need_category, need_text, null)]) builder.add(one, one);
  const { snapshot } = builder.build(['t'], new Set());
  const kernel = prepare({ snapshot, catalogue: knowledge.catalogue, policy: loadDefaultPolicy(), model: NEUTRAL_MODEL, blocks: [], open: [], asOfDay: AS_OF_DAY, seed: 1 });
  return gatesOf(kernel, 0, 0).filter((gate) => BY_KNOWLEDGE.includes(gate));
}

describe('a walk through what needs take and keep out, as flows say it', () => {
  it.each(walks.map((walk): [string, Walk] => [`${walk.output_text} ▸ ${walk.need_text}: ${walk.verdict}`, walk]))('%s', (_name, walk) => {
    if (walk.verdict === 'may pass') expect(stopped(walk)).toEqual([]);
    else expect(stopped(walk)).not.toEqual([]);
  });
});
