import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NearLeads, nearLeads } from '../../../src/matching/near-leads.queries.js';
import type { Context } from '../../../src/platform/context.js';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory, type RunWorld } from '../../support/run-world.js';
import { agreeTerritories, makeFlow, makePerson } from '../../support/world.js';

let world: RunWorld;
let serial = 0;
const territory = (): Promise<RunTerritory> => makeRunTerritory(world.database, `pays-${serial += 1}`);
const admin = (sql: string, values: unknown[] = []): Promise<unknown> => world.database.admin.query(sql, values);
const count = (context: Context, flowId: string): Promise<NearLeads> => world.database.api.read(context, (tx) => nearLeads(tx, world.knowledge, flowId), { across: true });

beforeAll(async () => {
  world = await openRunWorld();
});
afterAll(async () => {
  await world?.close();
});

describe('"two leads near"', () => {
  it('is, for either side, the number of pairs that a run begun now would have to list', async () => {
    const { territoryId, system, advisor } = await territory();
    const pairs = [];
    for (const ref of ['a', 'b', 'c']) pairs.push(await makeGoodPair(world.database, territoryId, ref));
    await makeFlow(world.database, territoryId, { ref: 'far', direction: 'input', category: 'straw', hazardous: false, latitude: 49 });
    await makeFlow(world.database, territoryId, { ref: 'other', direction: 'input', category: 'accountant' });
    for (const { output, input } of pairs) {
      expect(await count(advisor, output.flowId)).toEqual({ version: 1, leads: 3, unmatchable: null });
      expect(await count(advisor, input.flowId)).toEqual({ version: 1, leads: 3, unmatchable: null });
    }
    // A run lists no more of one flow than its cap lets it; each pair it lists was counted.
    const listed = await leadsOf(world.database, { runId: await publishList(world, system) });
    expect(listed.length).toBeGreaterThan(0);
    expect((await count(advisor, pairs[0].output.flowId)).leads).toBe(3);
  });

  it('follows every change of the flow and of the others, without a run', async () => {
    const { territoryId, advisor } = await territory();
    const { output, input } = await makeGoodPair(world.database, territoryId, 'a');
    const leads = async (): Promise<number> => (await count(advisor, output.flowId)).leads;
    expect(await leads()).toBe(1);
    await makeFlow(world.database, territoryId, { ref: 'b', direction: 'input', category: 'straw', hazardous: false, quantity: 90 });
    expect(await leads()).toBe(2);
    await admin("UPDATE flow SET wish = 'no' WHERE id = $1", [input.flowId]);
    expect(await leads()).toBe(1);
    await admin('UPDATE flow SET withdrawn_at = now() WHERE id = $1', [output.flowId]);
    expect(await count(advisor, output.flowId)).toMatchObject({ leads: 0, unmatchable: 'withdrawn' });
    await admin('UPDATE flow SET withdrawn_at = NULL, category = $2 WHERE id = $1', [output.flowId, 'nothing-known']);
    expect(await count(advisor, output.flowId)).toMatchObject({ leads: 0, unmatchable: 'unknown-category' });
    await admin('UPDATE flow SET category = $2 WHERE id = $1', [output.flowId, 'straw']);
    await admin('UPDATE site SET latitude = NULL, longitude = NULL WHERE id = $1', [output.siteId]);
    expect(await count(advisor, output.flowId)).toMatchObject({ leads: 0, unmatchable: 'without-place' });
  });

  it('does not count what a decision or a running exchange keeps away', async () => {
    const { territoryId, advisor } = await territory();
    const { output, input } = await makeGoodPair(world.database, territoryId, 'a');
    await admin('INSERT INTO running_synergy (territory_id, output_flow_id, input_flow_id) VALUES ($1, $2, $3)', [territoryId, output.flowId, input.flowId]);
    expect((await count(advisor, output.flowId)).leads).toBe(0);
    expect((await count(advisor, input.flowId)).leads).toBe(0);
  });

  it('counts a neighbour only once both territories have agreed, and never answers for a flow that is not one\'s own', async () => {
    const [here, there] = [await territory(), await territory()];
    const output = await makeFlow(world.database, here.territoryId, { ref: 'o', direction: 'output', category: 'straw', hazardous: false });
    const input = await makeFlow(world.database, there.territoryId, { ref: 'i', direction: 'input', category: 'straw', hazardous: false });
    expect((await count(here.advisor, output.flowId)).leads).toBe(0);
    await expect(count(here.advisor, input.flowId)).rejects.toMatchObject({ status: 404 });
    await agreeTerritories(world.database, here.territoryId, there.territoryId);
    expect((await count(here.advisor, output.flowId)).leads).toBe(1);
    await expect(count(here.advisor, input.flowId)).rejects.toMatchObject({ status: 404 });
  });

  it('is for contributors as well: a number, and nothing of the companies behind it', async () => {
    const { territoryId } = await territory();
    const { output } = await makeGoodPair(world.database, territoryId, 'a');
    const contributor = await makePerson(world.database, territoryId, ['contributor']);
    expect(Object.keys(await count(contributor, output.flowId)).sort()).toEqual(['leads', 'unmatchable', 'version']);
  });
});
