import { Injectable } from '@nestjs/common';
import { refuseErrors } from '../companies/companies.queries.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import type { Side } from './introductions.entities.js';
import { bothFlows, introductionChanged, lockIntroduction, SIDES } from './introductions.queries.js';
import { LetterDrafts } from './letter-drafts.js';

/** Asks the other company first: the holder of the output hears first unless there is a reason. Both drafts are written anew. */
@Injectable()
export class ChooseFirstSide {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly drafts: LetterDrafts,
  ) {}

  /** @throws Problem 404, 412, 409 once a company was asked or a text approved, 422 without a reason */
  async execute(context: Context, id: string, expected: number, input: { firstSide: Side; reason?: string | null }): Promise<{ version: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const introduction = await lockIntroduction(tx, id, expected);
      const reason = (input.reason ?? '').trim();
      if (input.firstSide === 'input' && reason === '') refuseErrors([{ field: 'reason', code: 'reason-missing', found: 'nothing', expected: 'why the company with the need is asked first' }]);
      if (introduction.step !== 'prepared') throw new Problem(409, 'asked-already', 'A company has been asked already; the order stands.');
      const flows = await bothFlows(tx, introduction);
      const next = { ...introduction, firstSide: input.firstSide };
      for (const side of SIDES) {
        await tx.asTerritory(flows[side].territoryId, (own) => own.sql(
          'UPDATE introduction_message SET approval_id = NULL WHERE introduction_id = $1 AND territory_id = $2 AND released_at IS NULL', [id, own.context.territoryId]));
      }
      await tx.sql('UPDATE introduction SET first_side = $2, first_side_reason = $3 WHERE id = $1', [id, input.firstSide, input.firstSide === 'output' ? null : reason]);
      for (const side of SIDES) await tx.asTerritory(flows[side].territoryId, (own) => this.drafts.rewrite(own, next, { side, kind: 'proposal', flows }));
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: 'introduction.first-side', subjectType: 'introduction', subjectId: id, data: { firstSide: input.firstSide, version } });
      return { version };
    }, { across: true });
  }
}
