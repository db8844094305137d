import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

/** One measured thing, as `--json FILE` writes it. */
export interface Row {
  bench: string;
  engine: string;
  threads: number;
  /** Flows a side, or candidates. */
  size: number;
  medianMs: number;
  /** This engine's time over ours in the same run; null where it has no meaning. */
  ratio: number | null;
  /** What was compared with what, and whether it was equal. */
  exact: string;
  pairsPerOutput: number | null;
  boxesPerOutput: number | null;
  peakMb: number | null;
}

export interface BenchOptions {
  sizes: number[];
  threads: number[];
  repeat: number;
  seed: number;
  /** Seconds that one engine may take for one size before only a part of the outputs is asked for. */
  budget: number;
  json: string | null;
  /** Beginnings of the names of the engines to run; null: all. */
  engines: string[] | null;
}

const SIZES: Record<string, number> = { '1k': 1_000, '20k': 20_000, '200k': 200_000, '1M': 1_000_000, '10M': 10_000_000 };

export function nameOfSize(size: number): string {
  return Object.entries(SIZES).find(([, value]) => value === size)?.[0] ?? String(size);
}

/** @throws with what was found and what was expected */
export function readOptions(args: string[], defaults: Pick<BenchOptions, 'sizes' | 'repeat'>): BenchOptions {
  const { values } = parseArgs({
    args, options: { size: { type: 'string' }, threads: { type: 'string' }, repeat: { type: 'string' }, seed: { type: 'string' }, budget: { type: 'string' }, json: { type: 'string' }, engines: { type: 'string' } },
  });
  const whole = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) throw new Error(`--${name}: found ${JSON.stringify(text)}, expected a whole number from ${least} up`);
    return value;
  };
  const sizeOf = (text: string): number => SIZES[text] ?? whole('size', text, 1);
  return {
    sizes: values.size?.split(',').map(sizeOf) ?? defaults.sizes,
    threads: values.threads?.split(',').map((text) => whole('threads', text, 1)) ?? [...new Set([1, cpus().length])],
    repeat: values.repeat === undefined ? defaults.repeat : whole('repeat', values.repeat, 1),
    seed: values.seed === undefined ? 1 : whole('seed', values.seed, 0),
    budget: values.budget === undefined ? 120 : whole('budget', values.budget, 1),
    json: values.json ?? null,
    engines: values.engines?.split(',') ?? null,
  };
}

/** Machine, versions, seed and repetitions: what every figure belongs to. */
export function printHead(bench: string, { seed, repeat }: BenchOptions, packages: readonly string[]): void {
  const processors = cpus();
  const versions = packages.map((name) => `${name} ${versionOf(name)}`);
  console.log(`# ${bench}`);
  console.log(`machine: ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB; Linux load before: ${loadBefore()}`);
  console.log(`versions: ${[`node ${process.versions.node}`, ...versions].join(', ')}; seed ${seed}, ${repeat} repetition${repeat === 1 ? '' : 's'}\n`);
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const folder = require.resolve.paths(name)?.map((path) => `${path}/${name}/package.json`) ?? [];
  for (const file of folder) {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    } catch {
      continue; // the next folder up may have it
    }
  }
  return 'unknown';
}

function loadBefore(): string {
  try {
    return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 2).join(' ');
  } catch {
    return 'unknown';
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}

/** A number with about three figures that say something. */
export function figure(value: number | null): string {
  if (value === null) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Prints a table in columns as wide as their widest cell. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  console.log([line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n'));
}

export function writeRows(file: string | null, rows: readonly Row[]): void {
  if (file !== null) writeFileSync(file, `${JSON.stringify(rows, null, 1)}\n`);
}
