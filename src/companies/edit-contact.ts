import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { ContactPerson } from './companies.entities.js';
import { checkContactFree, contactToChange, refuseErrors } from './companies.queries.js';
import { type ContactFields, draftContact } from './company-draft.js';

/** Changes what was said of a contact person, an opposition to mail among it: absent keeps, null clears. */
@Injectable()
export class EditContact {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 409, 422 with the fields */
  async execute(context: Context, contactId: string, patch: ContactFields): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const contact = await contactToChange(tx, contactId);
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const { values, errors } = draftContact({ ...contact, ...given });
      refuseErrors(errors);
      await checkContactFree(tx, contact.companyId, values.ref, contactId);
      await tx.entities.update(ContactPerson, { id: contactId, territoryId: context.territoryId }, { ...values, updatedAt: tx.now });
      await tx.audit({ action: 'contact.edited', subjectType: 'contact', subjectId: contactId, data: { fields: Object.keys(patch).sort(), opposedToMail: values.opposedToMail } });
    });
  }
}
