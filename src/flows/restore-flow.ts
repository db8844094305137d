import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { flowToChange, storeChange } from './flows.queries.js';

/** Brings a withdrawn flow back as it was; it keeps its last day of confirmation. */
@Injectable()
export class RestoreFlow {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 412 (stale) */
  async execute(context: Context, flowId: string, expectedVersion: number): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const flow = await flowToChange(tx, flowId, expectedVersion);
      if (flow.withdrawnAt === null) return { version: flow.version };
      return { version: await storeChange(tx, flow, { withdrawnAt: null }, 'restored', ['withdrawnAt']) };
    });
  }
}
