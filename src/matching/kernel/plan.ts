import { SLACK } from './bounds.js';
import type { KernelIndex } from './kernel-index.js';
import { type Reach, reachFrom } from './pair-scorer.js';
import { leadOf, type RuleRow } from './rules.js';
import { perUnitTerm } from './terms.js';

/** How one tree is searched for the outputs of one profile. What goes by the single output is filled in for each. */
export interface Plan extends Reach {
  tree: number;
  row: RuleRow;
  /** Best z that profile and tree settle: nothing for place, quantity and what the flows are worth by themselves. */
  ideal: number;
  /** ln of the lowest and the highest yield of the possible substitutions. */
  lowYield: number;
  highYield: number;

  /** Number of the search that the rest was filled in for. */
  serial: number;
  /** `ideal` less what the output's own age and provenance cost: the bound of the whole tree. */
  base: number;
  /** ln(yield · supply), lowest and highest; NaN: the supply is unknown. */
  logSupplyLow: number;
  logSupplyHigh: number;
}

/** Which trees an output is searched in, the most promising first, and what bounds it there. */
export class Planner {
  /** By profile. */
  private readonly plans: (Plan[] | undefined)[] = [];
  /** By tree, of each row: profiles share them. */
  private readonly made: Map<RuleRow, Plan | null>[];
  private readonly treesOf: number[][];
  /** By tree: the plan last used. */
  private readonly last: (Plan | undefined)[];

  constructor(private readonly index: KernelIndex) {
    this.treesOf = index.kernel.knowledge.categories.map(() => []);
    index.trees.forEach(({ category }, tree) => this.treesOf[category].push(tree));
    this.last = index.trees.map(() => undefined);
    this.made = index.trees.map(() => new Map<RuleRow, Plan | null>());
  }

  /**
   * @param serial of the search
   * @param settled what the output's own age and provenance cost whatever the input, ≥ 0
   * @returns best first; good until the next call
   */
  plansFor(output: number, serial: number, settled: number): readonly Plan[] {
    const { kernel, outputProfile, trees } = this.index;
    const { outputs } = kernel.snapshot;
    const profile = outputProfile[output];
    const plans = (this.plans[profile] ??= this.makePlans(output, profile));
    const logSupply = Math.log(outputs.quantity[output]);
    const from = outputs.category[output];
    const isPipe = kernel.knowledge.categories[from].pipeReach !== undefined;
    for (let at = 0; at < plans.length; at += 1) {
      const plan = plans[at];
      if (isPipe) {
        const reach = reachFrom(kernel, from, trees[plan.tree].category, outputs.quantity[output]);
        plan.softKm = reach.softKm;
        plan.hardKm = reach.hardKm;
      }
      plan.serial = serial;
      plan.base = plan.ideal - settled + SLACK;
      plan.logSupplyLow = logSupply + plan.lowYield;
      plan.logSupplyHigh = logSupply + plan.highYield;
      this.last[plan.tree] = plan;
    }
    return plans;
  }

  /** The plan of a tree in this search; undefined: nothing to find there. */
  planOf(tree: number, serial: number): Plan | undefined {
    const plan = this.last[tree];
    return plan?.serial === serial ? plan : undefined;
  }

  private makePlans(output: number, profile: number): Plan[] {
    const { kernel, book } = this.index;
    const category = kernel.snapshot.outputs.category[output];
    const plans: Plan[] = [];
    for (const to of kernel.knowledge.reachable[category]) {
      if (this.treesOf[to].length === 0) continue;
      const row = book.row(profile, category, to);
      for (const tree of this.treesOf[to]) {
        let plan = this.made[tree].get(row);
        if (plan === undefined) {
          plan = this.makePlan(output, category, row, tree);
          this.made[tree].set(row, plan);
        }
        if (plan !== null) plans.push(plan);
      }
    }
    return plans.sort((a, b) => b.ideal - a.ideal || a.tree - b.tree);
  }

  private makePlan(output: number, from: number, row: RuleRow, tree: number): Plan | null {
    const { kernel, book, trees } = this.index;
    const { category: to, profiles, samples } = trees[tree];
    const { knowledge, weights, policy } = kernel;
    // Where conditions compare both flows, anything the table allows may come: no question, no refusal taken for granted.
    const options = row.crossing.length > 0
      ? (knowledge.pairs.get(from * knowledge.categories.length + to)?.substitutions ?? []).map((entry) => ({
        lead: leadOf(kernel, from, entry), questions: 0, treatment: perUnitTerm(weights.treatment, policy.treatmentCost[entry.treatment]), yield: entry.yield,
      }))
      : [...new Set(profiles.map((other, at) => book.rule(row, other, output, samples[at], kernel)))].flatMap((rule) => (rule.gate === null ? rule.options : []));
    if (options.length === 0) return null;
    const yields = options.map((option) => Math.log(option.yield));
    return {
      tree, row, ideal: Math.max(...options.map((option) => option.lead + perUnitTerm(weights.regulation, option.questions) + option.treatment)),
      lowYield: Math.min(...yields), highYield: Math.max(...yields), ...reachFrom(kernel, from, to, NaN), serial: 0, base: 0, logSupplyLow: NaN, logSupplyHigh: NaN,
    };
  }
}
