import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadDefaultPolicy } from '../../../config/load-config.js';
import { prepare, type KernelInput } from '../../../src/matching/kernel/kernel-input.js';
import { explainPair } from '../../../src/matching/kernel/explain.js';
import { gatesOf, GATES_OF_OPINION } from '../../../src/matching/kernel/gates.js';
import { scorePairs } from '../../../src/matching/kernel/match.js';
import { NEUTRAL_MODEL } from '../../../src/matching/kernel/model.js';
import { selectList } from '../../../src/matching/kernel/select.js';
import type { Policy } from '../../../src/matching/policy.js';
import type { Condition, ResourceCatalogue } from '../../../src/resources/resource-catalogue.js';
import { catalogueOf, category, kernelInput, type PlainFlow, plainFlow, refusal, substitution, TODAY } from '../../support/kernel-world.js';
import { naiveList, naivePairs, naiveSorted, pointsOf } from '../../support/naive-matching.js';

const CATEGORIES = ['wood', 'heat', 'oil', 'sludge', 'old-wood', 'food'] as const;

function catalogue(shape: { affinities: number[]; conditions: Condition[][]; refusals: Condition[][] }): ResourceCatalogue {
  const [first, second, third, fourth] = shape.affinities;
  return catalogueOf({
    qualityAttributes: [
      { slug: 'temperature', label: { fr: 't', en: 't' }, type: 'number', unit: 'Cel' },
      { slug: 'grade', label: { fr: 'g', en: 'g' }, type: 'choice', values: ['a', 'b', 'c'] },
      { slug: 'treated', label: { fr: 'x', en: 'x' }, type: 'boolean' },
    ],
    categories: [
      category('wood', { softDistanceKm: 40, hardDistanceKm: 150 }),
      category('old-wood', { replacedBy: 'wood' }),
      category('heat', { family: 'energy', pipeReach: [{ upTo: 50, hardKm: 2, softKm: 0.5 }, { upTo: 500, hardKm: 20, softKm: 4 }, { upTo: null, hardKm: 60, softKm: 10 }] }),
      category('oil', { hazardousByNature: true, sanitaryClass: 'non-food', hardDistanceKm: 20_100 }),
      category('sludge', { sanitaryClass: 'animal-by-product' }),
      category('food', { sanitaryClass: 'food', hardDistanceKm: 20_100 }),
    ],
    substitutions: [
      substitution('wood', 'wood', { affinity: first, conditions: shape.conditions[0], route: 'by-product' }),
      substitution('wood', 'heat', { affinity: second, yield: 4, treatment: 'grind', route: 'permitted-site', conditions: shape.conditions[1] }),
      substitution('old-wood', 'heat', { slug: 'wood-to-heat-again', affinity: third, yield: 0.5, treatment: 'dry', route: 'end-of-waste' }),
      substitution('heat', 'heat', { affinity: fourth, conditions: shape.conditions[2] }),
      substitution('oil', 'oil', { affinity: first }),
      substitution('oil', 'food', { affinity: second }),
      substitution('sludge', 'wood', { affinity: third }),
      substitution('food', 'food', { affinity: fourth }),
    ],
    refusals: [refusal('wood', 'wood', shape.refusals[0]), refusal('wood', 'heat', shape.refusals[1]), refusal('sludge', 'food')],
  });
}

const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ side: fc.constantFrom('output' as const, 'input' as const), attribute: fc.constant('temperature'), op: fc.constantFrom('>=' as const, '<=' as const, '=' as const, '!=' as const), value: fc.constantFrom(30, 60, 90) }),
  fc.constant<Condition>({ side: 'output', attribute: 'temperature', op: '>=', value: { side: 'input', attribute: 'temperature' } }),
  fc.record({ side: fc.constant('output' as const), attribute: fc.constant('grade'), op: fc.constantFrom('in' as const, '!=' as const), value: fc.constantFrom<string[][]>(['a'], ['b', 'c']) }),
  fc.record({ side: fc.constant('output' as const), attribute: fc.constant('treated'), op: fc.constant('=' as const), value: fc.boolean() }),
  fc.record({ side: fc.constant('output' as const), attribute: fc.constant('hazardous'), op: fc.constant('=' as const), value: fc.boolean() }),
  fc.record({ side: fc.constant('output' as const), attribute: fc.constant('wasteCode'), op: fc.constantFrom('in' as const, '!=' as const), value: fc.constantFrom<string[][]>(['03'], ['0301', '20']) }),
);

