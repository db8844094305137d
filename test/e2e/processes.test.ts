import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { migrateQueueSchema } from '../../src/platform/queue/migrate-queue-schema.js';
import { CuttableLine } from '../support/cuttable-line.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { givePassword, TEST_PASSWORD } from '../support/http.js';
import { type ProgramProcess, startApiProgram, startProgram, startWorkerProgram, until, Visitor } from '../support/processes.js';
import { redisUrlForTests } from '../support/redis.js';
import { makePerson, makeTerritory } from '../support/world.js';

const SECRET = 'nobody should ever read this';

describe('the api and worker processes', () => {
  let database: TestDatabase;
  let email: string;
  let dataDir: string;
  const started: ProgramProcess[] = [];
  const lines: CuttableLine[] = [];

  beforeAll(async () => {
    database = await openTestDatabase();
    await migrateQueueSchema(database.url('maillon_admin'));
    dataDir = await mkdtemp(join(tmpdir(), 'maillon-processes-'));
    const territoryId = await makeTerritory(database, 'maison');
    const { personId } = await makePerson(database, territoryId, ['advisor']);
    email = await givePassword(database, personId);
    await prepareTerritory(database.admin, territoryId, new Date());
  });
  afterEach(async () => {
    for (const program of started.splice(0)) await program.kill();
    for (const line of lines.splice(0)) line.cut();
  });
  afterAll(async () => {
    await database?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const track = async <Program extends ProgramProcess>(starting: Promise<Program>): Promise<Program> => {
    const program = await starting;
    started.push(program);
    return program;
  };
  const api = (url: string, more: Record<string, string> = {}): ReturnType<typeof startApiProgram> => track(startApiProgram({ DATABASE_URL: url, DATA_DIR: dataDir, ...more }));
  const worker = (url: string, more: Record<string, string> = {}): Promise<ProgramProcess> => track(startWorkerProgram({ DATABASE_URL: url, DATA_DIR: dataDir, ...more }));
  const lineTo = async (url: string): Promise<CuttableLine> => {
    const line = await CuttableLine.to(url);
    lines.push(line);
    return line;
  };

  describe.each(['src/main.ts', 'workers/main.ts'])('%s', (entry) => {
    const role = entry === 'src/main.ts' ? 'maillon_api' : 'maillon_worker';
    const refuses = async (settings: Record<string, string>): Promise<{ code: number | null; said: string }> => {
      const program = startProgram(entry, { DATA_DIR: dataDir, SESSION_SECRET: 's'.repeat(40), LINK_SECRET: 'l'.repeat(40), PORT: '0', ...settings });
      started.push(program);
      const code = await program.ended();
      return { code, said: program.said() };
    };

    it('refuses to start with wrong settings, names each of them, and tells no value', async () => {
      const { code, said } = await refuses({ DATABASE_URL: `mysql://${SECRET}`, SESSION_SECRET: 'tooshort1', PORT: '123456', LOG_LEVEL: 'loudest', REDIS_URL: 'nowhere77' });
      expect(code).toBe(78);
      for (const name of ['DATABASE_URL', 'SESSION_SECRET', 'PORT', 'LOG_LEVEL', 'REDIS_URL']) expect(said).toContain(name);
      for (const value of [SECRET, 'mysql', 'tooshort1', '123456', 'loudest', 'nowhere77']) expect(said).not.toContain(value);
    });

    it('refuses to start without a database, and names the setting', async () => {
      const { code, said } = await refuses({});
      expect([code, said]).toEqual([78, expect.stringContaining('DATABASE_URL must be set')]);
    });

    it('refuses a superuser and another process’s role, naming the role that it needs and no password', async () => {
      const others = ['maillon_admin', role === 'maillon_api' ? 'maillon_worker' : 'maillon_api', 'maillon_mailer'] as const;
      await Promise.all(others.map(async (other) => {
        const url = database.url(other);
        const { code, said } = await refuses({ DATABASE_URL: url });
        expect([other, code]).toEqual([other, 1]);
        expect(said).toContain(`as ${role}, not as ${other}`);
        expect(said).not.toContain(new URL(url).password);
      }));
    });

    it('refuses a wrong password at once, without repeating it', async () => {
      const url = new URL(database.url(role));
      url.password = 'wrongwrong';
      const { code, said } = await refuses({ DATABASE_URL: url.href });
      expect(code).toBe(1);
      expect(said).toContain('PostgreSQL refused the connection (28P01)');
      expect(said).not.toContain('wrongwrong');
    });

    it('says that tables are missing where nobody has migrated', async () => {
      const empty = `empty_${randomUUID().replaceAll('-', '')}`;
      const server = new pg.Client({ connectionString: database.postgres.url('maillon_admin', 'postgres') });
      await server.connect();
      try {
        await server.query(`CREATE DATABASE ${empty}`);
        const { code, said } = await refuses({ DATABASE_URL: database.postgres.url(role, empty) });
        expect([code, said]).toEqual([1, expect.stringContaining('run `npm run migrate` first')]);
      } finally {
        await server.query(`DROP DATABASE IF EXISTS ${empty} WITH (FORCE)`);
        await server.end();
      }
    });
  });

  it('the api process asks for the secrets that sign sessions and answer links', async () => {
    const program = startProgram('src/main.ts', { DATABASE_URL: database.url('maillon_api') });
    started.push(program);
    expect([await program.ended(), program.said()]).toEqual([78, expect.stringContaining('SESSION_SECRET must be set')]);
    const other = startProgram('src/main.ts', { DATABASE_URL: database.url('maillon_api'), SESSION_SECRET: 's'.repeat(40) });
    started.push(other);
    expect([await other.ended(), other.said()]).toEqual([78, expect.stringContaining('LINK_SECRET must be set')]);
  });

  it('end with 0 when told to end', async () => {
    const [one, other] = await Promise.all([api(database.url('maillon_api')), worker(database.url('maillon_worker'))]);
    expect(await Promise.all([one.terminate(), other.terminate()])).toEqual([0, 0]);
  });

  it('wait for a PostgreSQL that comes up after them', async () => {
    const line = await lineTo(database.url('maillon_api'));
    line.cut();
    const settings = { DATABASE_URL: line.through(database.url('maillon_api')), SESSION_SECRET: 's'.repeat(40), LINK_SECRET: 'l'.repeat(40), PORT: '0', DATA_DIR: dataDir };
    const early = startProgram('src/main.ts', settings);
    const earlyWorker = startProgram('workers/main.ts', { ...settings, DATABASE_URL: line.through(database.url('maillon_worker')) });
    started.push(early, earlyWorker);
    await Promise.all([early, earlyWorker].map((program) => program.logged('PostgreSQL is away; trying again')));
    await line.mend();
    await Promise.all([early.logged('the API listens'), earlyWorker.logged('the worker works')]);
  });

  it('while PostgreSQL is away the api answers 503, the worker waits, and both go on when it is back', async () => {
    const line = await lineTo(database.url('maillon_api'));
    const [door, hands] = await Promise.all([api(line.through(database.url('maillon_api'))), worker(line.through(database.url('maillon_worker')))]);
    const visitor = await new Visitor(door.url).signIn(email, TEST_PASSWORD);

    line.cut();
    for (const answer of [await visitor.get('/api/health'), await visitor.get('/api/runs'), await visitor.post('/api/runs')]) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'database-away', status: 503 } });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('retry-after')).toBe('2');
    }
    await hands.logged('the outbox cannot be handed over; PostgreSQL or the queue is away, trying again');
    await line.mend();

    const asked = await visitor.post<{ runId: string }>('/api/runs');
    expect(asked.status).toBe(202);
    const state = await until('the run to be published', async () => {
      const { body } = await visitor.get<{ state: string }>(`/api/runs/${asked.body.runId}`);
      return body.state === 'published' || body.state === 'failed' ? body.state : undefined;
    });
    expect(state).toBe('published');
    expect(await Promise.all([door.terminate(), hands.terminate()])).toEqual([0, 0]);
  });

  it('end with 0 when told to end while PostgreSQL is away', async () => {
    const line = await lineTo(database.url('maillon_api'));
    const both = await Promise.all([api(line.through(database.url('maillon_api'))), worker(line.through(database.url('maillon_worker')))]);
    line.cut();
    await Promise.all(both.map(async (program) => expect([await program.terminate(), program.said()]).toEqual([0, program.said()])));
  });

  const redisUrl = redisUrlForTests();
  const withRedis = redisUrl === undefined && process.env['MAILLON_TEST_NO_SKIP'] !== '1' ? it.skip : it;
  withRedis('while Redis is away the worker says so and keeps what was asked for (needs REDIS_URL)', async () => {
    if (redisUrl === undefined) throw new Error('REDIS_URL is not given, and no test may be skipped here');
    const url = new URL(redisUrl);
    url.pathname = '/13';
    const line = await lineTo(url.href);
    line.cut();
    const [door, hands] = await Promise.all([api(database.url('maillon_api')), worker(database.url('maillon_worker'), { REDIS_URL: line.through(url.href) })]);
    const visitor = await new Visitor(door.url).signIn(email, TEST_PASSWORD);
    const asked = await visitor.post<{ runId: string }>('/api/runs');
    expect(asked.status).toBe(202);
    await hands.logged('the queue is away; trying again');
    expect((await visitor.get<{ state: string }>(`/api/runs/${asked.body.runId}`)).body.state).toBe('waiting');
    await line.mend();
    const state = await until('the run to be published', async () => {
      const { body } = await visitor.get<{ state: string }>(`/api/runs/${asked.body.runId}`);
      return body.state === 'published' || body.state === 'failed' ? body.state : undefined;
    });
    expect(state).toBe('published');
    line.cut();
    expect(await hands.terminate()).toBe(0);
  });
});
