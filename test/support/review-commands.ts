import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { FlowFacts } from '../../src/flows/material-change.js';
import type { Policy } from '../../src/matching/policy.js';
import { REASONS } from '../../src/review/reasons.js';
import type { Judgement } from '../../src/review/suppression.js';
import { loadDefaultPolicy } from '../../config/load-config.js';
import { type ModelPair, ReviewModel, TIME_ZONE } from './review-model.js';
import { reviewKnowledge } from './review-knowledge.js';

export const FLOW_CHANGES = ['category', 'quality', 'wasteCode', 'hazardous', 'quantity-much', 'quantity-little', 'months', 'place', 'permit', 'confirm', 'nothing'] as const;
export type FlowChangeName = (typeof FLOW_CHANGES)[number];

/** Something that happens; `pick` chooses among what is there, by remainder. */
export type Command =
  | { type: 'decide'; pick: number; verdict: Judgement['verdict']; reason: string; snoozeDays: number }
  | { type: 'withdraw'; pick: number }
  | { type: 'run' }
  | { type: 'days'; days: number }
  | { type: 'change'; flow: number; what: FlowChangeName }
  | { type: 'radius'; factor: number }
  | { type: 'expire' }
  | { type: 'lead'; pair: number };

/** Told more often, since what they wait for happens within a sequence. */
const QUICK = ['wrong-substance', 'too-far', 'too-small', 'timing', 'regulatory-status', 'data-stale', 'no-time'];
const reasons = REASONS.map(({ slug }) => slug);

/** Random orders of review actions, runs, changes and days. */
export const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('decide' as const), pick: fc.nat(50), verdict: fc.constantFrom<Judgement['verdict']>('reject', 'reject', 'reject', 'accept', 'snooze', 'cannot-say'), reason: fc.constantFrom(...reasons, ...QUICK), snoozeDays: fc.integer({ min: 1, max: 360 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('withdraw' as const), pick: fc.nat(50) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('run' as const) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('days' as const), days: fc.constantFrom(1, 3, 7, 7, 28, 95, 190, 370) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('change' as const), flow: fc.nat(3), what: fc.constantFrom(...FLOW_CHANGES) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('radius' as const), factor: fc.constantFrom(1, 0.5, 0.25, 0.15) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('expire' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lead' as const), pair: fc.nat(3) }) },
);

export const START = new Date('2026-11-23T07:00:00Z');

const flow = (category: string, latitude: number): FlowFacts => ({
  category, quality: { moisture: 20 }, wasteCode: '030105', hazardous: false, quantity: 100, minimumLot: null, months: 4095, wish: 'yes', withheld: false, reach: 'local',
  presentOutlet: null, presentCost: null, contractEndsOn: null, confirmedOn: '2026-11-01', latitude, longitude: 1.35, permitRegime: null, permitHeadings: [], hazardousPermitted: null,
});

/** Two outputs, two inputs, four pairs from 9 to 50 km. */
export function startFlows(): FlowFacts[] {
  return [flow('offcuts', 44.02), flow('sawdust', 44.05), flow('fuel', 44.1), flow('panel', 44.2)];
}

export const PAIRS: readonly ModelPair[] = [
  { output: 0, input: 2, distanceKm: 9 }, { output: 0, input: 3, distanceKm: 20 }, { output: 1, input: 2, distanceKm: 14 }, { output: 1, input: 3, distanceKm: 50 },
];

export function startModel(): ReviewModel {
  return new ReviewModel(startFlows(), PAIRS, loadDefaultPolicy(), reviewKnowledge(), START);
}

/** A policy with this factor on the hard distance of matter. */
export function withRadius(policy: Policy, factor: number): Policy {
  return { ...policy, families: { ...policy.families, matter: { hardDistanceFactor: factor } } };
}

/** What a change makes of a flow. */
export function changed(facts: FlowFacts, what: FlowChangeName, today: string): FlowFacts {
  switch (what) {
    case 'category': return { ...facts, category: { offcuts: 'sawdust', sawdust: 'offcuts', fuel: 'panel', panel: 'fuel' }[facts.category] ?? facts.category };
    case 'quality': return { ...facts, quality: { moisture: Number(facts.quality['moisture']) + 1 } };
    case 'wasteCode': return { ...facts, wasteCode: facts.wasteCode === '030105' ? '030104' : '030105' };
    case 'hazardous': return { ...facts, hazardous: facts.hazardous !== true };
    case 'quantity-much': return { ...facts, quantity: facts.quantity === null ? 100 : facts.quantity > 1e6 ? facts.quantity / 2 : facts.quantity * 1.5 };
    case 'quantity-little': return { ...facts, quantity: facts.quantity === null ? 100 : facts.quantity * 1.1 };
    case 'months': return { ...facts, months: facts.months === 4095 ? 63 : 4095 };
    case 'place': return { ...facts, latitude: Math.round(((facts.latitude ?? 44) + 0.01) * 1e6) / 1e6 };
    case 'permit': return { ...facts, permitRegime: facts.permitRegime === null ? 'declaration' : null };
    case 'confirm': return { ...facts, confirmedOn: today };
    case 'nothing': return facts;
  }
}

/** The judgement that a decide command stands for. */
export function judgementOf(command: Extract<Command, { type: 'decide' }>, now: Date): Judgement {
  return {
    verdict: command.verdict, reason: command.verdict === 'reject' ? command.reason : null,
    snoozeUntil: command.verdict === 'snooze' ? DateTime.fromJSDate(now, { zone: TIME_ZONE }).plus({ days: command.snoozeDays }).toFormat('yyyy-MM-dd') : null,
  };
}
