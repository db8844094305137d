import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterState, newPasswords, outsideDir, writeState } from './cluster-state.js';
import { isPostmasterOf } from './process-identity.js';
import { readPostmaster, stopPostmaster } from './server-process.js';
import { type ServerAccount, canWorkIn, runAs } from './server-account.js';
import type { ServerPrograms } from './server-programs.js';

/** The character types decide what pg_trgm takes for a letter; plain C would drop every accented one. */
const CHARACTER_TYPES = ['C.UTF-8', 'en_US.UTF-8', 'C'] as const;

/**
 * Makes a new cluster, in the data folder or, where the server's account cannot reach it, outside, and notes it.
 * A cluster that is there without its `pg.json` keeps its data: inside the data folder its administrator gets a
 * new password; outside (the data folder was emptied) it is set aside.
 */
export async function makeCluster(
  dataDir: string,
  account: ServerAccount | undefined,
  programs: ServerPrograms,
  log: (line: string) => void,
): Promise<ClusterState> {
  const state: ClusterState = { clusterDir: join(dataDir, 'pg'), port: 0, passwords: newPasswords() };
  if (await exists(state.clusterDir)) {
    log(`pg.json is missing beside ${state.clusterDir}: giving its administrator a new password`);
    await stopLeftServer(state.clusterDir);
    await resetPassword(state, account, programs);
    await writeState(dataDir, state);
    return state;
  }

  let work = await workFolder(dataDir, account);
  if (!canWorkIn(account, work)) {
    await rm(work, { recursive: true, force: true });
    const outside = outsideDir(dataDir);
    await mkdir(outside, { recursive: true, mode: 0o755 });
    state.clusterDir = join(outside, 'pg');
    log(`the server's account cannot reach ${dataDir}: the cluster goes to ${state.clusterDir}`);
    if (await exists(state.clusterDir)) await setAside(state.clusterDir, log);
    work = await workFolder(outside, account);
  }
  try {
    await initialise(work, state, account, programs);
    // Noted before it appears: from here on, a crash leaves either no cluster or one whose password is known.
    await writeState(dataDir, state);
    await rename(join(work, 'cluster'), state.clusterDir);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return state;
}

async function workFolder(parent: string, account: ServerAccount | undefined): Promise<string> {
  for (const name of await readdir(parent)) {
    // Left by a start that was killed; this runs under the lock, so no other is making one.
    if (name.startsWith('pg.init-')) await rm(join(parent, name), { recursive: true, force: true });
  }
  const work = join(parent, `pg.init-${randomBytes(4).toString('hex')}`);
  await mkdir(work, { mode: 0o700 });
  if (account !== undefined) await chown(work, account.uid, account.gid);
  return work;
}

async function initialise(
  work: string,
  state: ClusterState,
  account: ServerAccount | undefined,
  programs: ServerPrograms,
): Promise<void> {
  const passwordFile = join(work, 'password');
  await writeFile(passwordFile, `${state.passwords.maillon_admin}\n`, { mode: 0o600 });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  const cluster = join(work, 'cluster');
  let lastOutput = '';
  for (const characterType of CHARACTER_TYPES) {
    const done = await runAs(account, programs.initdb, [
      '--pgdata', cluster,
      '--username', 'maillon_admin',
      '--pwfile', passwordFile,
      '--auth', 'scram-sha-256',
      '--encoding', 'UTF8',
      '--locale-provider', 'icu',
      '--icu-locale', 'fr-FR',
      '--locale', characterType,
      '--lc-messages', 'C',
      '--data-checksums',
    ]);
    if (done.code === 0) return;
    lastOutput = done.output;
    await rm(cluster, { recursive: true, force: true });
    if (!lastOutput.includes('locale')) break;
  }
  throw new Error(`initdb could not make the cluster: ${lastOutput.trim().split('\n').slice(-4).join(' / ')}`);
}

async function resetPassword(state: ClusterState, account: ServerAccount | undefined, programs: ServerPrograms): Promise<void> {
  const statement = `alter role maillon_admin password '${state.passwords.maillon_admin}';\n`;
  const done = await runAs(account, programs.postgres, ['--single', '-D', state.clusterDir, '-c', 'log_min_error_statement=panic', 'postgres'], statement);
  if (done.code !== 0 || done.output.includes('ERROR:')) {
    throw new Error(`Could not give ${state.clusterDir} a new administrator's password: ${done.output.trim().split('\n').slice(-3).join(' / ')}`);
  }
}

async function setAside(clusterDir: string, log: (line: string) => void): Promise<void> {
  await stopLeftServer(clusterDir);
  const aside = `${clusterDir}.left-${new Date().toISOString().replaceAll(':', '')}`;
  await rename(clusterDir, aside);
  log(`a cluster from before the data folder was emptied now lies in ${aside}; remove it if nothing in it is wanted`);
}

async function stopLeftServer(clusterDir: string): Promise<void> {
  const left = await readPostmaster(clusterDir);
  if (left !== undefined && isPostmasterOf(left.pid, clusterDir)) await stopPostmaster(left.pid, clusterDir);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
