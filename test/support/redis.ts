/** The Redis that a run of the tests was given, or undefined: `.ci/run` gives one from `scripts/redis.sh`. */
export function redisUrlForTests(): string | undefined {
  const url = process.env['REDIS_URL'];
  return url === undefined || url === '' ? undefined : url;
}

/** The queue backends that can be tried here: PostgreSQL always, Redis when one was given. */
export function queueBackendsForTests(): readonly ('postgres' | 'redis')[] {
  return redisUrlForTests() === undefined ? ['postgres'] : ['postgres', 'redis'];
}
