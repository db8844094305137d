import { describe, expect, it } from '@jest/globals';
import { loadDefaultPolicy, loadKnowledge, loadMessages } from '../../../config/load-config.js';
import type { FlowFacts } from '../../../src/flows/material-change.js';
import { type Lift, liftedBy, liftText, LIFT_RULES } from '../../../src/matching/pair-block.js';
import { hardReachKm } from '../../../src/matching/pair-block-radius.js';
import { REASONS } from '../../../src/review/reasons.js';
import { blockFor, type DecidedPair } from '../../../src/review/suppression.js';
import { changed, startFlows, withRadius } from '../../support/review-commands.js';
import { reviewKnowledge } from '../../support/review-knowledge.js';

const ZONE = 'Europe/Paris';
const NOW = new Date('2026-11-25T10:00:00Z');
const catalogue = reviewKnowledge().catalogue;
const [output, , input] = startFlows();
const policy = loadDefaultPolicy();
const pair: DecidedPair = {
  output, input, distanceKm: 14, policy, catalogue, radius: { baseKm: 60, reach: 'local', outputCategory: 'offcuts', outputFamily: 'matter' },
};

interface Change {
  output?: Partial<FlowFacts>;
  input?: Partial<FlowFacts>;
  policy?: DecidedPair['policy'];
  catalogue?: DecidedPair['catalogue'];
  /** Days later. */
  days?: number;
}

function lift(reason: string, change: Change): string | null {
  const block = blockFor({ verdict: 'reject', reason, snoozeUntil: null }, pair, NOW, ZONE);
  const kept = JSON.parse(JSON.stringify(block.condition)) as typeof block.condition;
  const found: Lift | null = liftedBy({ until: block.until, condition: kept }, {
    output: { ...output, ...change.output }, input: { ...input, ...change.input }, policy: change.policy ?? policy, catalogue: change.catalogue ?? catalogue,
  }, new Date(NOW.getTime() + (change.days ?? 0) * 86_400_000), ZONE);
  return found === null ? null : liftText(found);
}

const NARROWED = withRadius(policy, 0.5);
const ROUTES_CHANGED = { ...catalogue, substitutions: catalogue.substitutions.map((entry) => ({ ...entry, route: 'end-of-waste' as const })) };
const CATEGORY_REASONS = ['wrong-substance', 'wrong-form', 'contaminated', 'sanitary'];

