import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import type { Delivery } from './introductions.entities.js';
import { bothFlows, introductionChanged, lockIntroduction, readMessage, refuseClosed } from './introductions.queries.js';
import { LetterDrafts } from './letter-drafts.js';

export type Settlement = 'arrived' | 'bounced' | 'write-again' | 'given-up';

const MAY_BE: Record<Settlement, readonly Delivery[]> = {
  arrived: ['in-doubt'],
  bounced: ['sent', 'in-doubt'],
  // A text of its own, approved anew: one approval is never sent twice.
  'write-again': ['in-doubt', 'refused', 'withheld', 'sent'],
  'given-up': ['in-doubt', 'refused', 'withheld', 'sent'],
};

/** What an advisor found out of a message that is in doubt, was refused or came back: it arrived, it bounced, write again, leave it. */
@Injectable()
export class SettleMessage {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly drafts: LetterDrafts,
  ) {}

  /** @returns for `write-again` the id of the new draft. @throws Problem 404, 412, 409 when the message is in no such state */
  async execute(context: Context, id: string, messageId: string, expected: number, input: { what: Settlement; note?: string | null }): Promise<{ version: number; messageId: string }> {
    return this.unitOfWork.write(context, async (tx) => {
      const introduction = await lockIntroduction(tx, id, expected);
      const message = await readMessage(tx, id, messageId);
      const state = message.delivery;
      if (state === null || !MAY_BE[input.what].includes(state) || message.replacedBy !== null || (state === 'sent' && input.what === 'write-again' && message.settled !== 'bounced')) {
        throw new Problem(409, 'nothing-to-settle', `This message is ${message.replacedBy !== null ? 'replaced' : (state ?? 'not sent')}; that cannot be said of it.`);
      }
      let newest = messageId;
      if (input.what === 'write-again') {
        refuseClosed(introduction);
        newest = await this.drafts.again(tx, introduction, message, await bothFlows(tx, introduction));
      } else {
        await tx.sql('UPDATE introduction_message SET settled = $3, settled_note = $4 WHERE territory_id = $1 AND id = $2', [tx.context.territoryId, messageId, input.what, (input.note ?? '').trim() || null]);
      }
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: `message.${input.what}`, subjectType: 'introduction', subjectId: id, data: { messageId, was: state, replacedBy: newest === messageId ? null : newest, version } });
      return { version, messageId: newest };
    }, { across: true });
  }
}
