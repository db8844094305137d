import { DateTime } from 'luxon';
import { makeCondition } from '../matching/pair-block.js';
import type { NewBlock } from '../matching/pair-blocks.js';
import type { Verdict } from './review.entities.js';
import { reasonOf } from './reasons.js';

/** A pair as it was when somebody decided. */
export type DecidedPair = Parameters<typeof makeCondition>[1];

export interface Judgement {
  verdict: Exclude<Verdict, 'withdraw'>;
  /** Slug of the closed list; only for a rejection. */
  reason: string | null;
  /** `YYYY-MM-DD`; only for a snooze. */
  snoozeUntil: string | null;
}

/** Weeks for which a pair stays away that somebody could not judge: time to ask around, and then another may be given it. */
export const CANNOT_SAY_WEEKS = 4;
/** Months ahead that a lead may be put off at most. */
export const SNOOZE_MONTHS_AT_MOST = 12;

/**
 * What a decision does to its pair: an accepted one is on its way to an introduction and is not proposed again; a rejected
 * one stays away until the condition of its reason (MATCHING section 6); a snoozed one until its day, and one that
 * could not be judged for some weeks. Days begin at midnight of the territory.
 * @param timeZone IANA name
 * @throws when a rejection's reason is not of the list: the action has checked it before
 */
export function blockFor(judgement: Judgement, pair: DecidedPair, now: Date, timeZone: string): NewBlock {
  const local = DateTime.fromJSDate(now, { zone: timeZone });
  const suppressed = (reason: string, until: DateTime | null, condition: NewBlock['condition'] = null): NewBlock =>
    ({ kind: 'suppressed', reason, until: until === null ? null : until.toJSDate(), condition });
  switch (judgement.verdict) {
    case 'accept': return { kind: 'introduced', reason: null, until: null, condition: null };
    case 'snooze': return suppressed('snooze', DateTime.fromISO(judgement.snoozeUntil ?? '', { zone: timeZone }));
    case 'cannot-say': return suppressed('cannot-say', local.plus({ weeks: CANNOT_SAY_WEEKS }));
    case 'reject': {
      const reason = reasonOf(judgement.reason ?? '');
      if (reason === undefined) throw new Error(`There is no reason ${JSON.stringify(judgement.reason)}`);
      const { afterwards } = reason;
      switch (afterwards.until) {
        case 'change': return suppressed(reason.slug, null, makeCondition(afterwards.anyOf, pair));
        case 'for-good': return suppressed(reason.slug, null);
        case 'next-week': return suppressed(reason.slug, local.startOf('week').plus({ weeks: 1 }));
        case 'months': return suppressed(reason.slug, local.plus({ months: afterwards.months }), afterwards.unless.length > 0 ? makeCondition(afterwards.unless, pair) : null);
      }
    }
  }
}
