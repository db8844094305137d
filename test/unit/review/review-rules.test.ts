import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { FlowFacts } from '../../../src/flows/material-change.js';
import { reasonOf } from '../../../src/review/reasons.js';
import { changed, type Command, commands, judgementOf, startModel, withRadius } from '../../support/review-commands.js';
import { type ModelCandidate, type ModelDecision, ReviewModel, TIME_ZONE } from '../../support/review-model.js';

/** MATCHING section 6 said a second time, from the table alone: may this pair return, and for what? */
function mayReturn(decision: ModelDecision, model: ReviewModel, pair: number): string[] {
  const then = decision.pair;
  const now = model.pairNow(pair);
  const sides = [[then.output, now.output], [then.input, now.input]] as const;
  const some = (test: (before: FlowFacts, after: FlowFacts) => boolean): boolean => sides.some(([before, after]) => test(before, after));
  const at = DateTime.fromJSDate(decision.at, { zone: TIME_ZONE });
  const reached = (day: DateTime): string[] => (model.now >= day.toJSDate() ? ['date-reached'] : []);
  const when = (holds: boolean, because: string): string[] => (holds ? [because] : []);
  const category = some((a, b) => a.category !== b.category);
  const code = some((a, b) => a.wasteCode !== b.wasteCode || a.hazardous !== b.hazardous);

  if (decision.verdict === 'snooze') return reached(DateTime.fromISO(decision.snoozeUntil ?? '', { zone: TIME_ZONE }));
  if (decision.verdict === 'cannot-say') return reached(at.plus({ days: 28 }));
  switch (decision.reason) {
    case 'wrong-substance': case 'wrong-form': case 'contaminated': case 'sanitary':
      return [...when(category, 'category-changed'), ...when(some((a, b) => a.quality['moisture'] !== b.quality['moisture']), 'quality-changed'), ...when(code, 'code-changed')];
    case 'too-far': {
      const reach = (policy: typeof now.policy): number => Math.min((then.radius?.baseKm ?? 0) * (policy.families.matter?.hardDistanceFactor ?? 1), policy.gates.ringKm.local);
      const [before, after] = [reach(then.policy), reach(now.policy)];
      return [...when(some((a, b) => a.latitude !== b.latitude), 'site-moved'), ...when(after <= before / 2 && (then.distanceKm ?? 0) <= after, 'radius-narrowed')];
    }
    case 'too-small': case 'too-large': {
      const moved = some((a, b) => a.quantity !== null && b.quantity !== null && Math.abs(b.quantity - a.quantity) >= 0.3 * a.quantity - 1e-6);
      return [...when(moved, 'quantity-changed'), ...when(category, 'category-changed')];
    }
    case 'timing': return when(some((a, b) => a.months !== b.months), 'months-changed');
    case 'regulatory-status': case 'receiver-not-permitted': {
      const routes = (output: FlowFacts, input: FlowFacts): string => now.catalogue.substitutions.filter((entry) => entry.output === output.category && entry.input === input.category).map(({ route }) => route).sort().join();
      return [...when(code, 'code-changed'), ...when(some((a, b) => a.permitRegime !== b.permitRegime), 'permit-changed'), ...when(routes(then.output, then.input) !== routes(now.output, now.input), 'route-changed')];
    }
    case 'better-outlet': case 'data-stale': return [...reached(at.plus({ months: 6 })), ...when(some((a, b) => b.confirmedOn > a.confirmedOn), 'confirmed')];
    case 'already-known': case 'duplicate': return [];
    case 'not-interested': case 'relationship': case 'competitors': case 'confidential': return reached(at.plus({ months: 12 }));
    case 'no-time': return reached(at.plus({ weeks: 1 }).startOf('week'));
    case 'other': return reached(at.plus({ months: 3 }));
    default: throw new Error(`no such reason: ${decision.reason}`);
  }
}

/** The decision that counts for a pair: standing on its last candidate that has one. */
function lastWord(model: ReviewModel, pair: number): ModelDecision | null {
  const decided = model.candidates.filter((candidate) => candidate.pair === pair && candidate.standing !== null).at(-1);
  return decided?.standing === undefined || decided.standing === null ? null : model.decisions[decided.standing];
}

/** Everything that counts, as text: candidates as they are, blocks that stand. */
function whatCounts(model: ReviewModel): string {
  const standing = model.blocks.filter((block) => block.liftedAt === null).map(({ pair, kind, reason, until, condition }) => ({ pair, kind, reason, until, condition }));
  return JSON.stringify({ candidates: model.candidates, standing });
}

/** `expect` takes a hundred times as long, and this is asked a million times. */
function ensure(holds: boolean, rule: string): void {
  if (!holds) throw new Error(`Broken: ${rule}`);
}

function checkAlways(model: ReviewModel, decisionsBefore: readonly ModelDecision[]): void {
  ensure(decisionsBefore.every((decision, at) => decision === model.decisions[at]), 'decisions never vanish and never change');
  model.pairs.forEach((_, pair) => {
    ensure(model.candidates.filter((candidate) => candidate.pair === pair && candidate.status === 'open').length <= 1, 'at most one open candidate a pair');
    for (const kind of ['suppressed', 'introduced']) ensure(model.standingBlocks(pair).filter((block) => block.kind === kind).length <= 1, 'at most one standing block of a kind a pair');
  });
  const takenBack = new Set(model.decisions.map(({ supersedes }) => supersedes));
  const last = new Map<number, number>();
  model.decisions.forEach(({ candidate, verdict }, at) => {
    if (verdict !== 'withdraw' && !takenBack.has(at)) last.set(candidate, at);
  });
  for (const candidate of model.candidates) {
    ensure(candidate.standing === (last.get(candidate.id) ?? null), 'the standing decision is the last one that was not taken back');
    ensure((candidate.status === 'decided') === (candidate.standing !== null), 'a decided candidate has a standing decision, no other has');
  }
}

