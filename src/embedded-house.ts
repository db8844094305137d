import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Env } from '../config/env.js';
import { ALL_ENTITIES } from './all-entities.js';
import { connect } from './platform/postgres/connect.js';
import { type DatabaseRole, type EmbeddedPostgres, startEmbeddedPostgres } from './platform/postgres/embedded-postgres.js';
import { migrateDatabase } from './platform/postgres/migrate.js';
import { migrateQueueSchema } from './platform/queue/migrate-queue-schema.js';

/** The embedded default, ready to work in: PostgreSQL up and migrated, one connection pool a role. */
export interface EmbeddedHouse {
  postgres: EmbeddedPostgres;
  url(role: DatabaseRole): string;
  api: DataSource;
  worker: DataSource;
  mailer: DataSource;
  close(): Promise<void>;
}

/**
 * Opens the embedded default in `DATA_DIR`.
 * @param database its name; another than the default is made afresh each time
 */
export async function openEmbeddedHouse(env: Env, logger: Logger, database = 'maillon'): Promise<EmbeddedHouse> {
  const postgres = await startEmbeddedPostgres({ dataDir: env.DATA_DIR, log: (line) => logger.info(line) });
  try {
    if (database !== 'maillon') await makeAfresh(postgres.url('maillon_admin', 'postgres'), database);
    const url = (role: DatabaseRole): string => postgres.url(role, database);
    await migrateDatabase(url('maillon_admin'), ALL_ENTITIES);
    await migrateQueueSchema(url('maillon_admin'));
    const open = (role: DatabaseRole, poolSize: number): Promise<DataSource> => connect({ url: url(role), role, entities: ALL_ENTITIES, logger, poolSize });
    const [api, worker, mailer] = await Promise.all([open('maillon_api', 8), open('maillon_worker', 6), open('maillon_mailer', 2)]);
    return {
      postgres, url, api, worker, mailer,
      async close() {
        await Promise.all([api, worker, mailer].map((source) => source.destroy()));
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function makeAfresh(adminUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

/** A secret that is made once and kept in `DATA_DIR`, readable by its owner only. */
export function keptSecret(env: Env, name: string): string {
  const file = join(env.DATA_DIR, name);
  if (!existsSync(file)) {
    mkdirSync(env.DATA_DIR, { recursive: true });
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file, 'utf8').trim();
}
