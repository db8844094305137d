import type { Context } from '../platform/context.js';
import type { Gate, Ring } from './kernel/gates.js';
import type { Part } from './kernel/parts.js';
import type { Features, PairReach } from './kernel/score.js';

/** Why a flow cannot be looked at by the kernel at all: it is not in a snapshot. */
export interface UnmatchableFlow {
  side: 'output' | 'input';
  why: 'withdrawn' | 'without-place' | 'unknown-category';
}

export interface FailingGate {
  gate: Gate;
  /** Figures behind it, free of language: `82 km > 60 km`; null: the gate's name says it all. */
  detail: string | null;
}

/** A pair as the kernel sees it now, whether it may be listed or not. */
export interface ExplainedPair {
  /** Not empty: there are no gates and no score to speak of. */
  unmatchable: UnmatchableFlow[];
  /** All gates that it fails, in their order; empty: it may be listed. */
  gates: FailingGate[];
  /** Slugs of the refusals that hold. */
  refusals: string[];
  distanceKm: number | null;
  /** Soft and hard distance of this pair; the hard one not beyond the ring that the input looks in. */
  reach: PairReach | null;
  ring: Ring | null;
  /** Points that a pair of this output must reach to be listed. */
  thresholdPoints: number;
  /** Null when no substitution knows the two categories, or the conditions of all fail. */
  score: { substitution: string; z: number; points: number; probability: number | null; features: Features; parts: Part[]; questions: string[] } | null;
  /** Versions of the flows that were looked at. */
  outputVersion: number;
  inputVersion: number;
  /** The active ones. */
  policyVersion: number;
  modelVersion: number;
}

/** Gates and score of any output and input by the very definitions of a run, on the flows and policy of now. */
export abstract class PairExplainer {
  /** @throws Problem 404 when either flow is not visible from this territory, or is not of that side */
  abstract explain(context: Context, outputFlowId: string, inputFlowId: string): Promise<ExplainedPair>;
}
