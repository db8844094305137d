import 'reflect-metadata';
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { ALL_ENTITIES } from '../../src/all-entities.js';
import { makeDataSource } from '../../src/platform/postgres/data-source.js';
import { type DatabaseRole, type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { migrateDatabase } from '../../src/platform/postgres/migrate.js';
import { UnitOfWork } from '../../src/platform/postgres/unit-of-work.js';
import { FakeClock } from './fake-clock.js';

const MIGRATIONS = new URL('../../src/platform/postgres/migrations/', import.meta.url);

/** A database of its own for one test file, on the real embedded PostgreSQL, copied from a migrated template. */
export interface TestDatabase {
  name: string;
  postgres: EmbeddedPostgres;
  clock: FakeClock;
  url(role: DatabaseRole): string;
  /** Signed in as the API, as the worker. */
  api: UnitOfWork;
  worker: UnitOfWork;
  apiSource: DataSource;
  workerSource: DataSource;
  /** Past row-level security: to arrange and to look, never for what is under test. */
  admin: pg.Pool;
  close(): Promise<void>;
}

export async function openTestDatabase(): Promise<TestDatabase> {
  const postgres = await startEmbeddedPostgres({ dataDir: '.data/test' });
  const template = await makeTemplate(postgres);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const server = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres') });
  await server.connect();
  await server.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  await server.end();

  const url = (role: DatabaseRole): string => postgres.url(role, name);
  const apiSource = await makeDataSource({ url: url('maillon_api'), entities: ALL_ENTITIES }).initialize();
  const workerSource = await makeDataSource({ url: url('maillon_worker'), entities: ALL_ENTITIES }).initialize();
  const admin = new pg.Pool({ connectionString: url('maillon_admin'), max: 4, options: '-c search_path=maillon,public -c timezone=UTC' });
  admin.on('error', () => undefined);
  const clock = new FakeClock();
  return {
    name, postgres, clock, url, apiSource, workerSource, admin,
    api: new UnitOfWork(apiSource, () => clock.now()),
    worker: new UnitOfWork(workerSource, () => clock.now()),
    async close() {
      await Promise.all([apiSource.destroy(), workerSource.destroy(), admin.end()]);
      const client = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres') });
      await client.connect();
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await client.end();
      await postgres.stop();
    },
  };
}

/** Migrated once for each state of the migration files; kept between test files. */
async function makeTemplate(postgres: EmbeddedPostgres): Promise<string> {
  const hash = createHash('sha256');
  for (const file of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(new URL(file, MIGRATIONS)));
  const name = `template_${hash.digest('hex').slice(0, 16)}`;
  const client = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres') });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(7220482)');
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      // Under another name until it is whole, so that a killed attempt is never taken for a template.
      await client.query(`DROP DATABASE IF EXISTS ${name}_new WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${name}_new`);
      await migrateDatabase(postgres.url('maillon_admin', `${name}_new`), ALL_ENTITIES);
      await client.query(`ALTER DATABASE ${name}_new RENAME TO ${name}`);
    }
    return name;
  } finally {
    await client.end();
  }
}
