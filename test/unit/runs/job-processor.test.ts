import { describe, expect, it } from '@jest/globals';
import { UnrecoverableError } from 'bullmq';
import { pino } from 'pino';
import type { JobHandlers } from '../../../workers/handlers.js';
import { type DeliveredJob, makeProcessor } from '../../../workers/job-processor.js';
import { isPassing, withoutData } from '../../../src/platform/passing-trouble.js';

const logger = pino({ level: 'silent' });
const ids = { territoryId: 't1', runId: 'r1' };
const job = (name: string, data: unknown = ids): DeliveredJob => ({ id: 'j', name, data, attemptsMade: 0, updateProgress: () => Promise.resolve() });

function processorOf(handle: () => Promise<unknown>, failRun?: () => Promise<void>) {
  const failed: string[] = [];
  const all = Object.fromEntries(['run.start', 'run.score', 'run.select', 'run.publish', 'import.read', 'staff-mail.send', 'schedule.tick'].map((name) => [name, handle]));
  const process = makeProcessor(all as unknown as JobHandlers, {
    execute: async (_context, { failure }) => {
      failed.push(failure);
      await failRun?.();
    },
  }, logger);
  return { process, failed };
}

const coded = (code: string, message = 'Key (siren)=(123456789) is secret'): Error => Object.assign(new Error(message), { code });

describe('a job that throws', () => {
  it('is tried again, and its run left alone, while PostgreSQL or Redis is away', async () => {
    for (const error of [coded('ECONNREFUSED'), coded('57P01'), coded('08006'), new Error('Connection terminated unexpectedly'), Object.assign(new Error('x'), { driverError: coded('53300') })]) {
      const { process, failed } = processorOf(() => Promise.reject(error));
      const thrown: unknown = await process(job('run.score')).catch((reason: unknown) => reason);
      expect(thrown).toBeInstanceOf(Error);
      expect(thrown).not.toBeInstanceOf(UnrecoverableError);
      expect(failed).toEqual([]);
    }
  });

  it('fails its run at once for any other reason, in words that hold no data', async () => {
    const { process, failed } = processorOf(() => Promise.reject(coded('23505')));
    const thrown: unknown = await process(job('run.score')).catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(UnrecoverableError);
    expect(failed).toEqual(['run.score: Error 23505']);
    expect(String(thrown)).not.toContain('123456789');
  });

  it('comes again when the run could not be failed because PostgreSQL went away between the two', async () => {
    const { process } = processorOf(() => Promise.reject(new RangeError('x')), () => Promise.reject(coded('57P01')));
    const thrown: unknown = await process(job('run.select')).catch((reason: unknown) => reason);
    expect(thrown).not.toBeInstanceOf(UnrecoverableError);
  });

  it('is tried again whatever the reason when it is an import or a mail, whose rows keep their own state', async () => {
    for (const name of ['import.read', 'staff-mail.send']) {
      const { process, failed } = processorOf(() => Promise.reject(new TypeError('x')));
      expect(await process(job(name)).catch((reason: unknown) => reason)).not.toBeInstanceOf(UnrecoverableError);
      expect(failed).toEqual([]);
    }
  });

  it('is not tried again when nobody handles it', async () => {
    const { process } = processorOf(() => Promise.resolve());
    await expect(process(job('run.dance'))).rejects.toBeInstanceOf(UnrecoverableError);
    await expect(process(job('run.start'))).resolves.toBeUndefined();
  });
});

describe('trouble', () => {
  it('passes or not by its code, wherever the code stands', () => {
    expect(isPassing({ cause: coded('ECONNRESET') })).toBe(true);
    expect(isPassing(coded('40001'))).toBe(true);
    expect(isPassing(coded('42501'))).toBe(false);
    expect(isPassing(new Error('a connection of ideas'))).toBe(false);
    expect(isPassing('nothing')).toBe(false);
  });

  it('is told by class, code and constraint', () => {
    expect(withoutData(Object.assign(new Error('secret'), { name: 'QueryFailedError', driverError: { code: '23514', constraint: 'ck_run_week' } }))).toBe('QueryFailedError 23514 ck_run_week');
    expect(withoutData(new RangeError('secret'))).toBe('RangeError');
    expect(withoutData('secret')).toBe('string');
  });
});
