import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureRoles, MAIN_DATABASE } from './embedded/cluster-roles.js';
import { errorCode } from './embedded/error-code.js';
import { type ClusterState, type DatabaseRole, outsideDir, programsCopyDir, readState, realDataDir } from './embedded/cluster-state.js';
import { makeCluster } from './embedded/make-cluster.js';
import { isPostmasterOf } from './embedded/process-identity.js';
import { connectionUrl, ensureServer, readPostmaster, type ServerPlace, stopPostmaster, takesConnections } from './embedded/server-process.js';
import { chooseServerAccount } from './embedded/server-account.js';
import { preparePrograms } from './embedded/server-programs.js';
import { countUsers, forgetUser, noteUser } from './embedded/server-users.js';
import { underLock } from './embedded/start-lock.js';

export type { DatabaseRole } from './embedded/cluster-state.js';

/** A running PostgreSQL server that this process uses, perhaps together with others. */
export interface EmbeddedPostgres {
  /** URL for a role and database (default `maillon`); `maillon_admin` is the cluster's superuser. The port never changes while this is used. */
  url(role: DatabaseRole, database?: string): string;
  /** Starts the server again, on the same port, if it has died. Also happens by itself within a second. */
  ensureRunning(): Promise<void>;
  /** Ends this use; the last user to stop ends the server. May be called twice. */
  stop(): Promise<void>;
}

const LOCK_PATIENCE_MS = 180_000;
const WATCH_EVERY_MS = 500;

/**
 * Starts a real PostgreSQL 18 kept in `dataDir` (`pg/`, `pg.json`, `pg.log`), or joins the one that runs there.
 * The server outlives this process if it is killed, and the next start adopts it.
 * @param options.log gets one line for each thing worth telling, without secrets
 * @throws when the platform has no programs, or the server does not start (with the end of its log)
 */
export async function startEmbeddedPostgres(options: { dataDir: string; log?: (line: string) => void }): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realDataDir(options.dataDir);
  const { place, user, pid } = await underLock(lockFile(dataDir), LOCK_PATIENCE_MS, async () => {
    const opened = await openPlace(dataDir, log);
    const others = await countUsers(dataDir);
    const running = await ensureServer(opened, others > 0);
    await ensureRoles(connectionUrl(opened.state, 'maillon_admin', 'postgres'), opened.state.passwords);
    return { place: opened, pid: running, user: await noteUser(dataDir) };
  });
  return handle(place, user, pid);
}

/**
 * Ends the server of `dataDir`, whoever uses it, and removes the cluster and all that was noted about it: for tests.
 */
export async function removeEmbeddedPostgres(options: { dataDir: string }): Promise<void> {
  const dataDir = await realDataDir(options.dataDir);
  await underLock(lockFile(dataDir), LOCK_PATIENCE_MS, async () => {
    const state = await readState(dataDir);
    const clusterDir = state?.clusterDir ?? join(dataDir, 'pg');
    const running = await readPostmaster(clusterDir);
    if (running !== undefined && isPostmasterOf(running.pid, clusterDir)) await stopPostmaster(running.pid, clusterDir);
    const outside = outsideDir(dataDir);
    const leftovers = [clusterDir, ...['pg.json', 'pg.log', 'pg.log.1', 'pg-users', 'pg-programs'].map((name) => join(dataDir, name))];
    if (clusterDir.startsWith(outside)) leftovers.push(outside);
    for (const path of leftovers) await rm(path, { recursive: true, force: true });
  });
}

async function openPlace(dataDir: string, log: (line: string) => void): Promise<ServerPlace> {
  const known = await readState(dataDir);
  const clusterDir = known?.clusterDir ?? join(dataDir, 'pg');
  const account = chooseServerAccount(clusterDir);
  const programs = await preparePrograms(account, programsCopyDir(dataDir, account !== undefined));
  // pg.json is written a moment before the cluster appears: without the cluster it says nothing.
  const made = known !== undefined && (await isCluster(known)) ? known : await makeCluster(dataDir, account, programs, log);
  const owner = (await stat(made.clusterDir)).uid;
  if (process.getuid !== undefined && process.getuid() !== 0 && owner !== process.getuid()) {
    throw new Error(`The cluster in ${made.clusterDir} belongs to user ${owner}, this process is user ${process.getuid()}: start as that user or as root, or use another data folder`);
  }
  return { dataDir, account, programs, state: made, log };
}

async function isCluster(state: ClusterState): Promise<boolean> {
  return stat(state.clusterDir).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}

function handle(place: ServerPlace, user: string, firstPid: number): EmbeddedPostgres {
  let pid = firstPid;
  let stopped: Promise<void> | undefined;
  let reviving: Promise<void> | undefined;

  const revive = async (): Promise<void> => {
    await underLock(lockFile(place.dataDir), LOCK_PATIENCE_MS, async () => {
      pid = await ensureServer(place, true);
    });
  };
  const ensureRunning = async (): Promise<void> => {
    if (stopped !== undefined) return;
    // A process that was just sent its end still counts as alive for a moment: what it answers decides.
    if (reviving === undefined && isPostmasterOf(pid, place.state.clusterDir) && (await takesConnections(place.state))) return;
    reviving ??= revive().finally(() => (reviving = undefined));
    await reviving;
  };
  const watch = setInterval(() => {
    if (reviving !== undefined || isPostmasterOf(pid, place.state.clusterDir)) return;
    place.log('PostgreSQL has ended unexpectedly: starting it again');
    ensureRunning().catch((error: unknown) => place.log(error instanceof Error ? error.message : String(error)));
  }, WATCH_EVERY_MS);
  watch.unref();

  const stop = async (): Promise<void> => {
    clearInterval(watch);
    await reviving?.catch(() => undefined);
    await underLock(lockFile(place.dataDir), LOCK_PATIENCE_MS, async () => {
      await forgetUser(place.dataDir, user);
      if ((await countUsers(place.dataDir)) > 0) return;
      const running = await readPostmaster(place.state.clusterDir);
      if (running !== undefined && isPostmasterOf(running.pid, place.state.clusterDir)) {
        await stopPostmaster(running.pid, place.state.clusterDir);
      }
    });
  };

  return {
    url: (role, database = MAIN_DATABASE) => connectionUrl(place.state, role, database),
    ensureRunning,
    stop: () => (stopped ??= stop()),
  };
}

function lockFile(dataDir: string): string {
  return join(dataDir, 'pg.lock');
}
