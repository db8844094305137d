import { drawAudit } from './audit-slice.js';
import type { Budget } from './budget.js';
import { type Cap, Caps } from './caps.js';
import { bestSubstitution, factsOf, type Ring, ringOf } from './gates.js';
import { buildIndex, type KernelIndex } from './kernel-index.js';
import type { KernelInput, Prepared } from './kernel-input.js';
import { thresholdOf } from './match.js';
import type { ScoredPair } from './matches.js';
import { probabilityOf } from './model.js';
import { NearerRings } from './nearer-rings.js';
import { type Part, partsOf } from './parts.js';
import { type Features, featuresOf, openQuestions, termsOf } from './score.js';
import type { ScoredPairs } from './score-pairs.js';
import type { AuditPool } from './survey.js';
import { walkDown } from './walk-down.js';

/** A line of the list, with all that is stored with it (QUALITY section 5). */
export interface SelectedCandidate {
  /** From 1; the audit slice comes last. */
  rank: number;
  kind: 'listed' | 'audit';
  output: number;
  input: number;
  substitution: string;
  z: number;
  /** One decimal: what is shown. */
  points: number;
  probability: number | null;
  thresholdPoints: number;
  /** Chance that this pair was shown: 1 when listed, drawn ÷ pool in the audit slice. */
  inclusionProbability: number;
  auditPool: AuditPool | null;
  features: Features;
  parts: Part[];
  questions: string[];
  ring: Ring | null;
  /** Caps that had kept better pairs off when this one was taken. */
  capsActed: Cap[];
}

/** Why the list is not full; null when it is. */
export interface Shortfall {
  wanted: number;
  listed: number;
  /** Pairs above the threshold that a cap kept off. */
  cappedOff: Partial<Record<Cap, number>>;
  bestBelowPoints: number | null;
  thresholdPoints: number;
}

export interface SelectedList {
  candidates: SelectedCandidate[];
  shortfall: Shortfall | null;
}

/**
 * @param index of the input, where one has been built for the scores
 * @throws what `prepare` throws
 */
export function selectList(input: KernelInput, scored: ScoredPairs, budget: Budget, index: KernelIndex = buildIndex(input)): SelectedList {
  const { kernel } = index;
  const caps = new Caps(kernel, budget.listSize, new NearerRings(index));
  // Undecided candidates of earlier weeks use up places of k, so that list and audit slice together never pass it.
  const places = Math.max(0, budget.listSize - kernel.open.length);
  const auditSize = Math.min(budget.auditSize, places);
  const room = places - auditSize;
  const chosen: { pair: ScoredPair; caps: Cap[] }[] = [];
  for (const pair of walkDown(index, scored.matches)) {
    if (chosen.length === room) break;
    if (caps.take(pair)) chosen.push({ pair, caps: caps.acted() });
  }
  const audited = drawAudit(kernel, scored, auditSize);
  const candidates = [
    ...chosen.map(({ pair, caps: acted }, at) => describe(kernel, pair, { rank: at + 1, kind: 'listed', inclusionProbability: 1, auditPool: null, capsActed: acted })),
    ...audited.map(({ pair, pool, probability }, at) =>
      describe(kernel, pair, { rank: chosen.length + at + 1, kind: 'audit', inclusionProbability: probability, auditPool: pool, capsActed: [] })),
  ];
  const shortfall: Shortfall | null = chosen.length >= room ? null : {
    wanted: room, listed: chosen.length, cappedOff: caps.counts(), bestBelowPoints: scored.bestBelow === null ? null : round(scored.bestBelow), thresholdPoints: kernel.policy.thresholdPoints,
  };
  return { candidates, shortfall };
}

function round(points: number): number {
  return Math.round(points * 10) / 10;
}

type Place = Pick<SelectedCandidate, 'rank' | 'kind' | 'inclusionProbability' | 'auditPool' | 'capsActed'>;

function describe(kernel: Prepared, pair: ScoredPair, place: Place): SelectedCandidate {
  const facts = factsOf(kernel, pair.output, pair.input);
  const best = bestSubstitution(kernel, pair.output, pair.input, facts);
  if (best === null) throw new Error('A selected pair has no substitution');
  const features = featuresOf(kernel, pair.output, pair.input, best.substitution, facts.km);
  const { parts, points } = partsOf(termsOf(kernel, features));
  return {
    ...place, output: pair.output, input: pair.input, substitution: best.substitution.slug, z: pair.z, points,
    probability: probabilityOf(pair.z, kernel.model), thresholdPoints: thresholdOf(kernel, pair.output), features, parts,
    questions: openQuestions(kernel, pair.output, pair.input, best.substitution).codes, ring: ringOf(kernel, facts.km),
  };
}

