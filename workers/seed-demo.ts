import type { INestApplicationContext } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Env } from '../config/env.js';
import { PACKAGE_ROOT } from '../config/load-config.js';
import type { Role } from '../src/access/access.entities.js';
import { createTerritory, createUser } from '../src/access/create-user.js';
import { type EmbeddedHouse, keptSecret } from '../src/embedded-house.js';
import { importErrors, importReport } from '../src/imports/imports.queries.js';
import { StartImport } from '../src/imports/start-import.js';
import { prepareTerritory } from '../src/matching/default-policy.js';
import { RequestRun } from '../src/matching/request-run.js';
import { getRun } from '../src/matching/runs.queries.js';
import { type Context, systemContext } from '../src/platform/context.js';
import { isoWeekOf } from '../src/platform/iso-week.js';
import { UnitOfWork } from '../src/platform/postgres/unit-of-work.js';

export interface DemoPerson {
  personId: string;
  email: string;
  password: string;
}

export interface Demo {
  territoryId: string;
  territoryName: string;
  advisor: DemoPerson;
  analyst: DemoPerson;
}

const TERRITORY = { name: 'Pays de Montauban (démonstration)', slug: 'demo-montauban', timeZone: 'Europe/Paris' };
/** Fictional people; `.invalid` is an address that no mail can reach (RFC 2606). */
const PEOPLE: { key: string; email: string; name: string; roles: Role[] }[] = [
  { key: 'advisor', email: 'camille.riviere@demo.maillon.invalid', name: 'Camille Rivière', roles: ['advisor', 'contributor', 'administrator'] },
  { key: 'colleague', email: 'noe.lafont@demo.maillon.invalid', name: 'Noé Lafont', roles: ['advisor'] },
  { key: 'analyst', email: 'ines.delmas@demo.maillon.invalid', name: 'Inès Delmas', roles: ['analyst'] },
];
/** In the order in which one names the other. */
const KINDS = ['sites', 'agreements', 'contacts', 'flows', 'synergies'];
const ASK_EVERY_MS = 50;

/** The demo territory and its people; what is there already stays as it is. Passwords are made once and kept in `DATA_DIR`. */
export async function makeDemo(house: EmbeddedHouse, env: Env, now: Date): Promise<Demo> {
  const client = new pg.Client({ connectionString: house.url('maillon_admin'), options: '-c search_path=maillon,public -c timezone=UTC' });
  await client.connect();
  try {
    await client.query('BEGIN');
    const { territoryId } = await createTerritory(client, { ...TERRITORY, now });
    await prepareTerritory(client, territoryId, now);
    const made = new Map<string, DemoPerson>();
    for (const { key, email, name, roles } of PEOPLE) {
      const password = keptSecret(env, `demo-password-${key}`);
      const { personId } = await createUser(client, { email, name, roles, territoryId, password, now });
      made.set(key, { personId, email, password });
    }
    await client.query('COMMIT');
    return { territoryId, territoryName: TERRITORY.name, advisor: made.get('advisor') as DemoPerson, analyst: made.get('analyst') as DemoPerson };
  } finally {
    await client.end();
  }
}

/**
 * Imports the demo's files, unless a list was published before, and has this week's list published, by the running worker
 * like anybody's. A start that was killed half-way is taken up: the same file twice changes nothing.
 * @returns the ISO week
 */
export async function publishDemoWeek(rooms: INestApplicationContext, demo: Demo, now: Date): Promise<string> {
  const context = systemContext(demo.territoryId);
  const unitOfWork = rooms.get(UnitOfWork);
  const week = isoWeekOf(now, TERRITORY.timeZone);
  const published = await unitOfWork.read(context, (tx) => tx.sql<{ week: string }>("SELECT week FROM run WHERE territory_id = $1 AND state = 'published'", [demo.territoryId]));
  if (published.length === 0) for (const kind of KINDS) await importFile(rooms, context, kind);
  if (published.some((run) => run.week === week)) return week;
  const { runId } = await rooms.get(RequestRun).execute(context, { cause: 'demand' });
  await waitFor(async () => {
    const run = await unitOfWork.read(context, (tx) => getRun(tx, runId));
    if (run.state === 'failed') throw new Error(`The run of the demo failed: ${run.failure}`);
    return run.state === 'published';
  });
  return week;
}

async function importFile(rooms: INestApplicationContext, context: Context, kind: string): Promise<void> {
  const file = `${kind}.csv`;
  const { importId } = await rooms.get(StartImport).execute(context, { fileName: file, kind, stream: createReadStream(join(PACKAGE_ROOT, 'demo', file)) });
  await waitFor(async () => {
    const report = await rooms.get(UnitOfWork).read(context, (tx) => importReport(tx, importId));
    if (report.state !== 'done' && report.state !== 'failed') return false;
    if (report.state === 'failed') throw new Error(`demo/${file}: ${report.failure}`);
    const { rows: [error] } = await rooms.get(UnitOfWork).read(context, (tx) => importErrors(tx, importId, { limit: 1 }));
    if (error) throw new Error(`demo/${file}, row ${error.rowNumber}, column ${error.columnName}: found ${error.found}; expected ${error.expected}`);
    return true;
  });
}

async function waitFor(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
}
