import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/** A process of its own that runs sources of this project. */
export interface TsProcess {
  child: ChildProcess;
  /** The next whole line it prints on standard output. @throws when it ends first, with what it said on standard error */
  nextLine(): Promise<string>;
  /** Ends it as the system would when out of memory: no handler runs. */
  kill(): Promise<void>;
  /** Waits for its end. @returns the exit code; null when it was killed */
  ended(): Promise<number | null>;
}

/**
 * Runs `code` (an ES module; import sources as `from 'SRC/…ts'`, where SRC stands for the project's root) in a new Node process.
 * @param environment added to this process's environment
 */
export function spawnTs(code: string, environment: Readonly<Record<string, string>> = {}): TsProcess {
  const child = spawn(
    process.execPath,
    ['--import', new URL('test/support/register-ts.mjs', root).href, '--input-type=module', '-e', code.replaceAll("'SRC/", `'${root.href}`)],
    { cwd: fileURLToPath(root), env: { ...process.env, NODE_OPTIONS: '', ...environment }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let said = '';
  let complaint = '';
  const lines: string[] = [];
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let over = false;
  const failure = (): Error => new Error(`The process ended (${child.exitCode ?? child.signalCode}) before it printed a line; it said: ${complaint.slice(-2000)}`);
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (said + chunk.toString('utf8')).split('\n');
    said = parts.pop() ?? '';
    for (const line of parts) {
      const next = waiting.shift();
      if (next === undefined) lines.push(line);
      else next.resolve(line);
    }
  });
  const end = new Promise<number | null>((resolve) => {
    child.once('close', (exitCode) => {
      over = true;
      for (const next of waiting.splice(0)) next.reject(failure());
      resolve(exitCode);
    });
  });
  return {
    child,
    nextLine: () =>
      new Promise((resolve, reject) => {
        const line = lines.shift();
        if (line !== undefined) resolve(line);
        else if (over) reject(failure());
        else waiting.push({ resolve, reject });
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await end;
    },
    ended: () => end,
  };
}
