import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { QueryFailedError } from 'typeorm';
import { withoutValues } from '../../../src/platform/logging.js';

describe('errors in the log', () => {
  const driver = Object.assign(new Error('duplicate key value violates unique constraint "uq_person_email"'), {
    code: '23505', constraint: 'uq_person_email', detail: 'Key (email)=(claire@example.org) already exists.',
  });
  const failed = new QueryFailedError('INSERT INTO person (email, password_hash) VALUES ($1, $2)', ['claire@example.org', '$argon2id$secret'], driver);

  it('say kind, code, constraint and place', () => {
    expect(withoutValues(failed)).toMatchObject({ type: 'QueryFailedError', code: '23505', constraint: 'uq_person_email' });
    expect(withoutValues(failed).stack).toMatch(/^\s+at .*logging\.test/m);
  });

  it('hold no parameter, row, query or message', () => {
    const lines: string[] = [];
    pino({ serializers: { err: withoutValues } }, { write: (line: string) => void lines.push(line) }).error({ err: failed }, 'a request failed');
    expect(lines[0]).toContain('23505');
    for (const secret of ['claire', 'argon2', 'INSERT', 'already exists']) expect(lines[0]).not.toContain(secret);
  });

  it('bear whatever was thrown', () => {
    for (const thrown of [null, undefined, 'text', 7, {}]) expect(withoutValues(thrown)).toMatchObject({ stack: '' });
  });
});
