import { systemContext } from '../src/platform/context.js';
import type { OutboxName, OutboxPayloads } from '../src/platform/jobs.js';
import type { Transaction, UnitOfWork } from '../src/platform/postgres/unit-of-work.js';
import { waitingMessages } from '../src/introductions/waiting-messages.queries.js';
import type { JobDesk } from './job-desk.js';

/** Key of the lock that keeps two reconciliations apart. */
const LOCK = 7_220_483;

const UNFINISHED_RUNS = `
  SELECT r.id FROM run r WHERE r.territory_id = $1 AND r.state NOT IN ('published', 'failed')
    AND NOT EXISTS (SELECT 1 FROM outbox_entry o WHERE o.dispatched_at IS NULL AND o.name = 'run' AND o.payload ->> 'runId' = r.id::text)`;
const UNFINISHED_IMPORTS = `
  SELECT i.id FROM import_job i WHERE i.territory_id = $1 AND i.state IN ('waiting', 'reading')
    AND NOT EXISTS (SELECT 1 FROM outbox_entry o WHERE o.dispatched_at IS NULL AND o.name = 'import.read' AND o.payload ->> 'importId' = i.id::text)`;
/** Queued mails of all territories; the outbox is not this role's to read, and a mail asked for twice goes once. */
const QUEUED_MAILS = "SELECT id FROM staff_mail WHERE state = 'queued' AND created_at < $1::timestamptz - interval '1 minute' ORDER BY created_at LIMIT 500";

/**
 * State rows decide what is left to do: whatever is unfinished, was handed over, and is not in the queue any more (a queue
 * that was lost, a job that ran out of attempts while PostgreSQL was away) is put there again.
 */
export class Reconciliation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    /** As the mailer's role; null: this worker sends no mail. */
    private readonly mailer: UnitOfWork | null,
    private readonly desk: JobDesk,
  ) {}

  /** @returns false when another worker was at it */
  async execute(territories: readonly string[]): Promise<boolean> {
    return this.unitOfWork.write(systemContext(''), async (tx) => {
      const [{ mine }] = await tx.sql<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [LOCK]);
      if (!mine) return false;
      for (const territoryId of territories) await this.ofTerritory(territoryId);
      await this.mails();
      return true;
    });
  }

  private async ofTerritory(territoryId: string): Promise<void> {
    const { runs, imports } = await this.unitOfWork.read(systemContext(territoryId), async (tx) => ({
      runs: await ids(tx, UNFINISHED_RUNS, [territoryId]),
      imports: await ids(tx, UNFINISHED_IMPORTS, [territoryId]),
    }));
    for (const runId of runs) await this.put('run', { territoryId, runId });
    for (const importId of imports) await this.put('import.read', { territoryId, importId });
  }

  private async mails(): Promise<void> {
    if (this.mailer === null) return;
    const mails = await this.mailer.read(systemContext(''), (tx) => ids(tx, QUEUED_MAILS, [tx.now]));
    for (const staffMailId of mails) await this.put('staff-mail.send', { staffMailId });
    const messages = await this.mailer.read(systemContext(''), waitingMessages);
    for (const messageId of messages) await this.put('company-mail.send', { messageId });
  }

  /** The desk leaves a job alone that is there and not over. */
  private put<Name extends OutboxName>(name: Name, payload: OutboxPayloads[Name]): Promise<void> {
    return this.desk.put(name, payload);
  }
}

async function ids(tx: Transaction, query: string, parameters: unknown[]): Promise<string[]> {
  return (await tx.sql<{ id: string }>(query, parameters)).map((row) => row.id);
}
