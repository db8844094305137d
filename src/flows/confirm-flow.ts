import { Injectable } from '@nestjs/common';
import { territoryDay } from '../companies/companies.queries.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { flowToChange, refuseWithdrawn, storeChange } from './flows.queries.js';

/** Notes that the flow is still as it stands, today. Confirmed already today: nothing changes. */
@Injectable()
export class ConfirmFlow {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 409 (withdrawn), 412 (stale) */
  async execute(context: Context, flowId: string, expectedVersion: number): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const flow = await flowToChange(tx, flowId, expectedVersion);
      refuseWithdrawn(flow);
      const confirmedOn = await territoryDay(tx);
      if (flow.confirmedOn === confirmedOn) return { version: flow.version };
      return { version: await storeChange(tx, flow, { confirmedOn }, 'confirmed', ['confirmedOn']) };
    });
  }
}
