import type { FlowFacts } from '../../src/flows/material-change.js';
import { liftedBy, liftText } from '../../src/matching/pair-block.js';
import { hardReachKm } from '../../src/matching/pair-block-radius.js';
import type { NewBlock } from '../../src/matching/pair-blocks.js';
import type { CandidateStatus } from '../../src/matching/matching.entities.js';
import type { Policy } from '../../src/matching/policy.js';
import { isoWeekOf } from '../../src/platform/iso-week.js';
import type { Knowledge } from '../../src/resources/knowledge.js';
import { afterMove, isExpired } from '../../src/review/candidate-state.js';
import { blockFor, type DecidedPair, type Judgement } from '../../src/review/suppression.js';

export const TIME_ZONE = 'Europe/Paris';

export interface ModelCandidate {
  id: number;
  pair: number;
  status: CandidateStatus;
  week: string;
  kind: 'listed' | 'by-hand';
  publishedAt: Date;
  returnedBecause: string | null;
  /** Index into `decisions`; null: none counts. */
  standing: number | null;
}

export interface ModelDecision {
  candidate: number;
  verdict: Judgement['verdict'] | 'withdraw';
  reason: string | null;
  snoozeUntil: string | null;
  at: Date;
  supersedes: number | null;
  /** What the pair was, for an oracle that looks back. */
  pair: DecidedPair;
}

export interface ModelBlock extends NewBlock {
  pair: number;
  decision: number;
  liftedAt: Date | null;
  liftedBecause: string | null;
}

export interface ModelPair {
  output: number;
  input: number;
  distanceKm: number;
}

/** The rules of review in memory: the pure files of the room, with arrays for tables. The database must do the same. */
export class ReviewModel {
  readonly candidates: ModelCandidate[] = [];
  readonly decisions: ModelDecision[] = [];
  readonly blocks: ModelBlock[] = [];
  readonly runs: string[] = [];

  constructor(
    readonly flows: FlowFacts[],
    readonly pairs: readonly ModelPair[],
    public policy: Policy,
    private readonly knowledge: Knowledge,
    public now: Date,
  ) {}

  get week(): string {
    return isoWeekOf(this.now, TIME_ZONE);
  }

  open(pair: number): ModelCandidate | undefined {
    return this.candidates.find((candidate) => candidate.pair === pair && candidate.status === 'open');
  }

  standingBlocks(pair: number): ModelBlock[] {
    return this.blocks.filter((block) => block.pair === pair && block.liftedAt === null);
  }

  pairNow(pair: number): DecidedPair {
    const { output, input, distanceKm } = this.pairs[pair];
    const [one, other] = [this.flows[output], this.flows[input]];
    const [from, to] = [this.knowledge.category(one.category), this.knowledge.category(other.category)];
    if (from === undefined || to === undefined) throw new Error('the model knows its categories');
    return {
      output: one, input: other, distanceKm, policy: this.policy, catalogue: this.knowledge.catalogue,
      radius: { baseKm: hardReachKm(from, to, one.quantity, other.quantity), outputCategory: from.slug, outputFamily: from.family, reach: 'local' },
    };
  }

  /** @returns false when it is refused */
  decide(candidate: ModelCandidate, judgement: Judgement): boolean {
    const next = afterMove(candidate.status, 'decide');
    if (next === null) return false;
    const pair = this.pairNow(candidate.pair);
    const decision = this.decisions.push({ candidate: candidate.id, ...judgement, at: this.now, supersedes: null, pair }) - 1;
    const block = blockFor(judgement, pair, this.now, TIME_ZONE);
    for (const standing of this.standingBlocks(candidate.pair)) {
      if (standing.kind === block.kind) Object.assign(standing, { liftedAt: this.now, liftedBecause: `superseded ${decision}` });
    }
    this.blocks.push({ ...block, pair: candidate.pair, decision, liftedAt: null, liftedBecause: null });
    candidate.status = next;
    candidate.standing = decision;
    return true;
  }

  withdraw(candidate: ModelCandidate): boolean {
    if (afterMove(candidate.status, 'withdraw') === null || candidate.standing === null) return false;
    const later = this.candidates.some((other) => other.pair === candidate.pair && other.id !== candidate.id
      && (other.status === 'open' || (other.status !== 'replaced' && other.id > candidate.id)));
    if (later) return false;
    const { standing } = candidate;
    this.decisions.push({ ...this.decisions[standing], verdict: 'withdraw', reason: null, snoozeUntil: null, at: this.now, supersedes: standing });
    for (const block of this.blocks) {
      if (block.decision === standing && block.liftedAt === null) Object.assign(block, { liftedAt: this.now, liftedBecause: 'undone' });
    }
    for (const block of this.blocks) if (block.liftedBecause === `superseded ${standing}`) Object.assign(block, { liftedAt: null, liftedBecause: null });
    candidate.standing = null;
    candidate.status = this.isPast(candidate) ? 'expired' : 'open';
    return true;
  }

  /** A run: lifts, replaces the undecided of this week's earlier attempts, and lists every pair that is free. */
  run(): ModelCandidate[] {
    for (const block of this.blocks) {
      if (block.liftedAt !== null || block.kind !== 'suppressed') continue;
      const { output, input } = this.pairs[block.pair];
      const lift = liftedBy(block, { output: this.flows[output], input: this.flows[input], policy: this.policy, catalogue: this.knowledge.catalogue }, this.now, TIME_ZONE);
      if (lift !== null) Object.assign(block, { liftedAt: this.now, liftedBecause: liftText(lift) });
    }
    for (const candidate of this.candidates) {
      if (candidate.status === 'open' && candidate.week === this.week && candidate.kind !== 'by-hand') candidate.status = 'replaced';
    }
    const listed = this.pairs.flatMap((_, pair) => {
      if (this.open(pair) !== undefined || this.standingBlocks(pair).length > 0) return [];
      return [this.publish(pair, 'listed')];
    });
    if (!this.runs.includes(this.week)) this.runs.push(this.week);
    return listed;
  }

  /** By hand, past a suppression but never beside an open lead or an introduction. */
  lead(pair: number): ModelCandidate | null {
    if (this.open(pair) !== undefined || this.standingBlocks(pair).some((block) => block.kind === 'introduced')) return null;
    return this.publish(pair, 'by-hand');
  }

  expire(): void {
    for (const candidate of this.candidates) {
      if (candidate.status === 'open' && this.isPast(candidate)) candidate.status = 'expired';
    }
  }

  private isPast(candidate: ModelCandidate): boolean {
    return isExpired(candidate.week, this.week, this.runs, this.policy.expiryWeeks);
  }

  private publish(pair: number, kind: ModelCandidate['kind']): ModelCandidate {
    const lifted = this.blocks.filter((block) => block.pair === pair && block.liftedAt !== null && block.liftedBecause !== 'undone')
      .sort((a, b) => (b.liftedAt?.getTime() ?? 0) - (a.liftedAt?.getTime() ?? 0))
      .find((block) => !this.candidates.some((candidate) => candidate.pair === pair && candidate.publishedAt > (block.liftedAt ?? this.now)));
    const candidate: ModelCandidate = {
      id: this.candidates.length, pair, status: 'open', week: this.week, kind, publishedAt: this.now, standing: null,
      returnedBecause: kind === 'listed' ? (lifted?.liftedBecause ?? null) : null,
    };
    this.candidates.push(candidate);
    return candidate;
  }
}
