import { Injectable } from '@nestjs/common';
import type { Wish } from '../flows/flows.entities.js';
import { flowToChange, refuseWithdrawn, storeChange } from '../flows/flows.queries.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import type { Side } from './introductions.entities.js';
import { followedSide, introductionChanged, lockIntroduction, refuseClosed, writeStep } from './introductions.queries.js';

/**
 * "Ask the company": a flow noted in passing is worked on only once the company wants it. Its answer updates the wish; a no
 * leaves the introduction to be dropped, with a reason, by its people.
 */
@Injectable()
export class NoteWish {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 412, 409 (closed; the flow was withdrawn) */
  async execute(context: Context, id: string, expected: number, input: { side: Side; wish: Exclude<Wish, 'not-asked'> }): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const introduction = await lockIntroduction(tx, id, expected);
      refuseClosed(introduction);
      const { flowId } = await followedSide(tx, id, input.side);
      const [{ version: flowVersion }] = await tx.sql<{ version: number }>('SELECT version FROM flow WHERE territory_id = $1 AND id = $2 FOR UPDATE', [tx.context.territoryId, flowId]);
      const flow = await flowToChange(tx, flowId, flowVersion);
      refuseWithdrawn(flow);
      if (flow.wish !== input.wish) await storeChange(tx, flow, { wish: input.wish }, 'edited', ['wish']);
      await writeStep(tx, id, { step: 'note', side: input.side, note: `wish: ${input.wish}` });
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: 'introduction.wish', subjectType: 'introduction', subjectId: id, data: { side: input.side, wish: input.wish, flowId, version } });
      return { version };
    });
  }
}
