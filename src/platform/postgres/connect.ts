import type { Logger } from 'pino';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { makeDataSource } from './data-source.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** About a minute: as long as a container's PostgreSQL may take to come up beside this process. */
const ATTEMPTS = 16;
/** Wrong password, role or database: waiting does not mend it. */
const HOPELESS = new Set(['28P01', '28000', '3D000']);

/**
 * Connects a process to its database, waiting while PostgreSQL is still coming up.
 * @param role the role this process must be signed in with: a superuser or an owner sees through row-level security and is refused
 * @throws when PostgreSQL stays away, the sign-in is refused, the role is another one, or the tables were not migrated
 */
export async function connect(options: { url: string; role: string; entities: DataSourceOptions['entities']; logger: Logger; poolSize?: number }): Promise<DataSource> {
  // Not the `role` of a data source, which would act as that role while somebody else is signed in, and may go back.
  const dataSource = makeDataSource({ url: options.url, entities: options.entities, ...(options.poolSize === undefined ? {} : { poolSize: options.poolSize }) });
  const { role, strong, migrated } = await patiently(options.logger, async () => {
    if (!dataSource.isInitialized) await dataSource.initialize();
    return signedIn(dataSource);
  });
  if (role !== options.role || strong || !migrated) {
    await dataSource.destroy();
    throw new Error(migrated
      ? `This process must sign in to PostgreSQL as ${options.role}, not as ${role}: another role may see through row-level security`
      : 'The database has no tables yet: run `npm run migrate` first');
  }
  return dataSource;
}

/** Tries again until it works: PostgreSQL may go away between any two statements of a start. */
async function patiently<T>(logger: Logger, work: () => Promise<T>): Promise<T> {
  let wait = FIRST_WAIT_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (attempt === ATTEMPTS || HOPELESS.has(code ?? '')) throw new Error(`PostgreSQL refused the connection (${code ?? (error as Error).message}); look at the database URL and the server`, { cause: error });
      logger.warn({ code, attempt }, 'PostgreSQL is away; trying again');
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }
}

async function signedIn(dataSource: DataSource): Promise<{ role: string; strong: boolean; migrated: boolean }> {
  const [row] = await dataSource.query<{ role: string; strong: boolean; migrated: boolean }[]>(
    `SELECT session_user AS role, rolsuper OR rolbypassrls AS strong, to_regclass('maillon.flow') IS NOT NULL AS migrated
       FROM pg_roles WHERE rolname = session_user`);
  return row;
}
