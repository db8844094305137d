import type { Condition, RegulatoryRoute, SanitaryClass, Substitution } from '../../resources/resource-catalogue.js';
import { distanceKm } from './geodesy.js';
import type { Prepared } from './kernel-input.js';
import { answer, isWeakCode } from './knowledge.js';
import { HAZARD, PERMIT, PROVENANCE } from './snapshot.js';
import { categoryTerm, distanceTerm, largeTerm, logNeedOverSupply, perUnitTerm, seasonTerm, shareOfMonths, smallTerm, unknownQuantityTerm, yearsSince } from './terms.js';

/** One point is a tenth of a doubling of the odds. */
export const POINTS_PER_NAT = 10 / Math.LN2;

/** The terms of MATCHING section 3, in the order of the waterfall. */
export const TERMS = ['start', 'learnt', 'category', 'distance', 'small', 'large', 'quantity-unknown', 'season', 'age', 'regulation', 'evidence', 'treatment'] as const;
export type Term = (typeof TERMS)[number];

/** Raw values that the score is made of; stored with every candidate (QUALITY section 5). */
export interface Features {
  affinity: number;
  distanceKm: number;
  softDistanceKm: number;
  /** ln(need / (yield · supply)); positive: the output is too small; null: a quantity is unknown. */
  logNeedOverSupply: number | null;
  /** Share of the need's months that the output covers; null: unknown. */
  commonMonths: number | null;
  /** Years since the older of the two confirmations. */
  ageYears: number;
  /** As counted by `OpenQuestions`. */
  openQuestions: number;
  provenancePenalty: number;
  treatmentCost: number;
  groupEffect: number;
}

/** Reach of a pair: soft distance of the score, hard distance of the gate, both in km, with the policy's factors. */
export interface PairReach {
  softKm: number;
  hardKm: number;
}

const PROVENANCE_KEYS = Object.fromEntries(Object.entries(PROVENANCE).map(([name, code]) => [code, name])) as Record<number, keyof typeof PROVENANCE>;

/** Penalty e by code of `PROVENANCE`. */
export function provenancePenalties(kernel: Pick<Prepared, 'policy'>): number[] {
  return Object.values(PROVENANCE).map((code) => kernel.policy.provenancePenalty[PROVENANCE_KEYS[code]]);
}

/**
 * Distances of a pair: the shorter of the two categories' own; where matter flows in a pipe, by the output's quantity
 * (heat pays farther with power), an unknown quantity counting as the smallest. A pipe that only the need knows goes by
 * the need's quantity.
 */
export function reachOf(kernel: Prepared, output: number, input: number): PairReach {
  const { outputs, inputs } = kernel.snapshot;
  return reachBetween(kernel, outputs.category[output], inputs.category[input], outputs.quantity[output], inputs.quantity[input]);
}

/** The same from indexes of categories and quantities. */
export function reachBetween(kernel: Prepared, from: number, to: number, supply: number, need: number): PairReach {
  const [a, b] = [kernel.knowledge.categories[from], kernel.knowledge.categories[to]];
  let softKm = Math.min(a.softDistanceKm, b.softDistanceKm);
  let hardKm = Math.min(a.hardDistanceKm, b.hardDistanceKm);
  const pipe = a.pipeReach ?? b.pipeReach;
  if (pipe !== undefined && pipe.length > 0) {
    const quantity = a.pipeReach ? supply : need;
    const row = pipe.find(({ upTo }) => Number.isNaN(quantity) || upTo === null || quantity <= upTo) ?? pipe[pipe.length - 1];
    ({ softKm, hardKm } = row);
  }
  return { softKm: softKm * kernel.softFactor[from], hardKm: hardKm * kernel.hardFactor[from] };
}

export function distanceOf(kernel: Prepared, output: number, input: number): number {
  return distanceKm(kernel.snapshot.outputs.place, output, kernel.snapshot.inputs.place, input);
}