/** Around Montauban, at both poles, on both sides of the date line; few, so that equal places and ties are common. */
const anyPlace = fc.constantFrom(
  ...[[44.0175, 1.355], [44.0175, 1.356], [44.1, 1.4], [44.3, 1.9], [45.2, 2.2], [48.8, 2.3], [90, 0], [-90, 12], [89.9, -170], [0, 179.99], [0, -179.99]] as [number, number][]);

/** Mostly ordinary values, so that enough pairs pass the gates. */
const mostly = <Value>(usual: Value, ...others: Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });

const anyFlow = fc.record({
  place: fc.oneof({ weight: 5, arbitrary: fc.constant([44.0175, 1.355] as [number, number]) }, { weight: 5, arbitrary: anyPlace }),
  category: fc.constantFrom(...CATEGORIES),
  quantity: fc.constantFrom(null, 1, 10, 40, 100, 100, 100, 1_000, 1e6),
  minimumLot: mostly<number | null>(null, 5, 500),
  months: mostly(4_095, 0, 0b11, 0b111111, 0b111111000000),
  hazard: mostly(1, 0, 2),
  permit: mostly(1, 0, 2),
  wasteCode: mostly<string | null>(null, '030105', '200108', '030199'),
  codeOrigin: mostly(2, 1, 3),
  wish: mostly(1, 0, 2, 2, 2, 3),
  agreement: mostly(true, false),
  withheld: mostly(false, true),
  provenance: mostly(2, 0, 1, 3, 4),
  confirmedDay: mostly(TODAY, TODAY - 100, TODAY - 1_096, TODAY - 1_097, TODAY + 5),
  company: fc.integer({ min: 0, max: 7 }),
  territory: mostly('here', 'next', 'far'),
  reach: fc.constantFrom(0, 1, 2, 2),
  sourcing: mostly(false, true),
  attributes: fc.oneof(fc.constant({}), fc.record({ temperature: fc.constantFrom(30, 60, 90), grade: fc.constantFrom(0, 1, 2), treated: fc.constantFrom(0, 1) }, { requiredKeys: [] })),
});

const anySide = (direction: string): fc.Arbitrary<PlainFlow[]> => fc.array(anyFlow, { maxLength: 14 }).map((flows) => flows.map(({ place, company, ...flow }, at) => plainFlow({
  ...flow, key: `${flow.territory}/${direction}${String(at).padStart(2, '0')}`, latitude: place[0], longitude: place[1],
  company: `${flow.territory}/c${company}`, group: company < 2 ? `g${company}` : null,
})));

const weight = fc.constantFrom(0, 0.3, 1, 2);
const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  weights: fc.record({
    category: weight, distance: weight, small: weight, large: weight, season: weight, age: weight, regulation: weight, evidence: weight, treatment: weight,
    unknownQuantity: weight, unknownMonths: weight,
  }),
  intercept: fc.constantFrom(0, 2.2, 5),
  thresholdPoints: fc.constantFrom(-40, 0, 6),
  ringKm: fc.constantFrom<Policy['gates']['ringKm'][]>({ local: 100, regional: 250, national: 1_300 }, { local: 5, regional: 60, national: 20_100 }),
  families: fc.constantFrom<Policy['families'][]>({}, { energy: { softDistanceFactor: 2, hardDistanceFactor: 1.5, thresholdPoints: -10 } }),
  categories: fc.constantFrom<Policy['categories'][]>({}, { heat: { softDistanceFactor: 0.5 }, wood: { hardDistanceFactor: 0.3, thresholdPoints: 3 } }),
  noAgreement: fc.constantFrom('hide' as const, 'sign-first' as const),
  hazardPermitUnknown: fc.constantFrom('hide' as const, 'question' as const),
  perCompany: fc.constantFrom(1, 2, 50), perFlow: fc.constantFrom(1, 2, 50), perSubstitution: fc.constantFrom(0.1, 0.4, 1), wishNotAsked: fc.constantFrom(0, 0.2, 1),
}).map(({ ringKm, noAgreement, hazardPermitUnknown, perCompany, perFlow, perSubstitution, wishNotAsked, ...rest }) => {
  const standard = loadDefaultPolicy();
  return { ...standard, ...rest, auditFloorPoints: -80, gates: { ...standard.gates, ringKm, noAgreement, hazardPermitUnknown }, caps: { perCompany, perFlow, perSubstitution, wishNotAsked } };
});

