import type { Work } from '../work.js';

/** The best inputs of outputs, as indexes of the snapshot: entries `start[o]` … `start[o + 1] - 1` belong to output o, best first. */
export interface Lists {
  /** Length: outputs of the snapshot + 1. */
  start: Uint32Array;
  input: Int32Array;
  z: Float64Array;
}

export interface Answer {
  lists: Lists;
  /** What no noise moves, where an engine counts it: pairs looked at, boxes of a tree opened. */
  pairsScored?: number;
  boxesVisited?: number;
}

/** One way to do the work. */
export interface Engine {
  name: string;
  threads: number;
  /** False: known to miss pairs, shown for comparison. */
  exact: boolean;
  open(work: Work): Promise<OpenEngine>;
}

/** An engine that has what it needs in place. Loading tables and making their indexes is not measured; what works on the arrays builds its index within `run`. */
export interface OpenEngine {
  /** @param sample positions in `work.outputs`; only their lists are wanted */
  run(sample: Int32Array): Promise<Answer>;
  /** Peak memory outside this process, MB; a database server's. */
  peakMb?(): number;
  close(): Promise<void>;
}

/** Thrown by `open`: the machine lacks what the engine needs, and the message says what. */
export class NotHere extends Error {}
