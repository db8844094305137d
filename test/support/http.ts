import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type Logger, pino } from 'pino';
import request from 'supertest';
import { Env } from '../../config/env.js';
import { hashPassword } from '../../src/access/hash-password.js';
import { configureHttpApp } from '../../src/http-app.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import type { TestDatabase } from './database.js';

/** The HTTP door on a test database, with the given rooms behind it; listens on no port. */
export interface TestApi {
  app: NestExpressApplication;
  /** Lines of the log, as they were written. */
  log: string[];
  /** A client without cookies. */
  anybody(): ReturnType<typeof request>;
  /** Signs somebody in; give them a password before. */
  signIn(email: string, password?: string): Promise<SignedInClient>;
  close(): Promise<void>;
}

/** A client with a session, whose requests carry its CSRF token. */
export interface SignedInClient {
  agent: ReturnType<typeof request.agent>;
  csrfToken: string;
  get(path: string): request.Test;
  post(path: string, body?: object): request.Test;
  put(path: string, body?: object): request.Test;
  delete(path: string): request.Test;
}

export const TEST_PASSWORD = 'quatre chevaux verts';

type Imported = Type<unknown> | ReturnType<typeof PlatformModule.with>;

export async function openTestApi(database: TestDatabase, rooms: Imported[], settings: Partial<Env> = {}): Promise<TestApi> {
  const env = Object.assign(new Env(), { SESSION_SECRET: 'x'.repeat(40), LINK_SECRET: 'y'.repeat(40) }, settings);
  const log: string[] = [];
  const logger: Logger = pino({ level: 'trace', base: null }, { write: (line: string) => void log.push(line) });
  const parts = { env, dataSource: database.apiSource, clock: database.clock, logger };
  class House {}
  Module({ imports: [PlatformModule.with(parts), ...rooms] })(House);
  const app = await NestFactory.create<NestExpressApplication>(House, { logger: false, abortOnError: false, bodyParser: false });
  await configureHttpApp(app, parts);
  await app.init();
  const anybody = (): ReturnType<typeof request> => request(app.getHttpServer());
  return {
    app, log, anybody,
    async signIn(email, password = TEST_PASSWORD) {
      const agent = request.agent(app.getHttpServer());
      const answer = await agent.post('/api/session').send({ email, password });
      if (answer.status !== 200) throw new Error(`Signing in answered ${answer.status}: ${answer.text}`);
      const { csrfToken } = answer.body as { csrfToken: string };
      const sending = (test: request.Test, body?: object): request.Test => test.set('X-CSRF-Token', csrfToken).send(body);
      return {
        agent, csrfToken,
        get: (path) => agent.get(path),
        post: (path, body) => sending(agent.post(path), body),
        put: (path, body) => sending(agent.put(path), body),
        delete: (path) => sending(agent.delete(path)),
      };
    },
    close: () => app.close(),
  };
}

/** Lets a person of the arranged world sign in. @returns their e-mail address */
export async function givePassword(database: TestDatabase, personId: string, password = TEST_PASSWORD): Promise<string> {
  const { rows } = await database.admin.query<{ email: string }>('UPDATE person SET password_hash = $2 WHERE id = $1 RETURNING email', [personId, await hashPassword(password)]);
  return rows[0].email;
}
