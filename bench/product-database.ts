import pg from 'pg';
import type { DataSource } from 'typeorm';
import { ALL_ENTITIES } from '../src/all-entities.js';
import { makeDataSource } from '../src/platform/postgres/data-source.js';
import type { DatabaseRole } from '../src/platform/postgres/embedded-postgres.js';
import { migrateDatabase } from '../src/platform/postgres/migrate.js';
import { openThrowawayDatabase } from './throwaway-database.js';

/** The product's own tables, rights and policies in a database that is thrown away, on the embedded PostgreSQL. */
export interface ProductDatabase {
  url(role: DatabaseRole): string;
  /** Past row-level security: to fill it, never for what is measured. */
  admin: pg.Client;
  connect(role: DatabaseRole, poolSize: number): Promise<DataSource>;
  close(): Promise<void>;
}

export async function openProductDatabase(): Promise<ProductDatabase> {
  const database = await openThrowawayDatabase();
  const admin = new pg.Client({ connectionString: database.url('maillon_admin'), options: '-c search_path=maillon,public -c timezone=UTC -c synchronous_commit=off -c maintenance_work_mem=1GB -c work_mem=256MB' });
  const sources: DataSource[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sources.map((source) => source.destroy()));
    await admin.end();
    await database.close();
  };
  try {
    await migrateDatabase(database.url('maillon_admin'), ALL_ENTITIES);
    await admin.connect();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: (role) => database.url(role), admin, close,
    connect: async (role, poolSize) => {
      const source = await makeDataSource({ url: database.url(role), entities: ALL_ENTITIES, poolSize }).initialize();
      sources.push(source);
      return source;
    },
  };
}

/**
 * Fills tables without their indexes and constraints, which are made anew afterwards, all of them and as they were: rows by
 * the million come in in minutes instead of hours.
 */
export async function fillBare(admin: pg.Client, tables: readonly string[], fill: () => Promise<void>): Promise<void> {
  const names = tables.map((table) => `maillon.${table}`);
  const { rows: constraints } = await admin.query<{ drop: string; add: string; kind: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop, contype AS kind,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS add
       FROM pg_constraint WHERE contype IN ('p', 'u', 'f') AND (conrelid = ANY($1::regclass[]) OR confrelid = ANY($1::regclass[]))
      ORDER BY contype = 'f' DESC`, [names]);
  const { rows: indexes } = await admin.query<{ drop: string; add: string }>(
    `SELECT format('DROP INDEX %s', indexrelid::regclass) AS drop, pg_get_indexdef(indexrelid) AS add
       FROM pg_index i WHERE indrelid = ANY($1::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)`, [names]);
  for (const { drop } of [...constraints.filter(({ kind }) => kind === 'f'), ...constraints.filter(({ kind }) => kind !== 'f'), ...indexes]) await admin.query(drop);
  await fill();
  for (const { add } of [...constraints.filter(({ kind }) => kind !== 'f'), ...indexes, ...constraints.filter(({ kind }) => kind === 'f')]) await admin.query(add);
}
