import type { Reach } from '../flows/flows.entities.js';
import { describeChange, type FlowFacts, quantityMoved } from '../flows/material-change.js';
import { localDayOf } from '../platform/iso-week.js';
import type { ResourceCatalogue } from '../resources/resource-catalogue.js';
import type { Policy } from './policy.js';

/** What may bring a blocked pair back, beside a date (MATCHING section 6). */
export const LIFT_RULES = ['category', 'quality', 'code', 'place', 'radius', 'quantity', 'months', 'permit', 'route', 'confirmed'] as const;
export type LiftRule = (typeof LIFT_RULES)[number];

/** A quantity has changed materially from this share of what it was. */
export const MATERIAL_QUANTITY_SHARE = 0.3;
/** The radius has narrowed materially from this share of what it was. */
const MATERIAL_RADIUS_SHARE = 0.5;

/** How far a pair may lie apart, with all that decides it but the policy. */
export interface PairRadius {
  /** Hard distance of the two categories, before the policy's factors. */
  baseKm: number;
  reach: Reach;
  outputCategory: string;
  outputFamily: string;
}

/** Kept beside a block: what was, as far as one of the rules needs it. JSON-safe. */
export interface BlockCondition {
  anyOf: LiftRule[];
  output: Partial<FlowFacts>;
  input: Partial<FlowFacts>;
  /** For `radius`: km between the sites, and km allowed when the block was set. */
  radius?: PairRadius & { distanceKm: number; allowedKm: number };
  /** For `route`: regulatory routes of all substitutions between the two categories, sorted. */
  routes?: string[];
}

type Side = 'output' | 'input';

/** What lifted a block. `percent` is signed and rounded; null: the quantity became known or unknown. */
export type Lift =
  | { because: 'category-changed' | 'quality-changed' | 'code-changed' | 'site-moved' | 'months-changed' | 'permit-changed' | 'confirmed'; side: Side }
  | { because: 'quantity-changed'; side: Side; percent: number | null }
  | { because: 'radius-narrowed'; km: number }
  | { because: 'route-changed' }
  | { because: 'date-reached'; day: string };

/** What is now, for the comparison. Null: not to be seen (any more), and so no change is known. */
export interface PairFacts {
  output: FlowFacts | null;
  input: FlowFacts | null;
  policy: Policy | null;
  catalogue: Pick<ResourceCatalogue, 'substitutions'> | null;
}

const FACTS_OF_RULE: Record<LiftRule, readonly (keyof FlowFacts)[]> = {
  category: ['category'],
  quality: ['quality'],
  // The asterisk of a waste code is its hazard: one without the other would be half a code.
  code: ['wasteCode', 'hazardous'],
  place: ['latitude', 'longitude'],
  radius: [],
  quantity: ['category', 'quantity'],
  months: ['months'],
  permit: ['permitRegime', 'permitHeadings', 'hazardousPermitted'],
  route: ['category'],
  confirmed: ['confirmedOn'],
};

/** Keeps of the two flows only what the rules compare, so that a block holds no more of a company than it needs. */
export function makeCondition(anyOf: readonly LiftRule[], pair: { output: FlowFacts; input: FlowFacts; distanceKm: number | null; radius: PairRadius | null; policy: Policy; catalogue: Pick<ResourceCatalogue, 'substitutions'> }): BlockCondition {
  const fields = [...new Set(anyOf.flatMap((rule) => FACTS_OF_RULE[rule]))];
  const keep = (facts: FlowFacts): Partial<FlowFacts> => Object.fromEntries(fields.map((field) => [field, facts[field] ?? null]));
  return {
    anyOf: [...anyOf], output: keep(pair.output), input: keep(pair.input),
    ...(anyOf.includes('radius') && pair.radius && pair.distanceKm !== null
      ? { radius: { ...pair.radius, distanceKm: pair.distanceKm, allowedKm: allowedKm(pair.radius, pair.policy) } } : {}),
    ...(anyOf.includes('route') ? { routes: routesBetween(pair.catalogue, pair.output.category, pair.input.category) } : {}),
  };
}

/** Km that the policy allows a pair: the categories' own distance with its factor, or the ring that the need looks in. */
export function allowedKm(radius: PairRadius, policy: Policy): number {
  const factor = policy.categories[radius.outputCategory]?.hardDistanceFactor ?? policy.families[radius.outputFamily]?.hardDistanceFactor ?? 1;
  return Math.min(radius.baseKm * factor, policy.gates.ringKm[radius.reach]);
}

