import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';

/** An absence that does not take place, or was noted wrongly. */
@Injectable()
export class RemoveAbsence {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404 when that person has no such absence in the territory */
  async execute(context: Context, input: { personId: string; absenceId: string }): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const [removed] = await tx.sql<{ fromDay: string; toDay: string; delegateId: string | null }>(
        `DELETE FROM absence WHERE territory_id = $1 AND person_id = $2 AND id = $3
         RETURNING from_day::text AS "fromDay", to_day::text AS "toDay", delegate_id AS "delegateId"`,
        [context.territoryId, input.personId, input.absenceId]);
      if (!removed) throw notFound('absence');
      await tx.audit({ action: 'absence.removed', subjectType: 'person', subjectId: input.personId, data: { absenceId: input.absenceId, ...removed } });
    });
  }
}
