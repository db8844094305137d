import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../../../config/env.js';
import { hashPassword, verifyPassword } from '../../../src/access/hash-password.js';
import { type RequestedRun, RequestRun } from '../../../src/matching/request-run.js';
import { makeDemo, publishDemoWeek } from '../../../workers/seed-demo.js';
import { goThrough, makeRunTerritory, openRunWorld, type RunTerritory, type RunWorld } from '../../support/run-world.js';

let world: RunWorld;
let dataDir: string;
let serial = 0;

beforeAll(async () => {
  world = await openRunWorld();
  dataDir = mkdtempSync(join(tmpdir(), 'maillon-seed-'));
});
afterAll(async () => {
  await world?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The rooms with a worker that does, at once, what `outcomes` says of each run that is made. */
function roomsWhere({ system }: RunTerritory, outcomes: ('published' | 'failed' | 'left')[]) {
  const asked: string[] = [];
  const requestRun = {
    execute: async (...[context, request]: Parameters<RequestRun['execute']>): Promise<RequestedRun> => {
      asked.push(request.cause);
      const requested = await world.requestRun.execute(context, request);
      const outcome = requested.created ? outcomes.shift() : 'left';
      if (outcome === 'published') await goThrough(world, system, requested.runId);
      if (outcome === 'failed') await world.failRun.execute(system, { runId: requested.runId, failure: 'run.score: RangeError' });
      return requested;
    },
  };
  return { asked, rooms: { get: (what: unknown) => (what === RequestRun ? requestRun : world.database.worker) } as never };
}
const territory = (): Promise<RunTerritory> => makeRunTerritory(world.database, `terre-${serial += 1}`);

describe('the list of the demo', () => {
  it('is asked for once a week and stands at the next start', async () => {
    const here = await territory();
    const { rooms, asked } = roomsWhere(here, ['published']);
    for (let start = 0; start < 2; start += 1) expect(await publishDemoWeek(rooms, here)).toEqual({ week: '2026-W48', state: 'published', failure: null });
    expect(asked).toEqual(['schedule', 'schedule']);
  });

  it('is asked for once more after a failed run', async () => {
    const here = await territory();
    const { rooms, asked } = roomsWhere(here, ['failed', 'published']);
    expect(await publishDemoWeek(rooms, here)).toMatchObject({ state: 'published' });
    expect(asked).toEqual(['schedule', 'demand']);
  });

  it('is given up without an error when that fails too, at every start, and comes once a run succeeds', async () => {
    const here = await territory();
    const { rooms } = roomsWhere(here, [...Array.from({ length: 7 }, () => 'failed' as const), 'published']);
    for (let start = 0; start < 4; start += 1) expect(await publishDemoWeek(rooms, here)).toEqual({ week: '2026-W48', state: 'failed', failure: 'run.score: RangeError' });
    expect(await publishDemoWeek(rooms, here)).toMatchObject({ state: 'published' });
  });

  it('is not waited for when its run makes no progress', async () => {
    const here = await territory();
    expect(await publishDemoWeek(roomsWhere(here, ['left']).rooms, here, 0)).toEqual({ week: '2026-W48', state: 'stalled', failure: null });
  });
});

describe('the people of the demo', () => {
  const make = () => makeDemo(world.database, { DATA_DIR: dataDir } as Env, world.database.clock.now());
  const hashOf = async (email: string): Promise<string> =>
    (await world.database.admin.query<{ hash: string }>('SELECT password_hash AS hash FROM person WHERE email = $1', [email])).rows[0].hash;

  it('keep the password they were made with at the next start', async () => {
    const [first, second] = [await make(), await make()];
    expect(second).toEqual(first);
    expect(await verifyPassword(await hashOf(first.advisor.email), first.advisor.password ?? '')).toBe(true);
  });

  it('keep a password that somebody changed, which is told to nobody', async () => {
    const { advisor, analyst } = await make();
    const changed = await hashPassword('une phrase que personne ne devine');
    await world.database.admin.query('UPDATE person SET password_hash = $2 WHERE email = $1', [advisor.email, changed]);
    const again = await make();
    expect(await hashOf(advisor.email)).toBe(changed);
    expect(again).toMatchObject({ advisor: { ...advisor, password: null }, analyst });
  });
});
