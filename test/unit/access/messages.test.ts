import { describe, expect, it } from '@jest/globals';
import { IntlMessageFormat } from 'intl-messageformat';
import { readFileSync } from 'node:fs';

const messages = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`../../../config/messages/access.${language}.json`, import.meta.url), 'utf8')) as Record<string, string>;

const say = (language: string, key: string, values: Record<string, string | number | Date>): string => String(new IntlMessageFormat(messages(language)[key], language).format(values));

describe('the texts of mails to our own people', () => {
  it('exist under the same keys in both languages', () => {
    expect(Object.keys(messages('en'))).toEqual(Object.keys(messages('fr')));
  });

  it.each(['fr', 'en'])('can all be filled in (%s)', (language) => {
    const values = { name: 'Camille', territory: 'Montauban', link: 'http://x/#/password?token=t', home: 'http://x/', until: new Date('2026-11-30T07:00:00Z'), count: 3, week: '2026-W48', introductionId: 'i' };
    for (const key of Object.keys(messages(language))) expect(say(language, key, values)).not.toMatch(/[{}]|''/);
  });

  it('count as the language does, and say so when there is nothing', () => {
    expect(say('fr', 'mail.digest.subject', { count: 0 })).toBe('Pas de piste cette semaine');
    expect(say('fr', 'mail.digest.subject', { count: 1 })).toBe('Votre liste de la semaine : 1 piste');
    expect(say('en', 'mail.digest.subject', { count: 11 })).toBe('Your list of the week: 11 leads');
  });
});
