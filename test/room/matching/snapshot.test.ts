import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadKnowledge } from '../../../config/load-config.js';
import { CODE_ORIGIN, HAZARD, NO_WASTE_CODE, PERMIT, PROVENANCE, REACH, WISH } from '../../../src/matching/kernel/snapshot.js';
import { readSnapshot } from '../../../src/matching/read-snapshot.js';
import type { BuiltSnapshot } from '../../../src/matching/snapshot-rows.js';
import { systemContext } from '../../../src/platform/context.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { agreeTerritories, makeFlow, makeTerritory } from '../../support/world.js';

const DAY = '2026-11-23';
const knowledge = loadKnowledge();
const admin = (sql: string, values: unknown[] = []) => database.admin.query<Record<string, never>>(sql, values);
let database: TestDatabase;
let own: string;
let neighbour: string;
let stranger: string;

/** References in an order that a locale, code points and UTF-16 each see differently. */
const REFS = ['b', 'B', 'a', 'é', 'z', '\u{1D4B3}', '\uFF21', 'a/b', 'a b', '10', '9', "l'eau", 'tab\there', '"quoted"', 'e\u0301', '-', '{}', 'null'];

/** Every sixth or so of each kind of value there is, and of none. */
async function mixedFlows(territoryId: string, prefix: string): Promise<void> {
  const pick = <Value>(values: readonly Value[], at: number): Value => values[at % values.length];
  for (const [at, ref] of REFS.entries()) {
    await makeFlow(database, territoryId, {
      ref: `${prefix}${ref}`, direction: at % 3 === 0 ? 'input' : 'output', category: pick(['whey', 'stillage', 'animal-feed-ingredient', 'wine-lees'], at), version: 1 + (at % 4),
      latitude: 44 + at / 7, longitude: 1 - at / 3, quantity: pick([0.1 + at / 3, null, 1e7, 123_456.789_012_345, 5e-7], at), minimum_lot: pick([null, 12.7, null, 1 / 3], at), months: pick([4095, null, 1], at),
      quality: JSON.stringify(pick([{}, { temperature: 20.1, clean: true }, { 'not-known': 1, fibre: 'wool' }, { clean: false, ph: 7, 'glass-type': 'no such' }, { temperature: 'hot' }], at)),
      hazardous: pick([null, true, false], at), waste_code: pick([null, '020704', '020799', '191212', null], at), waste_code_origin: pick([null, 'declared', 'advisor', null, 'suggested'], at),
      wish: pick(['yes', null, 'no', 'not-asked'], at), withheld: at % 7 === 0, reach: pick(['local', 'regional', 'national'], at), sourcing: at % 4 === 1,
      provenance: pick([null, 'measured', 'declared', 'estimated', 'sector-average'], at), confirmed_on: pick(['2026-11-01', '1969-12-31', '2020-02-29'], at),
    });
  }
  const where = (ref: string): unknown[] => [territoryId, `${prefix}${ref}`];
  await admin('UPDATE flow SET withdrawn_at = now() WHERE territory_id = $1 AND ref = $2', where('9'));
  await admin("UPDATE flow SET category = 'nothing-known' WHERE territory_id = $1 AND ref = $2", where('10'));
  await admin("UPDATE site SET latitude = NULL WHERE territory_id = $1 AND ref = 's-' || $2", where('-'));
  await admin("UPDATE site SET hazardous_permitted = ref < 's-k' WHERE territory_id = $1 AND ref <> 's-' || $2", where('b'));
  await admin("UPDATE company SET siren = '552100554' WHERE territory_id = $1 AND ref = 'c-' || $2", where('z'));
  await admin("UPDATE company SET group_ref = 'G' WHERE territory_id = $1 AND ref IN ('c-' || $2, $3)", [...where('a'), `c-${prefix}null`]);
  await admin("UPDATE company SET merged_into_id = (SELECT id FROM company WHERE territory_id = $1 AND ref = $3) WHERE territory_id = $1 AND ref = 'c-' || $2", [...where('B'), `c-${prefix}a`]);
  await admin("UPDATE confidentiality_agreement SET valid_until = '2026-11-22' WHERE territory_id = $1 AND company_id = (SELECT id FROM company WHERE territory_id = $1 AND ref = 'c-' || $2)", where('é'));
  await admin("UPDATE confidentiality_agreement SET valid_until = '2026-11-23' WHERE territory_id = $1 AND company_id = (SELECT id FROM company WHERE territory_id = $1 AND ref = 'c-' || $2)", where('a'));
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const distinct = (values: (string | null)[]): string[] => [...new Set(values.filter((value) => value !== null))].sort(byText);
const codeOf = (codes: Record<string, number>, word: string | null, none: number): number => (word === null ? none : codes[word.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())]);

interface PlainRow {
  id: string; version: number; territory: string; ref: string; direction: string; category: string; quantity: number | null; minimum_lot: number | null; months: number | null;
  quality: Record<string, unknown>; hazardous: boolean | null; waste_code: string | null; waste_code_origin: string | null; wish: string | null; withheld: boolean; reach: string;
  sourcing: boolean; provenance: string | null; day: number; latitude: number | null; longitude: number; hazardous_permitted: boolean | null; agreement: boolean; company: string;
  siren: string | null; group_ref: string | null; site: string;
}

