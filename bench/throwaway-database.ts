import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { PACKAGE_ROOT } from '../config/load-config.js';
import { type DatabaseRole, startEmbeddedPostgres } from '../src/platform/postgres/embedded-postgres.js';

/** An empty database on the product's embedded PostgreSQL, in a cluster apart from the one that people work in. */
export interface ThrowawayDatabase {
  url(role: DatabaseRole): string;
  /** Drops it, and ends the server unless another bench uses it. */
  close(): Promise<void>;
}

export async function openThrowawayDatabase(): Promise<ThrowawayDatabase> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(PACKAGE_ROOT, '.data', 'bench') });
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  const onServer = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await onServer(`CREATE DATABASE ${name}`);
  return {
    url: (role) => postgres.url(role, name),
    close: async () => {
      await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await postgres.stop();
    },
  };
}
