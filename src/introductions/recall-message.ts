import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { introductionChanged, lockIntroduction, readMessage } from './introductions.queries.js';

/** Calls a released text back while it waits to be sent. It stays approved. */
@Injectable()
export class RecallMessage {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 412, 409 when it was not released or is on its way */
  async execute(context: Context, id: string, messageId: string, expected: number): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      await lockIntroduction(tx, id, expected);
      const message = await readMessage(tx, id, messageId);
      if (message.releasedAt === null) throw new Problem(409, 'not-released', 'This text was not released.');
      // The mailer takes a message on in a statement of its own: what this finds untouched, it will not send.
      const recalled = await tx.sql('UPDATE introduction_message SET released_at = NULL, released_by = NULL WHERE territory_id = $1 AND id = $2 AND delivery IS NULL RETURNING id', [tx.context.territoryId, messageId]);
      if (recalled.length === 0) throw new Problem(409, 'on-its-way', 'This text is on its way already; it cannot be called back.');
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: 'message.recalled', subjectType: 'introduction', subjectId: id, data: { messageId, version } });
      return { version };
    });
  }
}
