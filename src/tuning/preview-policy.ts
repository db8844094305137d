import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { type Budget, budgetSize, type PresentAdvisor } from '../matching/kernel/budget.js';
import { calculateList, type ListDocument, type ListLine } from '../matching/list-document.js';
import { checkDocument } from '../matching/policy-versions.js';
import type { Policy } from '../matching/policy.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { readerOf } from '../review/weekly-list.queries.js';
import { type ReviewWords, Wordings } from '../review/words.js';
import { compareLists, type ComparedPair, figuresOf } from './list-comparison.js';
import { lastRunIds, type PairFacts, pairFacts, type PastRun, pastRun, policyAgainst } from './preview.queries.js';
import type { PolicyPreview, PreviewedPair, PreviewedRun } from './preview.dto.js';
import { shareOf } from './share.js';

export interface PreviewInput {
  /** A policy that need not be stored. */
  document: unknown;
  /** Version to hold it against; null: the active one. */
  against: number | null;
  /** How many past runs, the newest first. */
  runs: number;
}

interface Asked {
  before: Policy;
  after: Policy;
  /** In the reader's language. */
  words: ReviewWords;
}

/**
 * What a policy would have changed: the last runs made again from what they kept, under it and under another version,
 * exactly. Each run stands by itself: that another list a week earlier would have left other leads undecided is not played on.
 * Changes nothing.
 */
@Injectable()
export class PreviewPolicy {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly wordings: Wordings,
  ) {}

  /** @throws Problem 422 with the field, 404 for an unknown version, 409 when there is no active one */
  async execute(context: Context, input: PreviewInput): Promise<PolicyPreview> {
    const draft = checkDocument(input.document);
    const { against, ids, words } = await this.unitOfWork.read(context, async (tx) => ({
      against: await policyAgainst(tx, input.against), ids: await lastRunIds(tx, input.runs), words: (await readerOf(tx, this.wordings, this.knowledge)).words,
    }));
    const runs: PreviewedRun[] = [];
    for (const id of ids) {
      runs.push(await this.previewRun(context, id, { before: against.document, after: draft, words }));
      // Other requests have their turn between two runs.
      await setImmediate();
    }
    return { against: against.version, runs, decided: decidedOf(runs) };
  }

  private async previewRun(context: Context, runId: string, { before, after, words }: Asked): Promise<PreviewedRun> {
    const past = await this.unitOfWork.read(context, (tx) => pastRun(tx, runId));
    const [earlier, later] = [underPolicy(past, before), underPolicy(past, after)];
    const { same, entered, left, moved } = compareLists(earlier.document, later.document);
    const pairs = [...same, ...entered, ...left, ...moved].map(lineOf);
    const facts = await this.unitOfWork.read(context, (tx) => pairFacts(tx, runId, pairs), { across: true });
    const tell = (compared: ComparedPair[]): PreviewedPair[] => compared.map((pair) => this.tell(past, pair, facts, words));
    const open = past.input.kernel.open.length;
    const minutes = reviewMinutes(past.advisors);
    return {
      runId, week: past.week, attempt: past.attempt, open,
      before: figuresOf(earlier.document, earlier.budget, open, minutes(before)), after: figuresOf(later.document, later.budget, open, minutes(after)),
      same: tell(same), entered: tell(entered), left: tell(left), moved: tell(moved),
      funnel: earlier.document.funnel.map(({ gate, ...row }, at) => ({ gate, label: words.explanation.gate(gate), before: row, after: { ...later.document.funnel[at] } })),
    };
  }

  /** Distances in whole km, as analysts see them everywhere. */
  private tell({ input: { kernel } }: PastRun, pair: ComparedPair, { pseudonymOf, idOf, verdictOf }: PairFacts, words: ReviewWords): PreviewedPair {
    const line = lineOf(pair);
    const substitution = kernel.catalogue.substitutions.find(({ slug }) => slug === line.substitution);
    const side = (key: string, slug: string): PreviewedPair['output'] => {
      const category = this.knowledge.category(slug);
      return { company: pseudonymOf.get(key) ?? '–', category: slug, label: category?.label ?? { fr: slug, en: slug }, family: category?.family ?? null };
    };
    const key = `${line.output} ${line.input}`;
    const known = verdictOf.get(key);
    return {
      id: idOf.get(key) ?? key,
      output: side(line.output, substitution?.output ?? '–'), input: side(line.input, substitution?.input ?? '–'), distanceKm: Math.round(line.features.distanceKm),
      rankBefore: pair.before?.rank ?? null, rankAfter: pair.after?.rank ?? null, pointsBefore: pair.before?.points ?? null, pointsAfter: pair.after?.points ?? null,
      verdict: known?.verdict ?? null, reason: known?.reason ?? null, reasonLabel: known?.reason ? words.reason(known.reason) : null,
    };
  }
}

function lineOf({ before, after }: ComparedPair): ListLine {
  const line = after ?? before;
  if (line === null) throw new Error('A compared pair is in one of the lists');
  return line;
}

/**
 * The run's list under a policy. The week's time is worked out anew where the policy says otherwise; places that were used
 * up when the run began (leads of an earlier attempt already decided) stay used up.
 */
function underPolicy({ input, advisors }: PastRun, policy: Policy): { document: ListDocument; budget: Budget } {
  const [kept, now] = [budgetSize(advisors, input.kernel.policy), budgetSize(advisors, policy)];
  const budget = {
    listSize: Math.max(0, input.budget.listSize + now.listSize - kept.listSize),
    auditSize: Math.max(0, input.budget.auditSize + now.auditSize - kept.auditSize),
  };
  return { document: calculateList({ ...input.kernel, policy }, budget), budget };
}

/** Mean over the advisors of what a review takes: measured, else the policy's. */
function reviewMinutes(advisors: readonly PresentAdvisor[]): (policy: Policy) => number {
  return ({ budget }) => (advisors.length === 0 ? budget.reviewMinutes
    : advisors.reduce((sum, { medianReviewMinutes }) => sum + (medianReviewMinutes ?? budget.reviewMinutes), 0) / advisors.length);
}

/** A pair counts once, however many runs it was in; the newest run has the say. */
function decidedOf(runs: readonly PreviewedRun[]): PolicyPreview['decided'] {
  const count = (lists: PreviewedPair[][]): PolicyPreview['decided']['lost'] => {
    const once = new Map(lists.flat().map((pair) => [pair.id, pair]));
    const of = (verdict: PreviewedPair['verdict']): number => [...once.values()].filter((pair) => pair.verdict === verdict).length;
    const [accepted, rejected, unknown] = [of('accept'), of('reject') + of('discussed'), of(null)];
    return { accepted, rejected, other: once.size - accepted - rejected - unknown, unknown };
  };
  const shared = (run: PreviewedRun): PreviewedPair[] => [...run.same, ...run.moved];
  const [before, after] = [count(runs.map((run) => [...shared(run), ...run.left])), count(runs.map((run) => [...shared(run), ...run.entered]))];
  return {
    lost: count(runs.map(({ left }) => left)), gained: count(runs.map(({ entered }) => entered)), before, after,
    acceptanceBefore: shareOf(before.accepted, before.accepted + before.rejected), acceptanceAfter: shareOf(after.accepted, after.accepted + after.rejected),
  };
}
