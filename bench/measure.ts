import type { KernelInput } from '../src/matching/kernel/kernel-input.js';
import type { Engine, Lists } from './engines/engine.js';
import { median } from './report.js';

export interface Measured {
  lists: Lists;
  /** Whose lists were asked for, as indexes of the snapshot. */
  outputs: Int32Array;
  asked: number;
  /** Of the whole work; extrapolated where only a part was asked for. */
  medianMs: number;
  times: number[];
  /** Processor time of the whole work, all threads together: what other work on the machine moves least. */
  cpuMs: number;
  pairsScored: number | null;
  boxesVisited: number | null;
  indexBytes: number | null;
  serverMb: number;
}

/** Outputs asked for at first, and five times as many, to learn what an engine takes once and what for each: how long all would take. */
const TRIAL = 200;

/**
 * Runs an engine so often, or, when the whole work would not fit the budget, once on as many outputs, evenly spread, as do.
 * @throws NotHere when the machine lacks what it needs
 */
export async function measure(engine: Engine, input: KernelInput, { topK, repeat, budgetMs }: { topK: number; repeat: number; budgetMs: number }): Promise<Measured> {
  const count = input.snapshot.outputs.count;
  const opened = await engine.open(input, topK);
  try {
    const timed = async (outputs: Int32Array): Promise<Awaited<ReturnType<typeof opened.run>> & { ms: number; cpuMs: number }> => {
      const [before, used] = [performance.now(), process.cpuUsage()];
      const answer = await opened.run(outputs);
      const { user, system } = process.cpuUsage(used);
      return { ...answer, ms: answer.ms ?? performance.now() - before, cpuMs: answer.cpuMs ?? (user + system) / 1_000 };
    };
    let [asked, runs] = [count, repeat];
    let fixed = 0;
    if (engine.whole !== true && count > 5 * TRIAL) {
      await timed(everyNth(count, TRIAL)); // the first is always slow
      const [few, more] = [(await timed(everyNth(count, TRIAL))).ms, (await timed(everyNth(count, 5 * TRIAL))).ms];
      const each = Math.max(0, more - few) / (4 * TRIAL);
      fixed = Math.max(0, few - each * TRIAL);
      const trial = fixed + each * count;
      runs = Math.max(1, Math.min(repeat, Math.floor(budgetMs / trial)));
      asked = Math.min(count, Math.ceil(count * Math.min(1, budgetMs / trial)));
    }
    const outputs = everyNth(count, asked);
    const [times, cpu]: number[][] = [[], []];
    let answer = await timed(outputs);
    times.push(answer.ms);
    cpu.push(answer.cpuMs);
    // A run that turned out longer than the trial said is not repeated over the budget.
    while (times.length < runs && times.reduce((sum, ms) => sum + ms, 0) < budgetMs) {
      answer = await timed(outputs);
      times.push(answer.ms);
      cpu.push(answer.cpuMs);
    }
    const whole = times.map((ms) => (outputs.length === count ? ms : fixed + Math.max(0, ms - fixed) * (count / outputs.length)));
    return {
      lists: answer.lists, outputs, asked: outputs.length, medianMs: median(whole), times: whole, cpuMs: median(cpu) * (count / outputs.length), pairsScored: answer.pairsScored ?? null, boxesVisited: answer.boxesVisited ?? null,
      indexBytes: answer.indexBytes ?? null, serverMb: opened.peakMb?.() ?? 0,
    };
  } finally {
    await opened.close();
  }
}

/** About `wanted` of `count` indexes, evenly spread. */
function everyNth(count: number, wanted: number): Int32Array {
  const step = Math.max(1, count / Math.min(count, wanted));
  return Int32Array.from({ length: Math.floor(count / step) }, (_, at) => Math.floor(at * step));
}
