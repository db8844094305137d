import type { KernelIndex } from './kernel-index.js';
import type { Reach } from './pair-scorer.js';
import { leadOf, type RuleRow } from './rules.js';
import { reachBetween } from './score.js';
import { perUnitTerm } from './terms.js';

/** How one tree is searched for the output at hand. */
export interface Plan extends Reach {
  tree: number;
  row: RuleRow;
  /** Best z of an ideal pair: all that output and tree settle, and nothing for place, quantity and the input's own worth. */
  base: number;
  /** Bound of the whole tree. */
  best: number;
  /** ln(yield · supply), lowest and highest of the possible substitutions; NaN: the supply is unknown. */
  logSupplyLow: number;
  logSupplyHigh: number;
}

/** What all outputs of one profile have in common in one tree. */
interface Ground {
  tree: number;
  row: RuleRow;
  base: number;
  lowYield: number;
  highYield: number;
  plan: Plan;
}

const SLACK = 1e-9;

/** Which trees an output is searched in, the most promising first, and what bounds it there. */
export class Planner {
  private readonly grounds = new Map<number, Ground[]>();
  private readonly treesOf: number[][];
  /** By tree, for the last output asked for. */
  private readonly current: (Plan | undefined)[];
  private plans: Plan[] = [];

  constructor(private readonly index: KernelIndex) {
    this.treesOf = index.kernel.knowledge.categories.map(() => []);
    index.trees.forEach(({ category }, tree) => this.treesOf[category].push(tree));
    this.current = index.trees.map(() => undefined);
  }

  /**
   * @param profile of the output
   * @param settled what the output's own age and provenance cost whatever the input, ≥ 0
   * @returns best first; good until the next call
   */
  plansFor(output: number, profile: number, settled: number): Plan[] {
    const { kernel } = this.index;
    const { outputs } = kernel.snapshot;
    for (const plan of this.plans) this.current[plan.tree] = undefined;
    let grounds = this.grounds.get(profile);
    if (grounds === undefined) {
      grounds = this.groundsOf(output, profile);
      this.grounds.set(profile, grounds);
    }
    const logSupply = Math.log(outputs.quantity[output]);
    this.plans = grounds.map((ground) => {
      const { plan, tree } = ground;
      const { categories } = kernel.knowledge;
      const from = outputs.category[output];
      if (categories[from].pipeReach !== undefined) Object.assign(plan, reachBetween(kernel, from, this.index.trees[tree].category, outputs.quantity[output], NaN));
      plan.base = ground.base - settled + SLACK;
      plan.best = plan.base;
      plan.logSupplyLow = logSupply + ground.lowYield;
      plan.logSupplyHigh = logSupply + ground.highYield;
      this.current[tree] = plan;
      return plan;
    }).sort((a, b) => b.best - a.best);
    return this.plans;
  }

  /** The last output's plan for a tree; undefined: nothing to find there. */
  planOf(tree: number): Plan | undefined {
    return this.current[tree];
  }

  private groundsOf(output: number, profile: number): Ground[] {
    const { kernel } = this.index;
    const category = kernel.snapshot.outputs.category[output];
    return kernel.knowledge.reachable[category].flatMap((to) => this.treesOf[to]).flatMap((tree) => this.groundOf(output, category, profile, tree) ?? []);
  }

  private groundOf(output: number, from: number, profile: number, tree: number): Ground | null {
    const { kernel, book, trees } = this.index;
    const { category: to, profiles, samples } = trees[tree];
    const { knowledge, weights, policy } = kernel;
    const row = book.row(profile, from, to);
    // Where conditions compare both flows, anything the table allows may come: no question, no refusal taken for granted.
    const options = row.crossing.length > 0
      ? (knowledge.pairs.get(from * knowledge.categories.length + to)?.substitutions ?? []).map((entry) => ({
        lead: leadOf(kernel, from, entry), questions: 0, treatment: perUnitTerm(weights.treatment, policy.treatmentCost[entry.treatment]), yield: entry.yield,
      }))
      : profiles.map((other, at) => book.rule(row, other, output, samples[at], kernel)).flatMap((rule) => (rule.gate === null ? rule.options : []));
    if (options.length === 0) return null;
    const base = Math.max(...options.map((option) => option.lead + perUnitTerm(weights.regulation, option.questions) + option.treatment));
    const yields = options.map((option) => Math.log(option.yield));
    const reachByNeed = knowledge.categories[from].pipeReach === undefined && knowledge.categories[to].pipeReach !== undefined;
    const reaches = reachByNeed
      ? (knowledge.categories[to].pipeReach ?? []).map(({ upTo }) => reachBetween(kernel, from, to, NaN, upTo ?? Infinity))
      : [reachBetween(kernel, from, to, NaN, NaN)];
    return {
      tree, row, base, lowYield: Math.min(...yields), highYield: Math.max(...yields),
      plan: {
        tree, row, base, best: base, logSupplyLow: NaN, logSupplyHigh: NaN, reachByNeed,
        softKm: Math.max(...reaches.map(({ softKm }) => softKm)), hardKm: Math.max(...reaches.map(({ hardKm }) => hardKm)),
      },
    };
  }
}
