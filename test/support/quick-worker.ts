import { readEnv } from '../../config/env.js';
import { loadKnowledge } from '../../config/load-config.js';
import { ALL_ENTITIES } from '../../src/all-entities.js';
import { SystemClock } from '../../src/platform/clock.js';
import { makeLogger } from '../../src/platform/logging.js';
import { connect } from '../../src/platform/postgres/connect.js';
import { startWorker } from '../../workers/start-worker.js';

/**
 * The worker process, but that the jobs of a killed one are delivered again within seconds instead of half a minute: a
 * program of its own for tests that kill it.
 */
const LOCK_MS = 1_500;

const env = readEnv();
const logger = makeLogger(env.LOG_LEVEL);
const url = env.DATABASE_URL ?? '';
const dataSource = await connect({ url, role: 'maillon_worker', entities: ALL_ENTITIES, logger, poolSize: 8 });
const mailerSource = env.MAILER_DATABASE_URL === undefined ? null : await connect({ url: env.MAILER_DATABASE_URL, role: 'maillon_mailer', entities: ALL_ENTITIES, logger, poolSize: 2 });
await startWorker({
  env, logger, dataSource, mailerSource, clock: new SystemClock(), knowledge: loadKnowledge(), queue: { postgresUrl: url, redisUrl: env.REDIS_URL }, lockMs: LOCK_MS,
});
