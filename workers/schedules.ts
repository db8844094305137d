import type { Logger } from 'pino';
import { isRunDue, type RequestRun } from '../src/matching/request-run.js';
import type { Clock } from '../src/platform/clock.js';
import { type Context, systemContext } from '../src/platform/context.js';
import { isoWeekOf, runDueAt } from '../src/platform/iso-week.js';
import type { UnitOfWork } from '../src/platform/postgres/unit-of-work.js';
import type { OutboxRelay } from './outbox-relay.js';
import { isPassing, withoutData } from '../src/platform/passing-trouble.js';
import type { Reconciliation } from './reconciliation.js';

/** What time alone does in one territory: closing candidates that stayed undecided for too long, reminders. */
export interface TimeOfTerritory {
  execute(context: Context): Promise<unknown>;
}

export interface ScheduleParts {
  unitOfWork: UnitOfWork;
  clock: Clock;
  logger: Logger;
  requestRun: RequestRun;
  expiry: TimeOfTerritory;
  /** Mails that the day of a mediation has come. */
  reminders: TimeOfTerritory;
  reconciliation: Reconciliation;
  relay: Pick<OutboxRelay, 'tidy'>;
}

interface ScheduledTerritory {
  id: string;
  timeZone: string;
  /** False until the territory has an active policy: nothing can be calculated yet. */
  prepared: boolean;
}

/**
 * What happens by time alone, every minute: weekly runs that are due, candidates that expire, and work that the queue lost.
 * Two ticks at once do the same as one. What fails for one territory does not keep the others waiting.
 */
export class Schedules {
  constructor(private readonly parts: ScheduleParts) {}

  async tick(): Promise<void> {
    const territories = await this.territories();
    for (const territory of territories) {
      await this.attempt('weekly run', territory.id, () => this.requestDueRun(territory));
      await this.attempt('expiry', territory.id, () => this.parts.expiry.execute(systemContext(territory.id)));
      await this.attempt('reminders', territory.id, () => this.parts.reminders.execute(systemContext(territory.id)));
    }
    await this.attempt('reconciliation', null, () => this.parts.reconciliation.execute(territories.map(({ id }) => id)));
    await this.attempt('outbox', null, () => this.parts.relay.tidy());
  }

  private async territories(): Promise<ScheduledTerritory[]> {
    const { unitOfWork } = this.parts;
    const rows = await unitOfWork.read(systemContext(''), (tx) =>
      tx.sql<{ id: string; timeZone: string }>('SELECT id, time_zone AS "timeZone" FROM territory ORDER BY slug'));
    return Promise.all(rows.map(async (row) => ({ ...row, prepared: await this.isPrepared(row.id) })));
  }

  private async isPrepared(territoryId: string): Promise<boolean> {
    const rows = await this.parts.unitOfWork.read(systemContext(territoryId), (tx) =>
      tx.sql("SELECT 1 FROM policy_version WHERE territory_id = $1 AND state = 'active'", [territoryId]));
    return rows.length > 0;
  }

  /** Due since Monday 06:00 local time: a Monday that was missed is caught up in the same week, once; a failed run is followed by another. */
  private async requestDueRun({ id, timeZone, prepared }: ScheduledTerritory): Promise<void> {
    const now = this.parts.clock.now();
    const week = isoWeekOf(now, timeZone);
    if (!prepared || now < runDueAt(week, timeZone)) return;
    if (!(await this.parts.unitOfWork.read(systemContext(id), (tx) => isRunDue(tx, week)))) return;
    const requested = await this.parts.requestRun.execute(systemContext(id), { cause: 'schedule', week });
    if (requested.created) this.parts.logger.info({ territoryId: id, runId: requested.runId, week }, 'the weekly run was asked for');
  }

  private async attempt(what: string, territoryId: string | null, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { logger } = this.parts;
      if (isPassing(error)) logger.warn({ what, territoryId, error: withoutData(error) }, 'a part of the tick could not be done now; the next tick tries again');
      else logger.error({ what, territoryId, error: withoutData(error), err: error }, 'a part of the tick failed; the next tick tries again');
    }
  }
}
