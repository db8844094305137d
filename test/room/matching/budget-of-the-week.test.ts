import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getRun } from '../../../src/matching/runs.queries.js';
import { makeRunTerritory, openRunWorld, publishList, type RunWorld } from '../../support/run-world.js';

let world: RunWorld;
let serial = 0;

beforeAll(async () => {
  world = await openRunWorld();
});
afterAll(async () => {
  await world?.close();
});

describe('the length of the week\'s list', () => {
  it.each([
    ['nobody is away', null, null, 10],
    ['the advisor is away on the run\'s day alone', '2026-11-23', '2026-11-23', 8],
    ['the advisor is away from Tuesday on', '2026-11-24', '2026-12-04', 2],
    ['the advisor is away at the weekend', '2026-11-28', '2026-11-29', 10],
    ['the advisor is away all week', '2026-11-20', '2026-11-30', 0],
  ])('counts the working days on which an advisor is there: %s', async (_what, from, to, budget) => {
    const { territoryId, system, advisor } = await makeRunTerritory(world.database, `terre-${serial += 1}`);
    if (from !== null) await world.database.admin.query('INSERT INTO absence (territory_id, person_id, from_day, to_day) VALUES ($1, $2, $3, $4)', [territoryId, advisor.personId, from, to]);
    const runId = await publishList(world, system);
    expect((await world.database.worker.read(system, (tx) => getRun(tx, runId))).budget).toBe(budget);
  });

  it('takes the share of an advisor\'s own minutes', async () => {
    const { territoryId, system, advisor } = await makeRunTerritory(world.database, `terre-${serial += 1}`);
    await world.database.admin.query('UPDATE membership SET weekly_minutes = 240 WHERE person_id = $1', [advisor.personId]);
    const full = await publishList(world, system);
    await world.database.admin.query("INSERT INTO absence (territory_id, person_id, from_day, to_day) VALUES ($1, $2, '2026-11-26', '2026-11-26')", [territoryId, advisor.personId]);
    const short = await publishList(world, system);
    const [whole, part] = await Promise.all([full, short].map((runId) => world.database.worker.read(system, async (tx) => (await getRun(tx, runId)).budget ?? 0)));
    expect(part).toBe(Math.floor(whole * 0.8));
  });
});
