import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import { ConfidentialityAgreement } from './companies.entities.js';
import { refuseErrors, territoryDay } from './companies.queries.js';
import { type AgreementFields, draftAgreement } from './company-draft.js';

/** Changes the scope or the end of an agreement; to end one, its last valid day is set. The day of signature stays. */
@Injectable()
export class EditAgreement {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 422 with the fields */
  async execute(context: Context, agreementId: string, patch: Omit<AgreementFields, 'signedOn'>): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const where = { id: agreementId, territoryId: context.territoryId };
      const agreement = await tx.entities.findOne(ConfidentialityAgreement, { where, lock: { mode: 'pessimistic_write' } });
      if (!agreement) throw notFound('agreement');
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const { values, errors } = draftAgreement({ ...agreement, ...given, signedOn: agreement.signedOn }, await territoryDay(tx));
      refuseErrors(errors);
      await tx.entities.update(ConfidentialityAgreement, where, { scope: values.scope, validUntil: values.validUntil, updatedAt: tx.now });
      await tx.audit({ action: 'agreement.edited', subjectType: 'agreement', subjectId: agreementId, data: { before: { scope: agreement.scope, validUntil: agreement.validUntil }, after: { scope: values.scope, validUntil: values.validUntil } } });
    });
  }
}