/**
 * Whether what one side brings is below the smallest lot that the other takes. An unknown quantity, or no lot (NaN), is no
 * refusal: the score has its price.
 * @param most the highest yield: input units of one output unit
 */
export function isBelowLot(supply: number, outputLot: number, need: number, inputLot: number, most: number): boolean {
  return supply * most < inputLot || need < outputLot * most;
}

const EDIBLE: ReadonlySet<SanitaryClass> = new Set(['food', 'feed']);
const UNDER_WASTE_LAW: ReadonlySet<RegulatoryRoute> = new Set(['by-product', 'end-of-waste', 'permitted-site']);
const ROUTE_QUESTION: Partial<Record<RegulatoryRoute, (typeof QUESTIONS)[number]>> = { 'end-of-waste': 'route:end-of-waste', 'permitted-site': 'route:permitted-site' };

/** Codes of open questions that are not about a condition; a condition's is `condition:` + side + `.` + attribute. */
export const QUESTIONS = ['hazard-permit', 'hazard-unknown', 'route:end-of-waste', 'route:permitted-site', 'waste-code-weak', 'agreement', 'minimum-lot-pooled'] as const;
type QuestionCode = (typeof QUESTIONS)[number] | `condition:${'output' | 'input'}.${string}`;

/** What must be cleared before calling. */
export interface OpenQuestions {
  /** Each once, in a fixed order. */
  codes: string[];
  /**
   * How many the score counts. All that refusals leave open counts as one: it is one call to ask what is in the flow, and a pair of which
   * more is known to be kept out is no worse for that.
   */
  counted: number;
}

export function openQuestions(kernel: Prepared, output: number, input: number, substitution: Substitution): OpenQuestions {
  const { outputs, inputs } = kernel.snapshot;
  const settled = settledQuestions(kernel, output, input, substitution);
  // Too small alone: it passed only with its neighbours.
  const pooled = isBelowLot(outputs.quantity[output], outputs.minimumLot[output], inputs.quantity[input], inputs.minimumLot[input], substitution.yield);
  return pooled ? { codes: [...settled.codes, 'minimum-lot-pooled'], counted: settled.counted + 1 } : settled;
}

/**
 * Those that go by what kind of flows they are, whatever their quantities: unknown conditions and refusals, a hazard whose receiver is not known, a route
 * that needs a text or a permit, a weak waste code, a missing signature.
 */
export function settledQuestions(kernel: Prepared, output: number, input: number, substitution: Substitution): OpenQuestions {
  const { outputs, inputs, wasteCodes } = kernel.snapshot;
  // Nobody asks of food or feed whether it is hazardous: of spent grain it would cost trust.
  const edible = EDIBLE.has(kernel.knowledge.categories[outputs.category[output]].sanitaryClass);
  const unknownOf = ({ conditions }: { conditions: readonly Condition[] }): QuestionCode[] => {
    const answers = conditions.map((condition) => answer(kernel.knowledge, condition, outputs, output, inputs, input));
    // One "no" settles a refusal: what else it asks for is no question any more.
    const unknown = answers.includes('no') ? [] : conditions.filter((_, at) => answers[at] === 'unknown');
    return unknown.flatMap(({ side, attribute }): QuestionCode[] => (attribute !== 'hazardous' ? [`condition:${side}.${attribute}`] : edible ? [] : ['hazard-unknown']));
  };
  const needed = unknownOf(substitution);
  const refusals = kernel.knowledge.pairs.get(outputs.category[output] * kernel.knowledge.categories.length + inputs.category[input])?.refusals ?? [];
  const keptOut = refusals.flatMap(unknownOf);
  const others: QuestionCode[] = [];
  const hazardous = outputs.hazard[output] === HAZARD.yes || kernel.knowledge.categories[outputs.category[output]].hazardousByNature === true;
  if (hazardous && inputs.permit[input] === PERMIT.unknown) others.push('hazard-permit');
  // Unknown is a question, not a pass; by itself only where waste law has a word.
  if (!hazardous && !edible && outputs.hazard[output] === HAZARD.unknown && UNDER_WASTE_LAW.has(substitution.route) && inputs.permit[input] !== PERMIT.permitted) {
    others.push('hazard-unknown');
  }
  const route = ROUTE_QUESTION[substitution.route];
  if (route !== undefined && !(route === 'route:permitted-site' && inputs.permit[input] === PERMIT.permitted)) others.push(route);
  if (isWeakCode(outputs, output, wasteCodes)) others.push('waste-code-weak');
  if (outputs.agreement[output] === 0 || inputs.agreement[input] === 0) others.push('agreement');
  const codes = [...new Set([...needed, ...keptOut, ...others])];
  const alone = new Set([...needed, ...others]).size;
  return { codes, counted: codes.length > alone ? alone + 1 : alone };
}

