import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { refuseChanged } from '../platform/http/etag.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { Site } from './companies.entities.js';
import { checkRefFree, refuseErrors } from './companies.queries.js';
import { draftSite, type SiteFields } from './company-draft.js';

/** Changes what was said of a site, its place and its permit among it: absent keeps, null clears. */
@Injectable()
export class EditSite {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /** @param shownAt when what was on screen had last changed; null: whatever stands. @throws Problem 412 (changed since), 404, 409 (the key is another's), 422 with the fields */
  async execute(context: Context, siteId: string, patch: SiteFields, shownAt: Date | null = null): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const site = await tx.entities.findOne(Site, { where: { id: siteId, territoryId: context.territoryId }, lock: { mode: 'pessimistic_write' } });
      if (!site) throw notFound('site');
      refuseChanged(site.updatedAt, shownAt, 'site');
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      // A site moved by a merge may well have a SIRET of its former company: only a new one must fit.
      const [company] = patch.siret ? await tx.sql<{ siren: string | null }>('SELECT siren FROM company WHERE territory_id = $1 AND id = $2', [context.territoryId, site.companyId]) : [];
      const { values, errors } = draftSite({ ...site, ...given }, this.knowledge, company?.siren ?? null);
      refuseErrors(errors);
      const ref = values.ref === '' ? site.ref : values.ref;
      if (ref !== site.ref) await checkRefFree(tx, 'site', ref, values.siret === null ? 'ref' : 'siret', siteId);
      const placed = patch.latitude !== undefined || patch.longitude !== undefined;
      await tx.entities.update(Site, { id: siteId, territoryId: context.territoryId }, {
        ...values, ref, placeOrigin: placed ? values.placeOrigin : site.placeOrigin, updatedAt: tx.now,
      });
      await tx.audit({ action: 'site.edited', subjectType: 'site', subjectId: siteId, data: { fields: Object.keys(patch).sort() } });
    });
  }
}
