import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  FlowProducer,
  type IQueueBackend,
  type JobProgress,
  type Processor,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { QUEUE_SCHEMA } from './migrate-queue-schema.js';
import { PatientPool } from './patient-pool.js';

/** Where jobs are kept: Redis when its address is given, else PostgreSQL. */
export interface QueueSettings {
  /** `redis://…` or `rediss://…`; the server must run with `maxmemory-policy noeviction`. */
  redisUrl?: string;
  /** URL of the role this process connects as; its database has been through `migrateQueueSchema`. */
  postgresUrl: string;
  /** Before every key in Redis (default `maillon`), so that several programs may share a server; PostgreSQL separates by database instead. */
  prefix?: string;
  /** Told of every lost connection and failed look-up; the queue tries again by itself. */
  onError?: (error: Error, source: string) => void;
}

/** The connection of one queue, worker or flow producer. */
export type QueueConnection = { kind: 'postgres'; pool: PatientPool } | { kind: 'redis'; client: Redis };

/** A queue of jobs with payload `Data`, on either backend. */
export type JobQueue<Data = unknown> = Queue<Data, unknown, string, Data, unknown, string, IQueueBackend, QueueConnection>;
/** A worker on either backend. */
export type JobWorker<Data = unknown> = Worker<Data, unknown, string, IQueueBackend, JobProgress, QueueConnection>;
/** A flow producer (a parent job waits for its children) on either backend. */
export type JobFlowProducer = FlowProducer<IQueueBackend, QueueConnection>;
/** Worker settings of BullMQ, less those that the backend decides. */
export type JobWorkerOptions = Omit<WorkerOptions<QueueConnection>, 'connection' | 'prefix' | 'runRetryDelay'>;

/** Makes queues, workers and flow producers that share one backend. Several may be open in one process. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres';
  /** Job ids given to it may not hold ':'. */
  makeQueue<Data = unknown>(name: string, defaults?: QueueOptions<QueueConnection>['defaultJobOptions']): JobQueue<Data>;
  /** Starts at once unless `autorun: false`. A job is delivered at least once: `processor` must bear a second time. */
  makeWorker<Data = unknown>(name: string, processor: Processor<Data, unknown, string>, options?: JobWorkerOptions): JobWorker<Data>;
  makeFlowProducer(): JobFlowProducer;
  /**
   * From now on whoever waits for a server that is away gets an error instead, so that what uses the queues can come to
   * its end. With the server there nothing changes. Before `close`.
   */
  stopWaiting(): Promise<void>;
  /** Lets running jobs end, then closes all that was made here. May be called twice. */
  close(): Promise<void>;
}

/** Connections a pool may open: each worker has one (and keeps one connection of it to listen), all producers share one. */
const POOL_SIZE = 4;
/** How soon a worker looks again after its connection failed, in ms. */
const RETRY_AFTER_FAILURE_MS = 1_000;
/** How soon a lost connection to Redis is tried again, in ms: a step longer each time, up to the longest. */
const REDIS_RETRY_STEP_MS = 50;
const REDIS_LONGEST_RETRY_MS = 2_000;
/** How soon the tables are looked at again after that failed, in ms. */
const LOOK_AGAIN_AFTER_MS = 250;
const DEFAULT_PREFIX = 'maillon';

/**
 * Chooses the backend and opens what its queues share. Nothing connects before a queue or worker is made.
 * While the server is away, adding a job waits or fails (so it belongs in a relay that comes back), and workers wait.
 * @throws when `redisUrl` is given and is not a Redis address (it is not repeated: it may hold a password)
 */
export function openQueues(settings: QueueSettings): QueueBackend {
  const report = settings.onError ?? (() => undefined);
  const shared = openConnections(settings, report);
  const prefix = settings.prefix ?? DEFAULT_PREFIX;
  const workers: { close(force?: boolean): Promise<void> }[] = [];
  const producers: { close(): Promise<void> }[] = [];
  let closing: Promise<void> | undefined;

  const closeAll = async (): Promise<void> => {
    const reachable = await shared.beforeClose();
    // With the server away a job cannot be ended properly: it is delivered again when the server is back.
    const ended = Promise.all(workers.map((worker) => worker.close(!reachable))).then(() => Promise.all(producers.map((producer) => producer.close())));
    // The same when it goes away only now: BullMQ would wait for an answer that nobody gives any more.
    await Promise.race([ended, shared.lost]);
    ended.catch(() => undefined);
    await shared.close();
  };

  return {
    kind: shared.kind,
    makeQueue: <Data>(name: string, defaults?: QueueOptions<QueueConnection>['defaultJobOptions']): JobQueue<Data> => {
      const queue: JobQueue<Data> = new Queue(
        name,
        { connection: shared.producerConnection(), prefix, ...(defaults === undefined ? {} : { defaultJobOptions: defaults }) },
        backendOf,
      );
      queue.on('error', (error) => report(error, `queue ${name}`));
      producers.push(queue);
      return queue;
    },
    makeWorker: <Data>(name: string, processor: Processor<Data, unknown, string>, options: JobWorkerOptions = {}): JobWorker<Data> => {
      const worker: JobWorker<Data> = new Worker(
        name,
        processor,
        { ...options, connection: shared.workerConnection(), prefix, runRetryDelay: RETRY_AFTER_FAILURE_MS },
        backendOf,
      );
      worker.on('error', (error) => report(error, `worker ${name}`));
      workers.push(worker);
      return worker;
    },
    makeFlowProducer: () => {
      const producer: JobFlowProducer = new FlowProducer({ connection: shared.producerConnection(), prefix }, backendOf);
      producer.on('error', (error) => report(error, 'flow producer'));
      producers.push(producer);
      return producer;
    },
    stopWaiting: async () => void (await shared.beforeClose()),
    close: () => (closing ??= closeAll()),
  };
}

