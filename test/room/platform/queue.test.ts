import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type DatabaseRole, type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded-postgres.js';
import { migrateQueueSchema } from '../../../src/platform/queue/migrate-queue-schema.js';
import { type JobWorker, openQueues, type QueueBackend } from '../../../src/platform/queue/queue-backend.js';
import { queueBackendsForTests, redisUrlForTests } from '../../support/redis.js';
import { spawnTs } from '../../support/spawn-ts.js';

interface Step {
  step: string;
}

const database = `queue_${randomUUID().replaceAll('-', '')}`;
let postgres: EmbeddedPostgres;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ dataDir: '.data/test' });
  await ask(postgres.url('maillon_admin', 'postgres'), `create database ${database}`);
  await Promise.all([1, 2].map(() => migrateQueueSchema(postgres.url('maillon_admin', database))));
});

afterAll(async () => {
  await ask(postgres.url('maillon_admin', 'postgres'), `drop database ${database} with (force)`);
  await postgres.stop();
});

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A promise and the function that fulfils it. */
function signal<T>(): { seen: Promise<T>; give: (value: T) => void } {
  let give = (_value: T): void => undefined;
  const seen = new Promise<T>((resolve) => (give = resolve));
  return { seen, give: (value) => give(value) };
}

/** The next job of that name that the worker has ended with. */
function ending(worker: JobWorker<Step>, how: 'completed' | 'failed', name: string): Promise<string> {
  const { seen, give } = signal<string>();
  if (how === 'completed') worker.on('completed', (job) => (job.name === name ? give(job.id ?? '') : undefined));
  else worker.on('failed', (job, error) => (job?.name === name ? give(error.message) : undefined));
  return seen;
}

