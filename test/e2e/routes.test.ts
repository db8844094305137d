import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { Env } from '../../config/env.js';
import { loadKnowledge } from '../../config/load-config.js';
import { ROLES } from '../../src/access/access.entities.js';
import { permissionsOf } from '../../src/access/permissions.js';
import { openApiText } from '../../src/cli/generated-files.js';
import { startApi, type RunningApi } from '../../src/start-api.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { givePassword, TEST_PASSWORD } from '../support/http.js';
import { Visitor } from '../support/processes.js';
import { type StatedRoute, statedPermissions } from '../support/stated-permissions.js';
import { makePerson, makeTerritory } from '../support/world.js';

/** Said for everyone, each for a reason: health checks, signing in, and the two steps of a lost password. */
const PUBLIC = ['GET /api/health', 'POST /api/answer-link/answer', 'POST /api/answer-link/look', 'POST /api/password/redeem', 'POST /api/password/reset-request', 'POST /api/session'];

/** An address that fits the route; the things it names do not exist. */
function addressOf({ route }: StatedRoute): { method: string; path: string } {
  const [method, path] = route.split(' ');
  return { method, path: path.replaceAll(/:\w+/g, '0197a0f4-0000-7000-8000-000000000000') };
}

describe('all routes of the house', () => {
  let database: TestDatabase;
  let api: RunningApi;
  let routes: StatedRoute[];

  beforeAll(async () => {
    database = await openTestDatabase();
    const env = Object.assign(new Env(), { PORT: 0, SESSION_SECRET: 'x'.repeat(40) });
    api = await startApi({ env, dataSource: database.apiSource, clock: database.clock, logger: pino({ level: 'silent' }), knowledge: loadKnowledge() });
    routes = statedPermissions(api.app);
  });
  afterAll(async () => {
    await api?.stop();
    await database?.close();
  });

  it('state a permission, every one, and only those said here are for everyone', () => {
    expect(routes.length).toBeGreaterThan(60);
    expect(routes.filter((route) => route.permission === undefined)).toEqual([]);
    expect(routes.filter((route) => route.permission === 'public').map((route) => route.route)).toEqual(PUBLIC);
  });

  it('have an address and a method of their own', () => {
    const names = routes.map((route) => route.route);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('ask for a session, but for the public ones', async () => {
    const stranger = new Visitor(api.url);
    for (const route of routes.filter((one) => one.permission !== 'public')) {
      const { method, path } = addressOf(route);
      const answer = await stranger.send<{ code: string }>(method, path);
      expect([route.route, answer.status, answer.body.code]).toEqual([route.route, 401, 'not-signed-in']);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it.each(ROLES)('refuse a person whose only role is %s wherever that role has no permission', async (role) => {
    const { personId } = await makePerson(database, await makeTerritory(database, `porte-${role}`), [role]);
    const visitor = await new Visitor(api.url).signIn(await givePassword(database, personId), TEST_PASSWORD);
    const allowed = new Set<string>([...permissionsOf([role]), 'public', 'signed-in']);
    const refused = routes.filter((route) => !allowed.has(String(route.permission)));
    expect(refused.length).toBeGreaterThan(5);
    for (const route of refused) {
      const { method, path } = addressOf(route);
      const answer = await visitor.send<{ code: string }>(method, path);
      expect([route.route, answer.status, answer.body.code]).toEqual([route.route, 403, 'forbidden']);
    }
  });

  it('are described, each of them, in the committed OpenAPI file, which is the one the code gives', async () => {
    const text = await openApiText();
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> };
    const described = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`));
    expect(described.sort()).toEqual(routes.map((route) => route.route).sort());
    const committed = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
    // Not toBe: the difference of two long texts would fill the screen; `npm run openapi` writes the file anew.
    expect(committed === text).toBe(true);
  });
});
