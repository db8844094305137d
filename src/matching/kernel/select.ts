import type { Budget } from './budget.js';
import { bestSubstitution, factsOf, type Ring, ringOf } from './gates.js';
import { type KernelInput, prepare, type Prepared } from './kernel-input.js';
import { allOfOutput, type AuditPool, type ScoredPairs, thresholdOf } from './match.js';
import { byScore, type ScoredPair } from './matches.js';
import { probabilityOf } from './model.js';
import { seededRandom } from './random.js';
import { type Features, featuresOf, openQuestions, termsOf } from './score.js';
import { type Part, partsOf } from './parts.js';
import { REACH, WISH } from './snapshot.js';

/** What may keep a pair off the list although its score is high enough. */
export type Cap = 'company' | 'flow' | 'substitution' | 'wish-not-asked' | 'ring';

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

/** @throws what `prepare` throws */
export function selectList(input: KernelInput, scored: ScoredPairs, budget: Budget): SelectedList {
  const kernel = prepare(input);
  const caps = new Caps(kernel, budget.listSize);
  // Undecided candidates of earlier weeks use up places of k, so that list and audit slice together never pass it.
  const places = Math.max(0, budget.listSize - kernel.open.length);
  const auditSize = Math.min(budget.auditSize, places);
  const room = places - auditSize;
  const chosen: { pair: ScoredPair; caps: Cap[] }[] = [];
  for (const pair of walkDown(kernel, scored)) {
    if (chosen.length === room) break;
    if (caps.take(pair, scored)) chosen.push({ pair, caps: caps.acted() });
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

/**
 * Pairs above the threshold of all outputs, best first. Each output hands over its own sorted pairs; one that has handed
 * over its first K is searched on, so that the walk never misses a pair because caps ate through the K.
 */
function* walkDown(kernel: Prepared, scored: ScoredPairs): Generator<ScoredPair> {
  const lists = scored.top.map((pairs) => pairs);
  const heap: { pair: ScoredPair; at: number }[] = [];
  const before = (a: { pair: ScoredPair }, b: { pair: ScoredPair }): boolean => byScore(a.pair, b.pair) < 0;
  const push = (item: { pair: ScoredPair; at: number }): void => {
    let child = heap.push(item) - 1;
    for (let parent = (child - 1) >> 1; child > 0 && before(heap[child], heap[parent]); child = parent, parent = (child - 1) >> 1) {
      [heap[child], heap[parent]] = [heap[parent], heap[child]];
    }
  };
  const pop = (): { pair: ScoredPair; at: number } => {
    const first = heap[0];
    const last = heap.pop() as { pair: ScoredPair; at: number };
    if (heap.length > 0) {
      heap[0] = last;
      for (let parent = 0; ;) {
        let best = parent;
        for (const child of [2 * parent + 1, 2 * parent + 2]) if (child < heap.length && before(heap[child], heap[best])) best = child;
        if (best === parent) break;
        [heap[parent], heap[best]] = [heap[best], heap[parent]];
        parent = best;
      }
    }
    return first;
  };
  for (const pairs of lists) if (pairs.length > 0) push({ pair: pairs[0], at: 0 });
  while (heap.length > 0) {
    const { pair, at } = pop();
    yield pair;
    const next = at + 1;
    if (next === lists[pair.output].length && scored.exhausted[pair.output] && next === scored.top[pair.output].length) lists[pair.output] = allOfOutput(kernel, pair.output);
    if (next < lists[pair.output].length) push({ pair: lists[pair.output][next], at: next });
  }
}

/** Keeps one company, flow or substitution from filling the list; undecided candidates of earlier weeks count in. */
class Caps {
  private readonly companies = new Map<number, number>();
  private readonly flows = new Map<string, number>();
  private readonly substitutions = new Map<string, number>();
  private notAsked = 0;
  private readonly refused: Partial<Record<Cap, number>> = {};

  constructor(
    private readonly kernel: Prepared,
    private readonly listSize: number,
  ) {
    for (const { output, input } of kernel.open) {
      const best = bestSubstitution(kernel, output, input, factsOf(kernel, output, input));
      this.count(output, input, best?.substitution.slug ?? '');
    }
  }

  /** Takes the pair if every cap has room, and counts it. */
  take(pair: ScoredPair, scored: ScoredPairs): boolean {
    const slug = bestSubstitution(this.kernel, pair.output, pair.input, factsOf(this.kernel, pair.output, pair.input))?.substitution.slug ?? '';
    const cap = this.full(pair, slug, scored);
    if (cap !== null) {
      this.refused[cap] = (this.refused[cap] ?? 0) + 1;
      return false;
    }
    this.count(pair.output, pair.input, slug);
    return true;
  }

  acted(): Cap[] {
    return (Object.keys(this.refused) as Cap[]).sort();
  }

  counts(): Partial<Record<Cap, number>> {
    return { ...this.refused };
  }

  private full({ output, input }: ScoredPair, slug: string, scored: ScoredPairs): Cap | null {
    const { caps } = this.kernel.policy;
    const { outputs, inputs } = this.kernel.snapshot;
    // A wider ring is shown only when the nearer ones are empty; a sourcing need shows them side by side.
    const nearest = scored.nearestRing[input];
    const ring = ringOf(this.kernel, featuresDistance(this.kernel, output, input));
    if (inputs.sourcing[input] === 0 && nearest !== null && ring !== null && REACH[ring] > REACH[nearest]) return 'ring';
    if (Math.max(this.companies.get(outputs.company[output]) ?? 0, this.companies.get(inputs.company[input]) ?? 0) >= caps.perCompany) return 'company';
    if (Math.max(this.flows.get(`o${output}`) ?? 0, this.flows.get(`i${input}`) ?? 0) >= caps.perFlow) return 'flow';
    if ((this.substitutions.get(slug) ?? 0) >= share(caps.perSubstitution, this.listSize)) return 'substitution';
    if (this.isNotAsked(output, input) && this.notAsked >= share(caps.wishNotAsked, this.listSize)) return 'wish-not-asked';
    return null;
  }

  private isNotAsked(output: number, input: number): boolean {
    return this.kernel.snapshot.outputs.wish[output] === WISH.notAsked || this.kernel.snapshot.inputs.wish[input] === WISH.notAsked;
  }

  private count(output: number, input: number, slug: string): void {
    const { outputs, inputs } = this.kernel.snapshot;
    const add = <Key>(map: Map<Key, number>, key: Key): void => void map.set(key, (map.get(key) ?? 0) + 1);
    add(this.companies, outputs.company[output]);
    add(this.companies, inputs.company[input]);
    add(this.flows, `o${output}`);
    add(this.flows, `i${input}`);
    add(this.substitutions, slug);
    if (this.isNotAsked(output, input)) this.notAsked += 1;
  }
}

function featuresDistance(kernel: Prepared, output: number, input: number): number {
  return factsOf(kernel, output, input).km;
}

/** A share of the list in whole leads, at least one. */
function share(part: number, listSize: number): number {
  return Math.max(1, Math.floor(part * listSize));
}

const POOLS: readonly AuditPool[] = ['band', 'below', 'gate'];

/**
 * Draws the audit slice: each place falls to a pool by the policy's shares (an empty pool hands on), then pairs are drawn
 * from the pool without replacement. The pool's kept pairs are a uniform sample of it, so a pair's chance of being shown
 * is the number expected from its pool ÷ the pool's size: the chance before the draw, which is what weighting needs.
 */
function drawAudit(kernel: Prepared, scored: ScoredPairs, size: number): { pair: ScoredPair; pool: AuditPool; probability: number }[] {
  const { auditBandShare, auditGateShare } = kernel.policy.budget;
  const shares: Record<AuditPool, number> = {
    gate: auditGateShare, band: (1 - auditGateShare) * auditBandShare, below: (1 - auditGateShare) * (1 - auditBandShare),
  };
  const random = seededRandom(kernel.seed ^ 0x5bd1e995);
  const left: Record<AuditPool, ScoredPair[]> = { band: [...scored.pools.band.kept], below: [...scored.pools.below.kept], gate: [...scored.pools.gate.kept] };
  const expected = expectedDraws(shares, { band: left.band.length, below: left.below.length, gate: left.gate.length }, size);
  const drawn: { pair: ScoredPair; pool: AuditPool; probability: number }[] = [];
  for (let place = 0; place < size; place += 1) {
    const lot = random();
    const wanted: AuditPool = lot < shares.gate ? 'gate' : lot < shares.gate + shares.band ? 'band' : 'below';
    const pool = fallTo(wanted, (name) => left[name].length > 0);
    if (pool === null) break;
    const [pair] = left[pool].splice(Math.floor(random() * left[pool].length), 1);
    drawn.push({ pair, pool, probability: expected[pool] / scored.pools[pool].seen });
  }
  return drawn;
}

/** The pool wanted, or the first that is not empty. */
function fallTo(wanted: AuditPool, isLeft: (pool: AuditPool) => boolean): AuditPool | null {
  return [wanted, ...POOLS].find(isLeft) ?? null;
}

/** How many pairs each pool is expected to give, worked out over all ways in which the places can fall. */
function expectedDraws(shares: Record<AuditPool, number>, sizes: Record<AuditPool, number>, places: number): Record<AuditPool, number> {
  const expected: Record<AuditPool, number> = { band: 0, below: 0, gate: 0 };
  let states = new Map<string, { drawn: Record<AuditPool, number>; chance: number }>([['0 0', { drawn: { band: 0, below: 0, gate: 0 }, chance: 1 }]]);
  for (let place = 0; place < places; place += 1) {
    const next: typeof states = new Map();
    for (const { drawn, chance } of states.values()) {
      for (const wanted of POOLS) {
        const pool = fallTo(wanted, (name) => drawn[name] < sizes[name]);
        if (pool === null || shares[wanted] === 0) continue;
        const after = { ...drawn, [pool]: drawn[pool] + 1 };
        const key = `${after.band} ${after.below}`;
        expected[pool] += chance * shares[wanted];
        next.set(key, { drawn: after, chance: (next.get(key)?.chance ?? 0) + chance * shares[wanted] });
      }
    }
    states = next;
  }
  return expected;
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
    questions: openQuestions(kernel, pair.output, pair.input, best.substitution), ring: ringOf(kernel, facts.km),
  };
}

