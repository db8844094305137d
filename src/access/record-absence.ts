import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';

export interface NewAbsence {
  personId: string;
  /** First and last day, `2026-12-21`, in the territory's time zone. */
  fromDay: string;
  toDay: string;
  /** An advisor of the territory; null: nobody decides meanwhile. */
  delegateId: string | null;
}

/** An advisor will be away; the delegate gets and decides what is assigned to them. */
@Injectable()
export class RecordAbsence {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404 when the person is no advisor of the territory, 422 on days or delegate, 409 `absence-overlaps` */
  async execute(context: Context, input: NewAbsence): Promise<{ absenceId: string }> {
    const { territoryId } = context;
    return this.unitOfWork.write(context, async (tx) => {
      const isAdvisor = async (personId: string): Promise<boolean> =>
        // Locked, so that two absences of one person are checked one after the other.
        (await tx.sql("SELECT 1 FROM membership WHERE territory_id = $1 AND person_id = $2 AND role = 'advisor' FOR UPDATE", [territoryId, personId])).length > 0;
      if (!(await isAdvisor(input.personId))) throw notFound('advisor');
      if (input.fromDay > input.toDay) {
        throw new Problem(422, 'days-in-wrong-order', 'An absence ends on or after its first day.', [
          { field: 'toDay', code: 'days-in-wrong-order', found: input.toDay, expected: `${input.fromDay} or later` },
        ]);
      }
      if (input.delegateId !== null && (input.delegateId === input.personId || !(await isAdvisor(input.delegateId)))) {
        throw new Problem(422, 'delegate-no-advisor', 'The delegate must be another advisor of this territory.', [
          { field: 'delegateId', code: 'delegate-no-advisor', found: input.delegateId, expected: 'another advisor of this territory' },
        ]);
      }
      const [overlap] = await tx.sql<{ fromDay: string; toDay: string }>(
        'SELECT from_day::text AS "fromDay", to_day::text AS "toDay" FROM absence WHERE territory_id = $1 AND person_id = $2 AND from_day <= $4 AND to_day >= $3 ORDER BY from_day LIMIT 1',
        [territoryId, input.personId, input.fromDay, input.toDay]);
      if (overlap) throw new Problem(409, 'absence-overlaps', `There is an absence from ${overlap.fromDay} to ${overlap.toDay} already; remove it first.`);
      const [{ absenceId }] = await tx.sql<{ absenceId: string }>(
        'INSERT INTO absence (territory_id, person_id, from_day, to_day, delegate_id) VALUES ($1, $2, $3, $4, $5) RETURNING id AS "absenceId"',
        [territoryId, input.personId, input.fromDay, input.toDay, input.delegateId]);
      await tx.audit({ action: 'absence.recorded', subjectType: 'person', subjectId: input.personId, data: { absenceId, fromDay: input.fromDay, toDay: input.toDay, delegateId: input.delegateId } });
      return { absenceId };
    });
  }
}
