import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownLikeParent } from './cluster-state.js';
import { isAlive, ownIdentity } from './process-identity.js';

/** Notes that this process uses the server. Call under the lock. @returns the note's name, to take it back */
export async function noteUser(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'pg-users');
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await ownLikeParent(dataDir, folder);
  const name = `${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(join(folder, name), JSON.stringify(ownIdentity()), { mode: 0o644 });
  return name;
}

/** Takes a note back. */
export async function forgetUser(dataDir: string, name: string): Promise<void> {
  await rm(join(dataDir, 'pg-users', name), { force: true });
}

/** How many living processes use the server (a process counts once a start); notes of dead ones are removed. */
export async function countUsers(dataDir: string): Promise<number> {
  const folder = join(dataDir, 'pg-users');
  let living = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    const [, pid, startedAt] = /^\{"pid":(\d+),"startedAt":"([^"]*)"\}$/.exec(text) ?? [];
    if (pid !== undefined && isAlive({ pid: Number(pid), startedAt: startedAt ?? '' })) living++;
    else await rm(join(folder, name), { force: true });
  }
  return living;
}
