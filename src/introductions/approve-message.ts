import { Injectable } from '@nestjs/common';
import { newId, refuseErrors } from '../companies/companies.queries.js';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type FieldError, Problem } from '../platform/problem.js';
import { FITTING_WANTED } from './description.js';
import { refuseReleased } from './edit-message.js';
import { approverOf, bothFlows, introductionChanged, lockIntroduction, type IntroductionRow, type MessageRow, readMessage, refuseClosed } from './introductions.queries.js';
import { LetterDrafts } from './letter-drafts.js';
import { LINK_PLACEHOLDER, openFields } from './letters.js';
import { namedRefusal } from './release-message.js';

/** "This very text may go to this very address": by the référent of that side, or the delegate. Nothing leaves by it yet. */
@Injectable()
export class ApproveMessage {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly drafts: LetterDrafts,
  ) {}

  /**
   * @param input `textHash`: hex hash of the text that was on screen; `fewAccepted`: the advisor has seen that fewer than five companies fit the description
   * @throws Problem 404, 412 (another version, or another text than was on screen), 403 (not theirs to approve),
   *   409 (released; the first side has not said yes; may not be written to), 422 (a field left open, no address, the other side named)
   */
  async execute(context: Context, id: string, messageId: string, expected: number, input: { textHash: string; fewAccepted?: boolean }): Promise<{ version: number; approvalId: string }> {
    const { personId } = context;
    if (personId === null) throw new Problem(403, 'forbidden', 'Only a person approves.');
    return this.unitOfWork.write(context, async (tx) => {
      const introduction = await lockIntroduction(tx, id, expected);
      refuseClosed(introduction);
      const message = await readMessage(tx, id, messageId);
      refuseReleased(message);
      if (input.textHash !== message.textHash.toString('hex')) throw new Problem(412, 'text-changed', 'The text is not the one that was on screen; read it again.');
      const flows = await bothFlows(tx, introduction);
      const { referentId, approver } = await approverOf(tx, flows[message.side]);
      if (approver !== personId) throw new Problem(403, 'not-the-referent', `Only the référent of ${flows[message.side].companyName} (or their delegate while they are away) approves what is written to it.`);
      refuseTooEarly(introduction, message);
      const fitting = await this.refuseUnfit(tx, introduction, message, input.fewAccepted === true);
      const approvalId = await newId(tx);
      await tx.sql(
        'INSERT INTO introduction_approval (id, territory_id, introduction_id, message_id, text_hash, approved_by, referent_id, fitting, approved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
        [approvalId, tx.context.territoryId, id, messageId, message.textHash, personId, referentId, fitting, tx.now]);
      try {
        await tx.sql('UPDATE introduction_message SET approval_id = $3 WHERE territory_id = $1 AND id = $2', [tx.context.territoryId, messageId, approvalId]);
      } catch (error) {
        throw namedRefusal(error);
      }
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: 'message.approved', subjectType: 'introduction', subjectId: id, data: { messageId, approvalId, textHash: input.textHash, forReferent: referentId, fitting, version } });
      return { version, approvalId };
    }, { across: true });
  }

  /** @returns how many companies fit the description of the other side; null: names are given. @throws Problem 422, 409 */
  private async refuseUnfit(tx: Transaction, introduction: IntroductionRow, message: MessageRow, fewAccepted: boolean): Promise<number | null> {
    const errors: FieldError[] = [];
    if (message.recipient === '') errors.push({ field: 'contactId', code: 'no-address', found: 'nobody with an address', expected: 'a contact person with a mail address' });
    for (const field of ['subject', 'body'] as const) {
      for (const open of openFields(message[field])) errors.push({ field, code: 'field-left-open', found: open, expected: 'the field filled in, or taken out' });
    }
    const wanted = { subject: 0, body: message.kind === 'proposal' ? 1 : 0 };
    for (const field of ['subject', 'body'] as const) {
      const links = message[field].split(LINK_PLACEHOLDER).length - 1;
      if (links === wanted[field]) continue;
      errors.push({ field, code: links < wanted[field] ? 'link-missing' : 'link-misplaced', found: `${links} places for the answer link`, expected: `${LINK_PLACEHOLDER} ${wanted[field] === 1 ? 'once' : 'in the body of a proposal only'}` });
    }
    if (message.kind === 'names') {
      refuseErrors(errors);
      return null;
    }
    errors.push(...await this.drafts.identifying(tx, introduction, message));
    refuseErrors(errors);
    const fitting = await this.drafts.fitting(tx, introduction, message.side);
    if (fitting < FITTING_WANTED && !fewAccepted) {
      throw new Problem(409, 'few-fit', `Only ${fitting} of the known companies fit the description, fewer than ${FITTING_WANTED}: the other side may be recognised. Approve it all the same, or say less.`,
        [{ field: 'fewAccepted', code: 'few-fit', found: String(fitting), expected: `${FITTING_WANTED}, or fewAccepted` }]);
    }
    return fitting;
  }
}

/** Said by name before the database refuses it by its foreign keys. @throws Problem 409 */
function refuseTooEarly(introduction: IntroductionRow, message: MessageRow): void {
  if (message.kind === 'proposal' && message.side !== introduction.firstSide && message.otherYesId === null) {
    throw new Problem(409, 'first-yes-missing', 'The other side is asked first; this text can be approved once it has said yes.');
  }
}
