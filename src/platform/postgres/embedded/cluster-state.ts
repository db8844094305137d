import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { errorCode } from './error-code.js';

/** Who connects: the cluster's superuser, or one of the three row-secured roles of the program. */
export type DatabaseRole = 'maillon_admin' | 'maillon_api' | 'maillon_worker' | 'maillon_mailer';

export const DATABASE_ROLES: readonly DatabaseRole[] = ['maillon_admin', 'maillon_api', 'maillon_worker', 'maillon_mailer'];

/** What `pg.json` keeps between starts. */
export interface ClusterState {
  /** Absolute folder of the cluster's files. */
  clusterDir: string;
  /** TCP port on 127.0.0.1, kept as long as it is free; 0 before the first start. */
  port: number;
  passwords: Record<DatabaseRole, string>;
}

/** Where the server's account may always reach; used as root when the data folder lies in a closed home. */
const SHARED_ROOT = '/var/lib/maillon';

/** Where copies of the programs go when they cannot run from node_modules. */
export function programsCopyDir(dataDir: string, asRoot: boolean): string {
  return asRoot ? SHARED_ROOT : join(dataDir, 'pg-programs');
}

/** The folder outside `dataDir` that belongs to it alone. */
export function outsideDir(dataDir: string): string {
  return join(SHARED_ROOT, createHash('sha256').update(dataDir).digest('hex').slice(0, 12));
}

/** The data folder by its real name, so that two spellings share one cluster. */
export async function realDataDir(dataDir: string): Promise<string> {
  return realpath(resolve(dataDir));
}

/** Reads `pg.json`; undefined when there is none. @throws when it is not what this program writes */
export async function readState(dataDir: string): Promise<ClusterState | undefined> {
  const file = join(dataDir, 'pg.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const fail = (): never => {
    throw new Error(`${file}: expected {"cluster": folder, "port": number, "passwords": {role: text}}; remove the file to have it made again`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail();
  }
  if (typeof value !== 'object' || value === null) return fail();
  const { cluster, port, passwords } = value as Record<string, unknown>;
  if (typeof cluster !== 'string' || typeof port !== 'number' || typeof passwords !== 'object' || passwords === null) return fail();
  const kept: Record<string, unknown> = { ...passwords };
  const fresh = newPasswords();
  for (const role of DATABASE_ROLES) {
    const password = kept[role];
    if (typeof password === 'string') fresh[role] = password;
    else if (role === 'maillon_admin') return fail();
  }
  return { clusterDir: resolve(dataDir, cluster), port, passwords: fresh };
}

/** Writes `pg.json`, readable by its owner only, whole or not at all. */
export async function writeState(dataDir: string, state: ClusterState): Promise<void> {
  const file = join(dataDir, 'pg.json');
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const inside = relative(dataDir, state.clusterDir);
  const cluster = inside.startsWith('..') || isAbsolute(inside) ? state.clusterDir : inside; // the folder may be moved whole
  const text = JSON.stringify({ cluster, port: state.port, passwords: state.passwords }, null, 2);
  try {
    await writeFile(draft, `${text}\n`, { mode: 0o600 });
    await chmod(draft, 0o600);
    await ownLikeParent(dataDir, draft);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Run once as root, what is written stays usable by the data folder's owner. */
export async function ownLikeParent(parent: string, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(parent);
  await chown(path, uid, gid);
}

export function newPasswords(): Record<DatabaseRole, string> {
  const word = (): string => randomBytes(24).toString('base64url');
  return { maillon_admin: word(), maillon_api: word(), maillon_worker: word(), maillon_mailer: word() };
}