const anyInput: fc.Arbitrary<KernelInput> = fc.record({
  outputs: anySide('o'), inputs: anySide('i'), policy: anyPolicy, seed: fc.integer(),
  catalogue: fc.record({
    affinities: fc.array(fc.constantFrom(0.3, 0.8, 1), { minLength: 4, maxLength: 4 }),
    conditions: fc.array(fc.array(anyCondition, { maxLength: 2 }), { minLength: 3, maxLength: 3 }),
    refusals: fc.array(fc.array(anyCondition, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 2 }),
  }).map(catalogue),
  blocks: fc.array(fc.record({ output: fc.nat(200), input: fc.nat(200), kind: fc.constantFrom('suppressed' as const, 'introduced' as const, 'running' as const) }), { maxLength: 4 }),
  open: fc.uniqueArray(fc.record({ output: fc.nat(200), input: fc.nat(200) }), { maxLength: 2, selector: ({ output }) => output % 14 }),
  learnt: fc.boolean(),
}).map(({ outputs, inputs, policy, seed, catalogue: knowledge, blocks, open, learnt }) => {
  const within = <Pair extends { output: number; input: number }>(pairs: Pair[]): Pair[] => (outputs.length === 0 || inputs.length === 0 ? []
    : pairs.map((pair) => ({ ...pair, output: pair.output % outputs.length, input: pair.input % inputs.length })));
  const model = learnt
    ? { ...NEUTRAL_MODEL, version: 3, interceptShift: 0.25, groupEffects: { 'wood-to-heat': 1.5, 'food-to-food': -0.5 }, familyEffects: { energy: 0.4 }, territoryOffsets: { here: -0.2 }, weights: { distance: 0.7 } }
    : NEUTRAL_MODEL;
  return kernelInput({ outputs, inputs, catalogue: knowledge, agreed: ['next'], blocks: within(blocks), rest: { policy, seed, model, open: within(open) } });
});

const runs = { numRuns: 150 };

