import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type PublishedLead, type RunWorld } from '../../support/run-world.js';

let world: RunWorld;
let serial = 0;

beforeAll(async () => {
  world = await openRunWorld();
});
afterAll(async () => {
  await world?.close();
});

const lines = (leads: readonly PublishedLead[]): string[] => leads.map((lead) => `${lead.output} ${lead.status}`).sort();

it.each(['started', 'scored', 'selected'])('a decision that is taken back while another attempt is %s leaves its lead open, once', async (state) => {
  const { territoryId, system } = await makeRunTerritory(world.database, `terre-${serial += 1}`);
  await makeGoodPair(world.database, territoryId, 'a');
  await makeGoodPair(world.database, territoryId, 'b', { category: 'whey' });
  const first = await leadsOf(world.database, { runId: await publishList(world, system) });
  const lead = first.find(({ output }) => output === 'a-o') as PublishedLead;
  const set = (status: string): Promise<unknown> =>
    world.database.admin.query('UPDATE candidate_state SET status = $2, closed_at = $3, version = version + 1 WHERE candidate_id = $1',
      [lead.candidateId, status, status === 'open' ? null : world.database.clock.now()]);
  await set('decided');
  const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
  for (const [name, step] of [['started', world.startRun], ['scored', world.scoreRun], ['selected', world.selectRun]] as const) {
    await step.execute(system, { runId });
    if (name === state) await set('open');
  }
  await world.publishRun.execute(system, { runId });
  expect(lines(await leadsOf(world.database, { runId: lead.runId }))).toEqual(['a-o open', 'b-o replaced']);
  expect(lines(await leadsOf(world.database, { runId }))).toEqual(['b-o open']);
});

it('a lead that was kept because its decision was taken back is replaced by the attempt after', async () => {
  const { territoryId, system } = await makeRunTerritory(world.database, `terre-${serial += 1}`);
  await makeGoodPair(world.database, territoryId, 'a');
  const [lead] = await leadsOf(world.database, { runId: await publishList(world, system) });
  await world.database.admin.query("UPDATE candidate_state SET status = 'decided', closed_at = $2 WHERE candidate_id = $1", [lead.candidateId, world.database.clock.now()]);
  const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
  await world.startRun.execute(system, { runId });
  await world.database.admin.query("UPDATE candidate_state SET status = 'open', closed_at = NULL WHERE candidate_id = $1", [lead.candidateId]);
  for (const step of [world.scoreRun, world.selectRun, world.publishRun]) await step.execute(system, { runId });
  const last = await publishList(world, system);
  expect(lines(await leadsOf(world.database, { territoryId }))).toEqual(['a-o open', 'a-o replaced']);
  expect(lines(await leadsOf(world.database, { runId: last }))).toEqual(['a-o open']);
});
