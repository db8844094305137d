import type { Condition, Substitution } from '../../resources/resource-catalogue.js';
import { factsOf, forbiddingGate, type Gate } from './gates.js';
import type { Prepared } from './kernel-input.js';
import { type Answer, answer, type CategoryPair, isWeakCode } from './knowledge.js';
import { groupEffect, settledQuestions } from './score.js';
import type { FlowArrays } from './snapshot.js';
import { categoryTerm, perUnitTerm } from './terms.js';

/** One way from the output to the input, with the terms that its two profiles settle. */
export interface Option {
  /** start + learnt + category, added in this order. */
  lead: number;
  /** How many open questions the score counts, but the one about pooling, which goes by quantities. */
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
  ids: Map<ProfileKey, number>;
}

/** Profiles by number, each as one value that holds its codes and answers; small enough to be handed to threads. */
export interface Profiles {
  output: ProfileKey[];
  /** By category. */
  input: ProfileKey[][];
}
type ProfileKey = number | string;

/** Flows that agree in all that rules ask of one side: small codes, and their answers to the questionnaire of their category. */
interface Profile {
  codes: number;
  answers: Uint8Array;
}

/** Which of the two questionnaires' conditions the entries of a pair of categories name, and what follows from the answers. */
interface PairRules {
  outputAsks: number[];
  inputAsks: number[];
  /** Conditions that compare both flows. */
  crossing: Condition[];
  rows: Map<ProfileKey, RuleRow>;
}

/** What outputs meet in one input category that agree in all that this pair of categories asks of an output. */
export interface RuleRow {
  /** Conditions that compare both flows: their answers are the last digits of a rule's number. */
  crossing: Condition[];
  /** By `profile of the input within its category * 3 ** crossing.length + answers`; filled when first asked for. */
  rules: (Rule | undefined)[];
  /** The same rules by what this pair of categories asks of an input, which many profiles answer alike. */
  shared: Map<ProfileKey, Rule>;
  inputAsks: number[];
}

/**
 * Sorts flows into profiles: flows of one category that answer every one-sided condition alike and agree in hazard, permit,
 * weakness of the code and agreement. Refusals, possible substitutions, hazard and open questions of a pair depend on its
 * two profiles (and on the few conditions that compare both flows) and on nothing else, and of the profiles only on the
 * answers that the entries of the two categories ask for: so the plain functions need to be asked once for each of those,
 * and not once for each pair of flows.
 */
export class RuleBook {
  private readonly outputSide: Questionnaire[];
  private readonly inputSide: Questionnaire[];
  private readonly inputProfiles: (Profile | undefined)[][];
  /** By `output profile * categories.length + input category`; filled when first asked for. */
  private readonly rowOf = new Map<number, RuleRow>();
  /** By `output category * categories.length + input category`; likewise. */
  private readonly pairRules: (PairRules | undefined)[] = [];

  /** @param profiles of another book of the same kernel, whose numbers this one is to understand */
  constructor(
    readonly kernel: Prepared,
    readonly profiles: Profiles = { output: [], input: kernel.knowledge.categories.map(() => []) },
  ) {
    const { categories, pairs } = kernel.knowledge;
    const found = { output: categories.map(() => new Map<string, Condition>()), input: categories.map(() => new Map<string, Condition>()) };
    for (const [key, pair] of pairs) {
      const category = { output: Math.floor(key / categories.length), input: key % categories.length };
      for (const condition of conditionsOf(pair)) {
        if (!comparesBoth(condition)) found[condition.side][category[condition.side]].set(JSON.stringify(condition), condition);
      }
    }
    const ask = (conditions: Map<string, Condition>): Questionnaire => ({ conditions: [...conditions.values()], ids: new Map() });
    this.outputSide = found.output.map(ask);
    this.inputSide = found.input.map(ask);
    this.inputProfiles = categories.map(() => []);
  }

  /** Profile of an output: counted over all categories. */
  outputProfile(outputs: FlowArrays, flow: number): number {
    const weak = isWeakCode(outputs, flow, this.kernel.snapshot.wasteCodes) ? 1 : 0;
    const codes = (outputs.hazard[flow] * 2 + weak) * 2 + Math.min(1, outputs.agreement[flow]);
    return this.profile(this.outputSide[outputs.category[flow]], this.profiles.output, outputs, flow, codes);
  }

  /** Profile of an input: counted within its category. */
  inputProfile(inputs: FlowArrays, flow: number): number {
    const category = inputs.category[flow];
    return this.profile(this.inputSide[category], this.profiles.input[category], inputs, flow, inputs.permit[flow] * 2 + Math.min(1, inputs.agreement[flow]));
  }