/** The raw values of a pair under one substitution. `km` is its distance, handed in since the gate has it already. */
export function featuresOf(kernel: Prepared, output: number, input: number, substitution: Substitution, km: number): Features {
  const { outputs, inputs } = kernel.snapshot;
  const penalty = (code: number): number => kernel.policy.provenancePenalty[PROVENANCE_KEYS[code]];
  return {
    affinity: substitution.affinity,
    distanceKm: km,
    softDistanceKm: reachOf(kernel, output, input).softKm,
    logNeedOverSupply: known(logNeedOverSupply(inputs.quantity[input], substitution.yield, outputs.quantity[output])),
    commonMonths: known(shareOfMonths(outputs.months[output], inputs.months[input])),
    ageYears: yearsSince(kernel.asOfDay, outputs.confirmedDay[output], inputs.confirmedDay[input]),
    openQuestions: openQuestions(kernel, output, input, substitution).counted,
    provenancePenalty: Math.max(penalty(outputs.provenance[output]), penalty(inputs.provenance[input])),
    treatmentCost: kernel.policy.treatmentCost[substitution.treatment],
    groupEffect: groupEffect(kernel, outputs.category[output], substitution),
  };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** What was learnt of a substitution and of the output's family, in nats. */
export function groupEffect(kernel: Prepared, outputCategory: number, substitution: Substitution): number {
  const { family } = kernel.knowledge.categories[outputCategory];
  return (kernel.model.groupEffects[substitution.slug] ?? 0) + (kernel.model.familyEffects[family] ?? 0);
}

/** Each term in nats; the one definition of the score. Every term but `start` and `learnt` is ≤ 0: an ideal pair loses nothing. */
export function termsOf(kernel: Prepared, features: Features): Record<Term, number> {
  const { weights } = kernel;
  const gap = features.logNeedOverSupply ?? NaN;
  return {
    start: kernel.intercept,
    learnt: features.groupEffect,
    category: categoryTerm(weights.category, features.affinity),
    distance: distanceTerm(weights.distance, features.distanceKm, features.softDistanceKm),
    small: smallTerm(weights.small, gap),
    large: largeTerm(weights.large, gap),
    'quantity-unknown': unknownQuantityTerm(weights.unknownQuantity, gap),
    season: seasonTerm(weights.season, weights.unknownMonths, features.commonMonths ?? NaN),
    age: perUnitTerm(weights.age, features.ageYears),
    regulation: perUnitTerm(weights.regulation, features.openQuestions),
    evidence: perUnitTerm(weights.evidence, features.provenancePenalty),
    treatment: perUnitTerm(weights.treatment, features.treatmentCost),
  };
}

/** z of MATCHING section 3: the sum of the terms, added in their fixed order so that it is the same to the last bit everywhere. */
export function sumOf(terms: Record<Term, number>): number {
  let z = 0;
  for (const term of TERMS) z += terms[term];
  return z;
}

export function scoreOf(kernel: Prepared, output: number, input: number, substitution: Substitution, km: number): number {
  return sumOf(termsOf(kernel, featuresOf(kernel, output, input, substitution, km)));
}