describe('a rejected pair', () => {
  it.each(CATEGORY_REASONS)('(%s) returns when the category, the quality or the code of a flow changes', (reason) => {
    expect(lift(reason, { output: { category: 'sawdust' } })).toBe('category-changed side=output');
    expect(lift(reason, { input: { quality: { moisture: 21 } } })).toBe('quality-changed side=input');
    expect(lift(reason, { output: { wasteCode: '030104' } })).toBe('code-changed side=output');
    expect(lift(reason, { output: { hazardous: true } })).toBe('code-changed side=output');
  });

  it.each(CATEGORY_REASONS)('(%s) stays away when anything else changes, for ever', (reason) => {
    expect(lift(reason, { output: { quantity: 1_000, months: 1, confirmedOn: '2027-01-01', latitude: 45, permitRegime: 'declaration' }, days: 5_000 })).toBeNull();
    expect(lift(reason, { policy: NARROWED })).toBeNull();
  });

  it('(too far) returns when a site moves, and not when its coordinates are told more precisely', () => {
    expect(lift('too-far', { input: { latitude: 44.11 } })).toBe('site-moved side=input');
    expect(lift('too-far', { input: { latitude: 44.10001 } })).toBeNull();
    expect(lift('too-far', { output: { quantity: 1_000, category: 'sawdust' }, days: 5_000 })).toBeNull();
  });

  it('(too far) returns when the policy has halved the radius and the pair is still inside', () => {
    expect(lift('too-far', { policy: NARROWED })).toBe('radius-narrowed km=30');
    expect(lift('too-far', { policy: withRadius(policy, 0.24) })).toBe('radius-narrowed km=14.4');
  });

  it('(too far) stays away when the radius narrows by less than half, narrows past the pair, or widens', () => {
    for (const factor of [0.51, 0.2, 2]) expect(lift('too-far', { policy: withRadius(policy, factor) })).toBeNull();
  });

  it.each(['too-small', 'too-large'])('(%s) returns when a quantity changes by 30 %% or more, up or down, and says by how much', (reason) => {
    expect(lift(reason, { output: { quantity: 145 } })).toBe('quantity-changed side=output percent=45');
    expect(lift(reason, { output: { quantity: 130 } })).toBe('quantity-changed side=output percent=30');
    expect(lift(reason, { input: { quantity: 70 } })).toBe('quantity-changed side=input percent=-30');
    expect(lift(reason, { input: { quantity: null } })).toBe('quantity-changed side=input percent=unknown');
  });

  it.each(['too-small', 'too-large'])('(%s) stays away when a quantity changes by less, or something else does', (reason) => {
    expect(lift(reason, { output: { quantity: 129 } })).toBeNull();
    expect(lift(reason, { output: { quantity: 71, minimumLot: 5, months: 3 }, days: 5_000 })).toBeNull();
  });

  it.each(['too-small', 'too-large'])('(%s) returns when a flow became something else, whose figure means something else', (reason) => {
    expect(lift(reason, { output: { category: 'sawdust' } })).toBe('category-changed side=output');
  });

  it('(timing) returns when the months change, and not otherwise', () => {
    expect(lift('timing', { input: { months: 63 } })).toBe('months-changed side=input');
    expect(lift('timing', { input: { quantity: 1, confirmedOn: '2027-01-01' }, days: 5_000 })).toBeNull();
  });

  it.each(['regulatory-status', 'receiver-not-permitted'])('(%s) returns when the code, a permit or the route changes, and not otherwise', (reason) => {
    expect(lift(reason, { output: { wasteCode: null } })).toBe('code-changed side=output');
    expect(lift(reason, { input: { hazardousPermitted: true } })).toBe('permit-changed side=input');
    expect(lift(reason, { input: { permitHeadings: ['2791'] } })).toBe('permit-changed side=input');
    expect(lift(reason, { catalogue: ROUTES_CHANGED })).toBe('route-changed');
    expect(lift(reason, { output: { quality: {}, quantity: 1 }, input: { latitude: 45 }, days: 5_000 })).toBeNull();
  });

  it.each(['better-outlet', 'data-stale'])('(%s) returns after six months, or when a flow is confirmed before', (reason) => {
    expect(lift(reason, { days: 180 })).toBeNull();
    expect(lift(reason, { days: 182 })).toBe('date-reached day=2027-05-25');
    expect(lift(reason, { output: { confirmedOn: '2026-12-01' }, days: 10 })).toBe('confirmed side=output');
    expect(lift(reason, { output: { confirmedOn: '2026-10-01', quantity: 9 }, days: 10 })).toBeNull();
  });

  it.each(['already-known', 'duplicate'])('(%s) stays away for good, whatever changes', (reason) => {
    expect(lift(reason, { output: { category: 'sawdust', quantity: 1, months: 1, latitude: 1, confirmedOn: '2030-01-01' }, policy: NARROWED, catalogue: ROUTES_CHANGED, days: 50_000 })).toBeNull();
  });

  it.each(['not-interested', 'relationship', 'competitors', 'confidential'])('(%s) stays away for twelve months, whatever changes', (reason) => {
    expect(lift(reason, { output: { category: 'sawdust', quantity: 1 }, days: 364 })).toBeNull();
    expect(lift(reason, { days: 365 })).toBe('date-reached day=2027-11-25');
  });

  it('(no time) returns with the next week, which begins on Monday at midnight of the territory', () => {
    const { until } = blockFor({ verdict: 'reject', reason: 'no-time', snoozeUntil: null }, pair, NOW, ZONE);
    expect(until?.toISOString()).toBe('2026-11-29T23:00:00.000Z');
    expect(lift('no-time', { days: 4 })).toBeNull();
    expect(lift('no-time', { days: 5 })).toBe('date-reached day=2026-11-30');
  });

  it('(other) returns after three months', () => {
    expect(lift('other', { days: 91 })).toBeNull();
    expect(lift('other', { days: 92 })).toBe('date-reached day=2027-02-25');
  });

  it('is measured against what it was when it was rejected, so that small changes add up and a change that is taken back is none', () => {
    const little = changed(changed(changed(output, 'quantity-little', ''), 'quantity-little', ''), 'quantity-little', '');
    expect(lift('too-small', { output: little })).toBe('quantity-changed side=output percent=33');
    expect(lift('too-small', { output: { ...little, quantity: 100 } })).toBeNull();
  });

  it('stays away when its flows may not be seen any more, except for a date', () => {
    const block = blockFor({ verdict: 'reject', reason: 'data-stale', snoozeUntil: null }, pair, NOW, ZONE);
    const unseen = { output: null, input: null, policy: null, catalogue: null };
    expect(liftedBy(block, unseen, NOW, ZONE)).toBeNull();
    expect(liftedBy(block, unseen, new Date('2028-01-01'), ZONE)).toMatchObject({ because: 'date-reached' });
  });
});