  /** @param profile of an output of `category` */
  row(profile: number, category: number, inputCategory: number): RuleRow {
    const asked = profile * this.kernel.knowledge.categories.length + inputCategory;
    let row = this.rowOf.get(asked);
    if (row === undefined) {
      row = this.sharedRow(profile, category, inputCategory);
      this.rowOf.set(asked, row);
    }
    return row;
  }

  private sharedRow(profile: number, category: number, inputCategory: number): RuleRow {
    const { crossing, inputAsks, outputAsks, rows } = this.rulesBetween(category, inputCategory);
    const key = keyOf(unpack(this.profiles.output[profile], this.outputSide[category]), outputAsks);
    let row = rows.get(key);
    if (row === undefined) {
      row = { crossing, rules: [], shared: new Map(), inputAsks };
      rows.set(key, row);
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
    let answers = 0;
    for (const condition of row.crossing) answers = answers * 3 + DIGIT[answer(kernel.knowledge, condition, outputs, output, inputs, input)];
    const number = profile * 3 ** row.crossing.length + answers;
    return (row.rules[number] ??= this.sharedRule(row, profile, answers, output, input, kernel));
  }

  private sharedRule(row: RuleRow, profile: number, answers: number, output: number, input: number, kernel: Prepared): Rule {
    const category = kernel.snapshot.inputs.category[input];
    const known = (this.inputProfiles[category][profile] ??= unpack(this.profiles.input[category][profile], this.inputSide[category]));
    const own = keyOf(known, row.inputAsks);
    const key = row.crossing.length === 0 ? own : `${own} ${answers}`;
    let rule = row.shared.get(key);
    if (rule === undefined) {
      rule = ruleOf(kernel, output, input);
      row.shared.set(key, rule);
    }
    return rule;
  }

  private rulesBetween(category: number, inputCategory: number): PairRules {
    const { categories, pairs } = this.kernel.knowledge;
    const key = category * categories.length + inputCategory;
    return (this.pairRules[key] ??= this.makePairRules(category, inputCategory, pairs.get(key)));
  }

  private makePairRules(category: number, inputCategory: number, pair: CategoryPair | undefined): PairRules {
    const named = new Map((pair === undefined ? [] : conditionsOf(pair)).map((condition) => [JSON.stringify(condition), condition]));
    const asks = ({ conditions }: Questionnaire): number[] => conditions.flatMap((condition, at) => (named.has(JSON.stringify(condition)) ? [at] : []));
    return {
      outputAsks: asks(this.outputSide[category]), inputAsks: asks(this.inputSide[inputCategory]), crossing: [...named.values()].filter(comparesBoth), rows: new Map(),
    };
  }

  private profile({ conditions, ids }: Questionnaire, profiles: ProfileKey[], flows: FlowArrays, flow: number, codes: number): number {
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
      id = profiles.length;
      profiles.push(whole);
      ids.set(whole, id);
    }
    return id;
  }
}

function unpack(whole: ProfileKey, { conditions }: Questionnaire): Profile {
  const [packed, rest] = typeof whole === 'number' ? [whole, ''] : whole.split(' ');
  const answers = new Uint8Array(conditions.length);
  let key = Number(packed);
  for (let at = Math.min(MOST_ANSWERS, answers.length) - 1; at >= 0; at -= 1) {
    answers[at] = key % 3;
    key = Math.floor(key / 3);
  }
  for (let at = 0; at < rest.length; at += 1) answers[MOST_ANSWERS + at] = Number(rest[at]);
  return { codes: key, answers };
}

/** Same key: same codes and the same answers to these conditions. */
function keyOf({ codes, answers }: Profile, asks: readonly number[]): ProfileKey {
  let key = codes;
  if (asks.length > MOST_ANSWERS) return `${codes} ${asks.map((at) => answers[at]).join('')}`;
  for (const at of asks) key = key * 3 + answers[at];
  return key;
}

function conditionsOf({ substitutions, refusals }: CategoryPair): Condition[] {
  return [...substitutions, ...refusals].flatMap(({ conditions }) => conditions);
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
    questions: settledQuestions(kernel, output, input, entry).counted,
    treatment: perUnitTerm(weights.treatment, policy.treatmentCost[entry.treatment]),
    yield: entry.yield,
  };
}

/** start + learnt + category in the order of the sum. */
export function leadOf(kernel: Prepared, outputCategory: number, entry: Substitution): number {
  return 0 + kernel.intercept + groupEffect(kernel, outputCategory, entry) + categoryTerm(kernel.weights.category, entry.affinity);
}
