import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SiteRow } from '../../../src/matching/snapshot-places.js';
import { type BuiltSnapshot, type FlowRow, SnapshotBuilder } from '../../../src/matching/snapshot-rows.js';
import { Knowledge } from '../../../src/resources/knowledge.js';
import type { ResourceCategory } from '../../../src/resources/resource-catalogue.js';

const category = (slug: string, more: Partial<ResourceCategory> = {}): ResourceCategory => ({
  slug, family: 'matter', label: { fr: slug, en: slug }, synonyms: { fr: [], en: [] }, form: 'pieces', baseUnit: 't', usualWasteCodes: [], usualCpa: [], usualHs: [],
  transport: 'truck', softDistanceKm: 20, hardDistanceKm: 80, sanitaryClass: 'neutral', attributes: [], typicalNaf: { source: [], user: [] }, ...more,
});

const knowledge = new Knowledge({
  qualityAttributes: [
    { slug: 'temperature', label: { fr: 'T', en: 'T' }, type: 'number', unit: 'Cel' },
    { slug: 'clean', label: { fr: 'propre', en: 'clean' }, type: 'boolean' },
    { slug: 'size', label: { fr: 'taille', en: 'size' }, type: 'choice', values: ['small', 'large'] },
  ],
  categories: [category('wood'), category('heat'), category('timber', { replacedBy: 'wood' })],
  substitutions: [], refusals: [],
}, [], [], 'hash');

let serial = 0;
/** A flow and its site in one. */
type Row = FlowRow & SiteRow;

const row = (fields: Partial<Row>): Row => ({
  id: `id-${serial++}`, version: 1, territory: 'montauban', ref: 'f1', direction: 'output', category: 'wood', quantity: 10, minimumLot: null, months: 4095,
  quality: null, hazardous: false, wasteCode: null, wasteCodeOrigin: null, wish: 'yes', withheld: false, reach: 'local', sourcing: false, provenance: 'declared',
  confirmedDay: 20_000, latitude: 44, longitude: 1, hazardousPermitted: null, agreement: true, companyRef: 'c1', siren: null, groupRef: null, siteRef: 's1', ...fields,
});
const build = (rows: Row[], agreed: string[] = []): BuiltSnapshot => {
  const builder = new SnapshotBuilder(knowledge);
  for (const one of rows) builder.add(one, one);
  return builder.build(['montauban', ...agreed], new Set(agreed));
};

describe('a snapshot made of rows', () => {
  it('does not depend on the order of the rows, nor on generated ids', () => {
    const rows = Array.from({ length: 12 }, (_, i) => row({
      ref: `f${i}`, direction: i % 2 ? 'input' : 'output', companyRef: `c${i % 5}`, siteRef: `s${i % 7}`, quantity: i, category: i % 3 ? 'wood' : 'heat',
      quality: i % 4 ? {} : { temperature: i, clean: true },
    }));
    const wanted = build(rows).snapshot;
    fc.assert(fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), fc.array(fc.uuid(), { minLength: 12, maxLength: 12 }), (shuffled, ids) => {
      const again = build(shuffled.map((one, i) => ({ ...one, id: ids[i] })));
      expect(again.snapshot).toEqual(wanted);
      expect(again.ids.outputs.flow).toHaveLength(6);
    }));
  });

  it('keeps ids and versions apart, in its own order', () => {
    const built = build([row({ ref: 'b', id: 'second', version: 4 }), row({ ref: 'a', id: 'first', version: 2 })]);
    expect(built.snapshot.outputKeys).toEqual(['montauban/a', 'montauban/b']);
    expect(built.ids.outputs).toEqual({ flow: ['first', 'second'], version: [2, 4] });
    expect(JSON.stringify(built.snapshot)).not.toContain('first');
  });

  it('keeps what is unknown apart from no and from zero', () => {
    const { outputs, inputs } = build([
      row({ ref: 'a', quantity: null, months: null, hazardous: null, wish: null, provenance: null }),
      row({ ref: 'b', direction: 'input', hazardousPermitted: null }), row({ ref: 'c', direction: 'input', hazardousPermitted: false }),
    ]).snapshot;
    expect([outputs.quantity[0], outputs.minimumLot[0]]).toEqual([Number.NaN, Number.NaN]);
    expect([outputs.months[0], outputs.hazard[0], outputs.wish[0], outputs.provenance[0]]).toEqual([0, 0, 0, 0]);
    expect([...inputs.permit]).toEqual([0, 2]);
  });

  it('follows a renamed category, and counts flows it cannot use instead of dropping them silently', () => {
    const { snapshot, skipped } = build([
      row({ ref: 'a', category: 'timber' }), row({ ref: 'b', category: 'nothing-known' }), row({ ref: 'c', latitude: null, longitude: null }),
      row({ ref: 'd', quality: { temperature: 'hot', smell: 'bad', size: 'large' } }),
    ]);
    expect(snapshot.categories).toEqual(['wood']);
    expect(snapshot.outputKeys).toEqual(['montauban/a', 'montauban/d']);
    expect(skipped).toEqual({ withoutPlace: 1, unknownCategory: 1, unknownAttributes: 2 });
    expect([...snapshot.outputs.attributeStart]).toEqual([0, 0, 1]);
    expect(snapshot.outputs.attributeValue[0]).toBe(1);
  });

  it('places a site on the unit sphere', () => {
    fc.assert(fc.property(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true }), (latitude, longitude) => {
      const [x, y, z] = build([row({ latitude, longitude })]).snapshot.outputs.place;
      expect(Math.hypot(x, y, z)).toBeCloseTo(1, 12);
      expect((Math.asin(z) * 180) / Math.PI).toBeCloseTo(latitude, 5);
    }));
  });

  it('allows pairs within a territory and across an agreed border, never between two neighbours', () => {
    const { territories, territoryAgreed } = build([], ['cahors', 'agen']).snapshot;
    expect(territories).toEqual(['montauban', 'cahors', 'agen']);
    expect([...territoryAgreed]).toEqual([1, 1, 1, 1, 1, 0, 1, 0, 1]);
  });

  it('takes one firm in two territories for one group, with whatever shares its group reference', () => {
    const { outputs } = build([
      row({ ref: 'a', companyRef: '1', siren: '111111111', groupRef: 'G' }),
      row({ ref: 'b', territory: 'cahors', companyRef: '1', siren: '111111111' }),
      row({ ref: 'c', companyRef: '2', groupRef: 'G' }),
      row({ ref: 'd', companyRef: '3', siren: '333333333' }),
      row({ ref: 'e', companyRef: '4', siren: '444444444' }), row({ ref: 'f', territory: 'cahors', companyRef: '4', siren: '444444444' }),
    ], ['cahors']).snapshot;
    // In order of keys: cahors/b, cahors/f, montauban/a, c, d, e.
    expect([...outputs.group]).toEqual([0, 1, 0, 0, -1, 1]);
  });
});