/** One factory for both, chosen by the connection: so the backend is each instance's own and nothing is set for the process. */
const backendOf: BackendFactory<IQueueBackend, QueueConnection> = (name, options, how) => {
  const { connection } = options;
  if (connection.kind === 'redis') return createRedisBackend(name, { ...options, connection: connection.client }, how);
  const backend = createPostgresBackend(name, { ...options, connection: connection.pool }, how);
  const both = backend as unknown as Remembering & { connection: Remembering };
  forgetFailures(both.connection);
  forgetFailures(both);
  return backend;
};

interface Remembering {
  readyPromise?: Promise<void> | undefined;
  waitUntilReady(): Promise<void>;
}

/**
 * BullMQ keeps what came of its first look at its tables, also when PostgreSQL went away in that very moment: no queue
 * and no worker would work again, and the worker's loop, failing at once each time, would let nothing else of the
 * process run. A failure is forgotten here, after a pause, and the next who asks looks again.
 */
function forgetFailures(remembering: Remembering): void {
  const look = remembering.waitUntilReady.bind(remembering);
  remembering.waitUntilReady = async () => {
    try {
      await look();
    } catch (error) {
      remembering.readyPromise = undefined;
      await pause(LOOK_AGAIN_AFTER_MS);
      throw error;
    }
  };
}

interface SharedConnections {
  kind: 'redis' | 'postgres';
  producerConnection(): QueueConnection;
  workerConnection(): QueueConnection;
  /** @returns false when the server is away and waiting for it would be in vain */
  beforeClose(): Promise<boolean>;
  /** Settles when the server goes away after `beforeClose`, which nobody tries again then; else never. */
  lost: Promise<void>;
  close(): Promise<void>;
}

function openConnections(settings: QueueSettings, report: (error: Error, source: string) => void): SharedConnections {
  return settings.redisUrl === undefined || settings.redisUrl === ''
    ? openPostgres(settings.postgresUrl, report)
    : openRedis(settings.redisUrl, report);
}

function openPostgres(url: string, report: (error: Error, source: string) => void): SharedConnections {
  const pools: PatientPool[] = [];
  const makePool = (source: string): QueueConnection => {
    const config = { connectionString: url, max: POOL_SIZE, options: `-c search_path=${QUEUE_SCHEMA}`, keepAlive: true };
    const pool = new PatientPool(config, (error) => report(error, source));
    pools.push(pool);
    return { kind: 'postgres', pool };
  };
  let producers: QueueConnection | undefined;
  return {
    kind: 'postgres',
    producerConnection: () => (producers ??= makePool('queue connection')),
    // One each: a worker keeps a listening connection, and several in one pool would starve the rest.
    workerConnection: () => makePool('worker connection'),
    beforeClose: () => {
      for (const pool of pools) pool.abandon();
      return Promise.resolve(true);
    },
    // Pools refuse those who wait, so closing comes to an end by itself.
    lost: new Promise(() => undefined),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

function openRedis(url: string, report: (error: Error, source: string) => void): SharedConnections {
  if (!/^rediss?:\/\/\S+$/.test(url)) throw new Error('The Redis address must look like redis://host:port; what was given does not (not shown: it may hold a password)');
  const clients: Redis[] = [];
  let ending = false;
  let tellLost = (): void => undefined;
  const lost = new Promise<void>((resolve) => (tellLost = resolve));
  // From the beginning of the end nobody connects again: what waits for a connection is refused instead. Copies of a connection, which BullMQ makes for its workers, share this.
  const retryStrategy = (times: number): number | null => (ending ? null : Math.min(times * REDIS_RETRY_STEP_MS, REDIS_LONGEST_RETRY_MS));
  const connect = (retriesPerRequest: number | null, source: string): Redis => {
    const client = new Redis(url, { maxRetriesPerRequest: retriesPerRequest, retryStrategy });
    client.on('error', (error: Error) => report(error, source));
    client.on('end', () => ending && tellLost());
    clients.push(client);
    return client;
  };
  let producer: Redis | undefined;
  return {
    kind: 'redis',
    producerConnection: () => {
      // A few tries, then an error, once it has been there: whoever adds a job keeps it in the outbox and comes back.
      producer ??= connect(3, 'queue connection');
      return { kind: 'redis', client: producer };
    },
    // Workers wait for Redis however long it stays away; BullMQ requires it so.
    workerConnection: () => ({ kind: 'redis', client: connect(null, 'worker connection') }),
    beforeClose: async () => {
      ending = true;
      return Promise.resolve(clients.every((client) => client.status === 'ready'));
    },
    lost,
    close: () => {
      for (const client of clients) client.disconnect();
      return Promise.resolve();
    },
  };
}
