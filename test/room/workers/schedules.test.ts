import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Schedules } from '../../../workers/schedules.js';
import { goThrough, makeRunTerritory, openRunWorld, type RunTerritory, type RunWorld } from '../../support/run-world.js';
import { makeTerritory } from '../../support/world.js';

let world: RunWorld;
let expired: string[];
let reminded: string[];
let reconciled: string[][];
let schedules: Schedules;
let serial = 0;

const runs = async (territoryId: string): Promise<string[]> =>
  (await world.database.admin.query<{ text: string }>("SELECT week || ' ' || attempt || ' ' || cause AS text FROM run WHERE territory_id = $1 ORDER BY created_at, attempt", [territoryId])).rows.map((row) => row.text);
const finish = async ({ territoryId, system }: RunTerritory): Promise<void> => {
  const { rows } = await world.database.admin.query<{ id: string }>("SELECT id FROM run WHERE territory_id = $1 AND state = 'waiting'", [territoryId]);
  for (const { id } of rows) await goThrough(world, system, id);
};

beforeAll(async () => {
  world = await openRunWorld();
});
afterAll(async () => {
  await world?.close();
});

let territory: RunTerritory;
beforeEach(async () => {
  world.database.clock.set('2026-11-23T07:00:00Z');
  territory = await makeRunTerritory(world.database, `terre-${serial += 1}`);
  expired = [];
  reminded = [];
  reconciled = [];
  schedules = new Schedules({
    unitOfWork: world.database.worker, clock: world.database.clock, logger: pino({ level: 'silent' }), requestRun: world.requestRun,
    expiry: { execute: async (context) => void expired.push(context.territoryId) },
    reminders: { execute: async (context) => void reminded.push(context.territoryId) },
    reconciliation: { execute: async (territories: readonly string[]) => reconciled.push([...territories]) > 0 } as never,
    relay: { tidy: () => Promise.resolve() },
  });
});
afterEach(async () => {
  // One database for all: what a test leaves is no business of the next.
  await world.database.admin.query("UPDATE policy_version SET state = 'retired'");
});

describe('the tick', () => {
  it('asks for the weekly run from Monday 06:00 local time on, once', async () => {
    world.database.clock.set('2026-11-23T04:59:59Z');
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual([]);
    world.database.clock.set('2026-11-23T05:00:00Z');
    await schedules.tick();
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 schedule']);
    await finish(territory);
    world.database.clock.advance({ days: 6 });
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 schedule']);
  });

  it('catches up a missed Monday in its week, exactly once, and no week before it', async () => {
    await schedules.tick();
    await finish(territory);
    world.database.clock.set('2026-12-17T15:00:00Z');
    await schedules.tick();
    await finish(territory);
    await schedules.tick();
    world.database.clock.advance({ hours: 30 });
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 schedule', '2026-W51 1 schedule']);
  });

  it('asks for one run when two ticks come at once', async () => {
    await Promise.all([schedules.tick(), schedules.tick(), schedules.tick()]);
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 schedule']);
    const { rows } = await world.database.admin.query("SELECT 1 FROM outbox_entry WHERE name = 'run' AND territory_id = $1", [territory.territoryId]);
    expect(rows).toHaveLength(1);
  });

  it('leaves a week alone that has an unfinished or a published run, also one on demand', async () => {
    await world.requestRun.execute(territory.system, { cause: 'demand' });
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 demand']);
    await finish(territory);
    const { runId } = await world.requestRun.execute(territory.system, { cause: 'demand' });
    await world.failRun.execute(territory.system, { runId, failure: 'x' });
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 demand', '2026-W48 2 demand']);
  });

  it('makes the next attempt after a failed run, three by itself a week, and begins anew the week after', async () => {
    const fail = async (): Promise<void> => {
      const { rows } = await world.database.admin.query<{ id: string }>("SELECT id FROM run WHERE territory_id = $1 AND state = 'waiting'", [territory.territoryId]);
      for (const { id } of rows) await world.failRun.execute(territory.system, { runId: id, failure: 'x' });
    };
    const { runId } = await world.requestRun.execute(territory.system, { cause: 'demand' });
    await world.failRun.execute(territory.system, { runId, failure: 'x' });
    for (let tick = 0; tick < 5; tick += 1) {
      await Promise.all([schedules.tick(), schedules.tick()]);
      await fail();
    }
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 demand', '2026-W48 2 schedule', '2026-W48 3 schedule', '2026-W48 4 schedule']);
    expect(await world.requestRun.execute(territory.system, { cause: 'schedule' })).toMatchObject({ attempt: 4, created: false });
    world.database.clock.advance({ days: 7 });
    await schedules.tick();
    expect((await runs(territory.territoryId)).slice(4)).toEqual(['2026-W49 1 schedule']);
  });

  it('asks once the unfinished run of an older week has ended', async () => {
    await schedules.tick();
    world.database.clock.advance({ days: 7 });
    await schedules.tick();
    expect(await runs(territory.territoryId)).toHaveLength(1);
    await finish(territory);
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 schedule', '2026-W49 1 schedule']);
  });

  it.each([
    ['the clocks go forward', ['2026-03-23T05:00:00Z', '2026-03-30T04:00:00Z']],
    ['the clocks go back', ['2026-10-19T04:00:00Z', '2026-10-26T05:00:00Z']],
    ['the year ends', ['2026-12-28T05:00:00Z', '2027-01-04T05:00:00Z']],
  ])('keeps to six o\'clock when %s', async (_what, dues) => {
    for (const [at, due] of dues.entries()) {
      world.database.clock.set(due);
      world.database.clock.advance({ seconds: -1 });
      await schedules.tick();
      expect((await runs(territory.territoryId)).length).toBe(at);
      world.database.clock.advance({ seconds: 1 });
      await schedules.tick();
      expect((await runs(territory.territoryId)).length).toBe(at + 1);
      await finish(territory);
    }
  });

  it('keeps each territory\'s own clock, and waits for one that has no policy yet', async () => {
    await world.database.admin.query("UPDATE territory SET time_zone = 'America/Cayenne' WHERE id = $1", [territory.territoryId]);
    const bare = await makeTerritory(world.database, `terre-${serial += 1}`);
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual([]);
    world.database.clock.set('2026-11-23T09:00:00Z');
    await schedules.tick();
    expect(await runs(territory.territoryId)).toEqual(['2026-W48 1 schedule']);
    expect(await runs(bare)).toEqual([]);
  });

  it('lets no trouble of one territory keep another waiting', async () => {
    const other = await makeRunTerritory(world.database, `terre-${serial += 1}`);
    await world.database.admin.query("UPDATE territory SET time_zone = 'Europe/Montauban' WHERE id = $1", [territory.territoryId]);
    await schedules.tick();
    expect(await runs(other.territoryId)).toEqual(['2026-W48 1 schedule']);
    expect(expired).toEqual(expect.arrayContaining([territory.territoryId, other.territoryId]));
    expect(reconciled[0]).toEqual(expect.arrayContaining([territory.territoryId, other.territoryId]));
  });
});
