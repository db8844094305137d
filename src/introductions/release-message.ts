import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { refuseReleased } from './edit-message.js';
import { introductionChanged, lockIntroduction, readMessage, refuseClosed, writeStep } from './introductions.queries.js';

/** The second act: the approved text goes out. Until it is on its way it can be called back. */
@Injectable()
export class ReleaseMessage {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 412, 409 (not approved; released before; may not be written to: `may-not-be-written-to` with the reason as code) */
  async execute(context: Context, id: string, messageId: string, expected: number): Promise<{ version: number }> {
    if (context.personId === null) throw new Problem(403, 'forbidden', 'Only a person releases a text.');
    return this.unitOfWork.write(context, async (tx) => {
      const introduction = await lockIntroduction(tx, id, expected);
      refuseClosed(introduction);
      const message = await readMessage(tx, id, messageId);
      refuseReleased(message);
      if (message.approvalId === null) throw new Problem(409, 'not-approved', 'This text is not approved; nothing is sent that was not.');
      try {
        await tx.sql('UPDATE introduction_message SET released_at = $3, released_by = $4 WHERE territory_id = $1 AND id = $2', [tx.context.territoryId, messageId, tx.now, context.personId]);
      } catch (error) {
        throw namedRefusal(error);
      }
      await tx.enqueue('company-mail.send', { messageId });
      if (message.kind === 'proposal') await writeStep(tx, id, { step: 'asked', side: message.side });
      const version = await introductionChanged(tx, id, introduction.step === 'prepared' ? { step: 'asked' } : {});
      await tx.audit({ action: 'message.released', subjectType: 'introduction', subjectId: id, data: { messageId, approvalId: message.approvalId, version } });
      return { version };
    });
  }
}

const WHY: Record<string, string> = {
  'introduction-closed': 'the introduction is over',
  'no-contact': 'the contact person is gone',
  'contact-without-address': 'the contact person has no mail address',
  'address-changed': 'the contact person’s address is another than the approved one',
  'opposed-to-mail': 'the person does not want to be written to',
  'no-agreement': 'the company has no valid confidentiality agreement',
  'territories-without-agreement': 'the agreement between the two territories has ended',
  'flow-not-matchable': 'one of the flows was withdrawn, withheld, or is not wished to be worked on',
  'wish-not-asked': 'the company was not asked yet whether it wants to work on this flow',
};

/** The database's own refusals of an approval or a release, in words. */
export function namedRefusal(error: unknown): unknown {
  if (!(error instanceof QueryFailedError)) return error;
  const { constraint, message } = error.driverError as { constraint?: string; message: string };
  if (constraint === 'guard_company_message_yes') return new Problem(409, 'yes-taken-back', 'The company whose yes this text rests on has taken it back.');
  if (constraint !== 'guard_company_message_refusal') return error;
  return new Problem(409, 'may-not-be-written-to', `This company may not be written to: ${WHY[message] ?? message}.`, [{ field: 'recipient', code: message, found: message, expected: 'a contact person who may be written to' }]);
}