/**
 * What each decision has let its pair return for, noted at the runs: a condition that held at a run has freed its pair for good, also where
 * an open lead by hand kept it from being listed that very week, or where what it returned for was taken back before anybody decided.
 */
type Freed = Map<ModelDecision, Set<string>>;

function noteFreed(model: ReviewModel, freed: Freed): void {
  model.pairs.forEach((_, pair) => {
    const word = lastWord(model, pair);
    if (word === null || word.verdict === 'accept') return;
    for (const because of mayReturn(word, model, pair)) freed.set(word, (freed.get(word) ?? new Set()).add(because));
  });
}

/** A listed candidate is new to its pair, or came back for something that holds or held at a run, and says what. */
function checkListed(model: ReviewModel, candidate: ModelCandidate, freed: Freed): void {
  const word = lastWord(model, candidate.pair);
  if (word === null) return;
  ensure(word.verdict !== 'accept', 'an accepted pair is not proposed again');
  const because = freed.get(word);
  if (because === undefined) throw new Error(`Broken: a pair rejected for ${word.reason} stays away until its condition holds`);
  // Shown since and left undecided: it has said why then.
  const shownSince = model.candidates.some((other) => other.id !== candidate.id && other.pair === candidate.pair && other.publishedAt > word.at && other.kind === 'listed');
  ensure(shownSince || because.has((candidate.returnedBecause ?? '').split(' ')[0]), `a pair that returns says why: ${candidate.returnedBecause} is none of ${[...because].join(', ')}`);
}

/** A pair that is not listed although it is free to return would be lost for good. */
function checkNotLost(model: ReviewModel, pair: number): void {
  const word = lastWord(model, pair);
  if (word === null || word.verdict === 'accept' || model.open(pair) !== undefined) return;
  ensure(mayReturn(word, model, pair).length === 0, `a pair rejected for ${word.reason} returns when its condition holds`);
}

function apply(model: ReviewModel, command: Command, freed: Freed): void {
  model.now = new Date(model.now.getTime() + 60_000);
  const pick = (pool: readonly ModelCandidate[], at: number): ModelCandidate | undefined => (pool.length === 0 ? undefined : pool[at % pool.length]);
  switch (command.type) {
    case 'decide': {
      // Mostly on what is open, now and then on what is not.
      const candidate = pick(command.pick % 6 === 0 ? model.candidates : model.candidates.filter(({ status }) => status === 'open'), command.pick);
      if (candidate === undefined) return;
      const before = whatCounts(model);
      const was = candidate.status;
      const judgement = judgementOf(command, model.now);
      const done = model.decide(candidate, judgement);
      ensure(done === (was === 'open'), 'only an open candidate is decided');
      if (!done) return void ensure(whatCounts(model) === before, 'a refused decision changes nothing');
      // Undo restores exactly, at once; then the decision is made again.
      const expiresAtOnce = model.withdraw(candidate) && candidate.status === 'expired';
      if (expiresAtOnce) return;
      ensure(whatCounts(model) === before, 'undo restores exactly');
      model.decide(candidate, judgement);
      return;
    }
    case 'withdraw': {
      const candidate = pick(model.candidates, command.pick);
      if (candidate === undefined) return;
      const was = candidate.status;
      if (model.withdraw(candidate)) ensure(was === 'decided', 'only a decision is taken back');
      return;
    }
    case 'run': {
      noteFreed(model, freed);
      const listed = model.run();
      for (const candidate of listed) checkListed(model, candidate, freed);
      model.pairs.forEach((_, pair) => checkNotLost(model, pair));
      return;
    }
    case 'days': return void (model.now = new Date(model.now.getTime() + command.days * 86_400_000));
    case 'change': return void (model.flows[command.flow] = changed(model.flows[command.flow], command.what, model.now.toISOString().slice(0, 10)));
    case 'radius': return void (model.policy = withRadius(model.policy, command.factor));
    case 'expire': {
      model.expire();
      const expired = model.candidates.find(({ status }) => status === 'expired');
      if (expired) ensure(!model.decide(expired, { verdict: 'accept', reason: null, snoozeUntil: null }), 'an expired candidate is not decided');
      return;
    }
    case 'lead': return void model.lead(command.pair);
  }
}

describe('review', () => {
  it('keeps its rules in any order of decisions, undos, runs, changes, leads by hand and days', () => {
    let decided = 0;
    let returned = 0;
    fc.assert(fc.property(fc.array(commands, { minLength: 5, maxLength: 80, size: 'max' }), (sequence) => {
      const model = startModel();
      const freed: Freed = new Map();
      model.run();
      for (const command of sequence) {
        const before = model.decisions.slice();
        apply(model, command, freed);
        checkAlways(model, before);
      }
      decided += model.decisions.length;
      returned += model.candidates.filter(({ returnedBecause }) => returnedBecause !== null).length;
      for (const { reason } of model.decisions) if (reason !== null) expect(reasonOf(reason)).toBeDefined();
    }), { numRuns: 1_500 });
    // The sequences reach what they are about.
    expect(decided).toBeGreaterThan(5_000);
    expect(returned).toBeGreaterThan(1_000);
  });
});
