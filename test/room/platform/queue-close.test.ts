import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded-postgres.js';
import { migrateQueueSchema } from '../../../src/platform/queue/migrate-queue-schema.js';
import { openQueues, type QueueBackend } from '../../../src/platform/queue/queue-backend.js';
import { CuttableLine } from '../../support/cuttable-line.js';
import { queueBackendsForTests, redisUrlForTests } from '../../support/redis.js';

describe.each(queueBackendsForTests())('closing the queue on %s', (kind) => {
  const name = `close_${randomUUID().replaceAll('-', '')}`;
  let postgres: EmbeddedPostgres;
  let line: CuttableLine;

  const onServer = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres') });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  /** Queues whose server is reached over the line. */
  const open = async (): Promise<QueueBackend> => {
    const postgresUrl = postgres.url('maillon_worker', name);
    line = await CuttableLine.to(kind === 'redis' ? (redisUrlForTests() ?? '') : postgresUrl);
    const urls = kind === 'redis' ? { postgresUrl, redisUrl: line.through(redisUrlForTests() ?? '') } : { postgresUrl: line.through(postgresUrl) };
    return openQueues({ ...urls, prefix: name });
  };

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ dataDir: '.data/test' });
    await onServer(`CREATE DATABASE ${name}`);
    await migrateQueueSchema(postgres.url('maillon_admin', name));
  });
  afterEach(() => line.cut());
  afterAll(async () => {
    await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await postgres.stop();
  });

  it('ends although the server goes away in that very moment', async () => {
    const queues = await open();
    const queue = queues.makeQueue<{ step: string }>('steps');
    const worker = queues.makeWorker<{ step: string }>('steps', async () => Promise.resolve());
    const done = new Promise<void>((resolve) => worker.once('completed', () => resolve()));
    await queue.add('one', { step: 'first' });
    await done;
    line.cut();
    await queues.close();
  });

  it('ends although the server goes away while a job runs', async () => {
    const queues = await open();
    let finish: () => void = () => undefined;
    const running = new Promise<void>((started) => {
      queues.makeWorker<{ step: string }>('steps', () => {
        started();
        return new Promise<void>((resolve) => (finish = resolve));
      });
    });
    await queues.makeQueue<{ step: string }>('steps').add('one', { step: 'first' });
    await running;
    const closed = queues.close();
    line.cut();
    finish();
    await closed;
  });

  it.each([0, 1, 2, 3, 5, 8, 13])('ends although the server goes away %i turns of the loop after the closing began', async (turns) => {
    const queues = await open();
    const queue = queues.makeQueue<{ step: string }>('steps');
    queues.makeFlowProducer();
    const worker = queues.makeWorker<{ step: string }>('steps', async () => Promise.resolve());
    const done = new Promise<void>((resolve) => worker.once('completed', () => resolve()));
    await queue.add('one', { step: 'first' });
    await done;
    const closed = queues.stopWaiting().then(() => queues.close());
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    line.cut();
    await closed;
  });

  it('and telling that nobody shall wait any more refuses what waits for a server that is away', async () => {
    const queues = await open();
    line.cut();
    const waiting = queues.makeQueue<{ step: string }>('steps').add('one', { step: 'first' });
    await queues.stopWaiting();
    await expect(waiting).rejects.toThrow();
    await queues.close();
  });
});
