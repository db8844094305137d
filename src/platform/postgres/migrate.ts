import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { makeDataSource } from './data-source.js';

export interface RolePasswords {
  maillon_api?: string;
  maillon_worker?: string;
  maillon_mailer?: string;
}

/** Any number will do as long as nobody else uses it: one migration at a time in a whole cluster, since roles belong to the cluster. */
const MIGRATION_LOCK = 7_220_481;

const ROLES = {
  maillon_owner: 'NOLOGIN',
  maillon_api: 'LOGIN',
  maillon_worker: 'LOGIN',
  maillon_mailer: 'LOGIN',
} as const;

/** Makes the four roles where they are missing (never superuser, never past row-level security) and sets the given passwords. */
export async function ensureRoles(admin: pg.ClientBase, passwords: RolePasswords): Promise<void> {
  for (const [role, login] of Object.entries(ROLES)) {
    const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) await admin.query(`CREATE ROLE ${role} ${login} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`);
    const password = passwords[role as keyof RolePasswords];
    if (password) await admin.query(`ALTER ROLE ${role} PASSWORD ${pg.escapeLiteral(password)}`);
  }
  await admin.query('GRANT maillon_owner TO CURRENT_USER');
}

/**
 * Brings a database to the present tables and rights; safe to call twice and from several processes at once.
 * @param adminUrl signs in as somebody who may make roles and schemas; the tables belong to `maillon_owner`.
 */
export async function migrateDatabase(adminUrl: string, entities: DataSourceOptions['entities'], passwords: RolePasswords = {}): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    // Advisory locks are per database; roles are not, so a lost race on CREATE ROLE is still possible and harmless to retry.
    await admin.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(admin, passwords);
    await admin.query('CREATE SCHEMA IF NOT EXISTS maillon AUTHORIZATION maillon_owner');
    await admin.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    const owner = makeDataSource({ url: adminUrl, entities, poolSize: 1, role: 'maillon_owner' });
    await owner.initialize();
    try {
      await owner.runMigrations();
    } finally {
      await owner.destroy();
    }
  } finally {
    await admin.end();
  }
}
