import { Problem } from '../problem.js';

/** A version number as a strong ETag. */
export function etag(version: number): string {
  return `"${version}"`;
}

/**
 * The version that an `If-Match` header asks for.
 * @throws Problem 428 when there is none, 400 when it is not one of our tags; a stale one is 412, thrown by the action that compares.
 */
export function expectedVersion(header: string | undefined): number {
  if (header === undefined) throw new Problem(428, 'if-match-missing', 'Send If-Match with the ETag you were shown.');
  const match = /^"(\d{1,9})"$/.exec(header.trim());
  if (!match) throw new Problem(400, 'if-match-malformed', `If-Match holds ${JSON.stringify(header.slice(0, 40))}; expected an ETag such as "3".`);
  return Number(match[1]);
}

/** When a thing without versions was last changed, as a strong ETag. */
export function momentTag(changedAt: Date): string {
  return `"${changedAt.toISOString()}"`;
}

/**
 * The moment that an optional `If-Match` header asks for; null: none, whatever stands is changed.
 * @throws Problem 400 when it is not one of our tags
 */
export function expectedMoment(header: string | undefined): Date | null {
  if (header === undefined) return null;
  const moment = new Date(/^"(\d{4}-[\d:.T-]+Z)"$/.exec(header.trim())?.[1] ?? Number.NaN);
  if (Number.isNaN(moment.getTime())) throw new Problem(400, 'if-match-malformed', `If-Match holds ${JSON.stringify(header.slice(0, 40))}; expected an ETag such as "2026-11-23T08:00:00.000Z".`);
  return moment;
}

/** @throws Problem 412 when the thing has changed since it was on screen */
export function refuseChanged(changedAt: Date, expected: Date | null, what: string): void {
  if (expected !== null && expected.getTime() !== changedAt.getTime()) throw stale(what);
}

/** For the action that finds another version than the one that was on screen. */
export function stale(what: string): Problem {
  return new Problem(412, 'stale', `This ${what} has changed since you were shown it; load it again.`);
}
