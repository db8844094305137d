import { runMigrations } from 'bullmq';
import pg from 'pg';

/** The schema of BullMQ's own tables. */
export const QUEUE_SCHEMA = 'bullmq';

/** Who may add and take jobs. Payloads hold ids only, so these tables carry no row-level policies. */
const QUEUE_ROLES = 'maillon_api, maillon_worker';

/**
 * BullMQ counts job ids with a sequence for each queue, made when first needed. Its makers run with the owner's rights,
 * so that the program's roles need none to create; temporary objects come last in their search path, so that
 * no caller can put his own in the place of a table.
 */
const LET_OWNER_MAKE_SEQUENCES = `
do $$
declare
  maker regprocedure;
begin
  for maker in
    select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = '${QUEUE_SCHEMA}' and p.prosrc ilike '%create sequence%'
  loop
    execute format('alter function %s security definer', maker);
    execute format('alter function %s set search_path = ${QUEUE_SCHEMA}, pg_temp', maker);
  end loop;
end $$`;

const GRANTS = [
  `revoke all on schema ${QUEUE_SCHEMA} from public`,
  `grant usage on schema ${QUEUE_SCHEMA} to ${QUEUE_ROLES}`,
  `grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to ${QUEUE_ROLES}`,
  `revoke insert, update, delete on ${QUEUE_SCHEMA}.migration from ${QUEUE_ROLES}`,
  `grant usage, select, update on all sequences in schema ${QUEUE_SCHEMA} to ${QUEUE_ROLES}`,
  `revoke execute on all functions in schema ${QUEUE_SCHEMA} from public`,
  `grant execute on all functions in schema ${QUEUE_SCHEMA} to ${QUEUE_ROLES}`,
  `alter default privileges for role maillon_owner in schema ${QUEUE_SCHEMA} grant select, insert, update, delete on tables to ${QUEUE_ROLES}`,
  `alter default privileges for role maillon_owner in schema ${QUEUE_SCHEMA} grant usage, select, update on sequences to ${QUEUE_ROLES}`,
  `alter default privileges for role maillon_owner in schema ${QUEUE_SCHEMA} grant execute on functions to ${QUEUE_ROLES}`,
];

/**
 * Brings BullMQ's tables up to the installed version, owned by `maillon_owner`, and states who may use them.
 * Safe to repeat and to run from several processes at once. The roles must exist.
 * @param adminUrl signs in as somebody who may make schemas in that database and act as `maillon_owner`
 */
export async function migrateQueueSchema(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => undefined); // the query under way reports it
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [`migrate ${QUEUE_SCHEMA}`]);
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    // BullMQ asks for the schema "if not exists", which needs this right even when it exists.
    await client.query(`grant create on database ${client.escapeIdentifier(rows[0]?.name ?? '')} to maillon_owner`);
    await client.query(`create schema if not exists ${QUEUE_SCHEMA} authorization maillon_owner`);
    await client.query('set role maillon_owner');
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query('begin');
    await client.query(LET_OWNER_MAKE_SEQUENCES);
    for (const grant of GRANTS) await client.query(grant);
    await client.query('commit');
  } finally {
    await client.end().catch(() => undefined); // ends the lock, and rolls back what is half done
  }
}
