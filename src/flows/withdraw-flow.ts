import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { flowToChange, storeChange } from './flows.queries.js';

/** Takes a flow out of everything but its history. */
@Injectable()
export class WithdrawFlow {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 412 (stale) */
  async execute(context: Context, flowId: string, expectedVersion: number): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const flow = await flowToChange(tx, flowId, expectedVersion);
      if (flow.withdrawnAt !== null) return { version: flow.version };
      return { version: await storeChange(tx, flow, { withdrawnAt: tx.now }, 'withdrawn', ['withdrawnAt']) };
    });
  }
}
