import { openThrowawayDatabase } from '../throwaway-database.js';
import { duckdb } from './duckdb.js';
import type { Engine } from './engine.js';
import { kernelEngine } from './kernel.js';
import { boundingBox, earthdistance, postgresEngine, type Server } from './postgres.js';
import { postgisKnn, postgisServer, postgisWithin } from './postgis.js';
import { geokdbushAround, kdbushRange, turfLoops } from './rivals-in-process.js';

/** Every engine by the name that a process of its own is told. @param threads numbers of threads to run the kernel with; the rivals get the largest */
export function roster(threads: readonly number[]): Map<string, Engine> {
  const most = Math.max(...threads);
  return new Map<string, Engine>([
    // First, since the others' lists are compared with its.
    ['kdbush', kdbushRange],
    ...threads.map((count): [string, Engine] => [`maillon-${count}`, kernelEngine(count)]),
    ['geokdbush', geokdbushAround],
    ['turf', turfLoops],
    ['duckdb', duckdb(most)],
    ['box', postgresEngine(boundingBox, most, embedded)],
    ['earthdistance', postgresEngine(earthdistance, most, embedded)],
    ['postgis', postgresEngine(postgisWithin, most, postgisServer)],
    ['postgis-knn', postgresEngine(postgisKnn, most, postgisServer)],
  ]);
}

async function embedded(): Promise<Server> {
  const database = await openThrowawayDatabase();
  return { connectionString: database.url('maillon_admin'), close: () => database.close() };
}
