import fc from 'fast-check';
import { loadDefaultPolicy } from '../../../../config/load-config.js';
import type { KernelInput } from '../../../../src/matching/kernel/kernel-input.js';
import { type Model, NEUTRAL_MODEL } from '../../../../src/matching/kernel/model.js';
import type { PairBlock } from '../../../../src/matching/kernel/snapshot.js';
import type { Policy, PolicyWeights } from '../../../../src/matching/policy.js';
import { type Condition, FAMILIES, type Refusal, type ResourceCatalogue, type ResourceCategory, ROUTES, SANITARY_CLASSES, type SanitaryClass, type Substitution, TREATMENTS } from '../../../../src/resources/resource-catalogue.js';
import { category, type PlainFlow, snapshotOf, TODAY } from '../../../support/kernel-world.js';

/** A world in plain words: what the naive check reads, and what `inputOf` lays out for the kernel. */
export interface RandomWorld {
  outputs: PlainFlow[];
  inputs: PlainFlow[];
  /** Territories that `here` has agreed with. */
  agreed: string[];
  catalogue: ResourceCatalogue;
  policy: Policy;
  model: Model;
  blocks: PairBlock[];
  open: { output: number; input: number }[];
  seed: number;
}

export function inputOf(world: RandomWorld): KernelInput {
  const { outputs, inputs, agreed, ...rest } = world;
  return { ...rest, snapshot: snapshotOf(outputs, inputs, agreed), asOfDay: TODAY };
}

/** Evenly over the range; `fc.double` is even over the floats, nearly all of which are next to nothing. */
const number = (min: number, max: number): fc.Arbitrary<number> => fc.nat(1_000_003).map((part) => min + ((max - min) * part) / 1_000_003);
/** Mostly the first value, so that enough pairs get through all gates for a comparison to say something. */
const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> => fc.oneof({ weight: 14, arbitrary: fc.constant<T>(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) });

const LEAVES = ['a', 'b', 'c', 'd'] as const;
/** `was-a` is an old name of `a`; both may stand in flows and in entries. */
const NAMES = [...LEAVES, 'was-a'] as const;
const SIZES = ['small', 'medium', 'large'];

const anyPipe = fc.array(fc.record({ upTo: number(1, 1000), softKm: number(1, 20), factor: number(1, 30) }), { minLength: 1, maxLength: 3 }).map((rows) =>
  rows.sort((p, q) => p.upTo - q.upTo).map(({ upTo, softKm, factor }, at) => ({ upTo: at === rows.length - 1 ? null : upTo, softKm, hardKm: softKm * factor })));

const anyLeaf = (slug: string): fc.Arbitrary<ResourceCategory> => fc.record({
  family: fc.constantFrom(...FAMILIES), softDistanceKm: number(1, 100), factor: number(1, 50), sanitaryClass: fc.constantFrom<SanitaryClass>('neutral', 'neutral', 'neutral', 'neutral', ...SANITARY_CLASSES),
  hazardousByNature: mostly(false, true), pipeReach: fc.option(anyPipe, { freq: 4, nil: undefined }),
}).map(({ factor, pipeReach, ...rest }) => category(slug, { ...rest, hardDistanceKm: rest.softDistanceKm * factor, ...(pipeReach && { pipeReach, transport: 'pipe' as const }) }));

const anySide = fc.constantFrom('output' as const, 'input' as const);
const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ side: anySide, attribute: fc.constant('temperature'), op: fc.constantFrom('>=' as const, '<=' as const), value: number(0, 100) }),
  fc.constant<Condition>({ side: 'output', attribute: 'temperature', op: '>=', value: { side: 'input', attribute: 'temperature' } }),
  fc.record({ side: anySide, attribute: fc.constant('clean'), op: fc.constantFrom('=' as const, '!=' as const), value: fc.boolean() }),
  fc.record({ side: anySide, attribute: fc.constant('size'), op: fc.constantFrom('in' as const, '!=' as const), value: fc.subarray(SIZES, { minLength: 1 }) }),
  fc.record({ side: anySide, attribute: fc.constant('hazardous'), op: fc.constant('=' as const), value: fc.boolean() }),
  fc.record({ side: fc.constant('output' as const), attribute: fc.constant('wasteCode'), op: fc.constantFrom('in' as const, '!=' as const), value: fc.subarray(['12', '2001', '120101'], { minLength: 1 }) }),
);

