import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { hashPassword, verifyPassword } from './hash-password.js';
import { checkNewPassword } from './passwords.js';

/** One's own password, by whoever knows the present one. Their other sessions end, and links that were sent work no more. */
@Injectable()
export class ChangePassword {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @param keptSession id of the session that goes on
   * @throws Problem 422 `current-password-wrong`, or the broken rule of the new one
   */
  async execute(context: Context & { personId: string }, input: { currentPassword: string; newPassword: string }, keptSession: string): Promise<void> {
    checkNewPassword(input.newPassword, 'newPassword');
    const [own] = await this.unitOfWork.read(context, (tx) => tx.sql<{ passwordHash: string | null }>(
      'SELECT found.password_hash AS "passwordHash" FROM person p, sign_in_lookup(p.email) found WHERE p.id = $1', [context.personId]));
    if (!(await verifyPassword(own?.passwordHash ?? null, input.currentPassword))) {
      throw new Problem(422, 'current-password-wrong', 'The present password is another one.', [
        { field: 'currentPassword', code: 'current-password-wrong', found: 'another password', expected: 'your present password' },
      ]);
    }
    const passwordHash = await hashPassword(input.newPassword);
    await this.unitOfWork.write(context, async (tx) => {
      await tx.sql('SELECT set_own_password($1, $2, $3)', [passwordHash, keptSession, tx.now]);
      await tx.audit({ action: 'person.password-changed', subjectType: 'person', subjectId: context.personId });
    });
  }
}
