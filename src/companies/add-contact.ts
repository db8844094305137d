import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { ContactPerson } from './companies.entities.js';
import { checkContactFree, companyToChange, newId, refuseErrors } from './companies.queries.js';
import { type ContactFields, draftContact } from './company-draft.js';

/** Records a contact person of a company; the same mail address (or name) twice in a company is refused. */
@Injectable()
export class AddContact {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 409, 422 with the fields */
  async execute(context: Context, companyId: string, fields: ContactFields): Promise<{ id: string }> {
    const { values, errors } = draftContact(fields);
    refuseErrors(errors);
    return this.unitOfWork.write(context, async (tx) => {
      await companyToChange(tx, companyId);
      const id = await newId(tx);
      await checkContactFree(tx, companyId, values.ref, id);
      await tx.entities.insert(ContactPerson, { ...values, id, territoryId: context.territoryId, companyId, updatedAt: tx.now });
      // The trail is kept for good, so it holds no personal data.
      await tx.audit({ action: 'contact.added', subjectType: 'contact', subjectId: id, data: { companyId, opposedToMail: values.opposedToMail } });
      return { id };
    });
  }
}
