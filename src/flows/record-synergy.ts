import { Injectable } from '@nestjs/common';
import { newId, refuseErrors, territoryDay } from '../companies/companies.queries.js';
import { isBlank, quote, readDay } from '../companies/words.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Flow } from './flows.entities.js';

export interface NewSynergy {
  outputFlowId: string;
  inputFlowId: string;
  startedOn?: string | null;
}

/** Notes that an exchange between two flows of the territory runs: its pair is proposed no more. Noted before: it runs again. */
@Injectable()
export class RecordSynergy {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 422 with the fields: a flow that is not there, on the wrong side, or a day that is none or in the future */
  async execute(context: Context, { outputFlowId, inputFlowId, startedOn }: NewSynergy): Promise<{ id: string }> {
    return this.unitOfWork.write(context, async (tx) => {
      const { territoryId } = context;
      const today = await territoryDay(tx);
      const day = readDay(startedOn);
      if (!isBlank(startedOn) && (day === null || day > today)) refuseErrors([{ field: 'startedOn', code: 'not-a-past-day', found: quote(startedOn), expected: `a day, at the latest ${today}` }]);
      for (const [field, id, direction] of [['outputFlowId', outputFlowId, 'output'], ['inputFlowId', inputFlowId, 'input']] as const) {
        if (!(await tx.entities.existsBy(Flow, { id, territoryId, direction }))) refuseErrors([{ field, code: `no-such-${direction}`, found: id, expected: `the id of an ${direction} of this territory` }]);
      }
      const [{ id }] = await tx.sql<{ id: string }>(
        `INSERT INTO running_synergy (id, territory_id, output_flow_id, input_flow_id, started_on) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (territory_id, output_flow_id, input_flow_id)
         DO UPDATE SET ended_on = NULL, started_on = CASE WHEN running_synergy.ended_on IS NULL THEN coalesce(excluded.started_on, running_synergy.started_on) ELSE excluded.started_on END
         RETURNING id`, [await newId(tx), territoryId, outputFlowId, inputFlowId, day]);
      await tx.audit({ action: 'synergy.recorded', subjectType: 'synergy', subjectId: id, data: { outputFlowId, inputFlowId, startedOn: day } });
      return { id };
    });
  }
}
