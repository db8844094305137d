import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nearLeads } from '../../../src/matching/near-leads.queries.js';
import { SqlPairExplainer } from '../../../src/matching/pair-explainer-sql.js';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory, type RunWorld } from '../../support/run-world.js';
import { agreeTerritories, makeFlow } from '../../support/world.js';

let world: RunWorld;
let explainer: SqlPairExplainer;
let serial = 0;
const territory = (): Promise<RunTerritory> => makeRunTerritory(world.database, `terre-${serial += 1}`);
const admin = (sql: string, values: unknown[] = []): Promise<unknown> => world.database.admin.query(sql, values);

beforeAll(async () => {
  world = await openRunWorld();
  explainer = new SqlPairExplainer(world.database.api, world.knowledge);
});
afterAll(async () => {
  await world?.close();
});

describe('"why not?" for a pair of live flows', () => {
  it('gives the very points that a run gives', async () => {
    const { territoryId, system, advisor } = await territory();
    const { output, input } = await makeGoodPair(world.database, territoryId, 'a', { output: { latitude: 44.2, quantity: 30 }, input: { months: null } });
    const before = await explainer.explain(advisor, output.flowId, input.flowId);
    const [lead] = await leadsOf(world.database, { runId: await publishList(world, system) });
    expect(before).toMatchObject({ unmatchable: [], gates: [], outputVersion: 1, policyVersion: 1, modelVersion: 0, score: { points: lead.points, substitution: 'straw-to-straw' } });
    expect((await explainer.explain(advisor, output.flowId, input.flowId)).gates).toEqual([{ gate: 'open', detail: null }]);
  });

  it('names every gate that the pair fails, with the figures', async () => {
    const { territoryId, advisor } = await territory();
    const { output, input } = await makeGoodPair(world.database, territoryId, 'a', {
      output: { confirmed_on: '2020-01-01', months: 1, latitude: 47.5 }, input: { months: 2, wish: 'no', minimum_lot: 5000 },
    });
    const { gates, score } = await explainer.explain(advisor, output.flowId, input.flowId);
    expect(gates.map(({ gate }) => gate)).toEqual(['wish-no', 'too-old', 'season', 'distance', 'minimum-lot']);
    expect(gates.find(({ gate }) => gate === 'distance')?.detail).toMatch(/^386\.\d km > \d+ km$/);
    expect(gates.find(({ gate }) => gate === 'minimum-lot')?.detail).toBe('100 < 5000');
    expect(gates.find(({ gate }) => gate === 'too-old')?.detail).toMatch(/^\d+ d > \d+ d$/);
    expect(score).not.toBeNull();
  });

  it('says what keeps a flow out of any run', async () => {
    const { territoryId, advisor } = await territory();
    const { output, input } = await makeGoodPair(world.database, territoryId, 'a', { output: { category: 'nothing-known' }, input: { withdrawn_at: '2026-11-01' } });
    await admin('UPDATE site SET latitude = NULL, longitude = NULL WHERE id = $1', [input.siteId]);
    expect(await explainer.explain(advisor, output.flowId, input.flowId)).toMatchObject({
      unmatchable: [{ side: 'output', why: 'unknown-category' }, { side: 'input', why: 'withdrawn' }, { side: 'input', why: 'without-place' }], gates: [], score: null,
    });
  });

  it('names the blocks of a pair, and has no score where no substitution is known', async () => {
    const { territoryId, advisor } = await territory();
    const { output, input } = await makeGoodPair(world.database, territoryId, 'a');
    await admin('INSERT INTO running_synergy (territory_id, output_flow_id, input_flow_id) VALUES ($1, $2, $3)', [territoryId, output.flowId, input.flowId]);
    expect((await explainer.explain(advisor, output.flowId, input.flowId)).gates).toEqual([{ gate: 'running', detail: null }]);
    const other = await makeFlow(world.database, territoryId, { ref: 'z', direction: 'input', category: 'accountant' });
    const none = await explainer.explain(advisor, output.flowId, other.flowId);
    expect(none.gates.map(({ gate }) => gate)).toContain('no-substitution');
    expect(none.score).toBeNull();
  });

  it('knows nothing of a flow of the other side, or of a territory without agreement', async () => {
    const [here, there] = [await territory(), await territory()];
    const { output, input } = await makeGoodPair(world.database, here.territoryId, 'a');
    const far = await makeFlow(world.database, there.territoryId, { ref: 'i', direction: 'input', category: 'straw', hazardous: false });
    await expect(explainer.explain(here.advisor, input.flowId, output.flowId)).rejects.toMatchObject({ status: 404 });
    await expect(explainer.explain(here.advisor, output.flowId, far.flowId)).rejects.toMatchObject({ status: 404 });
    await agreeTerritories(world.database, here.territoryId, there.territoryId);
    expect((await explainer.explain(here.advisor, output.flowId, far.flowId)).gates).toEqual([]);
  });
});

describe('a smallest lot', () => {
  it('is reached together with neighbours, for "why not?", for near leads and for a run alike', async () => {
    const { territoryId, system, advisor } = await territory();
    const { output, input } = await makeGoodPair(world.database, territoryId, 'a', { output: { quantity: 60 }, input: { minimum_lot: 100 } });
    const near = (): Promise<number> => world.database.api.read(advisor, async (tx) => (await nearLeads(tx, world.knowledge, output.flowId)).leads, { across: true });
    expect((await explainer.explain(advisor, output.flowId, input.flowId)).gates).toEqual([{ gate: 'minimum-lot', detail: '60 < 100' }]);
    expect(await near()).toBe(0);
    await makeFlow(world.database, territoryId, { ref: 'b-o', direction: 'output', category: 'straw', hazardous: false, quantity: 50 });
    const explained = await explainer.explain(advisor, output.flowId, input.flowId);
    expect(explained).toMatchObject({ gates: [], score: { questions: ['condition:output.pesticide-treated', 'condition:output.spoiled', 'minimum-lot-pooled'] } });
    expect(await near()).toBe(1);
    const leads = await leadsOf(world.database, { runId: await publishList(world, system) });
    expect(leads.find((lead) => lead.output === 'a-o')?.points).toBe(explained.score?.points);
  });
});
