import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { Company } from './companies.entities.js';
import { checkReferent, checkRefFree, defaultReferent, madeBefore, newId, refuseErrors } from './companies.queries.js';
import { type CompanyFields, draftCompany } from './company-draft.js';

export interface NewCompany extends CompanyFields {
  /** Made by the sender, so that the same request sent twice records one company. */
  id?: string;
  /** Absent: the advisor who records it, if it is one; null: nobody yet. */
  referentId?: string | null;
}

/** Records a company. Its natural key is its SIREN, else the given reference, else one made of its id. */
@Injectable()
export class CreateCompany {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /** @throws Problem 422 with the fields that are not valid, 409 when a company with this SIREN or reference is recorded */
  async execute(context: Context, input: NewCompany): Promise<{ id: string }> {
    const { values, errors } = draftCompany(input, this.knowledge);
    refuseErrors(errors);
    return this.unitOfWork.write(context, async (tx) => {
      const referentId = input.referentId === undefined ? await defaultReferent(tx) : input.referentId;
      await checkReferent(tx, referentId);
      const id = input.id?.toLowerCase() ?? await newId(tx);
      if (input.id !== undefined && await madeBefore(tx, 'company', id)) return { id };
      const ref = values.ref === '' ? `local-${id}` : values.ref;
      await checkRefFree(tx, 'company', ref, values.siren === null ? 'ref' : 'siren', id);
      await tx.entities.insert(Company, { ...values, id, ref, territoryId: context.territoryId, referentId, createdAt: tx.now, updatedAt: tx.now });
      await tx.audit({ action: 'company.created', subjectType: 'company', subjectId: id, data: { ref } });
      return { id };
    });
  }
}
