import { Injectable } from '@nestjs/common';
import { refuseErrors } from '../companies/companies.queries.js';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type FieldError, Problem } from '../platform/problem.js';
import { contactsOf, LetterDrafts } from './letter-drafts.js';
import { bothFlows, introductionChanged, lockIntroduction, type MessageRow, readMessage, refuseClosed } from './introductions.queries.js';

/** Characters that a subject and a body may have. */
const SUBJECT_AT_MOST = 200;
const BODY_AT_MOST = 8_000;

export interface MessagePatch {
  subject?: string;
  body?: string;
  /** Whom it goes to; null: nobody yet. A change of person writes the draft anew in their language unless a text is given. */
  contactId?: string | null;
}

/** Writes a text anew, in whole or in part. What was approved is so no more. */
@Injectable()
export class EditMessage {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly drafts: LetterDrafts,
  ) {}

  /** @throws Problem 404, 412, 409 once it was released, 422 with the fields */
  async execute(context: Context, id: string, messageId: string, expected: number, patch: MessagePatch): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const introduction = await lockIntroduction(tx, id, expected);
      refuseClosed(introduction);
      const message = await readMessage(tx, id, messageId);
      refuseReleased(message);
      refuseErrors(fieldErrors(patch));
      const contact = patch.contactId === undefined ? undefined : await this.contact(tx, message, patch.contactId);
      const draft = contact === undefined || patch.body !== undefined
        ? { subject: message.subject, body: message.body, language: contact?.language ?? message.language }
        : await this.drafts.compose(tx, introduction, { side: message.side, kind: message.kind, flows: await bothFlows(tx, introduction) }, contact);
      await tx.sql(
        `UPDATE introduction_message SET approval_id = NULL, subject = $3, body = $4, language = $5,
           contact_id = CASE WHEN $6 THEN $7::uuid ELSE contact_id END, recipient = CASE WHEN $6 THEN $8 ELSE recipient END WHERE territory_id = $1 AND id = $2`,
        [tx.context.territoryId, messageId, patch.subject?.trim() ?? draft.subject, patch.body ?? draft.body, draft.language, contact !== undefined, contact?.id ?? null, contact?.email ?? '']);
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: 'message.edited', subjectType: 'introduction', subjectId: id, data: { messageId, approvalWithdrawn: message.approvalId, version } });
      return { version };
    }, { across: true });
  }

  private async contact(tx: Transaction, message: MessageRow, contactId: string | null): Promise<{ id: string; name: string; email: string | null; language: 'fr' | 'en' } | null> {
    if (contactId === null) return null;
    const found = (await contactsOf(tx, message.introductionId, message.side)).find(({ id }) => id === contactId);
    if (found === undefined) refuseErrors([{ field: 'contactId', code: 'not-a-contact', found: contactId, expected: 'the id of a contact person of this company' }]);
    return found ?? null;
  }
}

/** @throws Problem 409 */
export function refuseReleased(message: MessageRow): void {
  if (message.replacedBy !== null) throw new Problem(409, 'message-replaced', 'Another text was written in the place of this one.');
  if (message.releasedAt !== null) throw new Problem(409, 'message-released', 'This text has been released; call it back first, or write another.');
}

function fieldErrors({ subject, body }: MessagePatch): FieldError[] {
  const errors: FieldError[] = [];
  const check = (field: string, text: string | undefined, most: number, oneLine: boolean): void => {
    if (text === undefined) return;
    if (text.trim() === '' || text.length > most) errors.push({ field, code: 'length', found: `${text.length} characters`, expected: `1 to ${most} characters` });
    else if (oneLine && /[\r\n]/.test(text)) errors.push({ field, code: 'one-line', found: 'a line break', expected: 'a single line' });
  };
  check('subject', subject, SUBJECT_AT_MOST, true);
  check('body', body, BODY_AT_MOST, false);
  return errors;
}
