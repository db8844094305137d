import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';

/** Sends a link to whoever owns an account with this address, once in five minutes; nobody learns whether there is one. */
@Injectable()
export class AskPasswordReset {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(email: string, requestId: string | null): Promise<void> {
    await this.unitOfWork.write({ territoryId: '', personId: null, requestId }, async (tx) => {
      const [{ staffMailId }] = await tx.sql<{ staffMailId: string | null }>('SELECT ask_password_reset($1, $2) AS "staffMailId"', [email.trim(), tx.now]);
      if (staffMailId === null) return;
      await tx.enqueue('staff-mail.send', { staffMailId });
      await tx.audit({ action: 'staff-mail.queued', subjectType: 'staff-mail', subjectId: staffMailId, data: { template: 'password-reset' } });
    });
  }
}
