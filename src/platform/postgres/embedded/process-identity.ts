import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { errorCode } from './error-code.js';

/** A process named beyond its number, which the system hands out again. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, as the system writes it; '' where the system does not tell. */
  startedAt: string;
}

/**
 * Who `pid` is now, or undefined when no such process lives. A process that has ended but was not
 * collected by its parent (a zombie) counts as gone: it holds no file, port or memory any more.
 */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  if (process.platform === 'linux') {
    const stat = readOrUndefined(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    // The second field is the program's name in brackets and may hold spaces: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    if (state === 'Z' || state === 'X') return undefined;
    return { pid, startedAt: fields[19] ?? '' };
  }
  if (!answersSignals(pid)) return undefined;
  if (process.platform === 'win32') return { pid, startedAt: '' };
  const ps = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = ps.stdout.trim();
  if (line === '' || line.startsWith('Z')) return undefined;
  return { pid, startedAt: line.replace(/^\S+\s+/, '') };
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return processIdentity(process.pid) ?? { pid: process.pid, startedAt: '' };
}

/** True while the very process that was noted lives, and not a later one with its number. */
export function isAlive(noted: ProcessIdentity): boolean {
  const now = processIdentity(noted.pid);
  return now !== undefined && (noted.startedAt === '' || now.startedAt === noted.startedAt);
}

/** True when `pid` lives and is the main PostgreSQL process of the cluster in `clusterDir`. */
export function isPostmasterOf(pid: number, clusterDir: string): boolean {
  if (processIdentity(pid) === undefined) return false;
  if (process.platform === 'win32') return true;
  const words =
    process.platform === 'linux'
      ? (readOrUndefined(`/proc/${pid}/cmdline`) ?? '').split('\0')
      : spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim().split(' ');
  // A child of the server writes "postgres: …" over its command line; a path with spaces is compared joined.
  return !words[0]?.startsWith('postgres:') && ` ${words.join(' ')} `.includes(` -D ${clusterDir} `);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
