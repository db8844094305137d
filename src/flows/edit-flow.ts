import { Injectable } from '@nestjs/common';
import { refuseErrors, territoryDay } from '../companies/companies.queries.js';
import { quote } from '../companies/words.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import type { FieldError } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { draftFlow } from './flow-draft.js';
import { type FlowPatch, keepUnspoken, patchedFields, sameValues, valuesOf } from './flow-record.js';
import type { Flow } from './flows.entities.js';
import { flowToChange, refuseWithdrawn, storeChange } from './flows.queries.js';

/** Changes what was said of a flow: absent keeps, null clears. A change that changes nothing makes no version. */
@Injectable()
export class EditFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /** @returns the version that stands afterwards. @throws Problem 404, 409 (withdrawn), 412 (stale), 422 with the fields */
  async execute(context: Context, flowId: string, expectedVersion: number, patch: FlowPatch): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const flow = await flowToChange(tx, flowId, expectedVersion);
      refuseWithdrawn(flow);
      const drafted = draftFlow(patchedFields(flow, patch), this.knowledge, await territoryDay(tx));
      refuseErrors([...drafted.errors, ...this.amountsInAnotherUnit(flow, patch, drafted.values.category)]);
      const values = keepUnspoken(drafted.values, flow, patch);
      if (sameValues(valuesOf(flow), values)) return { version: flow.version };
      const fields = Object.entries(patch).filter(([, value]) => value !== undefined).map(([field]) => field).sort();
      return { version: await storeChange(tx, flow, values, 'edited', fields) };
    });
  }

  /** Amounts are stored in the category's base unit: with a category of another unit they have to be said anew. */
  private amountsInAnotherUnit(flow: Flow, patch: FlowPatch, category: string): FieldError[] {
    const [before, after] = [this.knowledge.category(flow.category)?.baseUnit, this.knowledge.category(category)?.baseUnit];
    if (patch.category === undefined || before === after || after === undefined) return [];
    const amounts = [['quantity', flow.quantity, patch.quantity], ['minimumLot', flow.minimumLot, patch.minimumLot], ['presentCost', flow.presentCost, patch.presentCost]] as const;
    return amounts
      .filter(([, standing, given]) => standing !== null && given === undefined)
      .map(([field, standing]) => ({ field, code: 'unit-changes', found: `${quote(standing)}, said for ${before ?? 'another unit'}`, expected: `the amount for ${after}, or null` }));
  }
}