describe.each(queueBackendsForTests())('the queue on %s', (kind) => {
  let producers: QueueBackend;
  let consumers: QueueBackend;
  let prefix: string;
  let name: string;

  /** As the program runs: the API's role adds, the worker's role takes. */
  const open = (role: DatabaseRole): QueueBackend => {
    const redisUrl = kind === 'redis' ? redisUrlForTests() : undefined;
    return openQueues({ postgresUrl: postgres.url(role, database), prefix, ...(redisUrl === undefined ? {} : { redisUrl }) });
  };

  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
    name = `steps-${randomUUID()}`; // PostgreSQL keeps no prefix apart
    producers = open('maillon_api');
    consumers = open('maillon_worker');
  });

  afterEach(async () => {
    await consumers.close();
    await producers.close();
  });

  it('says which backend it is', () => {
    expect(producers.kind).toBe(kind);
  });

  it('delivers each job with its payload, several at a time', async () => {
    const queue = producers.makeQueue<Step>(name);
    const wanted = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const got: string[] = [];
    const all = signal<void>();
    consumers.makeWorker<Step>(
      name,
      (job) => {
        got.push(job.data.step);
        if (got.length === wanted.length) all.give();
        return Promise.resolve();
      },
      { concurrency: 4 },
    );
    await queue.addBulk(wanted.map((step) => ({ name: 'step', data: { step } })));
    await all.seen;
    expect(got.sort()).toEqual(wanted.sort());
  });

  it('delivers a job again, after a growing pause, until it succeeds', async () => {
    const queue = producers.makeQueue<Step>(name);
    const attempts: number[] = [];
    const worker = consumers.makeWorker<Step>(name, (job) => {
      attempts.push(job.attemptsMade);
      return attempts.length < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve('done');
    });
    const done = ending(worker, 'completed', 'step');
    const job = await queue.add('step', { step: 'a' }, { attempts: 5, backoff: { type: 'exponential', delay: 20 } });
    expect(await done).toBe(job.id);
    expect(attempts).toEqual([0, 1, 2]);
    expect((await queue.getJob(job.id ?? ''))?.returnvalue).toBe('done');
  });

  it('gives up after the last attempt and keeps the reason', async () => {
    const queue = producers.makeQueue<Step>(name);
    const { seen, give } = signal<void>();
    const worker = consumers.makeWorker<Step>(name, () => Promise.reject(new Error('never works')));
    let failures = 0;
    worker.on('failed', () => (++failures === 2 ? give() : undefined));
    const job = await queue.add('step', { step: 'a' }, { attempts: 2, backoff: { type: 'fixed', delay: 10 } });
    await seen;
    const kept = await queue.getJob(job.id ?? '');
    expect(await kept?.getState()).toBe('failed');
    expect(kept?.failedReason).toBe('never works');
  });

  it('runs a parent only after its children, and hands it what they returned', async () => {
    const order: string[] = [];
    const worker = consumers.makeWorker<Step>(name, async (job) => {
      order.push(job.name);
      return job.name === 'parent' ? Object.values(await job.getChildrenValues()).sort() : `${job.data.step} done`;
    });
    const done = ending(worker, 'completed', 'parent');
    const tree = await producers.makeFlowProducer().add({
      name: 'parent', queueName: name, data: { step: 'p' },
      children: [
        { name: 'child', queueName: name, data: { step: 'a' }, children: [{ name: 'grandchild', queueName: name, data: { step: 'g' } }] },
        { name: 'child', queueName: name, data: { step: 'b' } },
      ],
    });
    await done;
    expect(order).toHaveLength(4);
    expect(order.at(-1)).toBe('parent');
    expect(order.indexOf('grandchild')).toBeLessThan(order.lastIndexOf('child'));
    const parent = await producers.makeQueue<Step>(name).getJob(tree.job.id ?? '');
    expect(parent?.returnvalue).toEqual(['a done', 'b done']);
  });

  it('fails the parent, without running it, when a child fails', async () => {
    const ran: string[] = [];
    const worker = consumers.makeWorker<Step>(name, (job) => {
      ran.push(job.name);
      return job.name === 'child' ? Promise.reject(new Error('no snapshot')) : Promise.resolve();
    });
    const failed = ending(worker, 'failed', 'parent');
    const tree = await producers.makeFlowProducer().add({
      name: 'parent', queueName: name, data: { step: 'p' },
      children: [{ name: 'child', queueName: name, data: { step: 'a' }, opts: { failParentOnFailure: true } }],
    });
    expect(await failed).toMatch(/child .* failed/);
    const parent = await producers.makeQueue<Step>(name).getJob(tree.job.id ?? '');
    expect(await parent?.getState()).toBe('failed');
    expect(parent?.failedReason).toMatch(/child .* failed/);
    expect(ran).toEqual(['child']);
  });

  it('keeps one scheduler and one next job however often a schedule is stated', async () => {
    const queue = producers.makeQueue<Step>(name);
    for (let time = 0; time < 3; time++) {
      await queue.upsertJobScheduler('weekly', { pattern: '0 6 * * 1', tz: 'Europe/Paris' }, { name: 'step', data: { step: 'week' } });
      await queue.upsertJobScheduler('tick', { every: 3_600_000 }, { name: 'step', data: { step: 'tick' } });
    }
    const schedulers = await queue.getJobSchedulers();
    expect(schedulers.map((scheduler) => scheduler.key).sort()).toEqual(['tick', 'weekly']);
    const waiting = await queue.getJobs(['delayed', 'waiting']);
    expect(waiting.map((job) => job.data.step).sort()).toEqual(['tick', 'week']);
    const weekly = schedulers.find((scheduler) => scheduler.key === 'weekly');
    expect(new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', weekday: 'long', hour: '2-digit' }).format(weekly?.next)).toMatch(/Monday.* 06/);
  });

  it('delivers by schedule again and again', async () => {
    const queue = producers.makeQueue<Step>(name);
    const { seen, give } = signal<void>();
    let times = 0;
    consumers.makeWorker<Step>(name, () => {
      if (++times === 3) give();
      return Promise.resolve();
    });
    await queue.upsertJobScheduler('tick', { every: 50 }, { name: 'step', data: { step: 'tick' } });
    await seen;
    expect(await queue.removeJobScheduler('tick')).toBe(true);
    expect(await queue.getJobSchedulersCount()).toBe(0);
  });

  it('keeps the progress that a running job tells', async () => {
    const queue = producers.makeQueue<Step>(name);
    const told = signal<void>();
    const goOn = signal<void>();
    const worker = consumers.makeWorker<Step>(name, async (job) => {
      await job.updateProgress({ scored: 5, of: 20 });
      told.give();
      await goOn.seen;
    });
    const done = ending(worker, 'completed', 'step');
    const job = await queue.add('step', { step: 'a' });
    await told.seen;
    expect((await queue.getJob(job.id ?? ''))?.progress).toEqual({ scored: 5, of: 20 });
    goOn.give();
    await done;
  });

  it('adds a job once when the same id is given twice, and refuses an id with a colon', async () => {
    const queue = producers.makeQueue<Step>(name);
    await queue.add('step', { step: 'first' }, { jobId: 'run-1-score' });
    await queue.add('step', { step: 'second' }, { jobId: 'run-1-score' });
    const jobs = await queue.getJobs(['waiting']);
    expect(jobs.map((job) => job.data.step)).toEqual(['first']);
    await expect(queue.add('step', { step: 'a' }, { jobId: 'run:1' })).rejects.toThrow(/cannot contain :/);
  });

  it('delivers a job again when the process that ran it was killed outright', async () => {
    const queue = producers.makeQueue<Step>(name);
    const settings = { postgresUrl: postgres.url('maillon_worker', database), prefix, ...(kind === 'redis' ? { redisUrl: redisUrlForTests() } : {}) };
    const victim = spawnTs(
      `import { openQueues } from 'SRC/src/platform/queue/queue-backend.ts';
       openQueues(JSON.parse(process.env.TEST_SETTINGS)).makeWorker(process.env.TEST_QUEUE, (job) => {
         console.log('took ' + job.data.step);
         return new Promise(() => undefined);
       }, { lockDuration: 500, stalledInterval: 300 });`,
      { TEST_SETTINGS: JSON.stringify(settings), TEST_QUEUE: name },
    );
    const job = await queue.add('step', { step: 'a' });
    expect(await victim.nextLine()).toBe('took a');
    await victim.kill();
    const worker = consumers.makeWorker<Step>(name, () => Promise.resolve('done by another'), { stalledInterval: 300 });
    expect(await ending(worker, 'completed', 'step')).toBe(job.id);
    const kept = await queue.getJob(job.id ?? '');
    expect(kept?.returnvalue).toBe('done by another');
    expect(kept?.stalledCounter).toBe(1);
  });

  it('lets a running job end before it closes, and may be closed twice', async () => {
    const queue = producers.makeQueue<Step>(name);
    const began = signal<void>();
    const goOn = signal<void>();
    consumers.makeWorker<Step>(name, async () => {
      began.give();
      await goOn.seen;
      return 'whole';
    });
    const job = await queue.add('step', { step: 'a' });
    await began.seen;
    const closed = Promise.all([consumers.close(), consumers.close()]);
    goOn.give();
    await closed;
    expect((await queue.getJob(job.id ?? ''))?.returnvalue).toBe('whole');
  });
});

