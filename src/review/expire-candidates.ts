import { Injectable } from '@nestjs/common';
import { expireOpen } from '../matching/candidate-states.js';
import type { Context } from '../platform/context.js';
import { isoWeekOf } from '../platform/iso-week.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { isExpired } from './candidate-state.js';
import { activePolicy, timeZoneOf } from './decided-pair.queries.js';
import { workedWeeks } from './worked-weeks.queries.js';

/**
 * Closes leads that stayed undecided for as many worked weeks as the policy says; weeks without a list, or with nobody
 * there, do not count. An act of the system; repeating it changes nothing. An expired pair is not blocked: what is still
 * among the best may be proposed again.
 */
@Injectable()
export class ExpireCandidates {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(context: Context): Promise<{ expired: number }> {
    return this.unitOfWork.write(context, async (tx) => {
      const rows = await tx.sql<{ week: string }>(
        `SELECT DISTINCT week FROM candidate_state WHERE territory_id = $1 AND status = 'open' ORDER BY week`, [context.territoryId]);
      const thisWeek = isoWeekOf(tx.now, await timeZoneOf(tx));
      const earlier = rows.map(({ week }) => week).filter((week) => week < thisWeek);
      if (earlier.length === 0) return { expired: 0 };
      const { expiryWeeks } = await activePolicy(tx);
      const worked = await workedWeeks(tx, earlier[0]);
      const stale = earlier.filter((week) => isExpired(week, thisWeek, worked, expiryWeeks));
      const expired = stale.length === 0 ? [] : await expireOpen(tx, stale);
      for (const id of expired) await tx.audit({ action: 'candidate.expired', subjectType: 'candidate', subjectId: id, data: { expiryWeeks } });
      return { expired: expired.length };
    });
  }
}
