import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded-postgres.js';
import { spawnTs } from '../../support/spawn-ts.js';

interface State {
  cluster: string;
  port: number;
  passwords: Record<string, string>;
}

let dataDir: string;
let opened: EmbeddedPostgres[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'maillon-pg-'));
  await chmod(dataDir, 0o755); // as root, the server runs under another account
  opened = [];
});

afterEach(async () => {
  for (const server of opened) await server.stop();
  await removeEmbeddedPostgres({ dataDir });
  await rm(dataDir, { recursive: true, force: true });
});

async function start(log?: (line: string) => void): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, ...(log === undefined ? {} : { log }) });
  opened.push(server);
  return server;
}

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function serverPid(): Promise<number> {
  const { cluster } = await readState();
  return Number((await readFile(join(dataDir, cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function readState(): Promise<State> {
  return JSON.parse(await readFile(join(dataDir, 'pg.json'), 'utf8')) as State;
}

const child = (then: string): string => `
  import { startEmbeddedPostgres } from 'SRC/src/platform/postgres/embedded-postgres.ts';
  const server = await startEmbeddedPostgres({ dataDir: process.env.TEST_DATA_DIR });
  console.log(server.url('maillon_admin'));
  ${then}
`;
const stayUntilKilled = 'setInterval(() => undefined, 60_000);';
const stopWhenTold = "process.stdin.once('data', async () => { await server.stop(); process.stdin.destroy(); });";

describe('the embedded PostgreSQL', () => {
  it('makes a French, checksummed UTF-8 cluster on the loopback address with passwords in a closed file', async () => {
    const server = await start();
    const rows = await ask(
      server.url('maillon_admin'),
      `select current_database() as database, datlocprovider as provider, datlocale as locale, pg_encoding_to_char(encoding) as encoding,
              current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets,
              current_setting('data_checksums') as checksums, current_setting('fsync') as fsync, current_setting('password_encryption') as passwords
       from pg_database where datname = current_database()`,
    );
    expect(rows).toEqual([
      {
        database: 'maillon', provider: 'i', locale: 'fr-FR', encoding: 'UTF8', listens: '127.0.0.1', sockets: '',
        checksums: 'on', fsync: 'on', passwords: 'scram-sha-256',
      },
    ]);
    expect((await stat(join(dataDir, 'pg.json'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataDir, 'pg.log'), 'utf8')).not.toContain((await readState()).passwords['maillon_api']);
  });

  it('sorts in French and keeps accented letters in trigrams', async () => {
    const server = await start();
    const admin = server.url('maillon_admin');
    expect(await ask(admin, "select string_agg(w, ' ' order by w) as sorted from unnest(array['zinc', 'été', 'eau', 'Étain']) w")).toEqual([
      { sorted: 'eau Étain été zinc' },
    ]);
    await ask(admin, 'create extension pg_trgm; create extension cube; create extension earthdistance; create extension btree_gist; create extension unaccent');
    expect(await ask(admin, "select similarity('éé', 'éé') as same, similarity('éé', 'èè') as other")).toEqual([{ same: 1, other: 0 }]);
  });

  it('gives the program three roles that neither pass row-level security nor make databases, and an owner who cannot log in', async () => {
    const server = await start();
    const rows = await ask(
      server.url('maillon_admin'),
      `select rolname as role, rolcanlogin as login, rolsuper as super, rolbypassrls as bypass, rolcreatedb as makes, rolcreaterole as grants
       from pg_roles where rolname like 'maillon%' order by rolname collate "C"`,
    );
    const program = { login: true, super: false, bypass: false, makes: false, grants: false };
    expect(rows).toEqual([
      { role: 'maillon_admin', login: true, super: true, bypass: true, makes: true, grants: true },
      { role: 'maillon_api', ...program },
      { role: 'maillon_mailer', ...program },
      { role: 'maillon_owner', ...program, login: false },
      { role: 'maillon_worker', ...program },
    ]);
    for (const role of ['maillon_api', 'maillon_worker', 'maillon_mailer'] as const) {
      expect(await ask(server.url(role), 'select current_user::text as me')).toEqual([{ me: role }]);
    }
    await expect(ask(server.url('maillon_api').replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('is shared by two starts at once, and the last to stop ends it', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    expect(second.url('maillon_api')).toBe(first.url('maillon_api'));
    await first.stop();
    expect(await ask(second.url('maillon_api'), 'select 1 as up')).toEqual([{ up: 1 }]);
    await second.stop();
    await expect(ask(second.url('maillon_api'), 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('is shared by two processes that meet an empty folder at once', async () => {
    const others = [1, 2].map(() => spawnTs(child(stopWhenTold), { TEST_DATA_DIR: dataDir }));
    const urls = await Promise.all(others.map((other) => other.nextLine()));
    expect(urls[1]).toBe(urls[0]);
    others[0]?.child.stdin?.write('stop\n');
    expect(await others[0]?.ended()).toBe(0);
    expect(await ask(urls[1] ?? '', 'select 1 as up')).toEqual([{ up: 1 }]);
    others[1]?.child.stdin?.write('stop\n');
    expect(await others[1]?.ended()).toBe(0);
    await expect(ask(urls[1] ?? '', 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('outlives a parent killed outright, and the next start adopts the same server', async () => {
    const parent = spawnTs(child(stayUntilKilled), { TEST_DATA_DIR: dataDir });
    const url = await parent.nextLine();
    await ask(url, 'create table kept as select 42 as answer');
    const before = await serverPid();
    await parent.kill();
    expect(await ask(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    const adopted = await start();
    expect(adopted.url('maillon_admin')).toBe(url);
    expect(await serverPid()).toBe(before);
    await adopted.stop(); // the killed parent no longer counts as a user
    await expect(ask(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('recovers what was committed when parent and server were both killed outright', async () => {
    const parent = spawnTs(child(stayUntilKilled), { TEST_DATA_DIR: dataDir });
    const url = await parent.nextLine();
    await ask(url, 'create table kept as select 42 as answer');
    const pid = await serverPid();
    await parent.kill();
    process.kill(pid, 'SIGKILL');
    const again = await start();
    expect(await ask(again.url('maillon_admin'), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('comes back by itself, on the same port and with its data, when killed during operation', async () => {
    let noticed = (): void => undefined;
    const death = new Promise<void>((resolve) => (noticed = resolve));
    const server = await start((line) => (line.includes('ended unexpectedly') ? noticed() : undefined));
    await ask(server.url('maillon_admin'), 'create table kept as select 42 as answer');
    const url = server.url('maillon_admin');
    process.kill(await serverPid(), 'SIGKILL');
    await death; // seen by the watch, not by a caller
    await server.ensureRunning();
    expect(server.url('maillon_admin')).toBe(url);
    expect(await ask(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('is brought back once when two of its users ask at the same time', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    for (let round = 0; round < 3; round++) {
      process.kill(await serverPid(), 'SIGKILL');
      await Promise.all([first.ensureRunning(), second.ensureRunning()]);
      expect(await ask(second.url('maillon_api'), 'select 1 as up')).toEqual([{ up: 1 }]);
    }
    expect(second.url('maillon_api')).toBe(first.url('maillon_api'));
  });

  it('keeps its port between starts, and moves when another program has taken it', async () => {
    const first = await start();
    await first.stop();
    const second = await start();
    expect(second.url('maillon_api')).toBe(first.url('maillon_api'));
    await second.stop();
    const squatter = await listenOn((await readState()).port);
    const third = await start();
    expect(third.url('maillon_api')).not.toBe(first.url('maillon_api'));
    expect(await ask(third.url('maillon_api'), 'select 1 as up')).toEqual([{ up: 1 }]);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('starts although the number in a left postmaster.pid belongs to another process by now', async () => {
    const first = await start();
    await first.stop();
    const left = join(dataDir, (await readState()).cluster, 'postmaster.pid');
    // This test's own parent is alive and is no PostgreSQL.
    await writeFile(left, `${process.ppid}\n${dataDir}/pg\n1700000000\n5432\n\n127.0.0.1\n  1234567  7654321\nready\n`);
    const again = await start();
    expect(await ask(again.url('maillon_api'), 'select 1 as up')).toEqual([{ up: 1 }]);
  });

  it('takes over the lock of a process that died holding it', async () => {
    const dead = spawnTs('console.log(process.pid)');
    const pid = Number(await dead.nextLine());
    await dead.ended();
    await writeFile(join(dataDir, 'pg.lock'), JSON.stringify({ pid, startedAt: '1', token: 'left' }));
    const server = await start();
    expect(await ask(server.url('maillon_api'), 'select 1 as up')).toEqual([{ up: 1 }]);
  });

  it('keeps its data when pg.json is lost, and says what is wrong with a broken one', async () => {
    const first = await start();
    await ask(first.url('maillon_admin'), 'create table kept as select 42 as answer');
    await first.stop();
    await writeFile(join(dataDir, 'pg.json'), '{"cluster": 3}');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(/pg\.json: expected \{"cluster": folder/);
    await rm(join(dataDir, 'pg.json'));
    const again = await start();
    expect(await ask(again.url('maillon_admin'), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('starts afresh when a first start was killed before its cluster appeared', async () => {
    const first = await start();
    await first.stop();
    await rm(join(dataDir, (await readState()).cluster), { recursive: true });
    const again = await start();
    expect(await ask(again.url('maillon_api'), 'select 1 as up')).toEqual([{ up: 1 }]);
  });
});

async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
