import { type DuckDBConnection, DOUBLE, DuckDBInstance, INTEGER, LIST } from '@duckdb/node-api';
import { prepareWork, type Work } from '../work.js';
import type { Engine, Lists } from './engine.js';
import { ListBuilder } from './lists.js';
import { scoreSql } from './score-sql.js';
import { type Table, tablesOf } from './tables.js';

/** Cells of the grid are this part of a category's farthest reach: finer ones cost more joins than they save pairs. */
const CELLS_A_REACH = 2;
/** Degrees to km, roughly: only the grid goes by it, never a distance. */
const KM_A_DEGREE = { lat: 111, lon: 75 };

/** An equi-join on category and grid cell, then gates, score and the best of each output: the plan that DuckDB is fastest with. */
export function duckdb(threads: number): Engine {
  return {
    name: 'DuckDB grid join', threads, exact: true,
    open: async (input, topK) => {
      const work = prepareWork(input, topK);
      const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
      const connection = await instance.connect();
      for (const table of tablesOf(work)) await load(connection, table);
      await connection.run(`CREATE TABLE cells AS SELECT cat, greatest(max(hard) / ${CELLS_A_REACH}, 2) AS size FROM entries GROUP BY cat`);
      await connection.run(`CREATE TABLE placed AS SELECT i.*, ${cell('i.lat', 'lat')} AS row, ${cell('i.lon', 'lon')} AS col FROM inputs i JOIN cells c USING (cat)`);
      return {
        run: async (wanted) => {
          await connection.run('CREATE OR REPLACE TABLE wanted (o INTEGER)');
          await append(connection, 'wanted', wanted.length, (appender, row) => appender.appendInteger(wanted[row]));
          await connection.run('CREATE OR REPLACE TABLE asked AS SELECT outputs.* FROM outputs SEMI JOIN wanted USING (o)');
          const [before, used] = [performance.now(), process.cpuUsage()];
          await connection.run(`CREATE OR REPLACE TABLE result AS ${query(work)}`);
          const [ms, { user, system }] = [performance.now() - before, process.cpuUsage(used)];
          return { ms, cpuMs: (user + system) / 1_000, lists: await fetch(connection, work) };
        },
        close: async () => {
          connection.closeSync();
          instance.closeSync();
        },
      };
    },
  };
}

const cell = (degrees: string, axis: 'lat' | 'lon'): string => `floor(${degrees} * ${KM_A_DEGREE[axis]} / c.size)::INTEGER`;

function query(work: Work): string {
  const sql = scoreSql(work, { bitCount: (mask) => `bit_count(${mask})`, isIn: (value, list) => `list_contains(${list}, ${value})` });
  return `
    WITH r0 AS (
      SELECT o.o, o.lat, o.lon, e.cat, e.kind, ${sql.reachColumns} FROM asked o JOIN entries e ON e.kind = o.kind
    ), r AS (
      SELECT r0.o, r0.cat, r0.kind, ${sql.reachKm} AS reach_km FROM r0 WHERE room > -1e-9
    ), boxes AS (
      SELECT r.*, ${sql.squaredChord('r.reach_km')} AS reach2, ${sql.degreesHigh('r.reach_km')} AS high, ${sql.degreesWide('r.reach_km')} AS wide, o.lat, o.lon, c.size
      FROM r JOIN asked o USING (o) JOIN cells c USING (cat)
    ), rows AS (
      SELECT o, cat, kind, reach2, wide, lon, size, unnest(range(${cell('(c.lat - c.high)', 'lat')}, ${cell('(c.lat + c.high)', 'lat')} + 1)) AS row FROM boxes c
    ), probes AS (
      SELECT o, cat, kind, reach2, row, unnest(range(${cell('(c.lon - c.wide)', 'lon')}, ${cell('(c.lon + c.wide)', 'lon')} + 1)) AS col FROM rows c
    )
    SELECT o, -best.neg AS i, best.score FROM (
      SELECT o.o, unnest(max(struct_pack(score := ${sql.score}, neg := -i.i), ${work.topK})) AS best
        FROM probes r
        JOIN asked o ON o.o = r.o
        JOIN entries e ON e.kind = r.kind AND e.cat = r.cat
        JOIN placed i ON i.cat = r.cat AND i.row = r.row AND i.col = r.col
       WHERE ${sql.gates}
       GROUP BY o.o)
     WHERE best.score >= ${work.floor}`;
}

type Appender = Awaited<ReturnType<DuckDBConnection['createAppender']>>;

async function append(connection: DuckDBConnection, table: string, rows: number, write: (appender: Appender, row: number) => void): Promise<void> {
  const appender = await connection.createAppender(table);
  for (let row = 0; row < rows; row += 1) {
    write(appender, row);
    appender.endRow();
  }
  appender.closeSync();
}

async function load(connection: DuckDBConnection, { name, rows, columns }: Table): Promise<void> {
  await connection.run(`CREATE TABLE ${name} (${columns.map((column) => `${column.name} ${column.type}`).join(', ')})`);
  await append(connection, name, rows, (appender, row) => {
    for (const { type, value } of columns) {
      const found = value(row);
      if (found === null) appender.appendNull();
      else if (Array.isArray(found)) appender.appendList(found, LIST(type === 'integer[]' ? INTEGER : DOUBLE));
      else if (type === 'integer') appender.appendInteger(found);
      else appender.appendDouble(found);
    }
  });
}

async function fetch(connection: DuckDBConnection, work: Work): Promise<Lists> {
  const lists = new ListBuilder(work);
  const result = await connection.stream('SELECT o, i, score FROM result');
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return lists.finish();
    for (const [o, i, z] of chunk.getRows()) lists.offerFlows(Number(o), Number(i), Number(z));
  }
}
