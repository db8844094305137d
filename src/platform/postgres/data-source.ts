import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from './migrations/index.js';
import { ReadableNames } from './naming.js';

export interface DataSourceSettings {
  /** `postgres://role:password@host:port/database`. */
  url: string;
  entities: DataSourceOptions['entities'];
  /** Connections at most. */
  poolSize?: number;
  /** Acts as this role instead of the one signed in: migrations, as the owner. */
  role?: string;
}

/** A pool for one role. Unqualified names in SQL mean the schema `maillon`. Not yet connected. */
export function makeDataSource(settings: DataSourceSettings): DataSource {
  return new DataSource({
    type: 'postgres',
    url: settings.url,
    schema: 'maillon',
    entities: settings.entities,
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'all',
    namingStrategy: new ReadableNames(),
    synchronize: false,
    logging: false,
    // Nothing here needs the extension: keys come from uuidv7().
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    extra: {
      max: settings.poolSize ?? 8,
      options: `-c search_path=maillon,public -c timezone=UTC${settings.role ? ` -c role=${settings.role}` : ''}`,
      connectionTimeoutMillis: 10_000,
      application_name: 'maillon',
    },
  });
}
