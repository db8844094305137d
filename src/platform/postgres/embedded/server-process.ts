import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { errorCode } from './error-code.js';
import { type ClusterState, ownLikeParent, writeState } from './cluster-state.js';
import { isPostmasterOf } from './process-identity.js';
import { CHILD_ENVIRONMENT, type ServerAccount } from './server-account.js';
import type { ServerPrograms } from './server-programs.js';

const LOOK_AGAIN_MS = 40;
/** Long enough to replay the log of a crashed server on a slow disk. */
const START_PATIENCE_MS = 120_000;
const STOP_PATIENCE_MS = 30_000;
const LOG_LIMIT_BYTES = 5_000_000;
/** Failures that nothing below explains: after so many in a row the log's last lines are shown instead. */
const UNEXPLAINED_LIMIT = 5;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %u@%d ',
  // A statement that fails may hold a company's data: the server's log gets the message only.
  log_min_error_statement: 'panic',
};

/** What is needed to run the server of one cluster. */
export interface ServerPlace {
  dataDir: string;
  account: ServerAccount | undefined;
  programs: ServerPrograms;
  state: ClusterState;
  log: (line: string) => void;
}

/** The URL of a role and database on the running server. */
export function connectionUrl(state: ClusterState, role: keyof ClusterState['passwords'], database: string): string {
  return `postgresql://${role}:${state.passwords[role]}@127.0.0.1:${state.port}/${encodeURIComponent(database)}`;
}

/** The main process and port that `postmaster.pid` names, alive or not. */
export async function readPostmaster(clusterDir: string): Promise<{ pid: number; port: number; sharedMemoryId: string } | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), sharedMemoryId: (lines[6] ?? '').trim().split(/\s+/)[1] ?? '' };
}

/**
 * Adopts the running server or starts it, and waits until it takes connections. Call under the lock.
 * @param keepPort other processes know the port: wait for it rather than take another
 * @returns pid of the server's main process; `place.state.port` is its port
 */
export async function ensureServer(place: ServerPlace, keepPort: boolean): Promise<number> {
  const { clusterDir } = place.state;
  const deadline = Date.now() + START_PATIENCE_MS;
  let unexplained = 0;
  let said = '';
  while (Date.now() < deadline) {
    const noted = await readPostmaster(clusterDir);
    if (noted !== undefined && isPostmasterOf(noted.pid, clusterDir)) {
      if (noted.port > 0 && noted.port !== place.state.port) {
        place.state.port = noted.port;
        await writeState(place.dataDir, place.state);
      }
      if (await takesConnections(place.state)) return noted.pid;
      await pause(LOOK_AGAIN_MS);
      continue;
    }
    if (noted !== undefined && !(await clearLeftPidFile(clusterDir, noted.sharedMemoryId))) {
      await pause(LOOK_AGAIN_MS); // children of a killed server are still ending
      continue;
    }
    if (place.state.port === 0 || (!keepPort && !(await isFree(place.state.port)))) {
      place.state.port = await findFreePort();
      await writeState(place.dataDir, place.state);
    }
    place.log(`starting PostgreSQL on 127.0.0.1:${place.state.port}`);
    const failure = await launch(place);
    if (failure === undefined) continue;
    said = failure;
    if (/could not bind|could not create any TCP/.test(failure)) {
      if (!keepPort) place.state.port = 0;
    } else if (!/already exists|shared memory block/.test(failure) && ++unexplained >= UNEXPLAINED_LIMIT) {
      break;
    }
    await pause(LOOK_AGAIN_MS * 5);
  }
  throw new Error(`PostgreSQL did not start from ${clusterDir}${said === '' ? '' : `; its log ends: ${said}`}`);
}

/** Ends the server: open transactions are rolled back, clients are told, the next start has nothing to repair. */
export async function stopPostmaster(pid: number, clusterDir: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    const deadline = Date.now() + STOP_PATIENCE_MS;
    if (isPostmasterOf(pid, clusterDir)) process.kill(pid, signal);
    while (isPostmasterOf(pid, clusterDir) && Date.now() < deadline) await pause(LOOK_AGAIN_MS);
    if (!isPostmasterOf(pid, clusterDir)) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) of ${clusterDir} does not end`);
}

/** @returns undefined once the server has written that it starts, else the last lines of its log */
async function launch(place: ServerPlace): Promise<string | undefined> {
  const { clusterDir, port } = place.state;
  const logFile = join(place.dataDir, 'pg.log');
  const before = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (before > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.1`);
  const start = before > LOG_LIMIT_BYTES ? 0 : before;
  const output = openSync(logFile, 'a', 0o600);
  await ownLikeParent(place.dataDir, logFile);
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Detached, in a session of its own: neither this process's death nor Ctrl-C in its terminal ends the server.
  const server = spawn(place.programs.postgres, ['-D', clusterDir, ...settings], {
    ...place.account,
    cwd: '/',
    env: CHILD_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', output, output],
    windowsHide: true,
  });
  closeSync(output);
  let ended = false;
  let cause: string | undefined;
  server.once('exit', () => (ended = true));
  server.once('error', (error) => {
    ended = true;
    cause = error.message;
  });
  server.unref();
  while (!ended) {
    if ((await readPostmaster(clusterDir))?.pid === server.pid && (await takesConnections(place.state))) return undefined;
    await pause(LOOK_AGAIN_MS / 2);
  }
  const tail = (await readFile(logFile)).subarray(start).toString('utf8').trim().split('\n').slice(-6).join(' / ');
  return cause ?? tail;
}

/** @returns false while the server is still starting or ending. @throws when it refuses the administrator */
export async function takesConnections(state: ClusterState): Promise<boolean> {
  const client = new pg.Client({ connectionString: connectionUrl(state, 'maillon_admin', 'postgres'), connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === '28P01' || code === '28000') {
      throw new Error('The embedded PostgreSQL refuses the password in pg.json: stop its server and remove pg.json to have a new one made', { cause: error });
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Removes the `postmaster.pid` of a killed server when PostgreSQL itself would stumble over it: its number belongs to
 * another process by now, or to one that was never collected. Never while a child of it still holds the shared memory.
 * @returns true when a start may be tried
 */
async function clearLeftPidFile(clusterDir: string, sharedMemoryId: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const segments = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => undefined);
  if (segments === undefined) return true;
  const segment = segments.split('\n').map((line) => line.trim().split(/\s+/)).find((fields) => fields[1] === sharedMemoryId);
  if (segment !== undefined && segment[6] !== '0') return false;
  await rm(join(clusterDir, 'postmaster.pid'), { force: true });
  return true;
}

/** Below the range from which systems take ports for outgoing connections, so that it is free again at the next start. */
async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error('Found no free port on 127.0.0.1 between 20000 and 32000 in 200 tries');
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
