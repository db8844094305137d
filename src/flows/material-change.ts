import type { QualityValue } from './flows.entities.js';

/** What of a flow and its site a decision may have rested on; JSON-safe, so that it can be kept beside a block and compared later. */
export interface FlowFacts {
  category: string;
  quality: Readonly<Record<string, QualityValue>>;
  wasteCode: string | null;
  hazardous: boolean | null;
  /** Base unit of the category a year; null unknown. */
  quantity: number | null;
  minimumLot: number | null;
  months: number | null;
  wish: string | null;
  withheld: boolean;
  reach: string;
  presentOutlet: string | null;
  presentCost: number | null;
  contractEndsOn: string | null;
  /** `YYYY-MM-DD`. */
  confirmedOn: string;
  /** Of the flow's site, where the caller has it. */
  latitude?: number | null;
  longitude?: number | null;
  permitRegime?: string | null;
  permitHeadings?: readonly string[];
  hazardousPermitted?: boolean | null;
}

export type ChangedFact =
  | 'category' | 'quality' | 'wasteCode' | 'hazardous' | 'quantity' | 'minimumLot' | 'months' | 'wish' | 'withheld' | 'reach'
  | 'presentOutlet' | 'contract' | 'confirmed' | 'place' | 'permit';

export interface FlowChange {
  facts: ReadonlySet<ChangedFact>;
  /** Quantity after divided by before; 1 when the same; null when it became known or unknown, or the category changed its meaning. */
  quantityRatio: number | null;
}

/** Sites nearer than this are the same place: about 11 m, below what any address or geocoder can tell. */
const SAME_PLACE_DEGREES = 1e-4;

function sameQuality(one: FlowFacts['quality'], other: FlowFacts['quality']): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}

function samePlace(before: FlowFacts, after: FlowFacts): boolean {
  const near = (a: number | null | undefined, b: number | null | undefined): boolean =>
    typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) < SAME_PLACE_DEGREES : (a ?? null) === (b ?? null);
  return near(before.latitude, after.latitude) && near(before.longitude, after.longitude);
}

function samePermit(before: FlowFacts, after: FlowFacts): boolean {
  const headings = (facts: FlowFacts): string => [...(facts.permitHeadings ?? [])].sort().join(' ');
  return (before.permitRegime ?? null) === (after.permitRegime ?? null)
    && (before.hazardousPermitted ?? null) === (after.hazardousPermitted ?? null)
    && headings(before) === headings(after);
}

function ratio(before: number | null, after: number | null): number | null {
  if (before === after) return 1;
  return before === null || after === null ? null : after / before;
}

/**
 * Which facts differ between two states of a flow. It says what changed and by how much; whether that is enough to bring a
 * rejected pair back is the reason's business. Order of quality attributes and of permit headings is no change.
 */
export function describeChange(before: FlowFacts, after: FlowFacts): FlowChange {
  const facts = new Set<ChangedFact>();
  const plainFacts = ['category', 'wasteCode', 'hazardous', 'quantity', 'minimumLot', 'months', 'wish', 'withheld', 'reach', 'presentOutlet'] as const;
  for (const fact of plainFacts) if (before[fact] !== after[fact]) facts.add(fact);
  if (!sameQuality(before.quality, after.quality)) facts.add('quality');
  if (before.contractEndsOn !== after.contractEndsOn || before.presentCost !== after.presentCost) facts.add('contract');
  if (before.confirmedOn !== after.confirmedOn) facts.add('confirmed');
  if (!samePlace(before, after)) facts.add('place');
  if (!samePermit(before, after)) facts.add('permit');
  return { facts, quantityRatio: before.category === after.category ? ratio(before.quantity, after.quantity) : null };
}

/**
 * Whether the quantity moved by at least this share of what it was, up or down; becoming known or unknown counts as moved.
 * @param share 0.3 for 30 %
 */
export function quantityMoved(change: FlowChange, share: number): boolean {
  if (!change.facts.has('quantity') && !change.facts.has('category')) return false;
  if (change.quantityRatio === null) return true;
  // A hair of tolerance: 100 → 130 is 30 %, whatever the binary fraction says.
  return Math.abs(change.quantityRatio - 1) >= share - 1e-9;
}