describe('matching against every pair tried in full', () => {
  it('names the same gates, score, entry and questions for every pair', () => {
    fc.assert(fc.property(anyInput, (input) => {
      const kernel = prepare(input);
      for (const expected of naivePairs(input)) {
        expect(gatesOf(kernel, expected.output, expected.input)).toEqual(expected.gates);
      }
      for (const expected of naivePairs(input).slice(0, 40)) {
        const { gates, score, ring, distanceKm } = explainPair(input, expected.output, expected.input);
        expect({ gates, ring, slug: score?.substitution ?? null, questions: [...(score?.questions ?? [])].sort() })
          .toEqual({ gates: expected.gates, ring: expected.ring, slug: expected.slug, questions: [...expected.questions].sort() });
        expect(distanceKm).toBeCloseTo(expected.km, 9);
        if (expected.z !== null) expect(Math.abs((score?.z ?? NaN) - expected.z)).toBeLessThanOrEqual(1e-12);
      }
    }), runs);
  });

  it('keeps the best K of every output, and counts every pair in the funnel, the pools and the histogram', () => {
    fc.assert(fc.property(anyInput, fc.constantFrom(1, 3, 50), (input, topK) => {
      const scored = scorePairs(input, { topK });
      const pairs = naivePairs(input);
      const sorted = naiveSorted(pairs);
      scored.top.forEach((kept, output) => {
        const expected = sorted.filter((pair) => pair.output === output).slice(0, topK);
        expect(kept.map((pair) => pair.input)).toEqual(expected.map((pair) => pair.input));
        kept.forEach((pair, at) => expect(Math.abs(pair.z - (expected[at].z as number))).toBeLessThanOrEqual(1e-12));
        expect(scored.exhausted[output]).toBe(sorted.filter((pair) => pair.output === output).length > topK);
      });
      expect(scored.funnel.map(({ gate, removed }) => [gate, removed])).toEqual(
        scored.funnel.map(({ gate }) => [gate, pairs.filter(({ gates }) => gates[0] === gate).length]));
      const passed = pairs.filter(({ gates }) => gates.length === 0);
      const below = passed.filter((pair) => pointsOf(pair.z as number) < pair.threshold);
      expect([scored.pairs, scored.passed, scored.aboveThreshold]).toEqual([pairs.length, passed.length, sorted.length]);
      expect(scored.bestBelow).toBe(below.length === 0 ? null : Math.max(...below.map((pair) => pointsOf(pair.z as number))));
      expect(scored.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(passed.length);
      const auditable = below.filter((pair) => pointsOf(pair.z as number) >= input.policy.auditFloorPoints);
      const band = auditable.filter((pair) => pointsOf(pair.z as number) >= pair.threshold - input.policy.budget.auditBandPoints);
      const behindOne = pairs.filter(({ gates, z }) => gates.length === 1 && (GATES_OF_OPINION as readonly string[]).includes(gates[0]) && z !== null && pointsOf(z) >= input.policy.auditFloorPoints);
      expect([scored.pools.band.seen, scored.pools.below.seen, scored.pools.gate.seen]).toEqual([band.length, auditable.length - band.length, behindOne.length]);
      for (const { output, input: at } of scored.pools.gate.kept) expect(behindOne.some((pair) => pair.output === output && pair.input === at)).toBe(true);
    }), runs);
  });

  it('lists what a walk down the full sorted list under the caps would list, even when it keeps one pair an output', () => {
    fc.assert(fc.property(anyInput, fc.constantFrom(1, 2, 50), fc.constantFrom(0, 3, 5, 10, 40), (input, topK, listSize) => {
      const auditSize = listSize >= 5 ? 1 : 0;
      const { candidates } = selectList(input, scorePairs(input, { topK }), { listSize, auditSize });
      const expected = naiveList(input, naivePairs(input), listSize, auditSize);
      const listed = candidates.filter(({ kind }) => kind === 'listed');
      expect(listed.map(({ output, input: at, substitution: slug }) => [output, at, slug])).toEqual(expected.map(({ output, input: at, slug }) => [output, at, slug]));
      expect(candidates.map(({ rank }) => rank)).toEqual(candidates.map((_, at) => at + 1));
      for (const { kind, parts, points, z, inclusionProbability } of candidates) {
        expect(parts.reduce((sum, part) => sum + Math.round(part.points * 10), 0)).toBe(Math.round(points * 10));
        expect(Math.abs(points - pointsOf(z))).toBeLessThanOrEqual(0.051);
        expect(inclusionProbability > 0 && inclusionProbability <= (kind === 'listed' ? 1 : 1 + 1e-12)).toBe(true);
      }
    }), runs);
  });

  it('gives the same bytes for the same input, in whatever order the blocks come', () => {
    fc.assert(fc.property(anyInput, (input) => {
      const list = (one: KernelInput): string => {
        const scored = scorePairs(one);
        return JSON.stringify([scored, selectList(one, scored, { listSize: 10, auditSize: 2 })]);
      };
      expect(list({ ...input, blocks: [...input.blocks].reverse() })).toBe(list(input));
    }), { numRuns: 50 });
  });
});
