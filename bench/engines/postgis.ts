import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../config/load-config.js';
import { NotHere } from './engine.js';
import type { Server, Variant } from './postgres.js';

const PREPARE = [
  'CREATE EXTENSION IF NOT EXISTS postgis', 'CREATE EXTENSION IF NOT EXISTS btree_gist',
  'CREATE TABLE near AS SELECT *, ST_MakePoint(lon, lat)::geography AS place FROM inputs ORDER BY cat, lat, lon',
  'CREATE INDEX near_place ON near USING gist (cat, place)',
  'ALTER TABLE outputs ADD COLUMN place geography', 'UPDATE outputs SET place = ST_MakePoint(lon, lat)::geography',
];

/** On the sphere (last parameter false), which is quicker than the spheroid and what the score asks for; a millimetre is added for PostGIS's own radius. */
export const postgisWithin: Variant = {
  name: 'PostGIS ST_DWithin', exact: true, prepare: PREPARE,
  search: () => ({ from: 'LATERAL (SELECT * FROM near n WHERE n.cat = e.cat AND ST_DWithin(o.place, n.place, r.reach_km * 1000 + 1, false) OFFSET 0) i', where: 'true' }),
};

/** How many neighbours of each category the operator `<->` is asked for. What lies farther and would score more is missed. */
const NEIGHBOURS = 100;

/** The way a manual shows: nearest by the index, then scored. Not exact. */
export const postgisKnn: Variant = {
  name: `PostGIS KNN (nearest ${NEIGHBOURS})`, exact: false, prepare: PREPARE,
  search: () => ({ from: `LATERAL (SELECT * FROM near n WHERE n.cat = e.cat ORDER BY n.place <-> o.place LIMIT ${NEIGHBOURS}) i`, where: 'true' }),
};

/** PostgreSQL with PostGIS from Debian's packages, unpacked beside the project and not installed. */
export async function postgisServer(): Promise<Server> {
  const script = join(PACKAGE_ROOT, 'scripts', 'postgis.sh');
  const run = promisify(execFile);
  try {
    const { stdout } = await run('bash', [script, 'start'], { maxBuffer: 1 << 24 });
    return { connectionString: stdout.trim(), close: async () => void (await run('bash', [script, 'stop'])) };
  } catch (error) {
    throw new NotHere(`no PostGIS: ${String((error as { stderr?: string }).stderr ?? error).trim().split('\n').at(-1)}`);
  }
}
