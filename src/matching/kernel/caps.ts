import { bestSubstitution, factsOf, ringOf } from './gates.js';
import type { Prepared } from './kernel-input.js';
import type { ScoredPair } from './matches.js';
import type { NearerRings } from './nearer-rings.js';
import { distanceOf } from './score.js';
import { WISH } from './snapshot.js';

/** What may keep a pair off the list although its score is high enough. */
export type Cap = 'company' | 'flow' | 'substitution' | 'wish-not-asked' | 'ring';

/** Keeps one company, flow or substitution from filling the list; undecided candidates of earlier weeks count in. */
export class Caps {
  private readonly companies = new Map<number, number>();
  private readonly flows = new Map<string, number>();
  private readonly substitutions = new Map<string, number>();
  private notAsked = 0;
  private readonly refused: Partial<Record<Cap, number>> = {};

  constructor(
    private readonly kernel: Prepared,
    private readonly listSize: number,
    private readonly rings: NearerRings,
  ) {
    for (const { output, input } of kernel.open) {
      const best = bestSubstitution(kernel, output, input, factsOf(kernel, output, input));
      this.count(output, input, best?.substitution.slug ?? '');
    }
  }

  /** Takes the pair if every cap has room, and counts it. */
  take(pair: ScoredPair): boolean {
    const slug = bestSubstitution(this.kernel, pair.output, pair.input, factsOf(this.kernel, pair.output, pair.input))?.substitution.slug ?? '';
    const cap = this.full(pair, slug);
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

  private full({ output, input }: ScoredPair, slug: string): Cap | null {
    const { caps } = this.kernel.policy;
    const { outputs, inputs } = this.kernel.snapshot;
    // A wider ring is shown only when the nearer ones are empty; a sourcing need shows them side by side.
    const ring = ringOf(this.kernel, distanceOf(this.kernel, output, input));
    if (inputs.sourcing[input] === 0 && ring !== null && this.rings.isTaken(input, ring)) return 'ring';
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

/** A share of the list in whole leads, at least one. */
function share(part: number, listSize: number): number {
  return Math.max(1, Math.floor(part * listSize));
}
