import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded-postgres.js';
import { migrateQueueSchema } from '../../../src/platform/queue/migrate-queue-schema.js';
import { PatientPool } from '../../../src/platform/queue/patient-pool.js';
import { openQueues, type QueueBackend } from '../../../src/platform/queue/queue-backend.js';

describe('a queue on PostgreSQL whose first look at its tables failed', () => {
  const name = `look_${randomUUID().replaceAll('-', '')}`;
  let postgres: EmbeddedPostgres;
  let queues: QueueBackend;
  const errors: string[] = [];
  let failed: () => void = () => undefined;

  const onServer = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres') });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ dataDir: '.data/test' });
    await onServer(`CREATE DATABASE ${name}`);
    queues = openQueues({
      postgresUrl: postgres.url('maillon_worker', name),
      onError: (error) => {
        errors.push(error.message);
        failed();
      },
    });
  });
  afterAll(async () => {
    await queues?.close();
    await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await postgres?.stop();
  });

  it('lets the process go on meanwhile, and works once the tables are there', async () => {
    const seenFailing = new Promise<void>((resolve) => (failed = resolve));
    const done = new Promise<unknown>((resolve) => {
      queues.makeWorker<{ step: string }>('steps', async (job) => Promise.resolve(resolve(job.data)), { skipStalledCheck: true });
    });
    await seenFailing;
    // A timer fires only where the worker's failing leaves room for it.
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(errors.length).toBeGreaterThan(0);
    await migrateQueueSchema(postgres.url('maillon_admin', name));
    await queues.makeQueue<{ step: string }>('steps').add('one', { step: 'first' });
    expect(await done).toEqual({ step: 'first' });
  });
});

describe('a connection of the queue', () => {
  it('that PostgreSQL ends while it is in use is told of, and the process goes on', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir: '.data/test' });
    const admin = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres') });
    await admin.connect();
    let tell: (error: Error) => void = () => undefined;
    const told = new Promise<Error>((resolve) => (tell = resolve));
    const pool = new PatientPool({ connectionString: postgres.url('maillon_admin', 'postgres'), max: 1 }, (error) => tell(error));
    try {
      const client = await pool.connect();
      const { rows: [{ pid }] } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await admin.query('SELECT pg_terminate_backend($1)', [pid]);
      expect((await told).message).toMatch(/terminat/);
      client.release(true);
    } finally {
      await pool.end();
      await admin.end();
      await postgres.stop();
    }
  });
});
