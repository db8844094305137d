import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { EARTH_KM, prepareWork, type Work } from '../work.js';
import type { Engine, OpenEngine } from './engine.js';
import { ListBuilder } from './lists.js';
import { cpuMsOf, watchServerMemory } from './server-process.js';
import { scoreSql } from './score-sql.js';
import { type Table, tablesOf } from './tables.js';

/** A server to work on, with a database of its own that `close` drops. */
export interface Server {
  connectionString: string;
  close(): Promise<void>;
}

/** One way to let PostgreSQL find the inputs that are near. */
export interface Variant {
  name: string;
  exact: boolean;
  /** Run once, after the tables are loaded. */
  prepare: string[];
  /** The condition, or the whole inner query, that finds inputs of an entry by its index. */
  search(pieces: ReturnType<typeof scoreSql>): { from: string; where: string };
}

type Pieces = ReturnType<typeof scoreSql>;

/** Latitude in bands of an eighth of a degree: with them in the index before the longitude, its skip scan reads a box. */
export const BANDS_A_DEGREE = 8;

export const boundingBox: Variant = {
  name: 'PostgreSQL B-tree box', exact: true,
  prepare: [
    `CREATE TABLE near AS SELECT *, floor(lat * ${BANDS_A_DEGREE})::int2 AS band FROM inputs ORDER BY cat, floor(lat * ${BANDS_A_DEGREE}), lon`,
    'CREATE INDEX near_box ON near (cat, band, lon)',
  ],
  search: ({ degreesHigh, degreesWide }: Pieces) => ({
    from: 'near i',
    where: `i.cat = e.cat
        AND i.band BETWEEN floor((o.lat - ${degreesHigh('r.reach_km')}) * ${BANDS_A_DEGREE})::int2 AND floor((o.lat + ${degreesHigh('r.reach_km')}) * ${BANDS_A_DEGREE})::int2
        AND i.lon BETWEEN o.lon - ${degreesWide('r.reach_km')} AND o.lon + ${degreesWide('r.reach_km')}`,
  }),
};

/** Radius of the sphere that the extension `earthdistance` has, in metres. */
const EARTHDISTANCE_RADIUS = 6_378_168;

export const earthdistance: Variant = {
  name: 'PostgreSQL earthdistance GiST', exact: true,
  prepare: [
    'CREATE EXTENSION IF NOT EXISTS cube', 'CREATE EXTENSION IF NOT EXISTS earthdistance', 'CREATE EXTENSION IF NOT EXISTS btree_gist',
    'CREATE TABLE near AS SELECT *, ll_to_earth(lat, lon) AS place FROM inputs ORDER BY cat, lat, lon',
    'CREATE INDEX near_earth ON near USING gist (cat, place)',
  ],
  search: () => ({
    // Apart, so that the planner gives both conditions to the index.
    from: `LATERAL (SELECT n.* FROM near n WHERE n.cat = e.cat AND n.place <@ earth_box(ll_to_earth(o.lat, o.lon), r.reach_km * ${EARTHDISTANCE_RADIUS / EARTH_KM}) OFFSET 0) i`,
    where: 'true',
  }),
};

/**
 * One output after the other by LATERAL, its best by a bounded sort. PostgreSQL never goes parallel below such a subquery, so
 * each of as many sessions as there are threads does its part of the outputs.
 */
export function lateralQuery(work: Work, variant: Variant, part: number): string {
  const sql = scoreSql(work, { bitCount: (mask) => `bit_count(${mask}::bit(12))`, isIn: (value, list) => `${value} = ANY(${list})` });
  const { from, where } = variant.search(sql);
  return `
    SELECT o.o, best.i, best.score
      FROM asked o CROSS JOIN LATERAL (
        SELECT i.i, ${sql.score} AS score
          FROM entries e
          CROSS JOIN LATERAL (SELECT ${sql.reachColumns} OFFSET 0) r0
          CROSS JOIN LATERAL (SELECT ${sql.reachKm} AS reach_km, ${sql.squaredChord(sql.reachKm)} AS reach2 OFFSET 0) r
          JOIN ${from} ON ${where}
         WHERE e.kind = o.kind AND r0.room > -1e-9 AND ${sql.gates}
         ORDER BY score DESC, i.i LIMIT ${work.topK}) best
     WHERE o.part = ${part} AND best.score >= ${work.floor}`;
}

