import { loadDefaultPolicy } from '../config/load-config.js';
import { benchKnowledge } from './world/bench-knowledge.js';
import { buildIndex, type KernelIndex } from '../src/matching/kernel/kernel-index.js';
import type { KernelInput } from '../src/matching/kernel/kernel-input.js';
import type { MatchOptions } from '../src/matching/kernel/search.js';
import { type FlowEdit, Overlay } from '../src/matching/kernel/overlay.js';
import type { FlowArrays, Snapshot } from '../src/matching/kernel/snapshot.js';
import { MatchThreads } from '../src/matching/match-threads.js';
import type { Lists } from './engines/engine.js';
import { compareLists } from './engines/lists.js';
import { figure, median, nameOfSize, printHead, printTable, quantile, readOptions, type Row, writeRows } from './report.js';
import { Draws } from './world/draws.js';
import { AS_OF_DAY, generateWorld } from './world/world.js';

const OPTIONS = { topK: 20, floor: 'audit' } as const;
/** What an overlay is made over: a few pairs an output more than it is asked for. Whether that pays is seen in what it is compared with, a run without. */
const RESERVE = 6;
const WITH_RESERVE = { ...OPTIONS, topK: OPTIONS.topK + RESERVE };
const OVERLAY = { floor: OPTIONS.floor, keep: OPTIONS.topK };
/** Edits before the clock runs: what a worker that has served for a while has behind it. */
const WARM = 200;
const DELTA = 0.02;

/** `npm run bench -- incremental`: flows edited over a built index, one at a time and 2 % at once. See docs/performance.md. */
export async function incrementalBench(args: string[]): Promise<void> {
  const options = readOptions(args, { sizes: [200_000], repeat: 2_000 });
  printHead('incremental', options, []);
  const rows: Row[] = [];
  for (const size of options.sizes) {
    const input = generateWorld({ size, seed: options.seed, catalogue: benchKnowledge().catalogue, policy: loadDefaultPolicy() });
    console.log(`## ${nameOfSize(size)} × ${nameOfSize(size)}, top ${OPTIONS.topK}`);
    rows.push(...await oneByOne(input, size, options.repeat, options.seed), ...await delta(input, size, options.seed));
    console.log('');
  }
  writeRows(options.json, rows);
}

async function oneByOne(input: KernelInput, size: number, count: number, seed: number): Promise<Row[]> {
  const { index, matches } = await fullRun(input, 1, WITH_RESERVE);
  const before = performance.now();
  const overlay = new Overlay(index, matches, OVERLAY);
  console.log(`overlay over a built index: ${figure(performance.now() - before)} ms`);
  const world = new EditedWorld(input.snapshot, new Draws(seed + 1));
  for (let at = 0; at < Math.min(WARM, size); at += 1) overlay.edit(world.draw());
  const times: Record<string, Timed[]> = { 'an output': [], 'an input': [], withdrawn: [] };
  let changed = 0;
  for (let at = 0; at < count; at += 1) {
    const edit = world.draw();
    const start = performance.now();
    const used = process.cpuUsage();
    const { entered, left } = overlay.edit(edit);
    const { user, system } = process.cpuUsage(used);
    times[edit.flow === null ? 'withdrawn' : `an ${edit.side}`].push({ ms: performance.now() - start, cpu: (user + system) / 1_000 });
    changed += entered.length + left.length;
  }
  const exact = await againstFullRun(overlay, { ...input, snapshot: world.snapshot });
  const kinds: [string, Timed[]][] = [...Object.entries(times), ['any', Object.values(times).flat()]];
  const of = (timed: Timed[], which: keyof Timed, share: number): number => quantile(timed.map((one) => one[which]), share);
  printTable(['edited', 'edits', 'p50 ms', 'p99 ms', 'most ms', 'p99 ms of processor'], kinds.filter(([, timed]) => timed.length > 0).map(([kind, timed]) =>
    [kind, String(timed.length), ...[0.5, 0.99, 1].map((share) => of(timed, 'ms', share).toFixed(3)), of(timed, 'cpu', 0.99).toFixed(3)]));
  console.log(`${figure(changed / count)} pairs entered or left the lists with an edit; afterwards ${exact}`);
  const any = Object.values(times).flat();
  return [row('one edit, p50', 1, size, of(any, 'ms', 0.5), null, exact), row('one edit, p99', 1, size, of(any, 'ms', 0.99), null, exact), row('one edit, p99 of processor time', 1, size, of(any, 'cpu', 0.99), null, exact)];
}

/** Time by the clock, and what of it this process was at work: on a machine with other work the two part. */
interface Timed {
  ms: number;
  cpu: number;
}

