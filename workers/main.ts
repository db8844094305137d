import { ConfigurationError, readEnv } from '../config/env.js';
import { loadKnowledge } from '../config/load-config.js';
import { ALL_ENTITIES } from '../src/all-entities.js';
import { SystemClock } from '../src/platform/clock.js';
import { makeLogger } from '../src/platform/logging.js';
import { connect } from '../src/platform/postgres/connect.js';
import { startWorker } from './start-worker.js';

/** How long running jobs and connections may take to end. What is left then is taken up by another worker: state rows say what is to do. */
const STOP_AT_THE_LATEST_MS = 20_000;

/** The worker process: `DATABASE_URL` signs in as maillon_worker, `MAILER_DATABASE_URL` as maillon_mailer. */
async function main(): Promise<void> {
  const env = readEnv();
  if (!env.DATABASE_URL) throw new ConfigurationError(['DATABASE_URL must be set for the worker process; `npm start` runs the embedded default']);
  const logger = makeLogger(env.LOG_LEVEL);
  const dataSource = await connect({ url: env.DATABASE_URL, role: 'maillon_worker', entities: ALL_ENTITIES, logger, poolSize: 8 });
  const mailerSource = env.MAILER_DATABASE_URL
    ? await connect({ url: env.MAILER_DATABASE_URL, role: 'maillon_mailer', entities: ALL_ENTITIES, logger, poolSize: 2 })
    : null;
  const starting = startWorker({
    env, logger, dataSource, mailerSource, clock: new SystemClock(), knowledge: loadKnowledge(), queue: { postgresUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL },
  });

  const stop = (signal: string): void => {
    logger.info({ signal }, 'stopping');
    // A server that goes away in the middle of it may leave somebody waiting for an answer that never comes.
    setTimeout(() => {
      logger.warn('stopping took too long; what was not ended is taken up again by another worker');
      process.exit(0);
    }, STOP_AT_THE_LATEST_MS).unref();
    starting.then((worker) => worker.stop()).then(() => Promise.all([dataSource.destroy(), mailerSource?.destroy()])).then(() => process.exit(0), (error: unknown) => {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await starting;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigurationError ? error.message : (error as Error).stack}\n`);
  process.exit(error instanceof ConfigurationError ? 78 : 1);
});
