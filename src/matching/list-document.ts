import { canonicalJson, sha256 } from './canonical-json.js';
import type { Budget } from './kernel/budget.js';
import type { KernelInput } from './kernel/kernel-input.js';
import { type ScoredPairs, scorePairs } from './kernel/score-pairs.js';
import { type SelectedCandidate, selectList, type SelectedList, type Shortfall } from './kernel/select.js';
import { WISH } from './kernel/snapshot.js';
import type { FunnelRow, PairCount } from './kernel/survey.js';

/** A line of a published list, by natural keys: what is hashed, and what a repeated run must give again to the byte. */
export interface ListLine extends Omit<SelectedCandidate, 'output' | 'input'> {
  /** Territory slug + `/` + reference of the flow. */
  output: string;
  input: string;
  /** One of the companies was not asked yet whether it wants to work on this flow: asking is the first step. */
  wishNotAsked: boolean;
}

/** What a run came to. */
export interface ListDocument {
  list: ListLine[];
  funnel: FunnelRow[];
  histogram: { from: number; count: number }[];
  shortfall: Shortfall | null;
  pairs: number;
  passed: PairCount;
  aboveThreshold: PairCount;
}

export function listDocument(input: KernelInput, scored: ScoredPairs, selected: SelectedList): ListDocument {
  const { outputKeys, inputKeys, outputs, inputs } = input.snapshot;
  return {
    list: selected.candidates.map((candidate) => ({
      ...candidate, output: outputKeys[candidate.output], input: inputKeys[candidate.input],
      wishNotAsked: outputs.wish[candidate.output] === WISH.notAsked || inputs.wish[candidate.input] === WISH.notAsked,
    })),
    funnel: scored.funnel, histogram: scored.histogram, shortfall: selected.shortfall,
    pairs: scored.pairs, passed: scored.passed, aboveThreshold: scored.aboveThreshold,
  };
}

/** The whole calculation in one go, from the input alone. */
export function calculateList(input: KernelInput, budget: Budget): ListDocument {
  const scored = scorePairs(input);
  return listDocument(input, scored, selectList(input, scored, budget));
}

/** The bytes of a list. */
export function listText(document: Pick<ListDocument, 'list'>): string {
  return canonicalJson(document.list);
}

/** SHA-256, hex, of `listText`. */
export function listHashOf(document: Pick<ListDocument, 'list'>): string {
  return sha256(listText(document));
}
