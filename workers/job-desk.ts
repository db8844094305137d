import { type JobName, type JobPayloads, type OutboxName, type OutboxPayloads, QUEUE_NAME } from '../src/platform/jobs.js';
import type { JobFlowProducer, JobQueue, QueueBackend } from '../src/platform/queue/queue-backend.js';

type Payload = JobPayloads[JobName];

/** The steps of a run in the order they are done: each is the child of the next, so that it ends before the next begins. */
export const RUN_STEPS = ['run.start', 'run.score', 'run.select', 'run.publish'] as const satisfies readonly JobName[];

/** Ids are made from what the job is about, so that the same job is never in the queue twice. They may not hold ':'. */
export function jobId(name: Exclude<JobName, 'schedule.tick'>, subject: string): string {
  return `${name.replace('.', '-')}-${subject}`;
}

/** The job is over: kept for a look, but nothing will come of it any more. */
const OVER = new Set(['completed', 'failed', 'unknown']);

const HOUR_S = 3_600;
/** A step is tried again while PostgreSQL or Redis is away, for about four minutes; after that the tick asks again. */
const JOB_OPTIONS = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { age: 24 * HOUR_S, count: 1_000 },
  removeOnFail: { age: 7 * 24 * HOUR_S, count: 1_000 },
} as const;

/** Every minute, by the queue's own scheduler: one tick however many workers there are. */
const TICK_EVERY_MS = 60_000;
const TICK = 'schedule-tick';

/** Puts jobs into the queue, once each: a job that is there and not over is left alone. */
export class JobDesk {
  private readonly queue: JobQueue<Payload>;
  private readonly flows: JobFlowProducer;

  constructor(queues: QueueBackend, private readonly queueName: string = QUEUE_NAME) {
    this.queue = queues.makeQueue<Payload>(queueName, JOB_OPTIONS);
    this.flows = queues.makeFlowProducer();
  }

  /** Hands over what a transaction asked for. */
  async put<Name extends OutboxName>(name: Name, payload: OutboxPayloads[Name]): Promise<void> {
    switch (name) {
      case 'run':
        return this.putRun(payload as OutboxPayloads['run']);
      case 'import.read':
        return this.putJob(name, (payload as OutboxPayloads['import.read']).importId, payload);
      case 'staff-mail.send':
        return this.putJob(name, (payload as OutboxPayloads['staff-mail.send']).staffMailId, payload);
      case 'company-mail.send':
        return this.putJob(name, (payload as OutboxPayloads['company-mail.send']).messageId, payload);
      default:
        throw new UnknownJob(name);
    }
  }

  /** States the minutely tick, unless it stands. Losing the queue loses it too, so the worker says this again and again. */
  async keepTicking(): Promise<void> {
    if ((await this.queue.getJobScheduler(TICK)) !== undefined) return;
    const name: JobName = 'schedule.tick';
    await this.queue.upsertJobScheduler(TICK, { every: TICK_EVERY_MS }, { name, data: {}, opts: { ...JOB_OPTIONS, attempts: 1 } });
  }

  private async putJob(name: Exclude<OutboxName, 'run'>, subject: string, data: Payload): Promise<void> {
    const id = jobId(name, subject);
    if (!OVER.has(await this.queue.getJobState(id))) return;
    await this.remove(id);
    await this.queue.add(name, data, { jobId: id });
  }

  private async putRun(data: OutboxPayloads['run']): Promise<void> {
    const ids = RUN_STEPS.map((step) => jobId(step, data.runId));
    // From the first step to the last: a step that ends has moved the next one on before it is seen as over.
    for (const id of ids) {
      const state = await this.queue.getJobState(id);
      if (!OVER.has(state) && state !== 'waiting-children') return;
    }
    for (const id of ids.toReversed()) await this.remove(id);
    const tree = RUN_STEPS.reduce<Parameters<JobFlowProducer['add']>[0] | undefined>((child, step, at) => ({
      name: step, queueName: this.queueName, data,
      opts: { ...JOB_OPTIONS, jobId: ids[at], ...(step === 'run.publish' ? {} : { failParentOnFailure: true }) },
      ...(child === undefined ? {} : { children: [child] }),
    }), undefined);
    if (tree !== undefined) await this.flows.add(tree);
  }

  private async remove(id: string): Promise<void> {
    await (await this.queue.getJob(id))?.remove();
  }
}

/** A name in the outbox that this version of the program does not know. */
export class UnknownJob extends Error {
  constructor(name: never) {
    super(`No job is called ${JSON.stringify(name)}`);
  }
}
