import type { INestApplicationContext } from '@nestjs/common';
import { join } from 'node:path';
import pg from 'pg';
import type { Env } from '../config/env.js';
import { PACKAGE_ROOT } from '../config/load-config.js';
import type { Role } from '../src/access/access.entities.js';
import { createTerritory, createUser } from '../src/access/create-user.js';
import { verifyPassword } from '../src/access/hash-password.js';
import { type EmbeddedHouse, keptSecret } from '../src/embedded-house.js';
import { describeImport, importFile } from '../src/imports/import-file.js';
import { prepareTerritory } from '../src/matching/default-policy.js';
import { RequestRun } from '../src/matching/request-run.js';
import { getRun } from '../src/matching/runs.queries.js';
import type { Clock } from '../src/platform/clock.js';
import { systemContext } from '../src/platform/context.js';
import { UnitOfWork } from '../src/platform/postgres/unit-of-work.js';
import type { Knowledge } from '../src/resources/knowledge.js';

export interface DemoPerson {
  personId: string;
  email: string;
  /** Null: somebody changed it, and it is theirs. */
  password: string | null;
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
/** A run of the demo that shows no progress for so long is not waited for. */
const IDLE_MS = 120_000;

/**
 * The demo territory and its people; what is there already stays as it is, a changed password too. Passwords are made once
 * and kept in `DATA_DIR`.
 */
export async function makeDemo(house: Pick<EmbeddedHouse, 'url'>, env: Env, now: Date): Promise<Demo> {
  const client = new pg.Client({ connectionString: house.url('maillon_admin'), options: '-c search_path=maillon,public -c timezone=UTC' });
  await client.connect();
  try {
    await client.query('BEGIN');
    const { territoryId } = await createTerritory(client, { ...TERRITORY, now });
    await prepareTerritory(client, territoryId, now);
    const made = new Map<string, DemoPerson>();
    for (const { key, email, name, roles } of PEOPLE) {
      const password = keptSecret(env, `demo-password-${key}`);
      const { rows: [known] } = await client.query<{ id: string; passwordHash: string | null }>(
        'SELECT id, password_hash AS "passwordHash" FROM maillon.person WHERE email = $1', [email]);
      if (known === undefined) {
        const { personId } = await createUser(client, { email, name, roles, territoryId, password, now });
        made.set(key, { personId, email, password });
      } else made.set(key, { personId: known.id, email, password: (await verifyPassword(known.passwordHash, password)) ? password : null });
    }
    await client.query('COMMIT');
    return { territoryId, territoryName: TERRITORY.name, advisor: made.get('advisor') as DemoPerson, analyst: made.get('analyst') as DemoPerson };
  } finally {
    await client.end();
  }
}

/**
 * Imports the demo's files, each once: what people changed since stays. A start that was killed half-way is taken up,
 * since the same rows twice change nothing.
 */
export async function importDemo(house: EmbeddedHouse, parts: { env: Env; knowledge: Knowledge; clock: Clock }, demo: Demo): Promise<void> {
  const context = systemContext(demo.territoryId);
  const [api, worker] = [house.api, house.worker].map((source) => new UnitOfWork(source, () => parts.clock.now()));
  const done = await api.read(context, (tx) => tx.sql<{ fileName: string }>("SELECT file_name AS \"fileName\" FROM import_job WHERE territory_id = $1 AND state = 'done'", [demo.territoryId]));
  for (const kind of KINDS) {
    const name = `${kind}.csv`;
    if (done.some(({ fileName }) => fileName === name)) continue;
    const outcome = await importFile({ api, worker, knowledge: parts.knowledge, env: parts.env }, context, { file: join(PACKAGE_ROOT, 'demo', name), kind });
    if (outcome.report.state === 'failed' || outcome.errors.length > 0) throw new Error(describeImport(outcome).join('\n'));
  }
}

/** What became of this week's list. */
export interface DemoWeek {
  /** ISO week */
  week: string;
  /** `stalled`: nothing moved for two minutes; the worker may still come to it. */
  state: 'published' | 'failed' | 'stalled';
  /** What failed, in words that hold no data; null: nothing did. */
  failure: string | null;
}

/**
 * Has this week's list published by the running worker, like the schedule of any territory would; after a failed run once
 * more. The demo is there to look at without a list too: who calls says what became of it.
 */
export async function publishDemoWeek(rooms: Pick<INestApplicationContext, 'get'>, demo: Pick<Demo, 'territoryId'>, idleMs = IDLE_MS): Promise<DemoWeek> {
  const first = await oneRun(rooms, demo, 'schedule', idleMs);
  return first.state === 'failed' ? oneRun(rooms, demo, 'demand', idleMs) : first;
}

async function oneRun(rooms: Pick<INestApplicationContext, 'get'>, demo: Pick<Demo, 'territoryId'>, cause: 'schedule' | 'demand', idleMs: number): Promise<DemoWeek> {
  const context = systemContext(demo.territoryId);
  const { runId, week } = await rooms.get(RequestRun).execute(context, { cause });
  let seen = '';
  let movedAt = performance.now();
  for (;;) {
    const run = await rooms.get(UnitOfWork).read(context, (tx) => getRun(tx, runId));
    if (run.state === 'failed' || run.state === 'published') return { week, state: run.state, failure: run.failure };
    const now = `${run.state} ${run.progress}`;
    if (now !== seen) [seen, movedAt] = [now, performance.now()];
    else if (performance.now() - movedAt >= idleMs) return { week, state: 'stalled', failure: null };
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
