import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import type { Side, Way } from './introductions.entities.js';
import { followedSide, introductionChanged, lockIntroduction, refuseClosed } from './introductions.queries.js';

/** Whether the référent phones, visits or writes. */
@Injectable()
export class ChooseWay {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 412, 409 (closed) */
  async execute(context: Context, id: string, expected: number, { side, way }: { side: Side; way: Way }): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      refuseClosed(await lockIntroduction(tx, id, expected));
      await followedSide(tx, id, side);
      await tx.sql('UPDATE introduction_side SET way = $4 WHERE territory_id = $1 AND introduction_id = $2 AND side = $3', [tx.context.territoryId, id, side, way]);
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: 'introduction.way', subjectType: 'introduction', subjectId: id, data: { side, way, version } });
      return { version };
    });
  }
}
