import { DataSource, type EntityManager, QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import type { Context } from '../context.js';
import type { OutboxName, OutboxPayloads } from '../jobs.js';
import { type CopiedRow, copyRows } from './copy-rows.js';
import { runPrepared } from './prepared-statements.js';

export interface AuditEntry {
  action: string;
  subjectType: string;
  subjectId: string;
  data?: Record<string, unknown>;
}

/** One transaction under a context: what an action may do to the database. */
export class Transaction {
  constructor(
    readonly context: Context,
    readonly entities: EntityManager,
    /** "Now" of the whole transaction. */
    readonly now: Date,
    /** See `Scope`. */
    readonly prepared = false,
  ) {}

  /** Runs SQL with `$1` parameters; row-level security is on. */
  async sql<Row>(query: string, parameters: unknown[] = []): Promise<Row[]> {
    if (this.prepared) return runPrepared<Row>(this.entities, query, parameters);
    const result: unknown = await this.entities.query(query, parameters);
    // The driver answers [rows, count] for UPDATE and DELETE.
    if (Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number') return result[0] as Row[];
    return result as Row[];
  }

  /** Reads rows by the hundred thousand; see `copyRows`. Row-level security is on here too. */
  async copy(query: string, parameters: readonly (string | readonly string[])[], fields: number, take: (row: CopiedRow) => void): Promise<void> {
    await copyRows(this.entities, query, parameters, fields, take);
  }

  /**
   * Does a part of the same transaction as the other territory of something that both follow (an introduction across a
   * border), its rows and its trail; back here afterwards. The caller has made sure that both have agreed.
   */
  async asTerritory<T>(territoryId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { territoryId: here } = this.context;
    if (territoryId === here) return work(this);
    await this.sql("SELECT set_config('maillon.territory', $1, true)", [territoryId]);
    const result = await work(new Transaction({ ...this.context, territoryId }, this.entities, this.now, this.prepared));
    // Not after a failure: the whole transaction is over then.
    await this.sql("SELECT set_config('maillon.territory', $1, true)", [here]);
    return result;
  }

  /** Asks for a job; it is handed to the queue after the commit, at least once. */
  async enqueue<Name extends OutboxName>(name: Name, payload: OutboxPayloads[Name]): Promise<void> {
    await this.enqueueAll(name, [payload]);
  }

  /** Asks for many jobs of a kind at once. */
  async enqueueAll<Name extends OutboxName>(name: Name, payloads: readonly OutboxPayloads[Name][]): Promise<void> {
    await this.sql('INSERT INTO outbox_entry (territory_id, name, payload, created_at) SELECT $1, $2, payload, $4 FROM unnest($3::jsonb[]) AS job (payload)', [
      this.context.territoryId || null, name, payloads.map((payload) => JSON.stringify(payload)), this.now,
    ]);
  }

  /** Writes the trail; part of the same transaction as the change it tells of. */
  async audit(entry: AuditEntry): Promise<void> {
    await this.sql(
      'INSERT INTO audit_event (territory_id, at, person_id, action, subject_type, subject_id, data, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      [this.context.territoryId || null, this.now, this.context.personId, entry.action, entry.subjectType, entry.subjectId, JSON.stringify(entry.data ?? {}), this.context.requestId],
    );
  }
}

export interface Scope {
  /** Also read flows, sites and companies of territories that have an agreement with this one. */
  across?: boolean;
  /**
   * What is asked here is asked again and again in the same words: each connection prepares a statement once and plans it once,
   * for any parameters. For pages whose planning costs more than their rows; the statements must be few, and good with a
   * plan that knows no parameter (a limit, for instance, is written into them).
   */
  prepared?: boolean;
}

/** PostgreSQL's codes for "somebody else was faster, try again": serialization failure, deadlock. */
const RETRIED = new Set(['40001', '40P01']);
const ATTEMPTS = 3;

/** The connection went while a transaction was between two statements. The code is PostgreSQL's own for it, so that everybody above knows it. */
export class ConnectionLost extends Error {
  readonly code = '08006';

  constructor(cause: unknown) {
    super('Connection terminated in the middle of a transaction', { cause });
  }
}

/** What the driver says of a transaction whose connection was taken from it: not that the server is away, but that there is none. */
function isConnectionLost(error: unknown): boolean {
  return error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError
    || (error instanceof Error && /not queryable/.test(error.message));
}

/**
 * Every access to the database goes through here: one transaction, with `maillon.territory` and `maillon.person` set
 * for row-level security and only for its length.
 */
export class UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly now: () => Date,
  ) {}

  async write<T>(context: Context, work: (tx: Transaction) => Promise<T>, options: Scope = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(context, work, false, options);
      } catch (error) {
        if (attempt < ATTEMPTS && error instanceof QueryFailedError && RETRIED.has(String((error.driverError as { code?: unknown }).code))) continue;
        throw error;
      }
    }
  }

  /** A read-only transaction on one snapshot of the database. */
  async read<T>(context: Context, work: (tx: Transaction) => Promise<T>, options: Scope = {}): Promise<T> {
    return this.once(context, work, true, options);
  }

  private async once<T>(context: Context, work: (tx: Transaction) => Promise<T>, readOnly: boolean, scope: Scope): Promise<T> {
    try {
      return await this.inTransaction(context, work, readOnly, scope);
    } catch (error) {
      throw isConnectionLost(error) ? new ConnectionLost(error) : error;
    }
  }

  private async inTransaction<T>(context: Context, work: (tx: Transaction) => Promise<T>, readOnly: boolean, { across, prepared = false }: Scope): Promise<T> {
    return this.dataSource.transaction(readOnly ? 'REPEATABLE READ' : 'READ COMMITTED', async (entities) => {
      if (readOnly) await entities.query('SET TRANSACTION READ ONLY');
      await entities.query("SELECT set_config('maillon.territory', $1, true), set_config('maillon.person', $2, true), set_config('maillon.across', $3, true), set_config('plan_cache_mode', $4, true)", [
        context.territoryId, context.personId ?? '', across ? 'on' : '', prepared ? 'force_generic_plan' : 'auto',
      ]);
      return work(new Transaction(context, entities, this.now(), prepared));
    });
  }
}
