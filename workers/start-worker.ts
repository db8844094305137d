import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { ConfigurationError } from '../config/env.js';
import { loadMessages } from '../config/load-config.js';
import { SendStaffMail } from '../src/access/send-staff-mail.js';
import type { AppParts } from '../src/app.module.js';
import { SendCompanyMail, type ToldOfMail } from '../src/introductions/send-company-mail.js';
import { ReadImport } from '../src/imports/read-import.js';
import { FailRun } from '../src/matching/fail-run.js';
import { PublishRun } from '../src/matching/publish-run.js';
import { RequestRun } from '../src/matching/request-run.js';
import { ScoreRun } from '../src/matching/score-run.js';
import { SelectRun } from '../src/matching/select-run.js';
import { StartRun } from '../src/matching/start-run.js';
import { QUEUE_NAME } from '../src/platform/jobs.js';
import { openStaffMail } from '../src/platform/mail.js';
import { UnitOfWork } from '../src/platform/postgres/unit-of-work.js';
import { openQueues } from '../src/platform/queue/queue-backend.js';
import { ExpireCandidates } from '../src/review/expire-candidates.js';
import { QueueReminders } from '../src/introductions/queue-reminders.js';
import { makeHandlers } from './handlers.js';
import { Heartbeat, heartbeatFile } from './heartbeat.js';
import { JobDesk } from './job-desk.js';
import { makeProcessor } from './job-processor.js';
import { OutboxRelay } from './outbox-relay.js';
import { withoutData } from '../src/platform/passing-trouble.js';
import { Reconciliation } from './reconciliation.js';
import { Schedules } from './schedules.js';
import { WorkerModule } from './worker.module.js';

export interface WorkerParts extends AppParts {
  /** Connected as maillon_mailer; null: this worker sends no mail, and says so. */
  mailerSource: AppParts['dataSource'] | null;
  queue: {
    /** URL of maillon_worker, on the database that `migrateQueueSchema` was run on. */
    postgresUrl: string;
    /** Not set: the queue lives in PostgreSQL. */
    redisUrl?: string | undefined;
    /** Before every key in Redis. */
    prefix?: string | undefined;
  };
  /** Told of each mail that went to a company. */
  toldOfMail?: ToldOfMail;
  /** How soon the job of a killed worker is delivered again, in ms; ten seconds unless told. */
  lockMs?: number;
}

export interface RunningWorker {
  /** Lets running jobs end, then stops. Connections that were handed in stay open. */
  stop(): Promise<void>;
}

/** Jobs done at once: most of their time is the database's. */
const CONCURRENCY = 4;
const LOCK_MS = 10_000;
/** A job whose worker was killed comes again this often before the queue gives it up; the tick then asks for it anew. */
const MAX_STALLED = 20;
const SAY_AGAIN_MS = 10_000;

/** Takes jobs, hands over the outbox and keeps the schedule, until stopped. */
export async function startWorker(parts: WorkerParts): Promise<RunningWorker> {
  const { env, logger, clock, dataSource, mailerSource, lockMs = LOCK_MS } = parts;
  if (mailerSource !== null && !env.LINK_SECRET) throw new ConfigurationError(['LINK_SECRET must be set where mails are sent: it signs the answer links in them']);
  const app = await NestFactory.createApplicationContext(WorkerModule.with(parts), { logger: false, abortOnError: false });
  const { postgresUrl, redisUrl, prefix } = parts.queue;
  const queues = openQueues({
    postgresUrl, ...(redisUrl ? { redisUrl } : {}), ...(prefix ? { prefix } : {}), onError: sayNowAndThen(logger),
  });
  const unitOfWork = new UnitOfWork(dataSource, () => clock.now());
  const mailer = mailerSource === null ? null : new UnitOfWork(mailerSource, () => clock.now());
  const door = mailer === null ? null : openStaffMail(env);
  if (mailer === null) logger.warn('this worker sends no mail: it was given no connection for the mailer');

  const desk = new JobDesk(queues);
  const heartbeat = new Heartbeat(heartbeatFile(env), () => clock.now());
  const relay = new OutboxRelay(unitOfWork, desk, logger, () => heartbeat.beat());
  const schedules = new Schedules({
    unitOfWork, clock, logger, relay, reminders: new QueueReminders(unitOfWork), requestRun: app.get(RequestRun), expiry: app.get(ExpireCandidates), reconciliation: new Reconciliation(unitOfWork, mailer, desk),
  });
  const handlers = makeHandlers({
    startRun: app.get(StartRun), scoreRun: app.get(ScoreRun), selectRun: app.get(SelectRun), publishRun: app.get(PublishRun),
    readImport: app.get(ReadImport), schedules,
    sendCompanyMail: mailer === null ? null : new SendCompanyMail(mailer, env, parts.toldOfMail),
    sendStaffMail: mailer === null || door === null ? null : new SendStaffMail(mailer, door, env, (language) => loadMessages('access', language)),
  });
  queues.makeWorker(QUEUE_NAME, makeProcessor(handlers, app.get(FailRun), logger), {
    concurrency: CONCURRENCY, lockDuration: lockMs, stalledInterval: Math.max(500, lockMs / 2), maxStalledCount: MAX_STALLED,
  });
  relay.start();
  logger.info({ queue: queues.kind }, 'the worker works');

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // The relay may be waiting for a server that is away.
    await queues.stopWaiting();
    await relay.stop();
    await queues.close();
    door?.close();
    await app.close();
  };
  return { stop: () => (stopping ??= stop()) };
}

/** Lost connections are told of at every attempt; a line now and then is enough. */
function sayNowAndThen(logger: Logger): (error: Error, source: string) => void {
  const saidAt = new Map<string, number>();
  return (error, source) => {
    const now = performance.now();
    if (now - (saidAt.get(source) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
    saidAt.set(source, now);
    logger.warn({ source, error: withoutData(error) }, 'the queue is away; trying again');
  };
}
