/**
 * The rules of matching written out a second time, as plainly as they can be: every pair, every gate, every score, one
 * full sort, then the caps. It shares no code with the kernel, so that where the two agree neither is likely to be wrong.
 */
import { earthRadius } from '@turf/helpers';
import type { KernelInput } from '../../src/matching/kernel/kernel-input.js';
import type { FlowArrays } from '../../src/matching/kernel/snapshot.js';
import type { Condition, Refusal, ResourceCategory, Substitution } from '../../src/resources/resource-catalogue.js';

export interface NaivePair {
  output: number;
  input: number;
  gates: string[];
  km: number;
  ring: string | null;
  /** Of the best entry; null: no entry is possible. */
  z: number | null;
  slug: string | null;
  questions: string[];
  threshold: number;
}

type Truth = boolean | undefined;

const ORDER = [
  'same-company', 'wish-no', 'wish-unknown', 'no-agreement', 'withheld', 'too-old', 'no-substitution', 'refused', 'quality', 'sanitary', 'hazard',
  'season', 'distance', 'minimum-lot', 'territory', 'suppressed', 'introduced', 'running', 'open',
];
const PROVENANCES = ['unknown', 'measured', 'declared', 'estimated', 'sectorAverage'] as const;
const RINGS = ['local', 'regional', 'national'] as const;

function isWeak(input: KernelInput, flows: FlowArrays, flow: number): boolean {
  const code = input.snapshot.wasteCodes[flows.wasteCode[flow]];
  return code !== undefined && (flows.codeOrigin[flow] === 1 || code.endsWith('99'));
}

function truth(input: KernelInput, condition: Condition, output: number, at: number): Truth {
  const { outputs, inputs, attributes, wasteCodes } = input.snapshot;
  const valueOf = (side: 'output' | 'input', slug: string): number | undefined => {
    const [flows, flow] = side === 'output' ? [outputs, output] : [inputs, at];
    for (let entry = flows.attributeStart[flow]; entry < flows.attributeStart[flow + 1]; entry += 1) {
      if (attributes[flows.attributeKey[entry]] === slug) return flows.attributeValue[entry];
    }
    return undefined;
  };
  const [flows, flow] = condition.side === 'output' ? [outputs, output] : [inputs, at];
  const { value } = condition;
  const negate = (found: boolean): boolean => (condition.op === '!=' ? !found : found);
  if (condition.attribute === 'wasteCode') {
    const code = wasteCodes[flows.wasteCode[flow]];
    if (code === undefined || isWeak(input, flows, flow)) return undefined;
    return negate((Array.isArray(value) ? value : [String(value)]).some((prefix) => code.startsWith(prefix)));
  }
  const choices = input.catalogue.qualityAttributes.find(({ slug }) => slug === condition.attribute)?.values ?? [];
  const numberOf = (one: string | number | boolean): number => (typeof one === 'string' ? choices.indexOf(one) : Number(one));
  const actual = condition.attribute === 'hazardous' ? [undefined, 0, 1][flows.hazard[flow]] : valueOf(condition.side, condition.attribute);
  if (actual === undefined) return undefined;
  if (Array.isArray(value)) return negate(value.map(numberOf).includes(actual));
  const wanted = typeof value === 'object' ? valueOf(value.side, value.attribute) : numberOf(value);
  if (wanted === undefined) return undefined;
  if (condition.op === '>=') return actual >= wanted;
  if (condition.op === '<=') return actual <= wanted;
  return negate(actual === wanted);
}