describe('other verdicts', () => {
  const blockOf = (verdict: 'accept' | 'snooze' | 'cannot-say', snoozeUntil: string | null = null) => blockFor({ verdict, reason: null, snoozeUntil }, pair, NOW, ZONE);

  it('put a snoozed pair away until the beginning of its day', () => {
    const block = blockOf('snooze', '2026-12-01');
    expect(block).toMatchObject({ kind: 'suppressed', reason: 'snooze', condition: null, until: new Date('2026-11-30T23:00:00Z') });
    expect(liftedBy(block, { output, input, policy, catalogue }, new Date('2026-11-30T22:59:00Z'), ZONE)).toBeNull();
    expect(liftedBy(block, { output, input, policy, catalogue }, new Date('2026-11-30T23:00:00Z'), ZONE)).toEqual({ because: 'date-reached', day: '2026-12-01' });
  });

  it('put a pair that could not be judged away for four weeks', () => {
    expect(blockOf('cannot-say')).toMatchObject({ kind: 'suppressed', reason: 'cannot-say', until: new Date('2026-12-23T10:00:00Z') });
  });

  it('mark an accepted pair as on its way to an introduction, without an end', () => {
    expect(blockOf('accept')).toEqual({ kind: 'introduced', reason: null, until: null, condition: null });
  });
});

describe('the closed list of reasons', () => {
  it('has one key each and one name each', () => {
    expect(new Set(REASONS.map(({ key }) => key)).size).toBe(REASONS.length);
    expect(new Set(REASONS.map(({ slug }) => slug)).size).toBe(REASONS.length);
    for (const { key } of REASONS) expect(key).toMatch(/^[a-z]$/);
  });

  it('teaches the ranking only what data could have told', () => {
    const factors = Object.fromEntries(REASONS.map(({ slug, factor }) => [slug, factor]));
    expect(factors).toEqual({
      'wrong-substance': 'category', 'wrong-form': 'category', contaminated: 'category', sanitary: 'category', 'too-far': 'distance', 'too-small': 'volume', 'too-large': 'volume',
      timing: 'season', 'regulatory-status': 'regulation', 'receiver-not-permitted': 'regulation', 'better-outlet': 'none', 'data-stale': 'none', 'already-known': 'none', duplicate: 'none',
      'not-interested': 'none', relationship: 'none', competitors: 'none', confidential: 'none', 'no-time': 'none', other: 'none',
    });
    for (const { qualitySignal, factor } of REASONS) expect(qualitySignal).toBe(factor !== 'none');
    expect(REASONS.filter(({ discreet }) => discreet).map(({ slug }) => slug)).toEqual(['not-interested', 'relationship', 'competitors', 'confidential']);
    expect(REASONS.filter(({ opensDataTask }) => opensDataTask).map(({ slug }) => slug)).toEqual(['better-outlet', 'data-stale']);
    expect(REASONS.filter(({ commentRequired }) => commentRequired).map(({ slug }) => slug)).toEqual(['other']);
  });

  it.each(['fr', 'en'] as const)('has words in %s for every reason and every rule, and the same keys in both languages', (language) => {
    const messages = loadMessages('review', language);
    for (const { slug } of REASONS) expect(messages[`reason.${slug}`]).toEqual(expect.any(String));
    for (const rule of LIFT_RULES) expect(messages[`rule.${rule}`]).toEqual(expect.any(String));
    expect(Object.keys(messages).sort()).toEqual(Object.keys(loadMessages('review', 'fr')).sort());
  });
});

describe('the distance that a pair may lie apart', () => {
  it('is the shorter of the two categories; in a pipe, by quantity, unknown counting as smallest', () => {
    const pipe = { hardDistanceKm: 9, pipeReach: [{ upTo: 100, hardKm: 2, softKm: 1 }, { upTo: null, hardKm: 8, softKm: 4 }] };
    expect(hardReachKm({ hardDistanceKm: 80 }, { hardDistanceKm: 60 }, 5, 5)).toBe(60);
    expect(hardReachKm(pipe, { hardDistanceKm: 60 }, 50, 500)).toBe(2);
    expect(hardReachKm(pipe, { hardDistanceKm: 60 }, 500, 50)).toBe(8);
    expect(hardReachKm({ hardDistanceKm: 60 }, pipe, 500, null)).toBe(2);
    expect(loadKnowledge().catalogue.categories.some(({ pipeReach }) => pipeReach !== undefined)).toBe(true);
  });
});
