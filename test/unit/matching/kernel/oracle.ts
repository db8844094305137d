/**
 * The matching rules a second time, read from plain flows (degrees, words, nulls) and not from typed arrays: every pair,
 * first failing gate, z by the written formula, one sorted list, one walk under caps and rings. Calls nothing of the kernel.
 */
import type { Condition, ResourceCategory, Substitution } from '../../../../src/resources/resource-catalogue.js';
import { type PlainFlow, TODAY } from '../../../support/kernel-world.js';
import type { RandomWorld } from './random-world.js';

export interface OraclePair {
  output: number;
  input: number;
  km: number;
  gates: string[];
  /** Of the best entry; NaN when none is possible. */
  z: number;
  slug: string;
}

export type Distance = (output: number, input: number) => number;

/** Points: ten for each doubling of the odds. */
export const points = (z: number): number => z * (10 / Math.LN2);
const RINGS = ['local', 'regional', 'national'] as const;
const weak = ({ wasteCode, codeOrigin }: PlainFlow): boolean => wasteCode !== null && (wasteCode.slice(4) === '99' || codeOrigin === 1);
const bits = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

function holds({ catalogue }: RandomWorld, condition: Condition, o: PlainFlow, i: PlainFlow): boolean | null {
  const flow = condition.side === 'output' ? o : i;
  const choices = catalogue.qualityAttributes.find(({ slug }) => slug === condition.attribute)?.values;
  const read = (of: PlainFlow, name: string): string | number | null => {
    if (name === 'wasteCode') return weak(of) ? null : of.wasteCode;
    const value = name === 'hazardous' ? [null, 0, 1][of.hazard] : of.attributes[name];
    return value === undefined || value === null ? null : (choices?.[value] ?? value);
  };
  const actual = read(flow, condition.attribute);
  const { value, op } = condition;
  const wanted = typeof value === 'object' && !Array.isArray(value) ? read(value.side === 'output' ? o : i, value.attribute) : typeof value === 'boolean' ? Number(value) : value;
  if (actual === null || wanted === null) return null;
  if (op === '>=') return actual >= wanted;
  if (op === '<=') return actual <= wanted;
  const same = Array.isArray(wanted) ? wanted.some((one) => (condition.attribute === 'wasteCode' ? String(actual).startsWith(one) : one === actual)) : wanted === actual;
  return op === '!=' ? !same : same;
}

export function oraclePairs(world: RandomWorld, distance: Distance): OraclePair[] {
  return world.outputs.flatMap((_, output) => world.inputs.map((__, input) => oraclePair(world, output, input, distance(output, input))));
}

