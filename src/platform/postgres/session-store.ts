import connectPgSimple from 'connect-pg-simple';
import session from 'express-session';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';

const PRUNE_EVERY_S = 15 * 60;

/**
 * Sessions in the table `maillon.session`, through the process's own pool; expired ones are removed every quarter of an
 * hour. When PostgreSQL is away its errors go to the request, which answers 503.
 * @param dataSource signed in as maillon_api
 */
export function makeSessionStore(dataSource: DataSource, logger: Logger): session.Store & { close(): void } {
  const PgStore = connectPgSimple(session);
  const { master } = dataSource.driver as unknown as { master: pg.Pool };
  return new PgStore({
    pool: master,
    schemaName: 'maillon',
    tableName: 'session',
    createTableIfMissing: false,
    pruneSessionInterval: PRUNE_EVERY_S,
    errorLog: (...parts: unknown[]) => logger.warn({ code: (parts[1] as { code?: string } | undefined)?.code }, 'expired sessions were not removed'),
  });
}
