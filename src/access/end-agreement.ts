import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';

/** Either side ends an agreement, at once and for both; also one that only one side has signed. */
@Injectable()
export class EndAgreement {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404 when no agreement with that territory is running */
  async execute(context: Context, neighbourId: string): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const [{ ended }] = await tx.sql<{ ended: boolean }>('SELECT end_territory_agreement($1, $2) AS ended', [neighbourId, tx.now]);
      if (!ended) throw notFound('running agreement');
      await tx.audit({ action: 'agreement.ended', subjectType: 'territory', subjectId: neighbourId });
    });
  }
}