function routesBetween(catalogue: Pick<ResourceCatalogue, 'substitutions'>, output: string, input: string): string[] {
  return [...new Set(catalogue.substitutions.filter((entry) => entry.output === output && entry.input === input).map((entry) => entry.route))].sort();
}

/**
 * What lifts a block now, or null when it stands. A change is told before a date, since it says more; each is measured
 * against what was when the block was set, so that small changes add up.
 * @param timeZone IANA name of the territory: the day that is told is its own
 */
export function liftedBy(block: { until: Date | null; condition: BlockCondition | null }, facts: PairFacts, now: Date, timeZone: string): Lift | null {
  const { condition, until } = block;
  if (condition !== null) {
    for (const rule of condition.anyOf) {
      const lift = liftByRule(rule, condition, facts);
      if (lift !== null) return lift;
    }
  }
  return until !== null && now >= until ? { because: 'date-reached', day: localDayOf(until, timeZone) } : null;
}

function liftByRule(rule: LiftRule, condition: BlockCondition, facts: PairFacts): Lift | null {
  if (rule === 'radius') return radiusNarrowed(condition, facts.policy);
  if (rule === 'route') return routeChanged(condition, facts);
  for (const side of ['output', 'input'] as const) {
    const after = facts[side];
    if (after === null) continue;
    const lift = flowChanged(rule, side, condition[side], after);
    if (lift !== null) return lift;
  }
  return null;
}

function flowChanged(rule: Exclude<LiftRule, 'radius' | 'route'>, side: Side, kept: Partial<FlowFacts>, after: FlowFacts): Lift | null {
  // What was not kept is taken from now: it is not compared.
  const before: FlowFacts = { ...after, ...kept };
  const change = describeChange(before, after);
  const { facts } = change;
  switch (rule) {
    case 'category': return facts.has('category') ? { because: 'category-changed', side } : null;
    case 'quality': return facts.has('quality') ? { because: 'quality-changed', side } : null;
    case 'code': return facts.has('wasteCode') || facts.has('hazardous') ? { because: 'code-changed', side } : null;
    case 'place': return facts.has('place') ? { because: 'site-moved', side } : null;
    case 'months': return facts.has('months') ? { because: 'months-changed', side } : null;
    case 'permit': return facts.has('permit') ? { because: 'permit-changed', side } : null;
    case 'confirmed': return after.confirmedOn > before.confirmedOn ? { because: 'confirmed', side } : null;
    case 'quantity': {
      // Another category counts in another unit: the quantity says something new even where the figure stayed.
      if (facts.has('category')) return { because: 'category-changed', side };
      if (!quantityMoved(change, MATERIAL_QUANTITY_SHARE)) return null;
      return { because: 'quantity-changed', side, percent: change.quantityRatio === null ? null : Math.round((change.quantityRatio - 1) * 100) };
    }
  }
}

/**
 * The analyst has at least halved the radius, and the pair is still inside: by the stricter policy it is near, so the
 * advisor who found it too far is asked again.
 */
function radiusNarrowed({ radius }: BlockCondition, policy: Policy | null): Lift | null {
  if (radius === undefined || policy === null) return null;
  const km = allowedKm(radius, policy);
  return km <= radius.allowedKm * MATERIAL_RADIUS_SHARE && radius.distanceKm <= km ? { because: 'radius-narrowed', km: Math.round(km * 10) / 10 } : null;
}

function routeChanged(condition: BlockCondition, { output, input, catalogue }: PairFacts): Lift | null {
  if (condition.routes === undefined || output === null || input === null || catalogue === null) return null;
  const routes = routesBetween(catalogue, output.category, input.category);
  return routes.join(' ') === condition.routes.join(' ') ? null : { because: 'route-changed' };
}

/** As `pair_block.lifted_because` and `candidate.returned_because` keep it: `quantity-changed side=output percent=45`. */
export function liftText(lift: Lift): string {
  const { because, ...values } = lift;
  return [because, ...Object.entries(values).map(([name, value]) => `${name}=${value === null ? 'unknown' : value}`)].join(' ');
}

/** The words of `liftText` again: the code, and its values as texts. */
export function readLiftText(text: string): { because: string; values: Record<string, string> } {
  const [because, ...rest] = text.split(' ');
  return { because, values: Object.fromEntries(rest.map((part) => part.split('=')).filter((part): part is [string, string] => part.length === 2)) };
}
