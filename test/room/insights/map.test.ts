import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '../../../src/access/access.module.js';
import { InsightsModule } from '../../../src/insights/insights.module.js';
import type { MapBody, MapLinks } from '../../../src/insights/map.dto.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory, type RunWorld } from '../../support/run-world.js';
import { agreeTerritories, makeFlow, makePerson } from '../../support/world.js';

let world: RunWorld;
let api: TestApi;
let territory: RunTerritory;
let advisor: SignedInClient;
const clientOf = async (territoryId: string, role: 'contributor' | 'analyst' | 'partner'): Promise<SignedInClient> => api.signIn(await givePassword(world.database, (await makePerson(world.database, territoryId, [role])).personId));

beforeAll(async () => {
  world = await openRunWorld();
  api = await openTestApi(world.database, [ResourcesModule.with(world.knowledge), AccessModule, InsightsModule]);
  territory = await makeRunTerritory(world.database, 'carte');
  advisor = await api.signIn(await givePassword(world.database, territory.advisor.personId));
});
afterAll(async () => {
  await api?.close();
  await world?.close();
});

describe('the map', () => {
  it('has every placed site with its flows as columns, and counts those without a place', async () => {
    const { output } = await makeGoodPair(world.database, territory.territoryId, 'paille', { category: 'straw', output: { quantity: 42, longitude: 1.5 } });
    await makeFlow(world.database, territory.territoryId, { ref: 'retiré', direction: 'output', category: 'whey', withdrawn_at: world.database.clock.now() });
    const lost = await makeFlow(world.database, territory.territoryId, { ref: 'sans-lieu', direction: 'input', category: 'whey' });
    await world.database.admin.query('UPDATE site SET latitude = NULL, longitude = NULL WHERE id = $1', [lost.siteId]);
    await world.database.admin.query("UPDATE site SET commune = 'Montauban' WHERE id = $1", [output.siteId]);
    const map = (await advisor.get('/api/map')).body as MapBody;
    expect(map.withoutPlace).toBe(1);
    expect(map.sites.company.toSorted()).toEqual(['Entreprise paille-i', 'Entreprise paille-o']);
    const site = map.sites.id.indexOf(output.siteId);
    expect([map.sites.commune[site], map.sites.longitude[site], map.sites.companyId[site]]).toEqual(['Montauban', 1.5, output.companyId]);
    const flow = map.flows.id.indexOf(output.flowId);
    expect([map.flows.site[flow], map.flows.direction[flow], map.flows.quantity[flow]]).toEqual([site, 0, 42]);
    expect(map.categories[map.flows.category[flow]]).toMatchObject({ slug: 'straw', family: 'matter', unit: 't' });
    expect(map.flows.id).toHaveLength(2);
  });

  it('has leads, introductions and synergies as lines, the neighbour\'s end of one included once both have agreed', async () => {
    const here = await makeRunTerritory(world.database, 'ici');
    const there = await makeRunTerritory(world.database, 'voisine');
    const output = await makeFlow(world.database, here.territoryId, { ref: 'o', direction: 'output', category: 'straw', hazardous: false });
    const input = await makeFlow(world.database, there.territoryId, { ref: 'i', direction: 'input', category: 'straw', hazardous: false, longitude: 1.4 });
    const links = async (who: SignedInClient): Promise<MapLinks['links']> => ((await who.get('/api/map/links')).body as MapLinks).links;
    const own = await api.signIn(await givePassword(world.database, here.advisor.personId));
    await agreeTerritories(world.database, here.territoryId, there.territoryId);
    await publishList(world, here.system);
    expect(await links(own)).toMatchObject([{ kind: 'lead', category: 'straw', family: 'matter', from: 'Entreprise o', to: 'Entreprise i', line: [1.3529, 44.0221, 1.4, 44.0221] }]);
    expect(((await own.get('/api/map')).body as MapBody).sites.company).toEqual(['Entreprise o']);
    const second = await makeFlow(world.database, here.territoryId, { ref: 'i2', direction: 'input', category: 'straw' });
    await world.database.admin.query("INSERT INTO running_synergy (territory_id, output_flow_id, input_flow_id, ended_on) VALUES ($1, $2, $3, NULL), ($1, $3, $2, '2026-01-01')", [here.territoryId, output.flowId, second.flowId]);
    expect((await links(own)).map(({ kind, to }) => [kind, to])).toEqual([['lead', 'Entreprise i'], ['synergy', 'Entreprise i2']]);

    await world.database.admin.query('UPDATE territory_agreement SET ended_at = now()');
    expect((await links(own)).map(({ kind }) => kind)).toEqual(['synergy']);
    expect(await links(await api.signIn(await givePassword(world.database, there.advisor.personId)))).toEqual([]);
    expect(input.flowId).toBeTruthy();
  });

  it('shows nothing of another territory, no lines to contributors, and nothing at all to who sees no names', async () => {
    const other = await makeRunTerritory(world.database, 'ailleurs');
    const contributor = await clientOf(other.territoryId, 'contributor');
    expect((await contributor.get('/api/map')).body).toMatchObject({ categories: [], sites: { id: [] }, flows: { id: [] }, withoutPlace: 0 });
    expect((await contributor.get('/api/map/links')).status).toBe(403);
    for (const role of ['analyst', 'partner'] as const) {
      const who = await clientOf(territory.territoryId, role);
      for (const path of ['/api/map', '/api/map/links', '/api/map/settings']) expect((await who.get(path)).status).toBe(403);
    }
  });

  it('holds 20,000 sites in columns that are far smaller than rows, and each flow points at its own', async () => {
    const many = await makeRunTerritory(world.database, 'vingt-mille');
    const { admin } = world.database;
    await admin.query("INSERT INTO company (territory_id, ref, name, created_at, updated_at) SELECT $1, n, 'Entreprise ' || n, now(), now() FROM generate_series(1, 20000) n", [many.territoryId]);
    await admin.query(`INSERT INTO site (territory_id, company_id, ref, latitude, longitude, created_at, updated_at)
      SELECT $1, id, ref, 43.5 + ref::int % 1000 / 1000.0, 1 + ref::int % 997 / 997.0, now(), now() FROM company WHERE territory_id = $1`, [many.territoryId]);
    await admin.query(`INSERT INTO flow (territory_id, site_id, ref, version, direction, category, description, quantity, confirmed_on, updated_at)
      SELECT $1, id, ref, 1, CASE WHEN ref::int % 2 = 0 THEN 'output' ELSE 'input' END, CASE WHEN ref::int % 3 = 0 THEN 'straw' ELSE 'whey' END, 'x', 10, '2026-11-01', now() FROM site WHERE territory_id = $1`, [many.territoryId]);
    const answer = await (await api.signIn(await givePassword(world.database, many.advisor.personId))).get('/api/map');
    const map = answer.body as MapBody;
    expect([map.sites.id.length, map.flows.id.length, map.categories.length]).toEqual([20_000, 20_000, 2]);
    expect(new Set(map.flows.site).size).toBe(20_000);
    expect(map.flows.direction.filter((direction) => direction === 0)).toHaveLength(10_000);
    expect(answer.text.length).toBeLessThan(5_000_000);
  });
});

describe('the tiles under the map', () => {
  it('are none unless the operator names some, and then their host alone may be asked', async () => {
    expect((await advisor.get('/api/map/settings')).body).toEqual({ tilesUrl: null, tilesCredit: null });
    const policyOf = async (door: TestApi): Promise<string> => (await door.anybody().get('/api/health')).headers['content-security-policy'] as string;
    expect(await policyOf(api)).toContain("img-src 'self' data: blob:;connect-src 'self';");
    const tilesUrl = 'https://tiles.example.org/wmts?z={z}&x={x}&y={y}';
    const withTiles = await openTestApi(world.database, [ResourcesModule.with(world.knowledge), AccessModule, InsightsModule], { MAP_TILES_URL: tilesUrl, MAP_TILES_CREDIT: '© essai' });
    expect(await policyOf(withTiles)).toContain("img-src 'self' data: blob: https://tiles.example.org;connect-src 'self' https://tiles.example.org;");
    const who = await withTiles.signIn(await givePassword(world.database, territory.advisor.personId));
    expect((await who.get('/api/map/settings')).body).toEqual({ tilesUrl, tilesCredit: '© essai' });
    await withTiles.close();
  });
});