function oraclePair(world: RandomWorld, output: number, input: number, km: number): OraclePair {
  const { policy, model, catalogue } = world;
  const [o, i] = [world.outputs[output], world.inputs[input]];
  const leaf = (slug: string): ResourceCategory => {
    const found = catalogue.categories.find((one) => one.slug === slug);
    if (found === undefined) throw new Error(slug);
    return found.replacedBy === undefined ? found : leaf(found.replacedBy);
  };
  const [from, to] = [leaf(o.category), leaf(i.category)];
  const between = <Entry extends { output: string; input: string }>(entries: Entry[]): Entry[] => entries.filter((one) => leaf(one.output) === from && leaf(one.input) === to);
  const entries = between(catalogue.substitutions);
  const possible = entries.filter(({ conditions }) => conditions.every((one) => holds(world, one, o, i) !== false));
  const refusals = between(catalogue.refusals).map(({ conditions }) => conditions.map((one) => holds(world, one, o, i)));
  const hazardous = o.hazard === 2 || from.hazardousByNature === true;

  let [r, hard] = [Math.min(from.softDistanceKm, to.softDistanceKm), Math.min(from.hardDistanceKm, to.hardDistanceKm)];
  if (from.pipeReach || to.pipeReach) {
    const [rows, flow] = from.pipeReach ? [from.pipeReach, o.quantity] : [to.pipeReach ?? [], i.quantity];
    const row = rows.find(({ upTo }) => flow === null || upTo === null || flow <= upTo);
    if (row) [r, hard] = [row.softKm, row.hardKm];
  }
  const override = { ...policy.families[from.family], ...policy.categories[from.slug] };
  r *= override.softDistanceFactor ?? 1;
  hard *= override.hardDistanceFactor ?? 1;

  const either = (test: (flow: PlainFlow) => boolean): boolean => test(o) || test(i);
  const foreign = [o, i].filter(({ territory }) => territory !== 'here').map(({ territory }) => territory);
  const isBelow = (supply: number | null, need: number | null): boolean =>
    (supply !== null && i.minimumLot !== null && supply * 2 < i.minimumLot) || (need !== null && o.minimumLot !== null && need < o.minimumLot * 2);
  const isBlocked = (kind: string): boolean => world.blocks.some((block) => block.kind === kind && block.output === output && block.input === input);
  // In the order of the written rules; "refused" and "quality" go by what single flows are like, after what categories settle.
  const rules: [string, boolean][] = [
    ['same-company', o.company === i.company || (o.group !== null && o.group === i.group)],
    ['wish-no', either(({ wish }) => wish === 3)],
    ['wish-unknown', either(({ wish }) => wish === 0)],
    ['no-agreement', policy.gates.noAgreement === 'hide' && either(({ agreement }) => !agreement)],
    ['withheld', either(({ withheld }) => withheld)],
    ['too-old', either(({ confirmedDay }) => confirmedDay < TODAY - policy.gates.maximumAgeDays)],
    ['no-substitution', entries.length === 0],
    ['sanitary', /^(food|feed)$/.test(to.sanitaryClass) && /^(non-food|animal-by-product)$/.test(from.sanitaryClass)],
    ['hazard', hazardous && (i.permit === 2 || (i.permit === 0 && policy.gates.hazardPermitUnknown === 'hide'))],
    ['refused', refusals.some((answers) => answers.every((one) => one === true))],
    ['quality', entries.length > 0 && possible.length === 0],
    ['season', o.months > 0 && i.months > 0 && (o.months & i.months) === 0],
    ['distance', km > hard || km > policy.gates.ringKm[RINGS[i.reach]]],
    ['minimum-lot', possible.length > 0 && (isBelow(o.pooled ?? o.quantity, i.pooled ?? i.quantity))],
    ['territory', foreign.length === 2 || foreign.some((slug) => !world.agreed.includes(slug))],
    ['suppressed', isBlocked('suppressed')], ['introduced', isBlocked('introduced')], ['running', isBlocked('running')],
    ['open', world.open.some((one) => one.output === output && one.input === input)],
  ];

  const w = { ...policy.weights, ...model.weights };
  const b = policy.intercept + model.interceptShift + (model.territoryOffsets['here'] ?? 0);
  const e = Math.max(...[o, i].map(({ provenance }) => Object.values({ ...policy.provenancePenalty, order: 0 })[provenance]));
  const t = Math.max(TODAY - o.confirmedDay, TODAY - i.confirmedDay, 0) / 365.25;
  const scoreOf = (entry: Substitution): number => {
    const open = new Set<string>();
    const edible = from.sanitaryClass === 'food' || from.sanitaryClass === 'feed';
    const add = (set: Set<string>, { side, attribute }: Condition): void => {
      if (attribute !== 'hazardous') set.add(side + attribute);
      else if (!edible) set.add('hazard');
    };
    for (const condition of entry.conditions) if (holds(world, condition, o, i) === null) add(open, condition);
    const absent = new Set<string>();
    between(catalogue.refusals).forEach(({ conditions }, at) => {
      if (refusals[at].includes(false) || entries.length === 0) return;
      conditions.forEach((condition, nth) => {
        if (refusals[at][nth] === null) add(absent, condition);
      });
    });
    if (hazardous && i.permit === 0) open.add('permit');
    if (!hazardous && !edible && o.hazard === 0 && i.permit !== 1 && !['none', 'product'].includes(entry.route)) open.add('hazard');
    if (entry.route === 'end-of-waste' || (entry.route === 'permitted-site' && i.permit !== 1)) open.add('route');
    if (weak(o)) open.add('code');
    if (!o.agreement || !i.agreement) open.add('signature');
    if (isBelow(o.quantity, i.quantity)) open.add('lot');
    // All that must be absent, and is not asked anyway, is one question.
    if ([...absent].some((one) => !open.has(one))) open.add('absent');

    let quantity: [number, number, number] = [0, 0, -w.unknownQuantity];
    if (o.quantity !== null && i.quantity !== null) {
      const ratio = Math.log(i.quantity / (entry.yield * o.quantity));
      quantity = [-w.small * Math.min(Math.max(ratio, 0), Math.log(100)), -w.large * Math.min(Math.max(-ratio, 0), Math.log(100)), 0];
    }
    const months = o.months && i.months ? -w.season * (1 - bits(o.months & i.months) / bits(i.months)) : -w.unknownMonths;
    const u = (model.groupEffects[entry.slug] ?? 0) + (model.familyEffects[from.family] ?? 0);
    return [
      b, u, -w.category * -Math.log(entry.affinity), -w.distance * Math.log(1 + km / r), ...quantity, months, -w.age * t, -w.regulation * open.size,
      -w.evidence * e, -w.treatment * policy.treatmentCost[entry.treatment],
    ].reduce((sum, term) => sum + term, 0);
  };
  const best = possible.map((entry) => ({ slug: entry.slug, z: scoreOf(entry) })).sort((p, q) => q.z - p.z || (p.slug < q.slug ? -1 : 1)).at(0);
  return { output, input, km, gates: rules.filter(([, fails]) => fails).map(([gate]) => gate), z: best?.z ?? NaN, slug: best?.slug ?? '' };
}

