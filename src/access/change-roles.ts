import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import type { Role } from './access.entities.js';

/** What a person may do in the territory from now on. No role at all: they are out of it, and their sessions with it. */
@Injectable()
export class ChangeRoles {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @param input.weeklyMinutes of an advisor, minutes a week; null: the policy's
   * @throws Problem 404 when the person does not belong to the territory, 409 `last-administrator`
   */
  async execute(context: Context, input: { personId: string; roles: Role[]; weeklyMinutes: number | null }): Promise<void> {
    const { territoryId } = context;
    await this.unitOfWork.write(context, async (tx) => {
      // Locked, so that two administrators who remove each other at once do not both find the other still there.
      const administrators = await tx.sql<{ personId: string }>(
        `SELECT m.person_id AS "personId" FROM membership m JOIN person p ON p.id = m.person_id
         WHERE m.territory_id = $1 AND m.role = 'administrator' AND p.disabled_at IS NULL ORDER BY m.person_id FOR UPDATE OF m`, [territoryId]);
      const before = await tx.sql<{ role: Role; weeklyMinutes: number | null }>(
        'SELECT role, weekly_minutes AS "weeklyMinutes" FROM membership WHERE territory_id = $1 AND person_id = $2 ORDER BY role FOR UPDATE', [territoryId, input.personId]);
      if (before.length === 0) throw notFound('person');
      const loses = before.some((row) => row.role === 'administrator') && !input.roles.includes('administrator');
      if (loses && !administrators.some((row) => row.personId !== input.personId)) {
        throw new Problem(409, 'last-administrator', 'A territory keeps at least one administrator; name another one first.');
      }
      await tx.sql('DELETE FROM membership WHERE territory_id = $1 AND person_id = $2 AND NOT (role = ANY($3))', [territoryId, input.personId, input.roles]);
      for (const role of input.roles) {
        await tx.sql(
          `INSERT INTO membership (territory_id, person_id, role, weekly_minutes) VALUES ($1, $2, $3, $4)
           ON CONFLICT (territory_id, person_id, role) DO UPDATE SET weekly_minutes = excluded.weekly_minutes`,
          [territoryId, input.personId, role, role === 'advisor' ? input.weeklyMinutes : null]);
      }
      await tx.audit({ action: 'person.roles-changed', subjectType: 'person', subjectId: input.personId, data: {
        before: before.map((row) => row.role), after: input.roles,
        weeklyMinutesBefore: before.find((row) => row.role === 'advisor')?.weeklyMinutes ?? null, weeklyMinutes: input.weeklyMinutes,
      } });
    });
  }
}
