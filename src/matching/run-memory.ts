import type { ListDocument } from './list-document.js';
import type { RunFlows, StoredInput } from './run-input.js';
import type { Scored } from './score-all.js';

/** What a run's steps hand on. All of it can be had from the database and the kernel again. */
interface KnownRun {
  input: StoredInput;
  flows: RunFlows;
  scored?: Scored;
  document?: ListDocument;
}

/** As many as a worker has under way at a time. */
const RUNS = 4;

/**
 * What this process still knows of the runs whose steps it did, so that the next step, which the queue gives to the same process
 * when it can, need not read it back. Never the only place where anything is: a process that does not know a run reads what
 * the run kept, and makes the rest again from that, to the bit.
 */
export class RunMemory {
  private readonly runs = new Map<string, KnownRun>();

  /** @param known exactly what the run kept, as it was committed */
  remember(runId: string, known: KnownRun): void {
    this.runs.delete(runId);
    this.runs.set(runId, known);
    for (const oldest of [...this.runs.keys()].slice(0, -RUNS)) this.runs.delete(oldest);
  }

  /** Notes what a step made of a run, if the run is known here. */
  add(runId: string, made: Pick<KnownRun, 'scored' | 'document'>): void {
    const known = this.runs.get(runId);
    if (known !== undefined) Object.assign(known, made);
  }

  of(runId: string): KnownRun | undefined {
    return this.runs.get(runId);
  }

  /** A run that is over has nothing to hand on. */
  forget(runId: string): void {
    this.runs.delete(runId);
  }
}
