import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/** The system account the server runs as; PostgreSQL refuses to run as root. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/** What child processes see of the environment: nothing of ours, so no `PG*` or locale variable changes the server. */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/**
 * The account to give the server, or undefined to run it as this process's own.
 * As root: the owner of an existing cluster, else `postgres`, else `nobody`. No account is made.
 * @throws when this is root and the system has neither account
 */
export function chooseServerAccount(clusterDir: string | undefined): ServerAccount | undefined {
  if (process.getuid === undefined || process.getuid() !== 0) return undefined;
  if (clusterDir !== undefined) {
    const owner = statSync(clusterDir, { throwIfNoEntry: false });
    if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const found = accounts.find((fields) => fields[0] === name);
    if (found !== undefined) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error('PostgreSQL does not run as root: expected an account "postgres" or "nobody" in /etc/passwd, found neither');
}

/** True when the account can enter `dir` and read and write there. */
export function canWorkIn(account: ServerAccount | undefined, dir: string): boolean {
  return tryAs(account, 'cd "$1" && test -r . && test -w . && test -x .', dir);
}

/** True when the account can read the file at `path`. */
export function canRead(account: ServerAccount | undefined, path: string): boolean {
  return tryAs(account, 'test -r "$1"', path);
}

function tryAs(account: ServerAccount | undefined, test: string, path: string): boolean {
  return spawnSync('/bin/sh', ['-c', test, 'sh', path], { ...account, cwd: '/', env: CHILD_ENVIRONMENT }).status === 0;
}

/**
 * Runs a program as the account and waits for its end; `input` goes to its standard input.
 * @returns exit code (null when killed) and all that it printed
 */
export async function runAs(
  account: ServerAccount | undefined,
  program: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...account, cwd: '/', env: CHILD_ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stdin.on('error', () => undefined); // the program may end before it has read all: its exit code tells
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
}
