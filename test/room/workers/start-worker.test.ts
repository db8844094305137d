import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { readEnv } from '../../../config/env.js';
import { ALL_ENTITIES } from '../../../src/all-entities.js';
import { RequestRun } from '../../../src/matching/request-run.js';
import { makeDataSource } from '../../../src/platform/postgres/data-source.js';
import { migrateQueueSchema } from '../../../src/platform/queue/migrate-queue-schema.js';
import { heartbeatFile } from '../../../workers/heartbeat.js';
import { startWorker } from '../../../workers/start-worker.js';
import { queueBackendsForTests, redisUrlForTests } from '../../support/redis.js';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, type RunWorld } from '../../support/run-world.js';

let world: RunWorld;
let mailer: DataSource;
let folder: string;
let serial = 0;

beforeAll(async () => {
  world = await openRunWorld();
  await migrateQueueSchema(world.database.url('maillon_admin'));
  mailer = await makeDataSource({ url: world.database.url('maillon_mailer'), entities: ALL_ENTITIES, poolSize: 2 }).initialize();
});
afterAll(async () => {
  await mailer?.destroy();
  await world?.close();
});

/** Looks until it is so. The clock of these jobs is the real one, and the test's own time limit ends it. */
async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(queueBackendsForTests())('the worker process on %s', (kind) => {
  it('publishes a demanded list and mails it, as maillon_worker and maillon_mailer and nobody else, and says that it lives', async () => {
    const { database, knowledge } = world;
    const territory = await makeRunTerritory(database, `terre-${kind}-${serial += 1}`);
    await makeGoodPair(database, territory.territoryId, 'a');
    const { runId } = await new RequestRun(database.api).execute(territory.advisor, { cause: 'demand' });
    folder = mkdtempSync(join(tmpdir(), 'maillon-worker-'));
    const env = readEnv({ DATA_DIR: folder, LOG_LEVEL: 'silent', LINK_SECRET: 'l'.repeat(40) });
    const worker = await startWorker({
      env, knowledge, clock: database.clock, logger: pino({ level: 'silent' }), dataSource: database.workerSource, mailerSource: mailer, lockMs: 2_000,
      queue: { postgresUrl: database.url('maillon_worker'), redisUrl: kind === 'redis' ? redisUrlForTests() : undefined, prefix: `test-${randomUUID()}` },
    });
    try {
      const one = async (sql: string): Promise<boolean> => (await database.admin.query(sql, [territory.territoryId])).rowCount === 1;
      await until(() => one("SELECT 1 FROM run WHERE territory_id = $1 AND state = 'published'"));
      await until(() => one("SELECT 1 FROM staff_mail WHERE territory_id = $1 AND state = 'sent'"));
      expect(await leadsOf(database, { runId })).toHaveLength(1);
      expect(readdirSync(join(folder, 'outbox')).filter((name) => name.endsWith('.eml'))).toHaveLength(1);
      expect(existsSync(heartbeatFile(env))).toBe(true);
      expect(new Date(readFileSync(heartbeatFile(env), 'utf8').trim()).toISOString()).toBe(database.clock.now().toISOString());
      const { rows } = await database.admin.query<{ usename: string }>(
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND usename NOT IN ('maillon_admin', 'maillon_api') AND backend_type = 'client backend' ORDER BY 1");
      expect(rows.map((row) => row.usename)).toEqual(['maillon_mailer', 'maillon_worker']);
    } finally {
      await Promise.all([worker.stop(), worker.stop()]);
      rmSync(folder, { recursive: true });
    }
    expect(database.workerSource.isInitialized).toBe(true);
  });
});