/** The same snapshot read in the plainest way: one row a flow, past row-level security, each list sorted and searched. `pooled` has tests of its own. */
async function plainly(territories: Record<string, string>, onlyFlows?: readonly string[]): Promise<{ snapshot: unknown; ids: unknown; skipped: BuiltSnapshot['skipped'] }> {
  const { rows: all } = await database.admin.query<PlainRow>(
    `SELECT f.*, f.confirmed_on - date '1970-01-01' AS day, t.slug AS territory, s.latitude, s.longitude, s.hazardous_permitted, t.slug || '/' || c.ref AS company, c.siren, c.group_ref, t.slug || '/' || s.ref AS site,
       EXISTS (SELECT 1 FROM confidentiality_agreement a WHERE a.company_id = c.id AND a.signed_on <= $2::date AND coalesce(a.valid_until >= $2::date, true)) AS agreement
     FROM flow f JOIN territory t ON t.id = f.territory_id JOIN site s ON s.id = f.site_id JOIN company own ON own.id = s.company_id JOIN company c ON c.id = coalesce(own.merged_into_id, own.id)
     WHERE f.withdrawn_at IS NULL AND f.territory_id = ANY($1)`, [Object.values(territories), DAY]);
  const rows = all.filter((row) => onlyFlows?.includes(row.id) ?? true);
  const named = rows.filter((row) => row.category !== 'nothing-known');
  const flows = named.filter((row) => row.latitude !== null).map((row) => ({
    ...row, category: knowledge.category(row.category)?.slug ?? row.category, key: `${row.territory}/${row.ref}`, attributes: distinct(Object.keys(row.quality)).flatMap((slug) => {
      const attribute = knowledge.catalogue.qualityAttributes.find((one) => one.slug === slug);
      const given = row.quality[slug];
      const value = attribute?.type === 'choice' ? (attribute.values ?? []).indexOf(String(given)) : typeof given === attribute?.type ? Number(given) : -1;
      return value < 0 ? [] : [{ slug, value }];
    }),
  })).sort((one, other) => byText(one.key, other.key));
  const [categories, wasteCodes, attributes] = [distinct(flows.map((flow) => flow.category)), distinct(flows.map((flow) => flow.waste_code)), distinct(flows.flatMap((flow) => flow.attributes.map(({ slug }) => slug)))];
  const [companies, sites, slugs] = [distinct(flows.map((flow) => flow.company)), distinct(flows.map((flow) => flow.site)), Object.keys(territories)];
  const groupOf = (flow: (typeof flows)[number]): string | null => {
    const firm = flows.filter((other) => flow.siren !== null && other.siren === flow.siren);
    return flow.group_ref !== null ? `group ${flow.group_ref}` : new Set(firm.map(({ company }) => company)).size > 1 ? `siren ${flow.siren}` : null;
  };
  const groups = distinct(flows.map(groupOf));
  const side = (direction: string) => {
    const mine = flows.filter((flow) => flow.direction === direction);
    const column = (valueOf: (flow: (typeof flows)[number]) => number): number[] => mine.map(valueOf);
    const input = direction === 'input';
    return {
      count: mine.length,
      place: mine.flatMap(({ latitude, longitude }) => {
        const [phi, lambda] = [((latitude ?? NaN) * Math.PI) / 180, (longitude * Math.PI) / 180];
        return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
      }),
      category: column((flow) => categories.indexOf(flow.category)), quantity: column((flow) => flow.quantity ?? NaN), minimumLot: column((flow) => flow.minimum_lot ?? NaN), months: column((flow) => flow.months ?? 0),
      hazard: column(({ hazardous }) => (hazardous === null ? HAZARD.unknown : hazardous ? HAZARD.yes : HAZARD.no)),
      permit: column(({ hazardous_permitted: permitted }) => (!input || permitted === null ? PERMIT.unknown : permitted ? PERMIT.permitted : PERMIT.notPermitted)),
      wasteCode: column((flow) => (flow.waste_code === null ? NO_WASTE_CODE : wasteCodes.indexOf(flow.waste_code))),
      codeOrigin: column((flow) => (flow.waste_code === null ? CODE_ORIGIN.none : codeOf(CODE_ORIGIN, flow.waste_code_origin, CODE_ORIGIN.suggested))),
      wish: column((flow) => codeOf(WISH, flow.wish, WISH.unknown)), agreement: column((flow) => Number(flow.agreement)), withheld: column((flow) => Number(flow.withheld)),
      provenance: column((flow) => codeOf(PROVENANCE, flow.provenance, PROVENANCE.unknown)), confirmedDay: column((flow) => flow.day), company: column((flow) => companies.indexOf(flow.company)),
      group: column((flow) => groups.indexOf(groupOf(flow) ?? '')), site: column((flow) => sites.indexOf(flow.site)), territory: column((flow) => slugs.indexOf(flow.territory)),
      reach: column((flow) => (input ? codeOf(REACH, flow.reach, REACH.local) : REACH.local)), sourcing: column((flow) => (input ? Number(flow.sourcing) : 0)),
      attributeStart: [0, ...mine].map((_, at) => mine.slice(0, at).reduce((sum, flow) => sum + flow.attributes.length, 0)),
      attributeKey: mine.flatMap((flow) => flow.attributes.map(({ slug }) => attributes.indexOf(slug))), attributeValue: mine.flatMap((flow) => flow.attributes.map(({ value }) => value)),
      keys: mine.map(({ key }) => key), ids: { flow: mine.map(({ id }) => id), version: mine.map(({ version }) => version) },
    };
  };
  const { keys: outputKeys, ids: outputIds, ...outputs } = side('output');
  const { keys: inputKeys, ids: inputIds, ...inputs } = side('input');
  return {
    snapshot: { outputs, inputs, categories, wasteCodes, attributes, companies, territories: slugs, territoryAgreed: slugs.length === 1 ? [1] : [1, 1, 1, 1], outputKeys, inputKeys },
    ids: { outputs: outputIds, inputs: inputIds },
    skipped: {
      unknownCategory: rows.length - named.length, withoutPlace: named.length - flows.length,
      unknownAttributes: flows.reduce((sum, { quality, attributes: known }) => sum + Object.keys(quality).length - known.length, 0),
    },
  };
}

