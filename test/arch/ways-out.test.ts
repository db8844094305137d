import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { waysOut } from '../support/ways-out.js';

const ROOT = resolve(import.meta.dirname, '../..');

/** Every way out of the process, with what it is for. What reaches people or other hosts comes first, the inside of the house after it. */
const LISTED: Record<string, string> = {
  'src/platform/company-mail.ts: nodemailer': 'mail to a company, word for word what was approved; only introductions may import it',
  'src/platform/mail.ts: nodemailer': 'mail to our own people',
  'src/platform/geocoder.ts: fetch': 'the place of an address, where a geocoder is configured',

  'src/matching/match-threads.ts: node:worker_threads': 'threads of this process, which run the kernel and nothing else',
  'src/matching/match-thread.ts: node:worker_threads': 'the messages of such a thread',
  'src/cli/health.ts: node:http': 'asks the own API process whether it is well',
  'src/platform/http/problem.filter.ts: node:http': 'names of status codes, no connection',
  'src/cli/administration.ts: pg': 'the database, for a command as the owner of its tables',
  'src/embedded-house.ts: pg': 'the database, to make it when it is not there',
  'src/platform/platform.module.ts: typeorm': 'the pool of the database, to be injected',
  'src/platform/postgres/data-source.ts: typeorm': 'the database: its pools',
  'src/platform/postgres/unit-of-work.ts: typeorm': 'the database: every transaction',
  'src/platform/postgres/copy-rows.ts: pg': 'the database: the connection of a transaction, asked for rows in bulk',
  'src/platform/postgres/copy-rows.ts: pg-copy-streams': 'the database: rows in bulk, out of it only',
  'src/platform/postgres/session-store.ts: connect-pg-simple': 'the database: sessions, over the pool that there is',
  'src/platform/postgres/migrate.ts: pg': 'the database: migrations',
  'src/platform/postgres/embedded/cluster-roles.ts: pg': 'the embedded database: its roles',
  'src/platform/postgres/embedded/server-process.ts: pg': 'the embedded database: whether it answers',
  'src/platform/postgres/embedded/server-process.ts: node:net': 'the embedded database: a free port of this machine',
  'src/platform/postgres/embedded/server-process.ts: node:child_process': 'the embedded database: starts the server',
  'src/platform/postgres/embedded/server-account.ts: node:child_process': 'the embedded database: who may run the server, and its programs',
  'src/platform/postgres/embedded/process-identity.ts: node:child_process': 'the embedded database: which process holds a lock',
  'src/platform/postgres/embedded/server-programs.ts: node:module': 'the embedded database: where its programs are installed',
  'src/platform/queue/migrate-queue-schema.ts: bullmq': 'the queue: its tables in the database',
  'src/platform/queue/migrate-queue-schema.ts: pg': 'the queue: its tables in the database',
  'src/platform/queue/patient-pool.ts: pg': 'the queue: its pool of the database',
  'src/platform/queue/queue-backend.ts: bullmq': 'the queue',
  'src/platform/queue/queue-backend.ts: ioredis': 'the queue on Redis',
  'workers/job-processor.ts: bullmq': 'the queue: the error that ends its retries, no connection',
  'workers/seed-demo.ts: pg': 'the database: rows of the demo territory',
};

describe('ways out of the process', () => {
  it('are the listed ones, and each of them is still one', () => {
    expect(waysOut(ROOT, ['src', 'workers', 'config'])).toEqual(Object.keys(LISTED).sort());
  });

  it('are noticed, each of them, in a file that has them all, and nothing harmless with them', () => {
    expect(waysOut(resolve(ROOT, 'test/fixtures/house'), ['src/ways-out'])).toEqual([
      'WebSocket', 'XMLHttpRequest', 'a-new-package', 'eval', 'fetch', 'globalThis', 'import(…)', 'node:dgram', 'node:dns/promises', 'node:https', 'node:tls', 'nodemailer',
      'process.binding', 'process.getBuiltinModule', 'typeorm', 'undici',
    ].map((thing) => `src/ways-out/call-out.ts: ${thing}`).sort());
  });
});
