import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { ConfigurationError, envExample, readEnv } from '../../../config/env.js';

const problemsOf = (source: Record<string, string>): string[] => {
  try {
    readEnv(source);
    return [];
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
};

describe('settings', () => {
  it('need none: the embedded default runs without any', () => {
    expect(readEnv({})).toMatchObject({ PORT: 8080, HOST: '127.0.0.1', DATA_DIR: '.data' });
  });

  it('take an empty variable as not set, as Compose passes it', () => {
    expect(readEnv({ SMTP_URL: '', PORT: '' })).toMatchObject({ PORT: 8080, SMTP_URL: undefined });
  });

  it.each([
    ['PORT', '70000'], ['PORT', 'eighty'], ['DATABASE_URL', 'mysql://x'], ['REDIS_URL', 'localhost:6379'], ['SESSION_SECRET', 'short'],
    ['API_ROLE_PASSWORD', 'short'], ['PUBLIC_URL', 'maillon'], ['SMTP_URL', 'http://mail'], ['MAIL_FROM', 'nobody'], ['LOG_LEVEL', 'loud'],
    ['GAZETTEER_FILE', '/no/such/file.csv'], ['GEOCODER_URL', 'not a url'],
    ['MAP_TILES_URL', 'https://tiles.example/{z}/{x}.png'], ['MAP_TILES_URL', 'https://{z}/{x}/{y}'], ['MAP_TILES_URL', '/tiles/{z}/{x}/{y}'],
  ])('refuse a wrong %s, naming it and not its value', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join(' ')).toContain(name);
    expect(problems.join(' ')).not.toContain(value);
  });

  it('never print a secret, whatever it is', () => {
    fc.assert(fc.property(fc.string({ minLength: 6, maxLength: 31, unit: 'grapheme-ascii' }).map((text) => `§${text}`), (secret) => {
      expect(problemsOf({ SESSION_SECRET: secret, DATABASE_URL: secret }).join('\n')).not.toContain(secret);
    }), { numRuns: 100 });
  });

  it('are all in .env.example', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(envExample());
  });
});
