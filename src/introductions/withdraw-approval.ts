import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { refuseReleased } from './edit-message.js';
import { introductionChanged, lockIntroduction, readMessage } from './introductions.queries.js';

/** Takes an approval back, while the text was not released. The approval stays in the record; it counts no more. */
@Injectable()
export class WithdrawApproval {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 412, 409 (released, or not approved) */
  async execute(context: Context, id: string, messageId: string, expected: number): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      await lockIntroduction(tx, id, expected);
      const message = await readMessage(tx, id, messageId);
      refuseReleased(message);
      if (message.approvalId === null) throw new Problem(409, 'not-approved', 'This text is not approved.');
      await tx.sql('UPDATE introduction_message SET approval_id = NULL WHERE territory_id = $1 AND id = $2', [tx.context.territoryId, messageId]);
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: 'message.approval-withdrawn', subjectType: 'introduction', subjectId: id, data: { messageId, approvalId: message.approvalId, version } });
      return { version };
    });
  }
}
