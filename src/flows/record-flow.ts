import { Injectable } from '@nestjs/common';
import { newId, refuseErrors, territoryDay } from '../companies/companies.queries.js';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { draftFlow, type FlowFields, type FlowValues } from './flow-draft.js';
import { type FlowVersionData, sameValues } from './flow-record.js';
import { Flow, FlowVersion } from './flows.entities.js';
import { siteForFlow, writeVersion } from './flows.queries.js';

export interface NewFlow extends Omit<FlowFields, 'ref'> {
  /** Made by the sender, so that the same request sent twice records one flow. */
  id?: string;
  siteId: string;
  /** Absent: made of the id. */
  ref?: string | null;
}

/** Records a flow at a site, as version 1. */
@Injectable()
export class RecordFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /**
   * @returns `created: false` when this very request had been carried out before; the version is the flow's present one
   * @throws Problem 404 (site), 409 (merged company, reference in use, id used for another flow), 422 with the fields
   */
  async execute(context: Context, { id: givenId, siteId, ...words }: NewFlow): Promise<{ id: string; version: number; created: boolean }> {
    return this.unitOfWork.write(context, async (tx) => {
      const id = givenId?.toLowerCase() ?? await newId(tx);
      const { values, errors } = draftFlow({ ...words, ref: words.ref ?? `local-${id}` }, this.knowledge, await territoryDay(tx));
      refuseErrors(errors);
      const earlier = givenId === undefined ? null : await repeated(tx, id, siteId, values, words.confirmedOn !== undefined);
      if (earlier) return earlier;
      await siteForFlow(tx, siteId);
      const flow = { ...values, id, version: 1, siteId, withdrawnAt: null };
      const [taken] = await tx.sql<{ id: string }>('SELECT id FROM flow WHERE territory_id = $1 AND ref = $2', [context.territoryId, values.ref]);
      if (taken && taken.id !== id) {
        throw new Problem(409, 'flow-exists', `A flow with this reference is already recorded: ${taken.id}.`, [
          { field: 'ref', code: 'in-use', found: values.ref, expected: 'a reference that no flow of the territory has' },
        ]);
      }
      // Two equal requests at once: the second waits here for the first, and then finds what it did.
      const inserted = await tx.entities.createQueryBuilder().insert().into(Flow).values({ ...flow, territoryId: context.territoryId, updatedAt: tx.now }).orIgnore().returning('id').execute();
      if ((inserted.raw as unknown[]).length === 0) {
        const first = await repeated(tx, id, siteId, values, words.confirmedOn !== undefined);
        if (first) return first;
        throw new Problem(409, 'flow-exists', 'A flow with this id or reference is already recorded.');
      }
      await writeVersion(tx, flow, 'recorded');
      await tx.audit({ action: 'flow.recorded', subjectType: 'flow', subjectId: id, data: { ref: values.ref, siteId, version: 1 } });
      return { id, version: 1, created: true };
    });
  }
}

/** The flow of an earlier request with this id; null when there is none. @throws Problem 409 when that request asked for something else */
async function repeated(tx: Transaction, id: string, siteId: string, values: FlowValues, daySaid: boolean): Promise<{ id: string; version: number; created: false } | null> {
  const { territoryId } = tx.context;
  const flow = await tx.entities.findOneBy(Flow, { id, territoryId });
  if (!flow) return null;
  const first = await tx.entities.findOneBy(FlowVersion, { flowId: id, version: 1, territoryId });
  const recorded = first?.data as FlowVersionData | undefined;
  // A day that was not said is that of the request, which may have been sent again after midnight.
  const asked = recorded && !daySaid ? { ...values, confirmedOn: recorded.confirmedOn } : values;
  if (!recorded || recorded.siteId !== siteId || !sameValues(recorded, asked)) {
    throw new Problem(409, 'id-in-use', 'This id was used for another flow; make a new one.');
  }
  return { id, version: flow.version, created: false };
}