const anySubstitution: fc.Arbitrary<Omit<Substitution, 'slug'>> = fc.record({
  output: fc.constantFrom(...NAMES), input: fc.constantFrom(...NAMES), affinity: fc.oneof(fc.constant(1), number(0.1, 1)),
  // One yield for all entries: which entry the smallest lot is measured by is not said for two of them that differ in it.
  yield: fc.constant(2), conditions: fc.oneof(fc.constant<Condition[]>([]), fc.array(anyCondition, { maxLength: 2 })), treatment: fc.constantFrom(...TREATMENTS), route: fc.constantFrom(...ROUTES),
  evidence: fc.constant([]),
});
const anyRefusal: fc.Arbitrary<Omit<Refusal, 'slug'>> = fc.record({
  output: fc.constantFrom(...NAMES), input: fc.constantFrom(...NAMES), conditions: fc.array(anyCondition, { minLength: 1, maxLength: 2 }),
  reason: fc.constant({ fr: 'non', en: 'no' }), source: fc.constant('test'),
});

export const anyCatalogue: fc.Arbitrary<ResourceCatalogue> = fc.record({
  leaves: fc.tuple(...LEAVES.map(anyLeaf)),
  substitutions: fc.array(anySubstitution, { minLength: 8, maxLength: 16, size: 'max' }),
  refusals: fc.array(anyRefusal, { maxLength: 3 }),
}).map(({ leaves, substitutions, refusals }) => ({
  qualityAttributes: [
    { slug: 'temperature', label: { fr: 'T', en: 'T' }, type: 'number', unit: 'Cel' },
    { slug: 'clean', label: { fr: 'propre', en: 'clean' }, type: 'boolean' },
    { slug: 'size', label: { fr: 'taille', en: 'size' }, type: 'choice', values: SIZES },
  ],
  categories: [...leaves, { ...leaves[0], slug: 'was-a', replacedBy: 'a' }],
  // Slugs against the order of the list, so that a tie is seen to go by slug.
  substitutions: substitutions.map((entry, at) => ({ ...entry, slug: `s${String.fromCharCode(122 - at)}` })),
  refusals: refusals.map((entry, at) => ({ ...entry, slug: `r${at}` })),
}));

/** Around one town, a few equal points, and where coordinates go wrong. */
const anyPlace: fc.Arbitrary<[number, number]> = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(number(43.9, 44.1), number(1.2, 1.5)) },
  { weight: 4, arbitrary: fc.constantFrom<[number, number]>([44.0175, 1.355], [44.1, 1.3]) },
  { weight: 1, arbitrary: fc.constantFrom<[number, number]>([90, 0], [90, 77], [-90, 0], [0, 180], [0, -180], [12, 179.9], [12, -179.9]) },
  { weight: 1, arbitrary: fc.tuple(number(-90, 90), number(-180, 180)) },
);

const anyFlow = fc.record({
  place: anyPlace, category: fc.constantFrom(...NAMES), quantity: fc.option(fc.oneof(fc.constantFrom(1, 10, 100), number(-3, 6).map((power) => 10 ** power)), { freq: 5 }),
  minimumLot: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: number(0, 200) }), months: fc.oneof(fc.constantFrom(0, 4095), fc.integer({ min: 1, max: 4095 })),
  hazard: mostly(1, 0, 2), permit: fc.integer({ min: 0, max: 2 }), wasteCode: fc.constantFrom(null, '120101', '120199', '200108'), codeOrigin: fc.integer({ min: 1, max: 3 }),
  wish: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(1, 1, 1, 2) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3) }), agreement: mostly(true, false), withheld: mostly(false, false, false, true), provenance: fc.integer({ min: 0, max: 4 }),
  age: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 390 }) }, { weight: 1, arbitrary: fc.integer({ min: -5, max: 1500 }) }), owner: fc.integer({ min: 0, max: 29 }),
  reach: fc.integer({ min: 0, max: 2 }), sourcing: mostly(false, true), neighbours: fc.constantFrom(0, 0, 0, 1, 50),
  attributes: fc.record({ temperature: number(0, 100), clean: fc.constantFrom(0, 1), size: fc.constantFrom(0, 1, 2) }, { requiredKeys: [] }),
});
type AnyFlow = typeof anyFlow extends fc.Arbitrary<infer Value> ? Value : never;

/** A company's group and territory are its own, whatever the flow: 0 to 21 are here, 22 to 26 there, 27 to 29 elsewhere. */
function flowOf(letter: string, { place: [latitude, longitude], age, owner, attributes, neighbours, ...rest }: AnyFlow, at: number): PlainFlow {
  return {
    ...rest, attributes: { ...attributes }, key: `${letter}${String(at).padStart(3, '0')}`, latitude, longitude, confirmedDay: TODAY - age, company: `c${owner}`,
    group: owner % 6 === 0 ? `g${owner % 3}` : null, territory: owner < 22 ? 'here' : owner < 27 ? 'there' : 'elsewhere',
    codeOrigin: rest.wasteCode === null ? 0 : rest.codeOrigin, pooled: rest.quantity === null ? null : rest.quantity * (1 + neighbours),
  };
}

