import { it } from '@jest/globals';
import { Redis } from 'ioredis';

/** The Redis that a run of the tests was given, or undefined: `.ci/run` gives one from `scripts/redis.sh`. */
export function redisUrlForTests(): string | undefined {
  const url = process.env['REDIS_URL'];
  return url === undefined || url === '' ? undefined : url;
}

/** The queue backends that can be tried here: PostgreSQL always, Redis when one was given. */
export function queueBackendsForTests(): readonly ('postgres' | 'redis')[] {
  return redisUrlForTests() === undefined ? ['postgres'] : ['postgres', 'redis'];
}

/** Whether a suite can be run on this queue. Where it needs a Redis and none was given, a test in its place says so: skipped, or failed where none may be. */
export function queueIsHere(queue: 'postgres' | 'redis'): boolean {
  if (queue === 'postgres' || redisUrlForTests() !== undefined) return true;
  const missing = process.env['MAILLON_TEST_NO_SKIP'] === '1' ? it : it.skip;
  missing('needs a Redis: give one in REDIS_URL, as .ci/run does', () => {
    throw new Error('REDIS_URL is not given, and no test may be skipped here');
  });
  return false;
}

/** @returns the address of a part of that Redis which is one test file's own and empty. @param database its number, used by no other file */
export async function emptyRedis(url: string, database: number): Promise<string> {
  const own = new URL(url);
  own.pathname = `/${database}`;
  const client = new Redis(own.href);
  await client.flushdb();
  client.disconnect();
  return own.href;
}