export function naivePair(input: KernelInput, output: number, at: number): NaivePair {
  const { snapshot, policy, model, catalogue } = input;
  const { outputs, inputs } = snapshot;
  const resolve = (slug: string): ResourceCategory => {
    const found = catalogue.categories.find((one) => one.slug === slug) as ResourceCategory;
    return found.replacedBy === undefined ? found : resolve(found.replacedBy);
  };
  const [from, to] = [resolve(snapshot.categories[outputs.category[output]]), resolve(snapshot.categories[inputs.category[at]])];
  const isFor = (entry: Substitution | Refusal): boolean => resolve(entry.output).slug === from.slug && resolve(entry.input).slug === to.slug;
  const truths = (conditions: Condition[]): Truth[] => conditions.map((condition) => truth(input, condition, output, at));
  const entries = catalogue.substitutions.filter(isFor);
  const possible = entries.filter((entry) => !truths(entry.conditions).includes(false));
  const refusals = entries.length === 0 ? [] : catalogue.refusals.filter(isFor);
  const weights = { ...policy.weights, ...model.weights };
  const leafToDefault = (key: 'softDistanceFactor' | 'hardDistanceFactor' | 'thresholdPoints', otherwise: number): number =>
    policy.categories[from.slug]?.[key] ?? policy.families[from.family]?.[key] ?? otherwise;

  // Place and reach.
  const [p, q] = [outputs.place.slice(3 * output, 3 * output + 3), inputs.place.slice(3 * at, 3 * at + 3)];
  const [dx, dy, dz] = [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
  const km = ((2 * earthRadius) / 1000) * Math.asin(Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2));
  let [soft, hard] = [Math.min(from.softDistanceKm, to.softDistanceKm), Math.min(from.hardDistanceKm, to.hardDistanceKm)];
  const rows = from.pipeReach ?? to.pipeReach;
  if (rows) {
    const flow = from.pipeReach ? outputs.quantity[output] : inputs.quantity[at];
    const row = Number.isNaN(flow) ? rows[0] : (rows.find(({ upTo }) => upTo === null || flow <= upTo) ?? rows[rows.length - 1]);
    [soft, hard] = [row.softKm, row.hardKm];
  }
  soft *= leafToDefault('softDistanceFactor', 1);
  hard *= leafToDefault('hardDistanceFactor', 1);

  // Gates.
  const gates = new Set<string>();
  const [group, other] = [outputs.group[output], inputs.group[at]];
  if ((group >= 0 && group === other) || outputs.company[output] === inputs.company[at]) gates.add('same-company');
  for (const [flows, flow] of [[outputs, output], [inputs, at]] as const) {
    if (flows.wish[flow] === 3) gates.add('wish-no');
    if (flows.wish[flow] === 0) gates.add('wish-unknown');
    if (!flows.agreement[flow] && policy.gates.noAgreement === 'hide') gates.add('no-agreement');
    if (flows.withheld[flow]) gates.add('withheld');
    if (input.asOfDay - flows.confirmedDay[flow] > policy.gates.maximumAgeDays) gates.add('too-old');
  }
  if (entries.length === 0) gates.add('no-substitution');
  if (refusals.some(({ conditions }) => truths(conditions).every((one) => one === true))) gates.add('refused');
  if (entries.length > 0 && possible.length === 0) gates.add('quality');
  if (['food', 'feed'].includes(to.sanitaryClass) && ['non-food', 'animal-by-product'].includes(from.sanitaryClass)) gates.add('sanitary');
  const hazardous = outputs.hazard[output] === 2 || from.hazardousByNature === true;
  if (hazardous && inputs.permit[at] !== 1 && (inputs.permit[at] === 2 || policy.gates.hazardPermitUnknown === 'hide')) gates.add('hazard');
  const [months, needed] = [outputs.months[output], inputs.months[at]];
  if (months && needed && !(months & needed)) gates.add('season');
  if (km > hard || km > policy.gates.ringKm[RINGS[inputs.reach[at]]]) gates.add('distance');
  if (possible.length > 0) {
    const best = Math.max(...possible.map((entry) => entry.yield));
    if (outputs.quantity[output] * best < inputs.minimumLot[at] || inputs.quantity[at] < outputs.minimumLot[output] * best) gates.add('minimum-lot');
  }
  const [home, away] = [outputs.territory[output], inputs.territory[at]];
  if (home > 0 && away > 0) gates.add('territory');
  if (!snapshot.territoryAgreed[home * snapshot.territories.length + away]) gates.add('territory');
  for (const block of input.blocks) if (block.output === output && block.input === at) gates.add(block.kind);
  if (input.open.some((pair) => pair.output === output && pair.input === at)) gates.add('open');

  // Score of each possible entry.
  const refusalQuestions = refusals.filter(({ conditions }) => !truths(conditions).includes(false)).flatMap(({ conditions }) => conditions);
  const scored = possible.map((entry) => {
    const questions = new Set<string>();
    for (const condition of [...entry.conditions, ...refusalQuestions]) {
      if (truth(input, condition, output, at) === undefined) questions.add(`condition:${condition.side}.${condition.attribute}`);
    }
    const wasteLaw = ['by-product', 'end-of-waste', 'permitted-site'].includes(entry.route);
    if (hazardous && inputs.permit[at] === 0) questions.add('hazard-permit');
    if (!hazardous && outputs.hazard[output] === 0 && wasteLaw && inputs.permit[at] !== 1) questions.add('hazard-unknown');
    if (entry.route === 'end-of-waste') questions.add('route:end-of-waste');
    if (entry.route === 'permitted-site' && inputs.permit[at] !== 1) questions.add('route:permitted-site');
    if (isWeak(input, outputs, output)) questions.add('waste-code-weak');
    if (!outputs.agreement[output] || !inputs.agreement[at]) questions.add('agreement');
    const ratio = inputs.quantity[at] / (entry.yield * outputs.quantity[output]);
    const gap = Math.min(Math.log(100), Math.abs(Math.log(ratio)));
    const common = [...Array(12).keys()].filter((month) => months & needed & (1 << month)).length / [...Array(12).keys()].filter((month) => needed & (1 << month)).length;
    const penalty = (flows: FlowArrays, flow: number): number => policy.provenancePenalty[PROVENANCES[flows.provenance[flow]]];
    const costs = [
      weights.category * -Math.log(entry.affinity),
      weights.distance * Math.log(1 + km / soft),
      ratio > 1 ? weights.small * gap : 0,
      ratio < 1 ? weights.large * gap : 0,
      Number.isNaN(ratio) ? weights.unknownQuantity : 0,
      months && needed ? weights.season * (1 - common) : weights.unknownMonths,
      weights.age * (Math.max(0, input.asOfDay - Math.min(outputs.confirmedDay[output], inputs.confirmedDay[at])) / 365.25),
      weights.regulation * questions.size,
      weights.evidence * Math.max(penalty(outputs, output), penalty(inputs, at)),
      weights.treatment * policy.treatmentCost[entry.treatment],
    ];
    const start = policy.intercept + model.interceptShift + (model.territoryOffsets[snapshot.territories[0]] ?? 0);
    const effect = (model.groupEffects[entry.slug] ?? 0) + (model.familyEffects[from.family] ?? 0);
    return { slug: entry.slug, questions: [...questions], z: costs.reduce((sum, cost) => sum - cost, start + effect) };
  }).sort((a, b) => b.z - a.z || (a.slug < b.slug ? -1 : 1));
  const best = scored.at(0);
  return {
    output, input: at, km, gates: ORDER.filter((gate) => gates.has(gate)), ring: RINGS.find((ring) => km <= policy.gates.ringKm[ring]) ?? null,
    z: best?.z ?? null, slug: best?.slug ?? null, questions: best?.questions ?? [], threshold: leafToDefault('thresholdPoints', policy.thresholdPoints),
  };
}

