import type { Logger } from 'pino';
import type { OutboxName, OutboxPayloads } from '../src/platform/jobs.js';
import type { UnitOfWork } from '../src/platform/postgres/unit-of-work.js';
import { type JobDesk, UnknownJob } from './job-desk.js';
import { withoutData } from '../src/platform/passing-trouble.js';

const BATCH = 100;
const POLL_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** How often the tick is stated again, in case the queue was lost. */
const RESTATE_EVERY_MS = 60_000;
/** Handed-over entries are kept so long, for a look after trouble. */
const KEEP_DAYS = 7;

/** Nobody's territory: the relay sees the outbox of all, and nothing else. */
const NOBODY = { territoryId: '', personId: null, requestId: null };

/**
 * Hands what transactions asked for to the queue, in their order, at least once: an entry is marked in the transaction that
 * holds it locked, after the queue has it. Several relays share the work. While PostgreSQL or Redis is away it waits.
 */
export class OutboxRelay {
  private stopped = false;
  private wake: () => void = () => undefined;
  private loop: Promise<void> | undefined;
  private readonly unknown = new Set<string>();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly desk: JobDesk,
    private readonly logger: Logger,
    /** Told each time the outbox was looked at: the sign that this worker can do its work. */
    private readonly onRelayed: () => void = () => undefined,
  ) {}

  /** Hands over what is waiting now. @returns how many entries */
  async relay(): Promise<number> {
    return this.unitOfWork.write(NOBODY, async (tx) => {
      const entries = await tx.sql<{ id: string; name: string; payload: unknown }>(
        `SELECT id, name, payload FROM outbox_entry WHERE dispatched_at IS NULL AND NOT id = ANY($1::bigint[])
          ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`, [[...this.unknown]]);
      const handed: string[] = [];
      for (const { id, name, payload } of entries) {
        try {
          await this.desk.put(name as OutboxName, payload as OutboxPayloads[OutboxName]);
          handed.push(id);
        } catch (error) {
          if (!(error instanceof UnknownJob)) throw error;
          // A newer version asked; it waits for a worker of that version.
          this.unknown.add(id);
          this.logger.error({ outboxEntry: id, name }, 'the outbox asks for a job that this version does not know');
        }
      }
      if (handed.length > 0) await tx.sql('UPDATE outbox_entry SET dispatched_at = $1 WHERE id = ANY($2::bigint[])', [tx.now, handed]);
      return handed.length;
    });
  }

  /** Removes entries handed over more than a week ago. */
  async tidy(): Promise<void> {
    await this.unitOfWork.write(NOBODY, (tx) =>
      tx.sql(`DELETE FROM outbox_entry WHERE dispatched_at < $1::timestamptz - interval '${KEEP_DAYS} days'`, [tx.now]));
  }

  /** Goes on until stopped. */
  start(): void {
    this.loop ??= this.go();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.loop;
  }

  private async go(): Promise<void> {
    let failures = 0;
    let statedAt = Number.NEGATIVE_INFINITY;
    while (!this.stopped) {
      try {
        if (performance.now() - statedAt > RESTATE_EVERY_MS) {
          await this.desk.keepTicking();
          statedAt = performance.now();
        }
        const handed = await this.relay();
        if (failures > 0) this.logger.info({ failures }, 'the outbox is being handed over again');
        failures = 0;
        this.onRelayed();
        if (handed < BATCH) await this.pause(POLL_MS);
      } catch (error) {
        failures += 1;
        const wait = Math.min(POLL_MS * 2 ** failures, LONGEST_WAIT_MS);
        this.logger.warn({ error: withoutData(error), failures, wait }, 'the outbox cannot be handed over; PostgreSQL or the queue is away, trying again');
        await this.pause(wait);
      }
    }
  }

  private pause(milliseconds: number): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
