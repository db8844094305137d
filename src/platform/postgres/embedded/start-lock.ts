import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './error-code.js';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';

const LOOK_AGAIN_MS = 40;

/**
 * Does `work` while holding the lock file at `path`, so that one process at a time starts, stops or
 * counts. A lock left by a process that died is taken over.
 * @param patienceMs how long to wait for a living holder before an error names it
 */
export async function underLock<T>(path: string, patienceMs: number, work: () => Promise<T>): Promise<T> {
  const token = randomBytes(8).toString('hex');
  const draft = `${path}.${token}`;
  const deadline = Date.now() + patienceMs;
  await writeFile(draft, JSON.stringify({ ...ownIdentity(), token }), { mode: 0o644 });
  try {
    // link(2) fails when the name exists, and what appears under the name is whole from the start.
    while (!(await taken(draft, path))) {
      const seen = await readOrUndefined(path);
      if (seen === undefined) {
        await pause(1); // just released
        continue;
      }
      const holder = parseHolder(seen);
      if (holder === undefined || !isAlive(holder)) {
        await setAside(path, seen, token);
        continue;
      }
      if (Date.now() > deadline) {
        throw new Error(`Waited ${patienceMs / 1000} s for ${path}, held by process ${holder.pid}, which is still running`);
      }
      await pause(LOOK_AGAIN_MS);
    }
    return await work();
  } finally {
    await rm(draft, { force: true });
    const held = await readOrUndefined(path);
    if (held !== undefined && held.includes(token)) await rm(path, { force: true });
  }
}

async function taken(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead process's lock, and nothing else: if another process was quicker, its lock is put back. */
async function setAside(path: string, seen: string, token: string): Promise<void> {
  const aside = `${path}.left.${token}`;
  try {
    await rename(path, aside);
  } catch {
    return; // another process set it aside first
  }
  if ((await readOrUndefined(aside)) !== seen) await taken(aside, path);
  await rm(aside, { force: true });
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number') {
      return { pid: value.pid, startedAt: 'startedAt' in value ? String(value.startedAt) : '' };
    }
  } catch {
    // not a lock of ours: treated as left behind
  }
  return undefined;
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