export function naivePairs(input: KernelInput): NaivePair[] {
  const pairs: NaivePair[] = [];
  for (let output = 0; output < input.snapshot.outputs.count; output += 1) {
    for (let at = 0; at < input.snapshot.inputs.count; at += 1) pairs.push(naivePair(input, output, at));
  }
  return pairs;
}

export const pointsOf = (z: number): number => z * (10 / Math.LN2);

/** Pairs that pass every gate and reach their threshold, the best first. */
export function naiveSorted(pairs: readonly NaivePair[]): NaivePair[] {
  return pairs.filter((pair) => pair.gates.length === 0 && pointsOf(pair.z as number) >= pair.threshold)
    .sort((a, b) => (b.z as number) - (a.z as number) || a.output - b.output || a.input - b.input);
}

/** The listed part of the week's list: the full sorted list, walked down under rings and caps. */
export function naiveList(input: KernelInput, pairs: readonly NaivePair[], listSize: number, auditSize: number): NaivePair[] {
  const { outputs, inputs } = input.snapshot;
  const { caps } = input.policy;
  const sorted = naiveSorted(pairs);
  const limit = (share: number): number => Math.max(1, Math.floor(share * listSize));
  const chosen: { output: number; input: number; slug: string | null }[] = [];
  const earlier = input.open.map(({ output, input: at }) => ({ output, input: at, slug: naivePair(input, output, at).slug }));
  const notAsked = (pair: { output: number; input: number }): boolean => outputs.wish[pair.output] === 2 || inputs.wish[pair.input] === 2;
  const listed: NaivePair[] = [];
  for (const pair of sorted) {
    if (listed.length >= listSize - auditSize - earlier.length) break;
    const before = [...earlier, ...chosen];
    const ringNumber = (one: NaivePair): number => RINGS.indexOf(one.ring as 'local');
    const nearer = sorted.some((one) => one.input === pair.input && ringNumber(one) < ringNumber(pair));
    if (nearer && !inputs.sourcing[pair.input]) continue;
    const companyCount = (company: number): number =>
      before.filter((one) => outputs.company[one.output] === company).length + before.filter((one) => inputs.company[one.input] === company).length;
    if (companyCount(outputs.company[pair.output]) >= caps.perCompany || companyCount(inputs.company[pair.input]) >= caps.perCompany) continue;
    if (before.filter((one) => one.output === pair.output).length >= caps.perFlow || before.filter((one) => one.input === pair.input).length >= caps.perFlow) continue;
    if (before.filter((one) => one.slug === pair.slug).length >= limit(caps.perSubstitution)) continue;
    if (notAsked(pair) && before.filter(notAsked).length >= limit(caps.wishNotAsked)) continue;
    chosen.push({ output: pair.output, input: pair.input, slug: pair.slug });
    listed.push(pair);
  }
  return listed;
}
