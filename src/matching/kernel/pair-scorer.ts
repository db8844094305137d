import { isBetweenStrangers } from './gates.js';
import { kmOfChord } from './geodesy.js';
import type { Prepared } from './kernel-input.js';
import type { RuleBook, RuleRow } from './rules.js';
import { isBelowLot, provenancePenalties, reachBetween } from './score.js';
import type { FlowArrays } from './snapshot.js';
import { distanceTerm, largeTerm, logNeedOverSupply, perUnitTerm, seasonTerm, shareOfMonths, smallTerm, unknownQuantityTerm, yearsSince } from './terms.js';

export const PROVENANCE_SHIFT = 12;
export const REACH_SHIFT = 15;

/** Months (12 bits), provenance (3) and reach (2) of a flow in one number. */
export function bitsOf(flows: FlowArrays, flow: number): number {
  return flows.months[flow] | (flows.provenance[flow] << PROVENANCE_SHIFT) | (flows.reach[flow] << REACH_SHIFT);
}

/** What a pair's categories and the output settle about its reach. */
export interface Reach {
  softKm: number;
  hardKm: number;
  /** It goes by the need's quantity: the two above are the farthest of any need. */
  reachByNeed: boolean;
}

/** @param supply quantity of the output */
export function reachFrom(kernel: Prepared, from: number, to: number, supply: number): Reach {
  const { categories } = kernel.knowledge;
  const rows = categories[from].pipeReach === undefined ? categories[to].pipeReach : undefined;
  if (rows === undefined || rows.length === 0) return { ...reachBetween(kernel, from, to, supply, NaN), reachByNeed: false };
  const reaches = rows.map(({ upTo }) => reachBetween(kernel, from, to, supply, upTo ?? Infinity));
  return { softKm: Math.max(...reaches.map(({ softKm }) => softKm)), hardKm: Math.max(...reaches.map(({ hardKm }) => hardKm)), reachByNeed: true };
}

/** A pair that a gate removes. */
export const NO_SCORE = -Infinity;

/**
 * Gates and score of pairs whose flows pass on their own, from tables and by the functions of `terms.ts`: bit for bit what
 * `judge` says, some thirty times faster.
 */
export class PairScorer {
  readonly penalties: Float64Array;
  readonly ringKm: Float64Array;
  private readonly hasBlocks: Uint8Array;
  private readonly manyTerritories: boolean;

  constructor(
    private readonly kernel: Prepared,
    private readonly book: RuleBook,
  ) {
    this.penalties = Float64Array.from(provenancePenalties(kernel));
    const { local, regional, national } = kernel.policy.gates.ringKm;
    this.ringKm = Float64Array.of(local, regional, national, national);
    this.hasBlocks = new Uint8Array(kernel.snapshot.outputs.category.length);
    for (const key of kernel.blocked.keys()) this.noteBlock(Math.floor(key / kernel.snapshot.inputs.count));
    this.manyTerritories = kernel.snapshot.territories.length > 1;
  }

  /** The output has an entry in `blocked`. */
  noteBlock(output: number): void {
    this.hasBlocks[output] = 1;
  }

  /**
   * @param squared chord between the two places
   * @param bits of the input, as `bitsOf`
   * @param day of the input's confirmation
   * @param profile of the input, and the row of the output's profile in the input's category
   * @returns z; NO_SCORE when a gate removes the pair
   */
  score(output: number, input: number, squared: number, bits: number, day: number, row: RuleRow, profile: number, reach: Reach): number {
    const { kernel, ringKm, penalties } = this;
    const { outputs, inputs } = kernel.snapshot;
    const { weights } = kernel;
    const rule = (row.crossing.length === 0 ? row.rules[profile] : undefined) ?? this.book.rule(row, profile, output, input, kernel);
    if (rule.gate !== null) return NO_SCORE;
    if (kernel.outputOwner[output] === kernel.inputOwner[input]) return NO_SCORE;
    const share = shareOfMonths(outputs.months[output], bits & 4095);
    if (share === 0) return NO_SCORE;
    const km = kmOfChord(squared);
    const need = inputs.quantity[input];
    const supply = outputs.quantity[output];
    let { softKm, hardKm } = reach;
    if (reach.reachByNeed) ({ softKm, hardKm } = reachBetween(kernel, outputs.category[output], inputs.category[input], supply, need));
    if (km > hardKm || km > ringKm[(bits >> REACH_SHIFT) & 3]) return NO_SCORE;
    if (isBelowLot(outputs.pooled[output], outputs.minimumLot[output], inputs.pooled[input], inputs.minimumLot[input], rule.most)) return NO_SCORE;
    if (this.manyTerritories && isBetweenStrangers(kernel, output, input)) return NO_SCORE;
    if (this.hasBlocks[output] === 1 && kernel.blocked.has(output * inputs.count + input)) return NO_SCORE;

    const distance = distanceTerm(weights.distance, km, softKm);
    const season = seasonTerm(weights.season, weights.unknownMonths, share);
    const age = perUnitTerm(weights.age, yearsSince(kernel.asOfDay, outputs.confirmedDay[output], day));
    const evidence = perUnitTerm(weights.evidence, Math.max(penalties[outputs.provenance[output]], penalties[(bits >> PROVENANCE_SHIFT) & 7]));
    let best = NO_SCORE;
    const { options } = rule;
    // By index: an iterator costs as much as the terms.
    for (let at = 0; at < options.length; at += 1) {
      const option = options[at];
      const gap = logNeedOverSupply(need, option.yield, supply);
      const questions = option.questions + (isBelowLot(supply, outputs.minimumLot[output], need, inputs.minimumLot[input], option.yield) ? 1 : 0);
      // In the order of the sum in `score.ts`: the same bits.
      const z = option.lead + distance + smallTerm(weights.small, gap) + largeTerm(weights.large, gap) + unknownQuantityTerm(weights.unknownQuantity, gap)
        + season + age + perUnitTerm(weights.regulation, questions) + evidence + option.treatment;
      if (z > best) best = z;
    }
    return best;
  }
}
