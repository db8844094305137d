import type { KernelInput } from '../../src/matching/kernel/kernel-input.js';

/** The best inputs of outputs, as indexes of the snapshot: entries `start[o]` … `start[o + 1] - 1` belong to output o, best first. */
export interface Lists {
  /** Length: outputs of the snapshot + 1. */
  start: Uint32Array;
  input: Int32Array;
  z: Float64Array;
}

export interface Answer {
  lists: Lists;
  /** Time of the work itself, where handing the lists over is not part of it; else the time of `run`. */
  ms?: number;
  /** Processor time of the work itself, all threads together, where it is not that of this process during `run`. */
  cpuMs?: number;
  /** What no noise moves, where an engine counts it: pairs looked at, boxes of a tree opened. */
  pairsScored?: number;
  boxesVisited?: number;
  /** What the engine holds beside the arrays it was given. */
  indexBytes?: number;
}

/** One way to do the work. */
export interface Engine {
  name: string;
  threads: number;
  /** False: known to miss pairs, shown for comparison. */
  exact: boolean;
  /** It always does all of the work: there is nothing to gain by asking for a part. */
  whole?: boolean;
  open(input: KernelInput, topK: number): Promise<OpenEngine>;
}

/** An engine that has what it needs in place. Loading tables and making their indexes is not measured; what works on the arrays builds its index within `run`. */
export interface OpenEngine {
  /** @param outputs indexes in the snapshot; only their lists are wanted, and a search of one that is not live finds none */
  run(outputs: Int32Array): Promise<Answer>;
  /** Peak memory outside this process, MB; a database server's. */
  peakMb?(): number;
  close(): Promise<void>;
}

/** Thrown by `open`: the machine lacks what the engine needs, and the message says what. */
export class NotHere extends Error {}
