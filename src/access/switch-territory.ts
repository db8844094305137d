import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';

/** Goes to work in another of one's own territories. */
@Injectable()
export class SwitchTerritory {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @returns the context of the other territory, for the session to keep
   * @throws Problem 404 when the person does not belong to it, whether it exists or not
   */
  async execute(context: Context & { personId: string }, territoryId: string): Promise<Context & { personId: string }> {
    const there = { ...context, territoryId };
    await this.unitOfWork.write(there, async (tx) => {
      const member = await tx.sql('SELECT 1 FROM membership WHERE territory_id = $1 AND person_id = $2 LIMIT 1', [territoryId, context.personId]);
      if (member.length === 0) throw notFound('territory');
      await tx.audit({ action: 'person.switched-territory', subjectType: 'person', subjectId: context.personId });
    });
    return there;
  }
}
