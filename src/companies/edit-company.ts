import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { refuseChanged } from '../platform/http/etag.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { Company } from './companies.entities.js';
import { checkReferent, checkRefFree, companyToChange, refuseErrors } from './companies.queries.js';
import { type CompanyFields, draftCompany } from './company-draft.js';

export interface CompanyPatch extends CompanyFields {
  referentId?: string | null;
}

/** Changes what was said of a company: absent keeps, null clears. With a SIREN, that becomes its natural key. */
@Injectable()
export class EditCompany {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /** @param shownAt when what was on screen had last changed; null: whatever stands. @throws Problem 412 (changed since), 404, 409 (merged, or the key is another's), 422 with the fields */
  async execute(context: Context, companyId: string, patch: CompanyPatch, shownAt: Date | null = null): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const company = await companyToChange(tx, companyId);
      refuseChanged(company.updatedAt, shownAt, 'company');
      const { referentId = company.referentId, ...words } = patch;
      const given = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
      const { ref, siren, name, naf, groupRef } = company;
      const { values, errors } = draftCompany({ ref, siren, name, naf, groupRef, ...given }, this.knowledge);
      refuseErrors(errors);
      if (referentId !== company.referentId) await checkReferent(tx, referentId);
      const key = values.ref === '' ? company.ref : values.ref;
      if (key !== company.ref) await checkRefFree(tx, 'company', key, values.siren === null ? 'ref' : 'siren', companyId);
      await tx.entities.update(Company, { id: companyId, territoryId: context.territoryId }, { ...values, ref: key, referentId, updatedAt: tx.now });
      await tx.audit({ action: 'company.edited', subjectType: 'company', subjectId: companyId, data: { fields: Object.keys(patch).sort() } });
    });
  }
}
