import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../config/load-config.js';
import { AppModule, type AppParts } from './app.module.js';
import { configureHttpApp } from './http-app.js';

export interface RunningApi {
  /** Where it listens, `http://127.0.0.1:8080`. */
  url: string;
  app: NestExpressApplication;
  stop(): Promise<void>;
}

/** Opens the HTTP door and serves the page, where it is built; resolves once it listens. */
export async function startApi(parts: AppParts, page = join(PACKAGE_ROOT, 'web', 'dist')): Promise<RunningApi> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(parts), { logger: false, abortOnError: false, bodyParser: false });
  await configureHttpApp(app, parts);
  if (existsSync(page)) app.useStaticAssets(page, { index: 'index.html' });
  await app.listen(parts.env.PORT, parts.env.HOST);
  const address = app.getHttpServer().address() as { port: number };
  const host = parts.env.HOST === '0.0.0.0' ? 'localhost' : parts.env.HOST;
  return { url: `http://${host}:${address.port}`, app, stop: () => app.close() };
}
