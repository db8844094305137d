import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { Site } from './companies.entities.js';
import { checkRefFree, companyToChange, madeBefore, newId, refuseErrors } from './companies.queries.js';
import { draftSite, type SiteFields } from './company-draft.js';

/** Records a site of a company. Without coordinates it is kept, and its flows are not matched yet. */
@Injectable()
export class AddSite {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /**
   * @param input.id made by the sender, so that the same request sent twice records one site
   * @throws Problem 404, 409 (merged company, a site with this SIRET or reference is recorded, or the id was used for another one), 422 with the fields
   */
  async execute(context: Context, companyId: string, { id: givenId, ...fields }: SiteFields & { id?: string }): Promise<{ id: string }> {
    return this.unitOfWork.write(context, async (tx) => {
      const company = await companyToChange(tx, companyId);
      const { values, errors } = draftSite(fields, this.knowledge, company.siren);
      refuseErrors(errors);
      const id = givenId?.toLowerCase() ?? await newId(tx);
      if (givenId !== undefined && await madeBefore(tx, 'site', id, companyId)) return { id };
      const ref = values.ref === '' ? `local-${id}` : values.ref;
      await checkRefFree(tx, 'site', ref, values.siret === null ? 'ref' : 'siret', id);
      await tx.entities.insert(Site, { ...values, id, ref, territoryId: context.territoryId, companyId, createdAt: tx.now, updatedAt: tx.now });
      await tx.audit({ action: 'site.added', subjectType: 'site', subjectId: id, data: { companyId, ref } });
      return { id };
    });
  }
}
