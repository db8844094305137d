import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { hashPassword } from './hash-password.js';
import { hashAccessToken } from './make-access-token.js';
import { checkNewPassword } from './passwords.js';

/** Sets a password by the link of an invitation or a reset. The link works once; all sessions of the person end. */
@Injectable()
export class RedeemToken {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 422 with the broken rule of the password, or `link-not-valid`: unknown, used and expired are one answer */
  async execute(input: { token: string; password: string }, requestId: string | null): Promise<void> {
    checkNewPassword(input.password, 'password');
    const passwordHash = await hashPassword(input.password);
    await this.unitOfWork.write({ territoryId: '', personId: null, requestId }, async (tx) => {
      const [{ personId }] = await tx.sql<{ personId: string | null }>('SELECT redeem_access_token($1, $2, $3) AS "personId"', [hashAccessToken(input.token), passwordHash, tx.now]);
      if (personId === null) throw new Problem(422, 'link-not-valid', 'This link does not work, or no longer; ask for a new one.');
      await tx.audit({ action: 'person.password-set-by-link', subjectType: 'person', subjectId: personId });
    });
  }
}
