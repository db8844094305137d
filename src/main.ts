import { ConfigurationError, readEnv } from '../config/env.js';
import { loadKnowledge } from '../config/load-config.js';
import { ALL_ENTITIES } from './all-entities.js';
import { SystemClock } from './platform/clock.js';
import { makeLogger } from './platform/logging.js';
import { connect } from './platform/postgres/connect.js';
import { startApi } from './start-api.js';

/** The API process: `DATABASE_URL` signs in as maillon_api. */
async function main(): Promise<void> {
  const env = readEnv();
  if (!env.DATABASE_URL) throw new ConfigurationError(['DATABASE_URL must be set for the API process; `npm start` runs the embedded default']);
  if (!env.SESSION_SECRET) throw new ConfigurationError(['SESSION_SECRET must be set for the API process']);
  if (!env.LINK_SECRET) throw new ConfigurationError(['LINK_SECRET must be set for the API process, the same as for the worker']);
  const logger = makeLogger(env.LOG_LEVEL);
  const dataSource = await connect({ url: env.DATABASE_URL, role: 'maillon_api', entities: ALL_ENTITIES, logger });
  const api = await startApi({ env, dataSource, clock: new SystemClock(), logger, knowledge: loadKnowledge() });
  const stop = (signal: string): void => {
    logger.info({ signal }, 'stopping');
    api.stop().then(() => dataSource.destroy()).then(() => process.exit(0), (error: unknown) => {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  logger.info({ url: api.url }, 'the API listens');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigurationError ? error.message : (error as Error).stack}\n`);
  process.exit(error instanceof ConfigurationError ? 78 : 1);
});