/** What an expert sets on a server that has the machine to itself. */
export const SETTINGS = [
  'SET client_min_messages = warning', 'SET work_mem = \'256MB\'', 'SET maintenance_work_mem = \'512MB\'', 'SET random_page_cost = 1.1', 'SET synchronous_commit = off',
  'SET max_parallel_workers_per_gather = 0', 'SET enable_memoize = off',
].join('; ');

/** @param open finds or starts the server; throws NotHere where there is none */
export function postgresEngine(variant: Variant, threads: number, open: () => Promise<Server>): Engine {
  return { name: variant.name, threads, exact: variant.exact, open: async (input, topK) => openVariant(prepareWork(input, topK), variant, threads, await open()) };
}

async function openVariant(work: Work, variant: Variant, threads: number, server: Server): Promise<OpenEngine> {
  const sessions = Array.from({ length: threads }, () => new pg.Client({ connectionString: server.connectionString }));
  const [client] = sessions;
  const close = async (): Promise<void> => {
    await Promise.all(sessions.map((session) => session.end()));
    await server.close();
  };
  try {
    for (const session of sessions) {
      await session.connect();
      await session.query(SETTINGS);
    }
    for (const table of tablesOf(work)) await loadTable(client, table);
    await client.query('CREATE INDEX entries_kind ON entries (kind)');
    for (const statement of variant.prepare) await client.query(statement);
    await client.query('VACUUM ANALYZE');
  } catch (error) {
    await close();
    throw error;
  }
  const pids = await Promise.all(sessions.map(async (session) => (await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0].pid));
  const memory = watchServerMemory(pids[0]);
  return {
    run: async (wanted) => {
      await client.query(`DROP TABLE IF EXISTS asked, ${sessions.map((_, part) => `result_${part}`).join(', ')}`);
      await client.query(`CREATE UNLOGGED TABLE asked AS SELECT *, row_number() OVER () % ${threads} AS part FROM outputs WHERE o = ANY($1::int[])`, [[...wanted]]);
      await client.query('VACUUM ANALYZE asked');
      const [before, used] = [performance.now(), cpuMsOf(pids)];
      await Promise.all(sessions.map((session, part) => session.query(`CREATE UNLOGGED TABLE result_${part} AS ${lateralQuery(work, variant, part)}`)));
      const [ms, cpuMs] = [performance.now() - before, cpuMsOf(pids) - used];
      const lists = new ListBuilder(work);
      for (const part of sessions.keys()) {
        const { rows } = await client.query<[number, number, number]>({ text: `SELECT o, i, score FROM result_${part}`, rowMode: 'array' });
        for (const [o, i, z] of rows) lists.offerFlows(o, i, z);
      }
      return { ms, cpuMs, lists: lists.finish() };
    },
    peakMb: () => memory.peakMb(),
    close: async () => {
      memory.stop();
      await close();
    },
  };
}

export async function loadTable(client: pg.Client, { name, rows, columns }: Table): Promise<void> {
  await client.query(`CREATE UNLOGGED TABLE ${name} (${columns.map((column) => `${column.name} ${column.type}`).join(', ')})`);
  const stream = client.query(copyFrom(`COPY ${name} FROM STDIN`));
  const finished = once(stream, 'finish');
  let text = '';
  for (let row = 0; row < rows; row += 1) {
    text += `${columns.map(({ value }) => copyText(value(row))).join('\t')}\n`;
    if (text.length > 1 << 20) {
      if (!stream.write(text)) await once(stream, 'drain');
      text = '';
    }
  }
  stream.end(text);
  await finished;
}

function copyText(value: number | null | (number | null)[]): string {
  if (value === null) return '\\N';
  return Array.isArray(value) ? `{${value.map((entry) => entry ?? 'NULL').join(',')}}` : String(value);
}