/** Typed arrays as lists of their elements, without what is summed up. */
function plain({ snapshot, ids, skipped }: BuiltSnapshot): Awaited<ReturnType<typeof plainly>> {
  const list = (value: unknown): unknown => (ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value);
  const side = ({ pooled, ...flows }: BuiltSnapshot['snapshot']['outputs']) => {
    expect(pooled).toHaveLength(flows.count);
    return Object.fromEntries(Object.entries(flows).map(([name, value]) => [name, list(value)]));
  };
  return { snapshot: { ...snapshot, outputs: side(snapshot.outputs), inputs: side(snapshot.inputs), territoryAgreed: list(snapshot.territoryAgreed) }, ids, skipped };
}

const read = (territoryId: string, onlyFlows?: string[]): Promise<BuiltSnapshot> =>
  database.worker.read(systemContext(territoryId), (tx) => readSnapshot(tx, knowledge, DAY, onlyFlows), { across: true });

beforeAll(async () => {
  database = await openTestDatabase();
  // `/` stands after `-` and before letters: an order by territory first would be another one.
  [own, neighbour, stranger] = [await makeTerritory(database, 'tarn'), await makeTerritory(database, 'tarn-nord'), await makeTerritory(database, 'ailleurs')];
  await agreeTerritories(database, own, neighbour);
  for (const [territoryId, prefix] of [[own, ''], [neighbour, ''], [stranger, 'x']]) await mixedFlows(territoryId, prefix);
});
afterAll(async () => {
  await database?.close();
});

describe('the snapshot that a run reads', () => {
  it('is value for value what a plain reading gives, across an agreed border and without what is withdrawn', async () => {
    const built = await read(own);
    expect(plain(built)).toEqual(await plainly({ tarn: own, 'tarn-nord': neighbour }));
    expect(built.skipped).toMatchObject({ withoutPlace: 2, unknownCategory: 2 });
    expect(built.snapshot.outputs.count + built.snapshot.inputs.count).toBe(2 * (REFS.length - 3));
    expect([...built.snapshot.outputs.group, ...built.snapshot.inputs.group].filter((group) => group >= 0).length).toBeGreaterThan(4);
  });

  it('is that of the territory alone where nobody has agreed', async () => {
    expect(plain(await read(stranger))).toEqual(await plainly({ ailleurs: stranger }));
  });

  it('of a few flows is what a plain reading gives of these', async () => {
    const { rows } = await database.admin.query<{ id: string }>('SELECT id FROM flow WHERE territory_id = ANY($1) ORDER BY ref LIMIT 15', [[own, neighbour]]);
    const ids = rows.map(({ id }) => id);
    expect(plain(await read(own, ids))).toEqual(await plainly({ tarn: own, 'tarn-nord': neighbour }, ids));
  });

  it('has every flow of a territory whose flows come in several batches, the last of them empty', async () => {
    const large = await makeTerritory(database, 'grand');
    const { siteId } = await makeFlow(database, large, { ref: 'first', direction: 'output', category: 'whey' });
    const columns = 'territory_id, site_id, version, direction, category, description, quantity, wish, confirmed_on, updated_at';
    await admin(`INSERT INTO flow (ref, ${columns}) SELECT 'f' || n, ${columns} FROM flow, generate_series(2, 20000) n WHERE site_id = $1`, [siteId]);
    const { snapshot, ids } = await read(large);
    expect(snapshot.outputs.count).toBe(20_000);
    expect(snapshot.outputKeys).toEqual(['first', ...Array.from({ length: 19_999 }, (_, at) => `f${at + 2}`)].map((ref) => `grand/${ref}`).sort(byText));
    expect(new Set(ids.outputs.flow).size).toBe(20_000);
  });
});
