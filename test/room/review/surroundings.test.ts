import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '../../../src/access/access.module.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import type { Surroundings } from '../../../src/review/candidate.dto.js';
import { ReviewModule } from '../../../src/review/review.module.js';
import { makeCandidate } from '../../support/candidates.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { makeGoodPair, makeRunTerritory, openRunWorld, type RunTerritory, type RunWorld } from '../../support/run-world.js';
import { agreeTerritories, makeFlow, makePerson } from '../../support/world.js';

let world: RunWorld;
let api: TestApi;
let serial = 0;

interface Scene extends RunTerritory {
  client: SignedInClient;
  leadId: string;
  outputFlowId: string;
  inputCompanyId: string;
}

/** A lead over a tenth of a degree of latitude, 11 km, and whoever reads it. */
async function scene(category = 'straw', output: Record<string, unknown> = {}): Promise<Scene> {
  const territory = await makeRunTerritory(world.database, `autour-${serial += 1}`);
  const pair = await makeGoodPair(world.database, territory.territoryId, 'a', { category, output, input: { latitude: 44.1221 } });
  const leadId = await makeCandidate(world.database, territory.territoryId, { output: pair.output.flowId, input: pair.input.flowId });
  const client = await api.signIn(await givePassword(world.database, territory.advisor.personId));
  return { ...territory, client, leadId, outputFlowId: pair.output.flowId, inputCompanyId: pair.input.companyId };
}
const around = async ({ client, leadId }: Pick<Scene, 'client' | 'leadId'>): Promise<Surroundings> => (await client.get(`/api/candidates/${leadId}/surroundings`).expect(200)).body as Surroundings;
const admin = (sql: string, values: unknown[] = []): Promise<unknown> => world.database.admin.query(sql, values);
/** Another policy takes the place of the one in force. @param path of the field, `gates,noAgreement` */
const changePolicy = async ({ territoryId }: RunTerritory, path: string, value: unknown): Promise<void> => {
  await admin("UPDATE policy_version SET state = 'retired' WHERE territory_id = $1 AND state = 'active'", [territoryId]);
  await admin(
    `INSERT INTO policy_version (territory_id, version, state, document, note, created_at, activated_at)
     SELECT territory_id, version + 1, 'active', jsonb_set(document, $2::text[], $3::jsonb), 'essai', created_at, activated_at FROM policy_version WHERE territory_id = $1 ORDER BY version DESC LIMIT 1`,
    [territoryId, `{${path}}`, JSON.stringify(value)]);
};

beforeAll(async () => {
  world = await openRunWorld();
  api = await openTestApi(world.database, [AccessModule, ResourcesModule.with(world.knowledge), ReviewModule]);
});
afterAll(async () => {
  await api?.close();
  await world?.close();
});

