import { Injectable } from '@nestjs/common';
import { territoryDay } from '../companies/companies.queries.js';
import { isBlank, quote, readDay } from '../companies/words.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import { RunningSynergy } from './flows.entities.js';

/** Notes the day from which an exchange runs no more; from then on its pair may be proposed again. */
@Injectable()
export class EndSynergy {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @param endedOn absent: today. @throws Problem 404, 422 when the day is none, in the future or before the start */
  async execute(context: Context, synergyId: string, endedOn?: string | null): Promise<{ endedOn: string }> {
    return this.unitOfWork.write(context, async (tx) => {
      const where = { id: synergyId, territoryId: context.territoryId };
      const synergy = await tx.entities.findOne(RunningSynergy, { where, lock: { mode: 'pessimistic_write' } });
      if (!synergy) throw notFound('synergy');
      const today = await territoryDay(tx);
      const day = isBlank(endedOn) ? today : readDay(endedOn);
      const first = synergy.startedOn ?? '1900-01-01';
      if (day === null || day > today || day < first) {
        throw new Problem(422, 'invalid-fields', 'Some fields are not valid.', [
          { field: 'endedOn', code: 'not-a-day-of-the-synergy', found: quote(endedOn), expected: `a day between ${first} and ${today}` },
        ]);
      }
      await tx.entities.update(RunningSynergy, where, { endedOn: day });
      await tx.audit({ action: 'synergy.ended', subjectType: 'synergy', subjectId: synergyId, data: { endedOn: day } });
      return { endedOn: day };
    });
  }
}