async function delta(input: KernelInput, size: number, seed: number): Promise<Row[]> {
  const { index, matches } = await fullRun(input, 1, WITH_RESERVE);
  const draws = new Draws(seed + 2);
  const edited: number[] = [];
  let exact = '';
  const world = new EditedWorld(input.snapshot, draws);
  const edits = Array.from({ length: Math.round(2 * size * DELTA) }, () => world.draw());
  // An overlay is for use once here: the others do the same edits over the same index.
  for (let time = 0; time < 3; time += 1) {
    const before = performance.now();
    const overlay = new Overlay(index, matches, OVERLAY);
    overlay.editAll(edits);
    edited.push(performance.now() - before);
    if (time === 0) exact = await againstFullRun(overlay, { ...input, snapshot: world.snapshot });
  }
  const changed = { ...input, snapshot: world.snapshot };
  const full = [];
  for (let time = 0; time < 3; time += 1) full.push((await fullRun(changed, 1)).ms);
  const [ours, whole] = [median(edited), median(full)];
  printTable(['2 % of the flows edited', 'threads', 'median ms', 'of a full run'], [['overlay', '1', figure(ours), `${figure((100 * ours) / whole)} %`], ['full run: index and search', '1', figure(whole), '100 %']]);
  console.log(`${edits.length.toLocaleString('en')} edits: ${exact}`);
  return [row('2 % edited, overlay', 1, size, ours, 1, exact), row('2 % edited, full run', 1, size, whole, whole / ours, 'reference')];
}

const row = (engine: string, threads: number, size: number, medianMs: number, ratio: number | null, exact: string): Row =>
  ({ bench: 'incremental', engine, threads, size, medianMs, ratio, exact, pairsPerOutput: null, boxesPerOutput: null, peakMb: null });

type Matches = Awaited<ReturnType<MatchThreads['match']>>;

async function fullRun(input: KernelInput, threads: number, options: MatchOptions = OPTIONS): Promise<{ index: KernelIndex; matches: Matches; ms: number }> {
  const matchers = await MatchThreads.start(threads);
  try {
    const before = performance.now();
    const index = buildIndex(input);
    const matches = await matchers.match(index, options);
    return { index, matches, ms: performance.now() - before };
  } finally {
    await matchers.close();
  }
}

/** @throws when a list is not what a full run over the flows as they are now finds */
async function againstFullRun(overlay: Overlay, input: KernelInput): Promise<string> {
  const { matches } = await fullRun(input, 1);
  const lists = listsOf(overlay, input.snapshot.outputs.count);
  const { compared, different } = compareLists(matches, lists, Array(input.snapshot.outputs.count).keys());
  if (different > 0) throw new Error(`${different} of ${compared} lists differ from those of a full run`);
  return `all ${compared.toLocaleString('en')} lists equal those of a full run`;
}

function listsOf(overlay: Overlay, outputs: number): Lists {
  const start = new Uint32Array(outputs + 1);
  const input: number[] = [];
  const z: number[] = [];
  for (let output = 0; output < outputs; output += 1) {
    for (const pair of overlay.listOf(output)) {
      input.push(pair.input);
      z.push(pair.z);
    }
    start[output + 1] = input.length;
  }
  return { start, input: Int32Array.from(input), z: Float64Array.from(z) };
}

/** A snapshot that is edited flow by flow, so that at the end it says what the overlay should have made of the old one. */
class EditedWorld {
  readonly snapshot: Snapshot;

  constructor(
    snapshot: Snapshot,
    private readonly draws: Draws,
  ) {
    this.snapshot = { ...snapshot, outputs: copyOf(snapshot.outputs), inputs: copyOf(snapshot.inputs) };
  }

  /** What advisors change: another quantity, months, a confirmation, a move to where another flow is; one in twenty goes. */
  draw(): FlowEdit {
    const { draws, snapshot } = this;
    const side = draws.chance(0.5) ? 'output' : 'input';
    const flows = side === 'output' ? snapshot.outputs : snapshot.inputs;
    const at = draws.below(flows.count);
    const key = (side === 'output' ? snapshot.outputKeys : snapshot.inputKeys)[at];
    const kind = draws.oneOf([['quantity', 0.4], ['confirmed', 0.3], ['months', 0.1], ['place', 0.15], ['withdrawn', 0.05]]);
    if (kind === 'withdrawn') {
      flows.withheld[at] = 1;
      return { side, key, flow: null };
    }
    // Whatever else it is: edited means that it is there again.
    flows.withheld[at] = 0;
    if (kind === 'quantity') flows.quantity[at] = flows.pooled[at] = 100 * Math.exp(draws.normal());
    if (kind === 'confirmed') flows.confirmedDay[at] = AS_OF_DAY;
    if (kind === 'months') flows.months[at] = 1 + draws.below(4_095);
    if (kind === 'place') {
      const there = draws.below(flows.count);
      flows.place.set(flows.place.subarray(3 * there, 3 * there + 3), 3 * at);
    }
    return { side, key, flow: oneFlow(flows, at) };
  }
}

function copyOf(flows: FlowArrays): FlowArrays {
  return Object.fromEntries(Object.entries(flows).map(([name, values]) => [name, typeof values === 'number' ? values : values.slice()])) as unknown as FlowArrays;
}

function oneFlow(flows: FlowArrays, at: number): FlowArrays {
  const [first, end] = [flows.attributeStart[at], flows.attributeStart[at + 1]];
  const alone = Object.fromEntries(Object.entries(flows).map(([name, values]) => [name, typeof values === 'number' ? 1 : values.slice(at, at + 1)]));
  return {
    ...(alone as unknown as FlowArrays), place: flows.place.slice(3 * at, 3 * at + 3), attributeStart: Uint32Array.of(0, end - first),
    attributeKey: flows.attributeKey.slice(first, end), attributeValue: flows.attributeValue.slice(first, end),
  };
}
