import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { calculateList, listHashOf, type ListLine, listText } from './list-document.js';
import { readRunInput } from './run-input.js';
import { readRun } from './run-rows.js';

export interface ReplayedRun {
  runId: string;
  week: string;
  attempt: number;
  /** Of the version that ran, and of this program. */
  codeVersion: string;
  listHash: string;
  /** What the run noted when it was published; null: it was not. */
  publishedHash: string | null;
  same: boolean;
  list: ListLine[];
  /** The bytes that are hashed. */
  text: string;
}

/**
 * Makes a past list again from what the run kept and nothing else (promise P4): no flow, policy or file of today is read.
 * Changes nothing.
 */
@Injectable()
export class ReplayRun {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404 for an unknown run; Error when it has not started, or the knowledge kept is damaged */
  async execute(context: Context, { runId }: { runId: string }): Promise<ReplayedRun> {
    const { run, input } = await this.unitOfWork.read(context, async (tx) => {
      const run = await readRun(tx, runId);
      return { run, input: await readRunInput(tx, run) };
    });
    const document = calculateList(input.kernel, input.budget);
    const listHash = listHashOf(document);
    return {
      runId, week: run.week, attempt: run.attempt, codeVersion: run.codeVersion, listHash, publishedHash: run.listHash,
      same: listHash === run.listHash, list: document.list, text: listText(document),
    };
  }
}
