import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { ConfidentialityAgreement } from './companies.entities.js';
import { companyToChange, newId, refuseErrors, territoryDay } from './companies.queries.js';
import { type AgreementFields, draftAgreement } from './company-draft.js';

/** Records a signed confidentiality agreement of a company; one a day of signature. */
@Injectable()
export class RecordAgreement {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 409 when one was signed that day, 422 with the fields */
  async execute(context: Context, companyId: string, fields: AgreementFields): Promise<{ id: string }> {
    return this.unitOfWork.write(context, async (tx) => {
      await companyToChange(tx, companyId);
      const { values, errors } = draftAgreement(fields, await territoryDay(tx));
      refuseErrors(errors);
      const { territoryId } = context;
      if (await tx.entities.existsBy(ConfidentialityAgreement, { territoryId, companyId, signedOn: values.signedOn })) {
        throw new Problem(409, 'agreement-exists', `An agreement of this company signed on ${values.signedOn} is already recorded.`);
      }
      const id = await newId(tx);
      await tx.entities.insert(ConfidentialityAgreement, { ...values, id, territoryId, companyId, updatedAt: tx.now });
      await tx.audit({ action: 'agreement.recorded', subjectType: 'agreement', subjectId: id, data: { companyId, ...values } });
      return { id };
    });
  }
}
