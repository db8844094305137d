import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { ContactPerson } from './companies.entities.js';
import { contactToChange } from './companies.queries.js';

/** Deletes a contact person for good, as they may ask for. */
@Injectable()
export class RemoveContact {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404 */
  async execute(context: Context, contactId: string): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const contact = await contactToChange(tx, contactId);
      await tx.entities.delete(ContactPerson, { id: contactId, territoryId: context.territoryId });
      await tx.audit({ action: 'contact.removed', subjectType: 'contact', subjectId: contactId, data: { companyId: contact.companyId } });
    });
  }
}
