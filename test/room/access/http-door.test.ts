import { Controller, Get, Module, Post } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { AccessModule } from '../../../src/access/access.module.js';
import { RequirePermission } from '../../../src/access/permission.guard.js';
import { ALL_ENTITIES } from '../../../src/all-entities.js';
import { openApiDocument } from '../../../src/http-app.js';
import { makeDataSource } from '../../../src/platform/postgres/data-source.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, type TestApi } from '../../support/http.js';
import { statedPermissions } from '../../support/stated-permissions.js';
import { makePerson, makeTerritory } from '../../support/world.js';

class CarelessController {
  said(): string {
    return 'said';
  }
  unsaid(): string {
    return 'unsaid';
  }
  broken(): string {
    throw new Error('secret detail of ours');
  }
}
Controller('careless')(CarelessController);
const decorate = (name: 'said' | 'unsaid' | 'broken', ...decorators: MethodDecorator[]): void => {
  for (const decorator of decorators) decorator(CarelessController.prototype, name, Object.getOwnPropertyDescriptor(CarelessController.prototype, name)!);
};
decorate('said', Get('said'), RequirePermission('list.read'));
decorate('unsaid', Post('unsaid'));
decorate('broken', Get('broken'), RequirePermission('list.read'));
class CarelessModule {}
Module({ controllers: [CarelessController] })(CarelessModule);

describe('the HTTP door', () => {
  let database: TestDatabase;
  let api: TestApi;
  let email: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule, CarelessModule]);
    const { personId } = await makePerson(database, await makeTerritory(database, 'porte'), ['advisor']);
    email = await givePassword(database, personId);
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });

  it('says whether the process is up and its database answers', async () => {
    const answer = await api.anybody().get('/api/health');
    expect([answer.status, answer.body]).toEqual([200, { process: 'up', database: 'answers' }]);
  });

  it('sends headers that let only the page’s own scripts run, and none that ask for https where there is none', async () => {
    const { headers } = await api.anybody().get('/api/health');
    expect(headers['content-security-policy']).toContain("default-src 'self';script-src 'self';");
    expect(headers['content-security-policy']).toContain("worker-src 'self';");
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers.etag).toBeUndefined();
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gives a cookie for https only, where the public address is https', async () => {
    const secure = await openTestApi(database, [AccessModule], { PUBLIC_URL: 'https://maillon.example.org' });
    try {
      const answer = await secure.anybody().post('/api/session').set({ 'X-Forwarded-Proto': 'https', Origin: 'https://maillon.example.org' }).send({ email, password: 'quatre chevaux verts' });
      expect(answer.status).toBe(200);
      expect((answer.headers['set-cookie'] as unknown as string[])[0]).toContain('Secure');
      expect(answer.headers['strict-transport-security']).toBeDefined();
    } finally {
      await secure.close();
    }
  });

  it('refuses everyone at a route that states no permission, and the walk over all routes finds it', async () => {
    const client = await api.signIn(email);
    expect((await client.get('/api/careless/said')).text).toBe('said');
    expect(await client.post('/api/careless/unsaid')).toMatchObject({ status: 403, body: { code: 'no-permission-stated' } });
    const routes = statedPermissions(api.app);
    expect(routes.filter((route) => route.permission === undefined)).toEqual([{ route: 'POST /api/careless/unsaid', permission: undefined, handler: 'CarelessController.unsaid' }]);
    expect(routes).toContainEqual({ route: 'GET /api/careless/said', permission: 'list.read', handler: 'CarelessController.said' });
    expect(routes.filter((route) => route.permission === 'public').map((route) => route.route)).toEqual([
      'GET /api/health', 'POST /api/password/redeem', 'POST /api/password/reset-request', 'POST /api/session',
    ]);
  });

  it('asks for a session at every route that is not public', async () => {
    for (const { route, permission } of statedPermissions(api.app).filter((stated) => stated.permission !== undefined && stated.permission !== 'public')) {
      const [method, path] = route.split(' ');
      const answer = await api.anybody()[method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'](path);
      expect([route, permission, answer.status]).toEqual([route, permission, 401]);
    }
  });

  it('describes its routes, the same at each asking', async () => {
    const document = openApiDocument(api.app);
    expect(document.paths['/api/session']).toMatchObject({ post: { operationId: 'Session_open' }, get: { responses: { 200: {} } } });
    expect(JSON.stringify(openApiDocument(api.app))).toBe(JSON.stringify(document));
    expect((await api.anybody().get('/api/docs')).status).toBe(200);
    expect((await api.anybody().get('/api/docs-json')).body.info.title).toBe('Maillon');
  });

  it('refuses a body that is too large or no JSON, an unknown address, and tells nothing of a fault of ours', async () => {
    const client = await api.signIn(email);
    expect(await client.put('/api/session/language', { language: 'x'.repeat(1_100_000) })).toMatchObject({ status: 413, body: { code: 'too-large' } });
    const broken = await api.anybody().post('/api/session').set('Content-Type', 'application/json').send('{"email":');
    expect(broken).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    expect(await api.anybody().get('/api/nowhere')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    const fault = await client.get('/api/careless/broken');
    expect([fault.status, fault.body.code]).toEqual([500, 'internal']);
    expect(fault.text).not.toContain('secret detail');
    for (const answer of [broken, fault]) expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('does not log what stands behind the question mark of an address', async () => {
    await api.anybody().get('/api/health?text=Durand');
    expect(api.log.join('')).toContain('"path":"/api/health"');
    expect(api.log.join('')).not.toContain('Durand');
  });
});

describe('while PostgreSQL is away', () => {
  let database: TestDatabase;
  let line: CuttableLine | undefined;
  let api: TestApi | undefined;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterEach(async () => {
    await api?.close();
    line?.cut();
  });
  afterAll(async () => {
    await database?.close();
  });

  it('every door answers 503 with a time to wait, the process goes on, and works again when it is back', async () => {
    const { personId } = await makePerson(database, await makeTerritory(database, 'loin'), ['advisor']);
    const email = await givePassword(database, personId);
    line = await CuttableLine.to(new URL(database.url('maillon_api')));
    const url = new URL(database.url('maillon_api'));
    url.port = String(line.port);
    const apiSource = await makeDataSource({ url: url.href, entities: ALL_ENTITIES, poolSize: 3 }).initialize();
    api = await openTestApi({ ...database, apiSource }, [AccessModule]);
    const client = await api.signIn(email);

    line.cut();
    const asked = [
      await client.get('/api/health'), await client.get('/api/session'), await client.put('/api/session/language', { language: 'en' }), await client.delete('/api/session'),
      await api.anybody().get('/api/health'), await api.anybody().post('/api/session').send({ email, password: 'quatre chevaux verts' }),
      await api.anybody().post('/api/password/reset-request').send({ email }),
    ];
    for (const answer of asked) {
      expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'database-away', '2']);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    await line.mend();
    expect((await client.get('/api/session')).body).toMatchObject({ language: 'fr' });
    await api.close();
    api = undefined;
    await apiSource.destroy();
  });
});

/** A TCP line to the database that can be cut and mended. */
class CuttableLine {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  port = 0;

  private constructor(private readonly target: URL) {}

  static async to(target: URL): Promise<CuttableLine> {
    const line = new CuttableLine(target);
    await line.mend();
    return line;
  }

  async mend(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.target.port), this.target.hostname);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => { near.destroy(); far.destroy(); });
      }
      near.pipe(far).pipe(near);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  cut(): void {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }
}
