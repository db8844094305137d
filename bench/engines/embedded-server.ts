import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { PACKAGE_ROOT } from '../../config/load-config.js';
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import type { Server } from './postgres.js';

/** A database of its own on the product's embedded PostgreSQL, apart from the one that people work in. */
export async function embeddedServer(): Promise<Server> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(PACKAGE_ROOT, '.data', 'bench') });
  const database = `bench_${randomUUID().replaceAll('-', '')}`;
  const onServer = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await onServer(`CREATE DATABASE ${database}`);
  return {
    connectionString: postgres.url('maillon_admin', database),
    close: async () => {
      await onServer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await postgres.stop();
    },
  };
}
