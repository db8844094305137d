import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type Env, readEnv } from '../../config/env.js';
import { type Role, ROLES } from '../access/access.entities.js';
import { createTerritory, createUser, WrongArgument } from '../access/create-user.js';
import { disableUser } from '../access/disable-user.js';
import { ALL_ENTITIES } from '../all-entities.js';
import { prepareTerritory } from '../matching/default-policy.js';
import { startEmbeddedPostgres } from '../platform/postgres/embedded-postgres.js';
import { migrateDatabase } from '../platform/postgres/migrate.js';
import { Problem } from '../platform/problem.js';
import { migrateQueueSchema } from '../platform/queue/migrate-queue-schema.js';
import { UsageError } from './usage-error.js';

/** `maillon migrate`: tables, roles and the queue's schema. */
export async function migrateCommand(): Promise<void> {
  await asAdministrator(async (url, env) => {
    await migrateDatabase(url, ALL_ENTITIES, { maillon_api: env.API_ROLE_PASSWORD, maillon_worker: env.WORKER_ROLE_PASSWORD, maillon_mailer: env.MAILER_ROLE_PASSWORD });
    await migrateQueueSchema(url);
    process.stdout.write('The database is up to date.\n');
  });
}

export async function createTerritoryCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { name: { type: 'string' }, slug: { type: 'string' }, 'time-zone': { type: 'string' } } });
  if (!values.name) throw new UsageError('create-territory needs --name "Name of the territory".');
  const name = values.name;
  await inTransaction(async (client) => {
    const now = new Date();
    const territory = await createTerritory(client, { name, slug: values.slug, timeZone: values['time-zone'], now });
    await prepareTerritory(client, territory.territoryId, now);
    process.stdout.write(`${territory.created ? 'Made' : 'There already'}: territory ${territory.slug}\n`);
  });
}

export async function createUserCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      territory: { type: 'string' }, email: { type: 'string' }, name: { type: 'string' }, role: { type: 'string', multiple: true }, language: { type: 'string' },
      minutes: { type: 'string' }, 'password-stdin': { type: 'boolean', default: false },
    },
  });
  const { territory, email, name, role = [] } = values;
  if (!territory || !email || !name || role.length === 0) throw new UsageError('create-user needs --territory, --email, --name and at least one --role.');
  const unknown = role.filter((word) => !(ROLES as readonly string[]).includes(word));
  if (unknown.length > 0) throw new UsageError(`--role is ${unknown.join(', ')}; expected ${ROLES.join(', ')}.`);
  const password = values['password-stdin'] ? readFileSync(0, 'utf8').replace(/\r?\n$/, '') : undefined;
  await inTransaction(async (client) => {
    const { rows: [found] } = await client.query<{ id: string }>('SELECT id FROM maillon.territory WHERE slug = $1', [territory]);
    if (!found) throw new UsageError(`There is no territory ${JSON.stringify(territory)}; make it with create-territory.`);
    const person = await createUser(client, {
      email, name, territoryId: found.id, roles: role as Role[], password, now: new Date(),
      language: values.language === 'en' ? 'en' : 'fr', weeklyMinutes: values.minutes === undefined ? null : Number(values.minutes),
    });
    process.stdout.write(`${person.created ? 'Made' : 'There already'}: ${email}${person.invited ? '; an invitation is on its way' : ''}\n`);
  });
}

/** `maillon disable-user`: for somebody who has left; across all territories, so for whoever runs the house, not for one territory's administrator. */
export async function disableUserCommand(args: string[]): Promise<void> {
  const { values: { email } } = parseArgs({ args, options: { email: { type: 'string' } } });
  if (!email) throw new UsageError('disable-user needs --email.');
  await inTransaction(async (client) => {
    const { disabled, withoutAdministrator } = await disableUser(client, { email, now: new Date() });
    process.stdout.write(`${disabled ? 'Disabled' : 'Disabled already'}: ${email}; no session of theirs is left\n`);
    for (const slug of withoutAdministrator) process.stdout.write(`The territory ${slug} has no administrator now; name another one with create-user.\n`);
  });
}

async function inTransaction(work: (client: pg.ClientBase) => Promise<void>): Promise<void> {
  await asAdministrator(async (url) => {
    const client = new pg.Client({ connectionString: url, options: '-c search_path=maillon,public -c timezone=UTC' });
    await client.connect();
    try {
      await client.query('BEGIN');
      await work(client);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      if (error instanceof WrongArgument || error instanceof Problem) throw new UsageError(error.message);
      throw error;
    } finally {
      await client.end();
    }
  });
}

async function asAdministrator(work: (url: string, env: Env) => Promise<void>): Promise<void> {
  const env = readEnv();
  if (env.DATABASE_URL) return work(env.DATABASE_URL, env);
  const postgres = await startEmbeddedPostgres({ dataDir: env.DATA_DIR });
  try {
    await work(postgres.url('maillon_admin'), env);
  } finally {
    await postgres.stop();
  }
}
