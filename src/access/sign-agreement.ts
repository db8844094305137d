import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';

/** The territory's own signature under looking across the border with a neighbour; in force once both have signed. */
@Injectable()
export class SignAgreement {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Signing twice changes nothing; signing after an end begins anew. @throws Problem 404 when there is no such other territory */
  async execute(context: Context, neighbourId: string): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const there = await tx.sql('SELECT 1 FROM territory WHERE id = $1 AND id <> $2', [neighbourId, context.territoryId]);
      if (there.length === 0) throw notFound('other territory');
      await tx.sql('SELECT sign_territory_agreement($1, $2)', [neighbourId, tx.now]);
      await tx.audit({ action: 'agreement.signed', subjectType: 'territory', subjectId: neighbourId });
    });
  }
}
