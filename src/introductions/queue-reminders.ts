import type { Context } from '../platform/context.js';
import type { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { today } from './introductions.queries.js';

/** Mails whoever follows mediations whose day has come, once for each day that was named; run by the worker's tick. */
export class QueueReminders {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @returns how many people are mailed */
  async execute(context: Context): Promise<number> {
    return this.unitOfWork.write(context, async (tx) => {
      const mails = await tx.sql<{ id: string }>('SELECT id FROM queue_reminders($1, $2) AS id', [await today(tx), tx.now]);
      for (const { id } of mails) await tx.enqueue('staff-mail.send', { staffMailId: id });
      return mails.length;
    });
  }
}
