import type { Prepared } from './kernel-input.js';
import type { ScoredPair } from './matches.js';
import { seededRandom } from './random.js';
import type { AuditPool, Survey } from './survey.js';

const POOLS: readonly AuditPool[] = ['band', 'below', 'gate'];

/**
 * Draws the audit slice: each place falls to a pool by the policy's shares (an empty pool hands on), then pairs are drawn
 * from the pool without replacement. The pool's kept pairs are a uniform sample of it, so a pair's chance of being shown
 * is the number expected from its pool ÷ the pool's size: the chance before the draw, which is what weighting needs. Where
 * only a share of the pairs was looked at, the pool's size is `seen / share` (two-phase sampling: the chances multiply).
 */
export function drawAudit(kernel: Prepared, scored: Pick<Survey, 'pools'>, size: number): { pair: ScoredPair; pool: AuditPool; probability: number }[] {
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
    drawn.push({ pair, pool, probability: (expected[pool] * scored.pools[pool].share) / scored.pools[pool].seen });
  }
  return drawn;
}

/** The pool wanted, or the first that is not empty. */
function fallTo(wanted: AuditPool, isLeft: (pool: AuditPool) => boolean): AuditPool | null {
  return [wanted, ...POOLS].find(isLeft) ?? null;
}

/** How many pairs each pool is expected to give, worked out over all ways in which the places can fall. */
function expectedDraws(shares: Record<AuditPool, number>, sizes: Record<AuditPool, number>, places: number): Record<AuditPool, number> {
  // No pool can run dry: each gives its share of the places.
  if (POOLS.every((pool) => sizes[pool] >= places)) return { band: shares.band * places, below: shares.below * places, gate: shares.gate * places };
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
