import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { envExample, readEnv } from '../../config/env.js';
import { loadKnowledge } from '../../config/load-config.js';
import { ALL_ENTITIES } from '../all-entities.js';
import { AppModule } from '../app.module.js';
import { openApiDocument } from '../http-app.js';
import { SystemClock } from '../platform/clock.js';
import { makeLogger } from '../platform/logging.js';
import { makeDataSource } from '../platform/postgres/data-source.js';

/** `maillon openapi`: the description of the API, made without a database. */
export async function openApiCommand(): Promise<void> {
  process.stdout.write(await openApiText());
}

export async function openApiText(): Promise<string> {
  const dataSource = makeDataSource({ url: 'postgres://nobody@127.0.0.1:1/none', entities: ALL_ENTITIES });
  const parts = { env: readEnv({}), dataSource, clock: new SystemClock(), logger: makeLogger('silent'), knowledge: loadKnowledge() };
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(parts), { logger: false, abortOnError: false });
  app.setGlobalPrefix('api');
  const document = openApiDocument(app);
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function printEnvExample(): Promise<void> {
  process.stdout.write(envExample());
  return Promise.resolve();
}