describe('what lies around a lead', () => {
  it('is who else has the same output, by the distance to the input, and who else has the same need, by the distance to the output', async () => {
    const here = await scene();
    for (const [ref, direction, latitude] of [['loin', 'output', 44.5], ['près', 'output', 44.1], ['besoin', 'input', 44.0221]] as const) {
      await makeFlow(world.database, here.territoryId, { ref, direction, category: 'straw', latitude });
    }
    await makeFlow(world.database, here.territoryId, { ref: 'autre', direction: 'output', category: 'whey' });
    const { outputs, inputs } = await around(here);
    expect(outputs).toMatchObject({ count: 2, nearest: [{ company: 'Entreprise près', quantity: 100, unit: 't', latitude: 44.1 }, { company: 'Entreprise loin' }] });
    expect(outputs.nearest.map(({ distanceKm }) => Math.round(distanceKm * 10) / 10)).toEqual([2.5, 42]);
    expect(inputs).toMatchObject({ count: 1, nearest: [{ company: 'Entreprise besoin', distanceKm: 0 }] });
  });

  it('leaves out what no list may show, and the companies of the other side', async () => {
    const here = await scene();
    const make = (ref: string, fields: Record<string, unknown> = {}) => makeFlow(world.database, here.territoryId, { ref, direction: 'output', category: 'straw', ...fields });
    await make('retirée', { withdrawn_at: world.database.clock.now() });
    await make('gardée', { withheld: true });
    await make('refusée', { wish: 'no' });
    await make('muette', { wish: null });
    const unsigned = await make('sans-engagement');
    await admin('DELETE FROM confidentiality_agreement WHERE company_id = $1', [unsigned.companyId]);
    const lost = await make('sans-lieu');
    await admin('UPDATE site SET latitude = NULL, longitude = NULL WHERE id = $1', [lost.siteId]);
    const double = await make('double-du-preneur');
    await admin('UPDATE company SET merged_into_id = $2 WHERE id = $1', [double.companyId, here.inputCompanyId]);
    expect((await around(here)).outputs).toEqual({ count: 0, nearest: [] });
    await changePolicy(here, 'gates,noAgreement', 'sign-first');
    expect((await around(here)).outputs.nearest.map(({ company }) => company)).toEqual(['Entreprise sans-engagement']);
  });

  it('tells of the twenty nearest and counts the others', async () => {
    const here = await scene();
    for (let at = 0; at < 23; at += 1) await makeFlow(world.database, here.territoryId, { ref: `o${at}`, direction: 'output', category: 'straw', latitude: 44.1221 + at * 0.01 });
    const { outputs } = await around(here);
    expect(outputs.count).toBe(23);
    expect(outputs.nearest.map(({ company }) => company)).toEqual(Array.from({ length: 20 }, (_, at) => `Entreprise o${at}`));
  });

  it('has the soft and the hard distance of the policy that is in force, and says where they go by the quantity', async () => {
    expect(world.knowledge.category('straw')).toMatchObject({ softDistanceKm: 30, hardDistanceKm: 120 });
    const here = await scene();
    // The need looks around locally: no farther than 100 km.
    expect((await around(here)).reach).toEqual({ softKm: 30, hardKm: 100, byQuantity: false });
    await changePolicy(here, 'categories', { straw: { hardDistanceFactor: 0.5 } });
    expect((await around(here)).reach).toMatchObject({ hardKm: 60 });
    const pipe = world.knowledge.catalogue.categories.find(({ slug, pipeReach }) => (pipeReach ?? []).length > 1 && world.knowledge.catalogue.substitutions.some(({ output, input }) => output === slug && input === slug));
    if (pipe?.pipeReach === undefined) throw new Error('The catalogue has no category that flows in a pipe and feeds its own kind');
    const [smallest] = pipe.pipeReach;
    expect((await around(await scene(pipe.slug, { quantity: smallest.upTo }))).reach).toEqual({ softKm: smallest.softKm, hardKm: smallest.hardKm, byQuantity: true });
    await admin('UPDATE flow SET withdrawn_at = now() WHERE id = $1', [here.outputFlowId]);
    expect((await around(here)).reach).toBeNull();
  });

  it('is of the own territory alone, also where both have agreed; another territory finds no lead', async () => {
    const [here, there] = [await scene(), await scene()];
    await agreeTerritories(world.database, here.territoryId, there.territoryId);
    expect((await around(here)).outputs.count).toBe(0);
    const foreign = await there.client.get(`/api/candidates/${here.leadId}/surroundings`);
    expect([foreign.status, (foreign.body as { code: string }).code]).toEqual([404, 'not-found']);
  });

  it('is for advisors: an analyst, who sees no names, a contributor and a partner are refused', async () => {
    const here = await scene();
    for (const role of ['analyst', 'contributor', 'partner', 'administrator'] as const) {
      const who = await api.signIn(await givePassword(world.database, (await makePerson(world.database, here.territoryId, [role])).personId));
      expect((await who.get(`/api/candidates/${here.leadId}/surroundings`)).status).toBe(403);
    }
    expect((await api.anybody().get(`/api/candidates/${here.leadId}/surroundings`)).status).toBe(401);
  });
});
