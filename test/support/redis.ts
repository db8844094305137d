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

/** @returns the address of a part of that Redis which is one test file's own and empty. @param database its number, used by no other file */
export async function emptyRedis(url: string, database: number): Promise<string> {
  const own = new URL(url);
  own.pathname = `/${database}`;
  const client = new Redis(own.href);
  await client.flushdb();
  client.disconnect();
  return own.href;
}
