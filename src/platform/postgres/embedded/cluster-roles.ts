import pg from 'pg';
import { type ClusterState, DATABASE_ROLES } from './cluster-state.js';

/** The database that a URL names when the caller names none. */
export const MAIN_DATABASE = 'maillon';

/** Roles and the first database belong to the whole cluster: one start at a time makes them. Spells "mail". */
const ROLES_LOCK = 0x6d61696c;

/**
 * Makes the roles and the main database, or brings them back to what they must be; may be repeated.
 * `maillon_owner` owns the tables and cannot log in; the three program roles neither see through row-level
 * security nor make anything outside their grants.
 * @param adminUrl the administrator, on the database `postgres` (an advisory lock holds within one database)
 */
export async function ensureRoles(adminUrl: string, passwords: ClusterState['passwords']): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => undefined); // the query under way reports it
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [ROLES_LOCK]);
    const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles');
    const existing = new Set(rows.map((row) => row.rolname));
    if (!existing.has('maillon_owner')) await client.query('create role maillon_owner');
    await client.query('alter role maillon_owner nologin nosuperuser nobypassrls nocreatedb nocreaterole');
    for (const role of DATABASE_ROLES) {
      if (role === 'maillon_admin') continue;
      if (!existing.has(role)) await client.query(`create role ${role}`);
      await client.query(
        `alter role ${role} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password ${client.escapeLiteral(passwords[role])}`,
      );
    }
    await client.query('grant maillon_owner to maillon_admin');
    const found = await client.query('select 1 from pg_database where datname = $1', [MAIN_DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${MAIN_DATABASE} owner maillon_owner`);
  } finally {
    await client.end().catch(() => undefined); // ends the lock with the session
  }
}
