import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnrecoverableError } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { RequestRun } from '../../../src/matching/request-run.js';
import { getRun } from '../../../src/matching/runs.queries.js';
import { makeDataSource } from '../../../src/platform/postgres/data-source.js';
import { UnitOfWork } from '../../../src/platform/postgres/unit-of-work.js';
import { migrateQueueSchema } from '../../../src/platform/queue/migrate-queue-schema.js';
import { type JobQueue, type JobWorker, openQueues, type QueueBackend } from '../../../src/platform/queue/queue-backend.js';
import { makeHandlers, type UseCases } from '../../../workers/handlers.js';
import { JobDesk, jobId } from '../../../workers/job-desk.js';
import { makeProcessor } from '../../../workers/job-processor.js';
import { OutboxRelay } from '../../../workers/outbox-relay.js';
import { Reconciliation } from '../../../workers/reconciliation.js';
import { queueBackendsForTests, redisUrlForTests } from '../../support/redis.js';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, type RunTerritory, type RunWorld } from '../../support/run-world.js';

const logger = pino({ level: 'silent' });
let world: RunWorld;
let serial = 0;
const admin = <Row>(sql: string, values: unknown[] = []): Promise<Row[]> => world.database.admin.query(sql, values).then(({ rows }) => rows as Row[]);

beforeAll(async () => {
  world = await openRunWorld();
  await migrateQueueSchema(world.database.url('maillon_admin'));
});
afterAll(async () => {
  await world?.close();
});

