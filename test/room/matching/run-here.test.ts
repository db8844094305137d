import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { doSteps } from '../../../src/cli/run.js';
import { FailRun } from '../../../src/matching/fail-run.js';
import { PublishRun } from '../../../src/matching/publish-run.js';
import { getRun } from '../../../src/matching/runs.queries.js';
import { ScoreRun } from '../../../src/matching/score-run.js';
import { SelectRun } from '../../../src/matching/select-run.js';
import { StartRun } from '../../../src/matching/start-run.js';
import { makeRunTerritory, openRunWorld, type RunWorld } from '../../support/run-world.js';

let world: RunWorld;
let serial = 0;

beforeAll(async () => {
  world = await openRunWorld();
});
afterAll(async () => {
  await world?.close();
});

/** The rooms, selection failing so. */
const roomsWhere = (error: Error | null) => {
  const all = new Map<unknown, unknown>([
    [StartRun, world.startRun], [ScoreRun, world.scoreRun], [PublishRun, world.publishRun], [FailRun, world.failRun],
    [SelectRun, error === null ? world.selectRun : { execute: () => Promise.reject(error) }],
  ]);
  return { get: (what: unknown) => all.get(what) } as never;
};

describe('a run that the command does itself', () => {
  it('is failed when a step throws, in words without data, and another may be asked for', async () => {
    const { system } = await makeRunTerritory(world.database, `terre-${serial += 1}`);
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    await expect(doSteps(roomsWhere(new RangeError('Dupont SARL has a bad quantity')), system, runId)).rejects.toThrow(RangeError);
    expect(await world.database.worker.read(system, (tx) => getRun(tx, runId))).toMatchObject({ state: 'failed', failure: 'run.select: RangeError' });
    expect(await world.requestRun.execute(system, { cause: 'demand' })).toMatchObject({ created: true, attempt: 2 });
  });

  it('stays as far as it is while PostgreSQL is away, and is gone on with', async () => {
    const { system } = await makeRunTerritory(world.database, `terre-${serial += 1}`);
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    await expect(doSteps(roomsWhere(Object.assign(new Error('gone'), { code: '57P01' })), system, runId)).rejects.toThrow('gone');
    expect(await world.database.worker.read(system, (tx) => getRun(tx, runId))).toMatchObject({ state: 'scored', failure: null });
    await doSteps(roomsWhere(null), system, runId);
    expect(await world.database.worker.read(system, (tx) => getRun(tx, runId))).toMatchObject({ state: 'published' });
  });
});
