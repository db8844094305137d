import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import type { Language, Role } from './access.entities.js';
import { queueStaffMail } from './queue-staff-mail.js';

export interface Invitation {
  email: string;
  name: string;
  language: Language;
  /** At least one. */
  roles: Role[];
  /** Of an advisor, minutes a week; null: the policy's. */
  weeklyMinutes: number | null;
}

/** Makes a person a member of the territory and sends them a link to choose a password. */
@Injectable()
export class InvitePerson {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * A person known elsewhere keeps their own name and language.
   * @throws Problem 409 `already-member`
   */
  async execute(context: Context, input: Invitation): Promise<{ personId: string }> {
    return this.unitOfWork.write(context, async (tx) => {
      const [{ personId }] = await tx.sql<{ personId: string }>('SELECT person_for_invitation($1, $2, $3, $4) AS "personId"', [
        input.email.trim(), input.name.trim(), input.language, tx.now,
      ]);
      const member = await tx.sql('SELECT 1 FROM membership WHERE territory_id = $1 AND person_id = $2 LIMIT 1', [context.territoryId, personId]);
      if (member.length > 0) throw new Problem(409, 'already-member', 'This person belongs to the territory already; change their roles instead.');
      for (const role of input.roles) {
        await tx.sql('INSERT INTO membership (territory_id, person_id, role, weekly_minutes) VALUES ($1, $2, $3, $4)', [
          context.territoryId, personId, role, role === 'advisor' ? input.weeklyMinutes : null,
        ]);
      }
      const staffMailId = await queueStaffMail(tx, personId, 'invitation', {});
      await tx.audit({ action: 'person.invited', subjectType: 'person', subjectId: personId, data: { roles: input.roles, weeklyMinutes: input.weeklyMinutes, staffMailId } });
      return { personId };
    });
  }

  /**
   * Sends the link again: the first was lost, or is older than a week.
   * @throws Problem 404 when the person does not belong to the territory
   */
  async again(context: Context, personId: string): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const member = await tx.sql('SELECT 1 FROM membership WHERE territory_id = $1 AND person_id = $2 LIMIT 1', [context.territoryId, personId]);
      if (member.length === 0) throw notFound('person');
      const staffMailId = await queueStaffMail(tx, personId, 'invitation', {});
      await tx.audit({ action: 'person.invited-again', subjectType: 'person', subjectId: personId, data: { staffMailId } });
    });
  }
}
