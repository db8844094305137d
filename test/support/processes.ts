import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compiledSources } from './compiled-sources.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOOK_EVERY_MS = 40;
/** As long as a start may take on a machine that is busy with other tests. */
const START_SECONDS = 60;
const END_SECONDS = 40;

/** A process of its own that runs a program of this project from its sources, as an operator would start it. */
export interface ProgramProcess {
  pid: number;
  /** What it has said so far, on standard output and standard error. */
  said(): string;
  /** Its first log line with that message, said already or to come. @throws when it ends first, or says nothing of the kind for a minute */
  logged(message: string): Promise<Record<string, unknown>>;
  /** kill -9: no handler of it runs. */
  kill(): Promise<void>;
  /** SIGTERM. @returns its exit code; null when it was killed. @throws when it goes on for long */
  terminate(): Promise<number | null>;
  /** Waits for its end. */
  ended(): Promise<number | null>;
}

/** Loaded before the program: its standard input ends when the tests die, by whatever cause, and then so does it. */
const DIE_WITH_THE_TESTS = "data:text/javascript,process.stdin.resume().on('end', () => process.exit(99)).unref()";

/**
 * @param entry path from the project's root, `src/main.ts`
 * @param settings its whole environment, beside what any program needs: nothing of the tests' own settings
 */
export function startProgram(entry: string, settings: Readonly<Record<string, string>>, args: readonly string[] = []): ProgramProcess {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--import', DIE_WITH_THE_TESTS, join(compiledSources(), entry.replace(/\.ts$/, '.js')), ...args],
    { cwd: ROOT, env: { PATH, HOME, ...(TMPDIR === '' ? {} : { TMPDIR }), ...settings }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${entry} could not be started`);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => void (text += part));
  let over = false;
  const end = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      over = true;
      resolve(code);
    });
  });
  const find = (message: string): Record<string, unknown> | undefined => {
    const line = text.split('\n').find((one) => one.startsWith('{') && one.endsWith('}') && one.includes(JSON.stringify(message)));
    return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>);
  };
  return {
    pid,
    said: () => text,
    logged: (message) => until(`${entry} to say "${message}"`, async () => {
      const found = find(message);
      if (found === undefined && over) throw new Error(`${entry} ended (${child.exitCode ?? child.signalCode}) without saying "${message}"; it said: ${text.slice(-2_000)}`);
      return Promise.resolve(found);
    }, START_SECONDS),
    kill: async () => {
      child.kill('SIGKILL');
      await end;
    },
    terminate: async () => {
      child.kill('SIGTERM');
      const late = pause(END_SECONDS * 1_000, undefined, { ref: false }).then(() => {
        throw new Error(`${entry} has not ended ${END_SECONDS} s after SIGTERM; it said: ${text.slice(-2_000)}`);
      });
      return Promise.race([end, late]);
    },
    ended: () => end,
  };
}

/** Signs answer links, in the API and the worker alike. */
export const LINK_SECRET_FOR_TESTS = 'only for tests of links, only for tests of links';

/** The API process, listening. `PORT` in the settings keeps the address over restarts; not given: any free one. */
export async function startApiProgram(settings: Readonly<Record<string, string>>): Promise<ProgramProcess & { url: string }> {
  const program = startProgram('src/main.ts', { PORT: '0', LOG_LEVEL: 'info', SESSION_SECRET: 'only for tests, only for tests, only for tests', LINK_SECRET: LINK_SECRET_FOR_TESTS, ...settings });
  const { url } = await program.logged('the API listens');
  return { ...program, url: String(url) };
}

/** The worker process, taking jobs. @param entry another program that starts a worker */
export async function startWorkerProgram(settings: Readonly<Record<string, string>>, entry = 'workers/main.ts'): Promise<ProgramProcess> {
  const program = startProgram(entry, { LOG_LEVEL: 'info', LINK_SECRET: LINK_SECRET_FOR_TESTS, ...settings });
  await program.logged('the worker works');
  return program;
}

/**
 * Looks again and again until there is something to see: for what other processes do in their own time.
 * @param look gives undefined while there is nothing
 * @throws when nothing has come by the deadline, naming `what`
 */
export async function until<T>(what: string, look: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s in vain for ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}

export interface Answer<Body = unknown> {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

/** Somebody's browser, as far as the API can tell: keeps the session's cookie and sends its CSRF token. */
export class Visitor {
  /** Every body that was answered, as it came. */
  readonly bodies: string[] = [];
  private cookie = '';
  private csrfToken = '';

  constructor(readonly url: string) {}

  /** @throws when the sign-in is refused */
  async signIn(email: string, password: string): Promise<this> {
    const answer = await this.post<{ csrfToken: string }>('/api/session', { email, password });
    if (answer.status !== 200) throw new Error(`Signing in answered ${answer.status}: ${answer.text}`);
    this.csrfToken = answer.body.csrfToken;
    return this;
  }

  get<Body>(path: string): Promise<Answer<Body>> {
    return this.send<Body>('GET', path);
  }

  post<Body>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return this.send<Body>('POST', path, body, headers);
  }

  /** A form or JSON. @throws when no whole answer came (the server was killed) */
  async send<Body>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    const form = body instanceof FormData;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(this.csrfToken === '' ? {} : { 'x-csrf-token': this.csrfToken }),
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    this.bodies.push(text);
    const cookie = response.headers.getSetCookie().find((one) => one.startsWith('maillon.sid='));
    if (cookie !== undefined) this.cookie = cookie.split(';')[0];
    const json = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : null) as Body };
  }
}
