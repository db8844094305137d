import type { Condition, Substitution } from '../../resources/resource-catalogue.js';
import { factsOf, forbiddingGate, type Gate } from './gates.js';
import type { Prepared } from './kernel-input.js';
import { type Answer, answer, isWeakCode } from './knowledge.js';
import { groupEffect, settledQuestions } from './score.js';
import type { FlowArrays } from './snapshot.js';
import { categoryTerm, perUnitTerm } from './terms.js';

/** One way from the output to the input, with the terms that its two profiles settle. */
export interface Option {
  /** start + learnt + category, added in this order. */
  lead: number;
  /** Open questions but the one about pooling, which goes by quantities. */
  questions: number;
  treatment: number;
  yield: number;
}

/** What two profiles have to say to each other. */
export interface Rule {
  /** The gate that no place, month or quantity can open; null: none. */
  gate: Gate | null;
  /** By the possible substitutions. */
  options: Option[];
  /** Highest yield of the possible substitutions. */
  most: number;
}

const DIGIT: Record<Answer, number> = { no: 0, unknown: 1, yes: 2 };
/** So many answers fit into one whole number beside the small codes. */
const MOST_ANSWERS = 28;

/** A category seen from one side: the conditions that its flows answer by themselves. */
interface Questionnaire {
  conditions: Condition[];
  ids: Map<number | string, number>;
}

/** What an output of one profile meets in one input category. */
export interface RuleRow {
  /** Conditions that compare both flows: their answers are the last digits of a rule's number. */
  crossing: Condition[];
  /** By `profile of the input within its category * 3 ** crossing.length + answers`; filled when first asked for. */
  rules: (Rule | undefined)[];
}

/**
 * Sorts flows into profiles: flows of one category that answer every one-sided condition alike and agree in hazard, permit,
 * weakness of the code and agreement. Refusals, possible substitutions, hazard and open questions of a pair depend on its
 * two profiles (and on the few conditions that compare both flows) and on nothing else, so that the plain functions need to
 * be asked once for each pair of profiles and not once for each pair of flows.
 */
export class RuleBook {
  private readonly outputSide: Questionnaire[];
  private readonly inputSide: Questionnaire[];
  private readonly rows = new Map<number, RuleRow>();
  private outputProfiles = 0;

  constructor(readonly kernel: Prepared) {
    const { categories, pairs } = kernel.knowledge;
    const found = { output: categories.map(() => new Map<string, Condition>()), input: categories.map(() => new Map<string, Condition>()) };
    for (const [key, { substitutions, refusals }] of pairs) {
      const category = { output: Math.floor(key / categories.length), input: key % categories.length };
      for (const condition of [...substitutions, ...refusals].flatMap(({ conditions }) => conditions)) {
        if (!comparesBoth(condition)) found[condition.side][category[condition.side]].set(JSON.stringify(condition), condition);
      }
    }
    const ask = (conditions: Map<string, Condition>): Questionnaire => ({ conditions: [...conditions.values()], ids: new Map() });
    this.outputSide = found.output.map(ask);
    this.inputSide = found.input.map(ask);
  }

  /** Profile of an output: counted over all categories. */
  outputProfile(outputs: FlowArrays, flow: number): number {
    const weak = isWeakCode(outputs, flow, this.kernel.snapshot.wasteCodes) ? 1 : 0;
    const codes = (outputs.hazard[flow] * 2 + weak) * 2 + Math.min(1, outputs.agreement[flow]);
    return this.profile(this.outputSide[outputs.category[flow]], outputs, flow, codes, () => this.outputProfiles++);
  }

  /** Profile of an input: counted within its category. */
  inputProfile(inputs: FlowArrays, flow: number): number {
    const side = this.inputSide[inputs.category[flow]];
    return this.profile(side, inputs, flow, inputs.permit[flow] * 2 + Math.min(1, inputs.agreement[flow]), () => side.ids.size);
  }

  /** @param profile of an output of `category` */
  row(profile: number, category: number, inputCategory: number): RuleRow {
    const { categories, pairs } = this.kernel.knowledge;
    const key = profile * categories.length + inputCategory;
    let row = this.rows.get(key);
    if (row === undefined) {
      const pair = pairs.get(category * categories.length + inputCategory);
      const conditions = [...(pair?.substitutions ?? []), ...(pair?.refusals ?? [])].flatMap((entry) => entry.conditions).filter(comparesBoth);
      row = { crossing: [...new Map(conditions.map((condition) => [JSON.stringify(condition), condition])).values()], rules: [] };
      this.rows.set(key, row);
    }
    return row;
  }

  /**
   * The rule of a pair, asked of the plain functions when it is the first of its kind.
   * @param profile of the input
   * @param kernel that output and input are indexes of: this one, or one of an overlay with other flows and the same knowledge
   */
  rule(row: RuleRow, profile: number, output: number, input: number, kernel: Prepared): Rule {
    const { outputs, inputs } = kernel.snapshot;
    let number = profile;
    for (const condition of row.crossing) number = number * 3 + DIGIT[answer(kernel.knowledge, condition, outputs, output, inputs, input)];
    return (row.rules[number] ??= ruleOf(kernel, output, input));
  }

  private profile({ conditions, ids }: Questionnaire, flows: FlowArrays, flow: number, codes: number, next: () => number): number {
    let key = codes;
    let rest = '';
    for (let at = 0; at < conditions.length; at += 1) {
      const digit = DIGIT[answer(this.kernel.knowledge, conditions[at], flows, flow, flows, flow)];
      if (at < MOST_ANSWERS) key = key * 3 + digit;
      else rest += digit;
    }
    const whole = rest === '' ? key : `${key} ${rest}`;
    let id = ids.get(whole);
    if (id === undefined) {
      id = next();
      ids.set(whole, id);
    }
    return id;
  }
}

function comparesBoth({ side, value }: Condition): boolean {
  return typeof value === 'object' && !Array.isArray(value) && value.side !== side;
}

function ruleOf(kernel: Prepared, output: number, input: number): Rule {
  const facts = factsOf(kernel, output, input);
  return {
    gate: forbiddingGate(kernel, output, input, facts),
    options: facts.possible.map((entry) => optionOf(kernel, output, input, entry)),
    most: Math.max(...facts.possible.map((entry) => entry.yield)),
  };
}

function optionOf(kernel: Prepared, output: number, input: number, entry: Substitution): Option {
  const { weights, policy, snapshot } = kernel;
  return {
    lead: leadOf(kernel, snapshot.outputs.category[output], entry),
    questions: settledQuestions(kernel, output, input, entry).length,
    treatment: perUnitTerm(weights.treatment, policy.treatmentCost[entry.treatment]),
    yield: entry.yield,
  };
}

/** start + learnt + category in the order of the sum. */
export function leadOf(kernel: Prepared, outputCategory: number, entry: Substitution): number {
  return 0 + kernel.intercept + groupEffect(kernel, outputCategory, entry) + categoryTerm(kernel.weights.category, entry.affinity);
}
