import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory, type RunWorld } from '../../support/run-world.js';
import { agreeTerritories, makeFlow, makeTerritory } from '../../support/world.js';

let world: RunWorld;
const admin = <Row>(sql: string, values: unknown[] = [], on = world): Promise<Row[]> => on.database.admin.query(sql, values).then(({ rows }) => rows as Row[]);

beforeAll(async () => {
  world = await openRunWorld();
});
afterAll(async () => {
  await world?.close();
});

const CATEGORIES = ['straw', 'whey', 'oilseed-cake', 'cardboard', 'leather-offcuts', 'textile-offcuts', 'glycerine', 'accountant', 'training', 'lab-instruments'];

/** More good pairs than there is time for, some not so good, and one across the border. */
async function fill(on: RunWorld, { territoryId }: RunTerritory, order: readonly string[] = CATEGORIES): Promise<void> {
  for (const category of order) {
    const at = CATEGORIES.indexOf(category);
    await makeGoodPair(on.database, territoryId, category, {
      category, output: { quantity: 50 + 17 * at, latitude: 44 + at / 50, wish: at % 4 ? 'yes' : 'not-asked' }, input: { quantity: 100, months: at % 3 ? 4095 : null },
    });
    await makeGoodPair(on.database, territoryId, `weak-${category}`, { category, output: { quantity: 3, latitude: 44.2 }, input: { quantity: 900, confirmed_on: '2026-03-01', provenance: 'sector-average' } });
  }
}

async function neighbour(on: RunWorld, territoryId: string, slug: string): Promise<void> {
  const other = await makeTerritory(on.database, slug);
  await makeFlow(on.database, other, { ref: 'across', direction: 'input', category: 'straw', hazardous: false });
  await agreeTerritories(on.database, territoryId, other);
}

describe('a run made again', () => {
  let territory: RunTerritory;
  let runId: string;
  beforeAll(async () => {
    territory = await makeRunTerritory(world.database, 'montauban');
    await neighbour(world, territory.territoryId, 'cahors');
    await fill(world, territory);
    runId = await publishList(world, territory.system);
  });

  it('gives the list that was published, to the byte', async () => {
    const again = await world.replayRun.execute(territory.system, { runId });
    const leads = await leadsOf(world.database, { runId });
    expect(leads.length).toBeGreaterThan(6);
    expect(again.same).toBe(true);
    expect(again.list.map((line) => [line.rank, line.output, line.input, line.points])).toEqual(
      leads.map((lead) => [lead.rank, `montauban/${lead.output}`, `${lead.input === 'across' ? 'cahors' : 'montauban'}/${lead.input}`, lead.points]));
    expect(again.text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('gives the same bytes after flows, sites, companies, policy, model, agreements and absences have changed', async () => {
    const before = await world.replayRun.execute(territory.system, { runId });
    const { territoryId } = territory;
    await admin("UPDATE flow SET quantity = 1, wish = 'no', category = 'glycerine', version = version + 1, months = 1, confirmed_on = '2020-01-01'");
    await admin('UPDATE flow SET withdrawn_at = now() WHERE direction = $1', ['input']);
    await admin("UPDATE company SET name = 'Renommée', ref = 'r-' || ref, group_ref = 'one'");
    await admin('UPDATE site SET latitude = -latitude');
    await admin("UPDATE confidentiality_agreement SET valid_until = '2026-02-01'");
    await admin('UPDATE territory_agreement SET ended_at = now()');
    await admin("UPDATE policy_version SET state = 'retired' WHERE territory_id = $1", [territoryId]);
    await admin(
      `INSERT INTO policy_version (territory_id, version, document, state, created_at)
       SELECT territory_id, 2, jsonb_set(document, '{thresholdPoints}', '40'), 'active', now() FROM policy_version WHERE territory_id = $1`, [territoryId]);
    await admin("UPDATE model_version SET document = jsonb_set(document, '{interceptShift}', '3') WHERE territory_id = $1", [territoryId]);
    await admin("INSERT INTO absence (territory_id, person_id, from_day, to_day) VALUES ($1, $2, '2026-01-01', '2027-01-01')", [territoryId, territory.advisor.personId]);
    world.database.clock.advance({ days: 400 });

    const again = await world.replayRun.execute(territory.system, { runId });
    expect(again.text).toBe(before.text);
    expect(again).toMatchObject({ same: true, listHash: before.listHash, publishedHash: before.listHash });
    expect((await world.replayRun.execute(territory.system, { runId: await publishList(world, territory.system) })).list).toEqual([]);
  });

  it('is refused when the knowledge kept is not the one it noted, or when there is no such run here', async () => {
    const other = await makeRunTerritory(world.database, 'agen');
    await expect(world.replayRun.execute(other.system, { runId })).rejects.toMatchObject({ status: 404 });
    await admin("INSERT INTO knowledge_version (hash, document, created_at) VALUES ('false', '{}', now())");
    await admin("UPDATE run SET knowledge_hash = 'false' WHERE id = $1", [runId]);
    await expect(world.replayRun.execute(territory.system, { runId })).rejects.toThrow(/not the one that the run noted/);
  });
});

describe('the same territory written down twice', () => {
  it('gives the same list in another database, with other ids, in another order', async () => {
    const hashes: string[] = [];
    for (const order of [CATEGORIES, CATEGORIES.toReversed()]) {
      const elsewhere = await openRunWorld();
      try {
        const territory = await makeRunTerritory(elsewhere.database, 'moissac');
        await fill(elsewhere, territory, order);
        const again = await elsewhere.replayRun.execute(territory.system, { runId: await publishList(elsewhere, territory.system) });
        expect(again.list.some((line) => line.kind === 'audit')).toBe(true);
        hashes.push(again.publishedHash ?? '');
      } finally {
        await elsewhere.close();
      }
    }
    expect(hashes[1]).toBe(hashes[0]);
  });
});
