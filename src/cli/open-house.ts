import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { readEnv } from '../../config/env.js';
import { loadKnowledge } from '../../config/load-config.js';
import { ALL_ENTITIES } from '../all-entities.js';
import { AppModule } from '../app.module.js';
import { openEmbeddedHouse } from '../embedded-house.js';
import { SystemClock } from '../platform/clock.js';
import { type Context, systemContext } from '../platform/context.js';
import { makeLogger } from '../platform/logging.js';
import { connect } from '../platform/postgres/connect.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { UsageError } from './usage-error.js';

/** The rooms, for a command. */
export interface CommandHouse {
  /** Signed in as the API. */
  api: INestApplicationContext;
  /** Signed in as the worker, to do a job here and now; null where a worker process does it (`DATABASE_URL` is set). */
  worker: INestApplicationContext | null;
  context: Context;
}

/** Opens the embedded default, or what `DATABASE_URL` (role maillon_api) names, finds the territory, and closes after `work`. */
export async function inHouse<T>(territory: string | undefined, work: (house: CommandHouse) => Promise<T>): Promise<T> {
  const env = readEnv();
  const logger = makeLogger('error');
  const knowledge = loadKnowledge();
  const clock = new SystemClock();
  const rooms = (dataSource: DataSource): Promise<INestApplicationContext> =>
    NestFactory.createApplicationContext(AppModule.with({ env, dataSource, clock, logger, knowledge }), { logger: false, abortOnError: false });

  if (env.DATABASE_URL) {
    const dataSource = await connect({ url: env.DATABASE_URL, role: 'maillon_api', entities: ALL_ENTITIES, logger });
    const api = await rooms(dataSource);
    try {
      return await work({ api, worker: null, context: await territoryContext(api, territory) });
    } finally {
      await api.close();
      await dataSource.destroy();
    }
  }
  const house = await openEmbeddedHouse(env, logger);
  try {
    const [api, worker] = [await rooms(house.api), await rooms(house.worker)];
    try {
      return await work({ api, worker, context: await territoryContext(api, territory) });
    } finally {
      await Promise.all([api.close(), worker.close()]);
    }
  } finally {
    await house.close();
  }
}

async function territoryContext(rooms: INestApplicationContext, slug: string | undefined): Promise<Context> {
  const found = await rooms.get(UnitOfWork).read(systemContext(''), (tx) => tx.sql<{ id: string; slug: string }>('SELECT id, slug FROM territory ORDER BY slug'));
  const chosen = slug === undefined && found.length === 1 ? found[0] : found.find((territory) => territory.slug === slug);
  if (chosen) return systemContext(chosen.id);
  const names = found.map((territory) => territory.slug).join(', ') || 'none yet';
  throw new UsageError(slug === undefined ? `Say which territory with --territory (there are: ${names}).` : `There is no territory ${JSON.stringify(slug)} (there are: ${names}).`);
}

/** Asks again every quarter of a second until there is an answer: for work that another process does. */
export async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