export function thresholdFor({ policy, catalogue, outputs }: RandomWorld, output: number): number {
  const slug = outputs[output].category === 'was-a' ? 'a' : outputs[output].category;
  const family = catalogue.categories.find((one) => one.slug === slug)?.family ?? '';
  return policy.categories[slug]?.thresholdPoints ?? policy.families[family]?.thresholdPoints ?? policy.thresholdPoints;
}

/** Everything that may be listed, best first; ties by the natural order of outputs, then inputs. */
export function oracleSorted(world: RandomWorld, pairs: OraclePair[]): OraclePair[] {
  return pairs.filter(({ gates, z, output }) => gates.length === 0 && points(z) >= thresholdFor(world, output))
    .sort((p, q) => q.z - p.z || p.output - q.output || p.input - q.input);
}

/** The walk down that list under rings and caps; `places` is what is left of k for listed pairs. */
export function oracleList(world: RandomWorld, pairs: OraclePair[], k: number, places: number): OraclePair[] {
  const { policy: { caps, gates: { ringKm } }, outputs, inputs } = world;
  const sorted = oracleSorted(world, pairs);
  const ring = ({ km }: OraclePair): number => RINGS.findIndex((name) => km <= ringKm[name]);
  const onList = world.open.map((one) => pairs[one.output * inputs.length + one.input]);
  const list: OraclePair[] = [];
  const uses = (test: (pair: OraclePair) => number): number => [...onList, ...list].reduce((sum, pair) => sum + test(pair), 0);
  const notAsked = (pair: OraclePair): boolean => outputs[pair.output].wish === 2 || inputs[pair.input].wish === 2;
  const most = (share: number): number => Math.max(1, Math.floor(share * k));
  for (const pair of sorted) {
    if (list.length >= places) break;
    const companies = [outputs[pair.output].company, inputs[pair.input].company];
    const full = [
      !inputs[pair.input].sourcing && sorted.some((other) => other.input === pair.input && ring(other) < ring(pair)),
      companies.some((name) => uses((other) => Number(outputs[other.output].company === name) + Number(inputs[other.input].company === name)) >= caps.perCompany),
      uses((other) => Number(other.output === pair.output)) >= caps.perFlow, uses((other) => Number(other.input === pair.input)) >= caps.perFlow,
      uses((other) => Number(other.slug === pair.slug)) >= most(caps.perSubstitution),
      notAsked(pair) && uses((other) => Number(notAsked(other))) >= most(caps.wishNotAsked),
    ];
    if (!full.includes(true)) list.push(pair);
  }
  return list;
}
