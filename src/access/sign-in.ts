import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { territoriesOf } from './access.queries.js';
import { verifyPassword } from './hash-password.js';

interface Found {
  id: string;
  passwordHash: string | null;
  disabledAt: Date | null;
}

/** Checks who somebody is. Unknown, disabled, without territory and wrong password are one answer, after the same work. */
@Injectable()
export class SignIn {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @returns the person, and the first of their territories by name to work in
   * @throws Problem 401 `sign-in-refused`
   */
  async execute(input: { email: string; password: string }, requestId: string | null): Promise<Context & { personId: string }> {
    const nobody: Context = { territoryId: '', personId: null, requestId };
    const [found] = await this.unitOfWork.read(nobody, (tx) => tx.sql<Found>(
      'SELECT id, password_hash AS "passwordHash", disabled_at AS "disabledAt" FROM sign_in_lookup($1)', [input.email.trim()]));
    const right = await verifyPassword(found?.passwordHash ?? null, input.password);
    const [territory] = found && right && found.disabledAt === null
      ? await this.unitOfWork.read({ ...nobody, personId: found.id }, (tx) => territoriesOf(tx, found.id))
      : [];
    if (!territory) throw new Problem(401, 'sign-in-refused', 'The e-mail address or the password is wrong.');
    const context = { territoryId: territory.id, personId: found.id, requestId };
    await this.unitOfWork.write(context, (tx) => tx.audit({ action: 'person.signed-in', subjectType: 'person', subjectId: found.id }));
    return context;
  }
}
