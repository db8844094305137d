import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { realDataDir, readState } from '../../src/platform/postgres/embedded/cluster-state.js';
import { readPostmaster } from '../../src/platform/postgres/embedded/server-process.js';
import type { EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { isPassing } from '../../src/platform/passing-trouble.js';
import { type Answer, type ProgramProcess, until } from './processes.js';

/** What is killed. `backend`: one server process of PostgreSQL, at which all of it begins anew; `postmaster`: its first process. */
export const TARGETS = ['api', 'worker', 'backend', 'postmaster'] as const;
export type Target = (typeof TARGETS)[number];

/** A process that is started again whenever it was killed, as a service manager would. */
export class Kept {
  private program: ProgramProcess | undefined;
  private stopped = false;
  private ready = false;
  private killing = false;
  private loop: Promise<void> | undefined;
  /** What it said before it ended by itself, which it never should. */
  readonly ownEnds: string[] = [];
  private readonly told: string[] = [];

  constructor(private readonly launch: () => ProgramProcess, private readonly readyWord: string) {}

  get up(): boolean {
    return this.ready;
  }

  /** Lines of level ERROR, of all its lives: somebody would have to act. */
  get errors(): string[] {
    return [...this.told, this.program?.said() ?? ''].flatMap((text) => text.split('\n')).filter((line) => line.includes('"level":50') || line.includes('"level":60'));
  }

  /** Starts it, and goes on doing so. @returns what it said when it was up for the first time */
  async begin(): Promise<Record<string, unknown>> {
    const first = this.start();
    const said = await first.logged(this.readyWord);
    this.loop = this.keep(first);
    return said;
  }

  /** kill -9, in whatever it is doing. */
  async kill(): Promise<void> {
    this.killing = true;
    await this.program?.kill();
  }

  /** @returns the exit code at SIGTERM */
  async stop(): Promise<number | null> {
    this.stopped = true;
    const code = (await this.program?.terminate()) ?? null;
    await this.loop;
    return code;
  }

  private start(): ProgramProcess {
    const program = this.launch();
    this.program = program;
    this.killing = false;
    program.logged(this.readyWord).then(() => (this.ready = this.program === program && !this.killing), () => undefined);
    return program;
  }

  private async keep(first: ProgramProcess): Promise<void> {
    for (let program = first; ; program = this.start()) {
      await program.ended();
      this.ready = false;
      this.told.push(program.said());
      if (this.stopped) return;
      if (!this.killing) this.ownEnds.push(program.said().slice(-2_000));
    }
  }
}

/** Kills PostgreSQL, which its launcher in this process starts again. */
export async function killPostgres(postgres: EmbeddedPostgres, dataDir: string, target: 'backend' | 'postmaster', random: () => number): Promise<void> {
  const pid = target === 'postmaster' ? await postmasterOf(dataDir) : await someBackend(postgres, random);
  process.kill(pid, 'SIGKILL');
  await until('PostgreSQL to be back', async () => {
    await postgres.ensureRunning();
    return (await answers(postgres)) || undefined;
  });
}

async function postmasterOf(dataDir: string): Promise<number> {
  const state = await readState(await realDataDir(dataDir));
  const running = state === undefined ? undefined : await readPostmaster(state.clusterDir);
  if (running === undefined) throw new Error(`No PostgreSQL runs in ${dataDir}`);
  return running.pid;
}

/** A server process that works for the API, the worker or its mailer just now. */
async function someBackend(postgres: EmbeddedPostgres, random: () => number): Promise<number> {
  return until('a connection of the api, the worker or the mailer', () => asking(postgres, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE usename IN ('maillon_api', 'maillon_worker', 'maillon_mailer') ORDER BY state = 'active' DESC, state = 'idle in transaction' DESC, pid");
    // Those at work come first and are taken more often.
    return rows[Math.floor(random() ** 2 * rows.length)]?.pid;
  }).catch((error: unknown) => {
    // Still recovering from the kill before.
    if (isPassing(error)) return undefined;
    throw error;
  }));
}

async function answers(postgres: EmbeddedPostgres): Promise<boolean> {
  return asking(postgres, async (client) => (await client.query('SELECT 1')).rowCount === 1).catch(() => false);
}

async function asking<T>(postgres: EmbeddedPostgres, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: postgres.url('maillon_admin', 'postgres'), connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await ask(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A client that does not give up: sends the same again until somebody has answered for sure. */
export class Insistent {
  /** How often a request had to be sent again. */
  repeats = 0;
  /** Answers that say that the fault was the program's own: none may. */
  readonly faults: string[] = [];

  async send<Body>(request: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
    return until('an answer', async () => {
      try {
        const answer = await request();
        if (answer.status < 500) return answer;
        if (answer.status !== 503) this.faults.push(`${answer.status} ${answer.text}`);
      } catch {
        // the server was killed before it had answered: what became of the request is not known
      }
      this.repeats += 1;
      await pause(60);
      return undefined;
    });
  }
}