describe.each(queueBackendsForTests())('work handed over on %s', (kind) => {
  let queues: QueueBackend;
  let desk: JobDesk;
  let relay: OutboxRelay;
  let queue: JobQueue<unknown>;
  let queueName: string;
  let done: string[];
  let territory: RunTerritory;

  beforeEach(async () => {
    await admin('DELETE FROM outbox_entry');
    queueName = `line-${randomUUID()}`;
    queues = openQueues({
      postgresUrl: world.database.url('maillon_worker'), prefix: `test-${randomUUID()}`, ...(kind === 'redis' ? { redisUrl: redisUrlForTests() ?? '' } : {}),
    });
    desk = new JobDesk(queues, queueName);
    relay = new OutboxRelay(world.database.worker, desk, logger);
    queue = queues.makeQueue(queueName);
    done = [];
    territory = await makeRunTerritory(world.database, `terre-${kind}-${serial += 1}`);
    await makeGoodPair(world.database, territory.territoryId, 'a');
  });
  afterEach(async () => {
    await queues.close();
  });

  /** A worker of the real actions; `override` puts others in their place. */
  function work(override: Partial<UseCases> = {}): JobWorker<unknown> {
    const handlers = makeHandlers({
      ...world, readImport: { execute: async () => ({}) as never }, sendStaffMail: { execute: () => Promise.resolve('sent' as const) }, sendCompanyMail: null, schedules: { tick: () => Promise.resolve() }, ...override,
    });
    const process = makeProcessor(handlers, world.failRun, logger);
    return queues.makeWorker<unknown>(queueName, async (job) => {
      await process(job);
      done.push(job.name);
    }, { concurrency: 4, stalledInterval: 300 });
  }

  const ended = (worker: JobWorker<unknown>, how: 'completed' | 'failed', name: string): Promise<void> => new Promise((resolve) => {
    if (how === 'completed') worker.on('completed', (job) => (job.name === name ? resolve() : undefined));
    else worker.on('failed', (job) => (job?.name === name ? resolve() : undefined));
  });
  const look = (runId: string) => world.database.worker.read(territory.system, (tx) => getRun(tx, runId));
  const ask = async (): Promise<string> => (await new RequestRun(world.database.api).execute(territory.advisor, { cause: 'demand' })).runId;

  it('takes a demand from the API through all steps, in their order, to a published list', async () => {
    const runId = await ask();
    const worker = work();
    const published = ended(worker, 'completed', 'run.publish');
    expect(await relay.relay()).toBe(1);
    await published;
    expect(done).toEqual(['run.start', 'run.score', 'run.select', 'run.publish']);
    expect(await look(runId)).toMatchObject({ state: 'published', progress: 1, leads: 1 });
    const job = await queue.getJob(jobId('run.score', runId));
    expect(job?.progress).toBe(80);
    expect(job?.data).toEqual({ territoryId: territory.territoryId, runId });
  });

  it('shows how far a run is between its steps', async () => {
    const runId = await ask();
    const seen: number[] = [];
    const worker = work({
      selectRun: { execute: async (context, input) => {
        seen.push((await look(runId)).progress);
        return world.selectRun.execute(context, input);
      } },
      publishRun: { execute: async (context, input) => {
        seen.push((await look(runId)).progress);
        return world.publishRun.execute(context, input);
      } },
    });
    const published = ended(worker, 'completed', 'run.publish');
    await relay.relay();
    await published;
    expect(seen).toEqual([0.8, 0.9]);
  });

  it('fails the run visibly when a step throws, goes no further and publishes nothing', async () => {
    const runId = await ask();
    const worker = work({ selectRun: { execute: () => Promise.reject(new RangeError('Dupont SARL has a bad quantity')) } });
    const failed = ended(worker, 'failed', 'run.publish');
    await relay.relay();
    await failed;
    expect(done).toEqual(['run.start', 'run.score']);
    expect(await look(runId)).toMatchObject({ state: 'failed', failure: 'run.select: RangeError', leads: 0 });
    expect(await leadsOf(world.database, { territoryId: territory.territoryId })).toEqual([]);
    expect((await queue.getJob(jobId('run.select', runId)))?.failedReason).toBe('run.select: RangeError');
  });

  it('tries a step again while the database is away, and the run comes through', async () => {
    const runId = await ask();
    let away = 1;
    const worker = work({
      scoreRun: { execute: (context, input, progress) => (away-- > 0 ? Promise.reject(Object.assign(new Error('gone'), { code: '57P01' })) : world.scoreRun.execute(context, input, progress)) },
    });
    const published = ended(worker, 'completed', 'run.publish');
    await relay.relay();
    await published;
    expect(await look(runId)).toMatchObject({ state: 'published', failure: null });
  });

  it('hands over each entry once, however many relays look, and in order when it is alone', async () => {
    const ids = Array.from({ length: 30 }, () => randomUUID());
    await world.database.api.write(territory.advisor, async (tx) => {
      for (const importId of ids) await tx.enqueue('import.read', { territoryId: territory.territoryId, importId });
    });
    const put: string[] = [];
    const counting = { put: async (_name: string, payload: { importId: string }) => void put.push(payload.importId) } as unknown as JobDesk;
    const relays = Array.from({ length: 4 }, () => new OutboxRelay(world.database.worker, counting, logger));
    const counts = await Promise.all(relays.map((one) => one.relay()));
    expect(counts.reduce((a, b) => a + b)).toBe(30);
    expect([...put].sort()).toEqual([...ids].sort());
    expect(await relay.relay()).toBe(0);
    put.length = 0;
    await admin('UPDATE outbox_entry SET dispatched_at = NULL');
    await relays[0].relay();
    expect(put).toEqual(ids);
  });

  it('leaves an entry in the outbox when the queue refuses it, and goes on when it is back', async () => {
    const runId = await ask();
    let refusals = 2;
    const seen: string[] = [];
    const moody = {
      keepTicking: () => Promise.resolve(),
      put: (name: string) => (refusals-- > 0 ? Promise.reject(new Error('Connection is closed.')) : Promise.resolve(void seen.push(name))),
    } as unknown as JobDesk;
    const trying = new OutboxRelay(world.database.worker, moody, logger);
    await expect(trying.relay()).rejects.toThrow(/closed/);
    expect(await admin('SELECT 1 FROM outbox_entry WHERE dispatched_at IS NULL')).toHaveLength(1);
    const handed = new Promise<void>((resolve) => {
      const looping = new OutboxRelay(world.database.worker, moody, logger, () => {
        void looping.stop().then(resolve);
      });
      looping.start();
    });
    await handed;
    expect(seen).toEqual(['run']);
    expect((await look(runId)).state).toBe('waiting');
    expect(await admin('SELECT 1 FROM outbox_entry WHERE dispatched_at IS NULL')).toEqual([]);
  });

  it('leaves what a newer version asked for where it is, and hands over the rest', async () => {
    await admin("INSERT INTO outbox_entry (name, payload, created_at) VALUES ('run.dance', '{}', now())");
    await ask();
    expect(await relay.relay()).toBe(1);
    expect(await relay.relay()).toBe(0);
    expect(await admin('SELECT name FROM outbox_entry WHERE dispatched_at IS NULL')).toEqual([{ name: 'run.dance' }]);
  });

  it('puts a job once into the queue, also when it is asked for again while it waits', async () => {
    const runId = await ask();
    for (let time = 0; time < 3; time += 1) await desk.put('run', { territoryId: territory.territoryId, runId });
    await desk.put('staff-mail.send', { staffMailId: 'm' });
    await desk.put('staff-mail.send', { staffMailId: 'm' });
    const jobs = await queue.getJobs(['waiting', 'waiting-children', 'delayed', 'prioritized']);
    expect(jobs.map((job) => job.name).sort()).toEqual(['run.publish', 'run.score', 'run.select', 'run.start', 'staff-mail.send']);
    await desk.keepTicking();
    await desk.keepTicking();
    expect(await queue.getJobSchedulersCount()).toBe(1);
  });

  it('delivers a finished job again when it is asked for anew', async () => {
    const worker = work();
    const first = ended(worker, 'completed', 'staff-mail.send');
    await desk.put('staff-mail.send', { staffMailId: 'm' });
    await first;
    const second = ended(worker, 'completed', 'staff-mail.send');
    await desk.put('staff-mail.send', { staffMailId: 'm' });
    await second;
    expect(done).toEqual(['staff-mail.send', 'staff-mail.send']);
  });

  describe('when the queue was lost', () => {
    const lose = (): Promise<void> => queue.obliterate({ force: true });
    const reconcile = (mailer: UnitOfWork | null = null): Promise<boolean> => new Reconciliation(world.database.worker, mailer, desk).execute([territory.territoryId]);

    it('an unfinished run is taken up from its last finished step', async () => {
      const runId = await ask();
      await relay.relay();
      await world.startRun.execute(territory.system, { runId });
      await world.scoreRun.execute(territory.system, { runId });
      await lose();
      expect(await queue.getJobs(['waiting', 'waiting-children'])).toEqual([]);
      await reconcile();
      await reconcile();
      const worker = work();
      await ended(worker, 'completed', 'run.publish');
      expect(await look(runId)).toMatchObject({ state: 'published', leads: 1 });
      await reconcile();
      expect(await queue.getJobs(['waiting', 'waiting-children', 'active', 'delayed'])).toEqual([]);
    });

    it('a run whose step ran out of attempts is taken up too', async () => {
      const runId = await ask();
      let away = true;
      await desk.put('run', { territoryId: territory.territoryId, runId });
      const worker = queues.makeWorker<unknown>(queueName, async (one) => {
        if (away) throw new UnrecoverableError('out of attempts');
        done.push(one.name);
      }, { concurrency: 4 });
      await ended(worker, 'failed', 'run.publish');
      away = false;
      const published = ended(worker, 'completed', 'run.publish');
      await admin('UPDATE outbox_entry SET dispatched_at = now()');
      await reconcile();
      await published;
      expect(done).toEqual(['run.start', 'run.score', 'run.select', 'run.publish']);
    });

    it('leaves to the relay what the outbox still holds', async () => {
      await ask();
      await reconcile();
      expect(await queue.getJobs(['waiting', 'waiting-children'])).toEqual([]);
    });

    it('an unfinished import and a queued mail are asked for again, a finished one is not', async () => {
      const now = world.database.clock.now();
      const importOf = async (state: string): Promise<string> => (await admin<{ id: string }>(
        "INSERT INTO import_job (territory_id, file_name, state, created_at) VALUES ($1, 'f.csv', $2, $3) RETURNING id", [territory.territoryId, state, now]))[0].id;
      const [reading, read] = [await importOf('reading'), await importOf('done')];
      const mailOf = async (state: string): Promise<string> => (await admin<{ id: string }>(
        "INSERT INTO staff_mail (territory_id, person_id, template, state, created_at) VALUES ($1, $2, 'digest', $3, $4) RETURNING id",
        [territory.territoryId, territory.advisor.personId, state, new Date(now.getTime() - 3_600_000)]))[0].id;
      const [queued, sent] = [await mailOf('queued'), await mailOf('sent')];
      const source = await makeDataSource({ url: world.database.url('maillon_mailer'), entities: [] }).initialize();
      try {
        await reconcile(new UnitOfWork(source, () => now));
      } finally {
        await source.destroy();
      }
      const found = (await queue.getJobs(['waiting'])).map((job) => job.id);
      expect(found).toEqual(expect.arrayContaining([jobId('import.read', reading), jobId('staff-mail.send', queued)]));
      for (const id of [jobId('import.read', read), jobId('staff-mail.send', sent)]) expect(found).not.toContain(id);
    });
  });
});