describe('the queue', () => {
  it('is tried on every backend that this run was given', () => {
    expect(queueBackendsForTests()).toContain('postgres');
    expect(queueBackendsForTests().includes('redis')).toBe(redisUrlForTests() !== undefined);
  });

  it.each(queueBackendsForTests())('closes although its server on %s is away', async (kind) => {
    const away = signal<void>();
    const address = kind === 'redis' ? { redisUrl: 'redis://127.0.0.1:1' } : {};
    const queues = openQueues({ postgresUrl: 'postgresql://nobody@127.0.0.1:1/nothing', ...address, onError: () => away.give() });
    queues.makeWorker<Step>('steps', () => Promise.resolve());
    const added = queues.makeQueue<Step>('steps').add('step', { step: 'a' });
    added.catch(() => undefined);
    await away.seen;
    await queues.close();
    await expect(added).rejects.toThrow();
  });

  it('refuses an address that is no Redis address, without repeating it', () => {
    const open = (): QueueBackend => openQueues({ redisUrl: 'http://user:secret@host', postgresUrl: postgres.url('maillon_api', database) });
    expect(open).toThrow(/must look like redis:\/\//);
    expect(open).not.toThrow(/secret/);
  });
});

describe("BullMQ's tables in PostgreSQL", () => {
  it('belong to the owner, with no right to create for the program and none at all for the mailer', async () => {
    const admin = postgres.url('maillon_admin', database);
    expect(await ask(admin, "select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'bullmq'::regnamespace")).toEqual([
      { owner: 'maillon_owner' },
    ]);
    const rights = await ask(
      admin,
      `select r as role, has_schema_privilege(r, 'bullmq', 'usage') as uses, has_schema_privilege(r, 'bullmq', 'create') as creates,
              case when has_schema_privilege(r, 'bullmq', 'usage') then has_table_privilege(r, 'bullmq.job', 'delete') else false end as takes
       from unnest(array['maillon_api', 'maillon_mailer', 'maillon_worker']) r order by r`,
    );
    expect(rights).toEqual([
      { role: 'maillon_api', uses: true, creates: false, takes: true },
      { role: 'maillon_mailer', uses: false, creates: false, takes: false },
      { role: 'maillon_worker', uses: true, creates: false, takes: true },
    ]);
    for (const role of ['maillon_api', 'maillon_worker'] as const) {
      await expect(ask(postgres.url(role, database), 'create table bullmq.mine ()')).rejects.toThrow(/permission denied/);
      await expect(ask(postgres.url(role, database), 'delete from bullmq.migration')).rejects.toThrow(/permission denied/);
    }
    await expect(ask(postgres.url('maillon_mailer', database), 'select 1 from bullmq.job')).rejects.toThrow(/permission denied/);
  });

  it("let no caller put a temporary object in a table's place where the owner's rights are used", async () => {
    const definers = await ask<{ name: string; config: string[] }>(
      postgres.url('maillon_admin', database),
      "select proname as name, proconfig as config from pg_proc where pronamespace = 'bullmq'::regnamespace and prosecdef order by 1",
    );
    expect(definers.length).toBeGreaterThan(0);
    for (const definer of definers) expect(definer.config).toEqual(['search_path=bullmq, pg_temp']);
  });

  it('are migrated again without change', async () => {
    const admin = postgres.url('maillon_admin', database);
    const look = (): Promise<unknown[]> =>
      ask(admin, "select relname, relacl::text from pg_class where relnamespace = 'bullmq'::regnamespace and relname not like 'bullmq_jid_%' order by 1");
    const before = await look();
    await migrateQueueSchema(admin);
    expect(await look()).toEqual(before);
  });
});

describe('a worker on PostgreSQL', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'maillon-queue-'));
    await chmod(dataDir, 0o755);
  });

  afterEach(async () => {
    await removeEmbeddedPostgres({ dataDir });
    await rm(dataDir, { recursive: true, force: true });
  });

  it('and a queue made while the server is away work once it is there', async () => {
    const before = await startEmbeddedPostgres({ dataDir });
    await migrateQueueSchema(before.url('maillon_admin'));
    await before.stop();
    const away = signal<void>();
    const queues = openQueues({ postgresUrl: before.url('maillon_worker'), onError: () => away.give() });
    const worker = queues.makeWorker<Step>('steps', () => Promise.resolve());
    const done = ending(worker, 'completed', 'step');
    const added = queues.makeQueue<Step>('steps').add('step', { step: 'a' });
    await away.seen;
    const again = await startEmbeddedPostgres({ dataDir });
    expect(await done).toBe((await added).id);
    await queues.close();
    await again.stop();
  });

  it('takes new jobs after the server was killed and came back', async () => {
    const own = await startEmbeddedPostgres({ dataDir });
    await migrateQueueSchema(own.url('maillon_admin'));
    const troubles: string[] = [];
    const queues = openQueues({ postgresUrl: own.url('maillon_worker'), onError: (error) => troubles.push(error.message) });
    const queue = queues.makeQueue<Step>('steps');
    const worker = queues.makeWorker<Step>('steps', (job) => Promise.resolve(job.data.step));
    const first = ending(worker, 'completed', 'before');
    await queue.add('before', { step: 'a' });
    await first;
    const pid = Number((await readFile(join(dataDir, 'pg', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await own.ensureRunning();
    const second = ending(worker, 'completed', 'after');
    await queue.add('after', { step: 'b' });
    await second;
    expect(troubles.length).toBeGreaterThan(0);
    await queues.close();
    await own.stop();
  });
});
