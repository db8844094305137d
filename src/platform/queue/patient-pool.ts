import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

type ConnectCallback = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void;

const TRY_AGAIN_AFTER_MS = 500;
/** Refused, cut, unknown or unreachable host; starting or ending server; too many connections. */
const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', '57P01', '57P02', '57P03', '53300']);

/**
 * A pool that waits for a server that is away when asked for a connection, instead of failing. BullMQ remembers for ever
 * that its first connection failed; with this a queue made while the server is away works once it is there.
 * Single queries still fail at once.
 */
export class PatientPool extends pg.Pool {
  private abandoned = false;

  constructor(
    config: pg.PoolConfig,
    private readonly report: (error: Error) => void,
  ) {
    super(config);
    this.on('error', report);
    // A connection in use has nobody else who listens: its end would be the process's. Who uses it hears from its query.
    this.on('connect', (client) => void client.on('error', report));
    // Every queue on the pool listens to it: more of them than Node's usual limit is no leak.
    this.setMaxListeners(0);
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    if (callback !== undefined) return super.connect(callback);
    return this.connectPatiently();
  }

  /** From now on nobody waits for a server that is away. */
  abandon(): void {
    this.abandoned = true;
  }

  private async connectPatiently(): Promise<pg.PoolClient> {
    for (;;) {
      try {
        return await super.connect();
      } catch (error) {
        const failure = error as Error & { code?: string }; // pg rejects with nothing else
        if (this.abandoned || !AWAY.has(failure.code ?? '')) throw failure;
        this.report(failure);
        await pause(TRY_AGAIN_AFTER_MS);
      }
    }
  }
}