const WEIGHT_NAMES = Object.keys(loadDefaultPolicy().weights) as (keyof PolicyWeights)[];
const anyWeights: fc.Arbitrary<PolicyWeights> = fc.record(
  Object.fromEntries(WEIGHT_NAMES.map((name) => [name, fc.oneof(fc.constant(0), number(0, 2))])) as unknown as { [Name in keyof PolicyWeights]: fc.Arbitrary<number> });
const anyOverride = fc.record({ softDistanceFactor: number(0.1, 10), hardDistanceFactor: number(0.5, 10), thresholdPoints: number(-40, 20) }, { requiredKeys: [] }).map((one) => ({ ...one }));

const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  weights: anyWeights, intercept: number(2, 9), thresholdPoints: number(-60, 10), floor: number(0, 80),
  families: fc.dictionary(fc.constantFrom(...FAMILIES), anyOverride, { maxKeys: 2, noNullPrototype: true }),
  categories: fc.dictionary(fc.constantFrom(...LEAVES), anyOverride, { maxKeys: 2, noNullPrototype: true }),
  maximumAgeDays: fc.constantFrom(400, 1096), noAgreement: fc.constantFrom('hide' as const, 'sign-first' as const), hazardPermitUnknown: fc.constantFrom('hide' as const, 'question' as const),
  rings: fc.tuple(number(5, 30), number(1, 4), number(1, 40)), auditGateShare: fc.constantFrom(0, 0.3, 1), auditBandShare: fc.constantFrom(0, 0.8, 1),
  caps: fc.record({ perCompany: fc.integer({ min: 1, max: 6 }), perFlow: fc.integer({ min: 1, max: 5 }), perSubstitution: fc.oneof(number(0.1, 1), fc.constant(1)), wishNotAsked: number(0, 0.5) }),
}).map(({ weights, intercept, thresholdPoints, floor, families, categories, rings: [local, a, b], auditGateShare, auditBandShare, caps, ...gates }) => {
  const policy = structuredClone(loadDefaultPolicy());
  return {
    ...policy, weights, intercept, thresholdPoints, auditFloorPoints: thresholdPoints - floor, families, categories, caps,
    gates: { ...gates, ringKm: { local, regional: local * a, national: Math.min(21_000, local * a * b) } }, budget: { ...policy.budget, auditGateShare, auditBandShare },
  };
});

const anyModel: fc.Arbitrary<Model> = fc.oneof(fc.constant(NEUTRAL_MODEL), fc.record({
  interceptShift: number(-1, 1), sz: number(-1, 1), matter: number(-1, 1), here: number(-1, 1), distance: number(0, 2),
}).map(({ interceptShift, sz, matter, here, distance }): Model => ({
  version: 3, interceptShift, groupEffects: { sz }, familyEffects: { matter }, territoryOffsets: { here, there: 50 }, weights: { distance },
  calibration: { slope: 0.9, intercept: -0.2, decisions: 300 },
})));

/** @param most flows a side, 0 upwards */
export function anyWorld(most = 40): fc.Arbitrary<RandomWorld> {
  const flows = fc.oneof({ weight: 1, arbitrary: fc.array(anyFlow, { maxLength: most, size: 'max' }) }, { weight: 2, arbitrary: fc.array(anyFlow, { minLength: Math.floor(most * 0.7), maxLength: most, size: 'max' }) });
  const pair = fc.record({ output: fc.nat(most - 1), input: fc.nat(most - 1) });
  return fc.record({
    outputs: flows, inputs: flows,
    agreed: fc.subarray(['there', 'elsewhere']), catalogue: anyCatalogue, policy: anyPolicy, model: anyModel, seed: fc.integer(),
    blocks: fc.array(fc.record({ pair, kind: fc.constantFrom('suppressed' as const, 'introduced' as const, 'running' as const) }), { maxLength: 80, size: 'max' }),
    open: fc.array(pair, { maxLength: 6 }),
  }).map(({ outputs, inputs, blocks, open, ...rest }) => {
    const exists = (one: { output: number; input: number }): boolean => one.output < outputs.length && one.input < inputs.length;
    const once = (one: { output: number; input: number }, at: number): boolean => open.findIndex((other) => other.output === one.output && other.input === one.input) === at;
    return {
      ...rest, outputs: outputs.map((flow, at) => flowOf('o', flow, at)), inputs: inputs.map((flow, at) => flowOf('i', flow, at)),
      blocks: blocks.filter((block) => exists(block.pair)).map((block) => ({ ...block.pair, kind: block.kind })), open: open.filter(once).filter(exists),
    };
  });
}
