import { describe, expect, it } from '@jest/globals';
import { explainPair, type PairExplanation } from '../../../../src/matching/kernel/explain.js';
import type { KernelInput } from '../../../../src/matching/kernel/kernel-input.js';
import { scorePairs } from '../../../../src/matching/kernel/score-pairs.js';
import { selectList } from '../../../../src/matching/kernel/select.js';
import { CODE_ORIGIN, HAZARD, PERMIT, REACH, WISH } from '../../../../src/matching/kernel/snapshot.js';
import type { Policy } from '../../../../src/matching/policy.js';
import type { Condition, ResourceCatalogue } from '../../../../src/resources/resource-catalogue.js';
import { catalogueOf, category, kernelInput, type PlainFlow, plainFlow, refusal, substitution } from '../../../support/kernel-world.js';

const TIMBER = catalogueOf({ categories: [category('timber', { hardDistanceKm: 20_000 })], substitutions: [substitution('timber', 'timber')] });

const out = (rest: Partial<PlainFlow> = {}): PlainFlow => plainFlow({ key: 'o', category: 'timber', ...rest });
const into = (rest: Partial<PlainFlow> = {}): PlainFlow => plainFlow({ key: 'i', category: 'timber', ...rest });
/** Degrees of latitude north of the plain place. */
const north = (km: number): { latitude: number } => ({ latitude: 44.0175 + km / 111.195 });

function world(outputs: PlainFlow[], inputs: PlainFlow[], { catalogue = TIMBER, gates = {}, agreed = [], thresholdPoints = -60 }:
{ catalogue?: ResourceCatalogue; gates?: Partial<Policy['gates']>; agreed?: string[]; thresholdPoints?: number } = {}): KernelInput {
  const input = kernelInput({ outputs, inputs, catalogue, agreed });
  const caps = { perCompany: 50, perFlow: 50, perSubstitution: 1, wishNotAsked: 1 };
  return { ...input, policy: { ...input.policy, thresholdPoints, auditFloorPoints: -500, caps, gates: { ...input.policy.gates, ...gates } } };
}

const explain = (...parts: Parameters<typeof world>): PairExplanation => explainPair(world(...parts), 0, 0);
const list = (input: KernelInput, listSize = 10): string[] =>
  selectList(input, scorePairs(input), { listSize, auditSize: 0 }).candidates.map(({ output, input: at }) => `${input.snapshot.outputKeys[output]}-${input.snapshot.inputKeys[at]}`);

describe('the smallest worlds', () => {
  it.each([[0, 0], [0, 3], [3, 0]])('of %d outputs and %d inputs give an empty list that says why', (outputs, inputs) => {
    const input = world(Array.from({ length: outputs }, (_, at) => out({ key: `o${at}` })), Array.from({ length: inputs }, (_, at) => into({ key: `i${at}` })));
    const scored = scorePairs(input);
    expect(scored).toMatchObject({ pairs: 0, passed: { count: 0, exact: true }, aboveThreshold: { count: 0, exact: true }, bestBelow: null, histogram: [] });
    expect(selectList(input, scored, { listSize: 10, auditSize: 2 })).toEqual({
      candidates: [], shortfall: { wanted: 8, listed: 0, cappedOff: {}, bestBelowPoints: null, thresholdPoints: -60 },
    });
  });

  it('of one output and one input give one pair, and no shortfall when one was wanted', () => {
    const input = world([out()], [into()]);
    const selected = selectList(input, scorePairs(input), { listSize: 1, auditSize: 0 });
    expect(selected.candidates).toHaveLength(1);
    expect(selected.candidates[0]).toMatchObject({ rank: 1, kind: 'listed', inclusionProbability: 1, ring: 'local', probability: null });
    expect(selected.shortfall).toBeNull();
  });

  it('give nothing at all for a budget of nothing', () => {
    const input = world([out()], [into()]);
    expect(selectList(input, scorePairs(input), { listSize: 0, auditSize: 0 })).toEqual({ candidates: [], shortfall: null });
  });
});

describe('ties', () => {
  it('go by the natural keys of output, then input', () => {
    const flows = ['b', 'c', 'a'];
    const input = world(flows.map((key) => out({ key: `o${key}` })), flows.map((key) => into({ key: `i${key}` })));
    expect(list(input, 5)).toEqual(['oa-ia', 'oa-ib', 'oa-ic', 'ob-ia', 'ob-ib']);
  });

  it('between two entries go by slug, whatever their order in the table', () => {
    const entries = ['second', 'first'].map((slug) => substitution('timber', 'timber', { slug }));
    for (const substitutions of [entries, [...entries].reverse()]) {
      expect(explain([out()], [into()], { catalogue: { ...TIMBER, substitutions } }).score?.substitution).toBe('first');
    }
  });
});

describe('a weak waste code', () => {
  const needsCode = { ...TIMBER, substitutions: [substitution('timber', 'timber', { conditions: [{ side: 'output', attribute: 'wasteCode', op: 'in', value: ['0301'] }] })] };
  const refusesCode = { ...TIMBER, refusals: [refusal('timber', 'timber', [{ side: 'output', attribute: 'wasteCode', op: '!=', value: '17' }])] };
  const weak: [string, Partial<PlainFlow>][] = [
    ['ending in 99', { wasteCode: '030199', codeOrigin: CODE_ORIGIN.declared }],
    ['suggested and not confirmed', { wasteCode: '030105', codeOrigin: CODE_ORIGIN.suggested }],
  ];

  it.each(weak)('%s answers no condition: it asks, and costs points', (_, flow) => {
    const [asked, sure] = [flow, { wasteCode: '030105', codeOrigin: CODE_ORIGIN.declared }].map((one) => explain([out(one)], [into()], { catalogue: needsCode }));
    expect(asked.gates).toEqual([]);
    expect(asked.score?.questions).toEqual(['condition:output.wasteCode', 'waste-code-weak']);
    expect(sure.score?.questions).toEqual([]);
    expect(asked.score?.z).toBeLessThan(sure.score?.z ?? NaN);
  });

  it.each(weak)('%s does not refuse either', (_, flow) => {
    expect(explain([out(flow)], [into()], { catalogue: refusesCode }).gates).toEqual([]);
    expect(explain([out({ ...flow, wasteCode: '030105', codeOrigin: CODE_ORIGIN.advisor })], [into()], { catalogue: refusesCode }).gates).toEqual(['refused']);
  });

  it('that is sure and wrong closes the entry', () => {
    expect(explain([out({ wasteCode: '170201', codeOrigin: CODE_ORIGIN.declared })], [into()], { catalogue: needsCode })).toMatchObject({ gates: ['quality'], score: null });
  });
});

describe('conditions and refusals', () => {
  const wet: Condition = { side: 'output', attribute: 'moisture', op: '<=', value: 20 };
  const dirty: Condition = { side: 'output', attribute: 'clean', op: '=', value: false };
  const attributes: ResourceCatalogue['qualityAttributes'] = [
    { slug: 'moisture', label: { fr: '', en: '' }, type: 'number', unit: '%' }, { slug: 'clean', label: { fr: '', en: '' }, type: 'boolean' },
  ];
  const catalogue = { ...TIMBER, qualityAttributes: attributes, substitutions: [substitution('timber', 'timber', { conditions: [wet] })], refusals: [refusal('timber', 'timber', [dirty])] };

  it('an unknown condition is a question and not a pass, nor a refusal', () => {
    const explained = explain([out()], [into()], { catalogue });
    expect(explained.gates).toEqual([]);
    expect(explained.score?.questions).toEqual(['condition:output.moisture', 'condition:output.clean']);
    expect(explained.score?.features.openQuestions).toBe(2);
  });

  it('all that must be absent counts as one question, however much is known of it', () => {
    const refusals = ['clean', 'moisture', 'oily'].map((attribute, at) => ({ ...refusal('timber', 'timber', [{ ...dirty, attribute }]), slug: `r-${at}` }));
    const known = { ...catalogue, qualityAttributes: [...attributes, { slug: 'oily', label: { fr: '', en: '' }, type: 'boolean' as const }], refusals, substitutions: [substitution('timber', 'timber')] };
    const explained = explain([out()], [into()], { catalogue: known });
    expect(explained.score?.questions).toEqual(['condition:output.clean', 'condition:output.moisture', 'condition:output.oily']);
    expect(explained.score?.features.openQuestions).toBe(1);
  });

  it('hazard is asked once, and never of what is eaten', () => {
    const refusals = [refusal('timber', 'timber', [{ side: 'output', attribute: 'hazardous', op: '=', value: true }])];
    const ask = (sanitaryClass: 'non-food' | 'feed'): string[] | undefined =>
      explain([out({ hazard: HAZARD.unknown })], [into()], { catalogue: { ...TIMBER, refusals, categories: TIMBER.categories.map((leaf) => ({ ...leaf, sanitaryClass })) } }).score?.questions;
    expect(ask('non-food')).toEqual(['hazard-unknown']);
    expect(ask('feed')).toEqual([]);
  });

  it('a refusal that holds is stronger than an entry that fits, and is named', () => {
    const explained = explain([out({ attributes: { moisture: 5, clean: 0 } })], [into()], { catalogue });
    expect(explained).toMatchObject({ gates: ['refused'], refusals: ['no-timber-to-timber'] });
    expect(explained.score).not.toBeNull();
  });

  it('names only the refusals that hold, of several', () => {
    const refusals = [refusal('timber', 'timber', [dirty]), { ...refusal('timber', 'timber', [{ ...wet, op: '>=', value: 90 }]), slug: 'soaked' }];
    expect(explain([out({ attributes: { moisture: 5, clean: 0 } })], [into()], { catalogue: { ...catalogue, refusals } }).refusals).toEqual(['no-timber-to-timber']);
  });

  it('a refusal with one condition known to fail asks nothing about the others', () => {
    const refusals = [refusal('timber', 'timber', [dirty, { side: 'input', attribute: 'moisture', op: '>=', value: 1 }])];
    expect(explain([out({ attributes: { moisture: 5, clean: 1 } })], [into()], { catalogue: { ...catalogue, refusals } }).score?.questions).toEqual([]);
  });

  it('a condition that fails closes its entry and leaves the others open', () => {
    const substitutions = [...catalogue.substitutions, substitution('timber', 'timber', { slug: 'poor', affinity: 0.2 })];
    expect(explain([out({ attributes: { moisture: 80, clean: 1 } })], [into()], { catalogue: { ...catalogue, substitutions } }).score?.substitution).toBe('poor');
  });
});

describe('hazard', () => {
  const nature = { ...TIMBER, categories: [category('timber', { hazardousByNature: true })] };
  const cases: [keyof typeof PERMIT, 'hide' | 'question', string[], string[] | undefined][] = [
    ['permitted', 'hide', [], []], ['permitted', 'question', [], []],
    ['unknown', 'hide', ['hazard'], ['hazard-permit']], ['unknown', 'question', [], ['hazard-permit']],
    ['notPermitted', 'hide', ['hazard'], []], ['notPermitted', 'question', ['hazard'], []],
  ];

  it.each(cases)('with permit %s under "%s" fails %j and asks %j, declared or by nature', (permit, hazardPermitUnknown, gates, questions) => {
    const receiver = into({ permit: PERMIT[permit] });
    for (const [flow, catalogue] of [[{ hazard: HAZARD.yes }, TIMBER], [{ hazard: HAZARD.no }, nature], [{ hazard: HAZARD.unknown }, nature]] as const) {
      const explained = explain([out(flow)], [receiver], { catalogue, gates: { hazardPermitUnknown } });
      expect(explained.gates).toEqual(gates);
      expect(explained.score?.questions).toEqual(questions);
    }
  });
});

describe('rings', () => {
  const near = out({ key: 'o-near', ...north(50) });
  const far = out({ key: 'o-far', ...north(200) });
  const farther = out({ key: 'o-farther', ...north(600) });

  it('widen only where the nearer one is empty', () => {
    const need = into({ reach: REACH.national });
    expect(list(world([near, far, farther], [need]))).toEqual(['o-near-i']);
    expect(list(world([far, farther], [need]))).toEqual(['o-far-i']);
    expect(list(world([farther], [need]))).toEqual(['o-farther-i']);
  });

  it('count a near pair below the threshold as nothing in the ring', () => {
    const stale = { ...near, months: 1, provenance: 4, quantity: 1, confirmedDay: near.confirmedDay - 1000 };
    expect(list(world([stale, far], [into({ reach: REACH.regional })], { thresholdPoints: -8 }))).toEqual(['o-far-i']);
  });

  it('do not widen past how far the need looks', () => {
    expect(list(world([far], [into({ reach: REACH.local })]))).toEqual([]);
    expect(explain([far], [into({ reach: REACH.local })]).gates).toEqual(['distance']);
    expect(list(world([farther], [into({ reach: REACH.regional })]))).toEqual([]);
  });

  it('stand side by side for a sourcing need', () => {
    expect(list(world([near, far, farther], [into({ reach: REACH.national, sourcing: true })]))).toEqual(['o-near-i', 'o-far-i', 'o-farther-i']);
  });
});

describe('territories', () => {
  const there = { territory: 'there' };
  it('without an agreement are kept apart, with one they meet', () => {
    for (const [output, input] of [[out(there), into()], [out(), into(there)]] as const) {
      expect(explain([output], [input]).gates).toEqual(['territory']);
      expect(explain([output], [input], { agreed: ['there'] }).gates).toEqual([]);
    }
  });

  it('that are both not the run\'s own are never paired, even with themselves', () => {
    expect(explain([out(there)], [into(there)], { agreed: ['there'] }).gates).toEqual(['territory']);
    expect(explain([out(there)], [into({ territory: 'elsewhere' })], { agreed: ['there', 'elsewhere'] }).gates).toEqual(['territory']);
  });
});

describe('flows by themselves', () => {
  it('a pair with several faults names them all, and is counted once at the first', () => {
    const input = world([out({ wish: WISH.no, months: 1 })], [into({ agreement: false, months: 2, withheld: true, company: 'company of o' })]);
    expect(explainPair(input, 0, 0).gates).toEqual(['same-company', 'wish-no', 'no-agreement', 'withheld', 'season']);
    expect(scorePairs(input).funnel.filter(({ removed }) => removed > 0)).toEqual([{ gate: 'same-company', removed: 1, exact: true }]);
  });

  it('without a signed agreement are shown with a question when the policy says so', () => {
    const explained = explain([out({ agreement: false })], [into()], { gates: { noAgreement: 'sign-first' } });
    expect(explained).toMatchObject({ gates: [], score: { questions: ['agreement'] } });
  });

  it('in two blocks are named in both and counted at the first', () => {
    const input = { ...world([out()], [into()]), blocks: [{ output: 0, input: 0, kind: 'running' as const }, { output: 0, input: 0, kind: 'suppressed' as const }] };
    expect(explainPair(input, 0, 0).gates).toEqual(['suppressed', 'running']);
    expect(scorePairs(input).funnel.find(({ removed }) => removed > 0)?.gate).toBe('suppressed');
  });

  it('of two companies of one group are the same company', () => {
    expect(explain([out({ group: 'g' })], [into({ group: 'g' })]).gates).toEqual(['same-company']);
    expect(explain([out({ group: 'g' })], [into({ group: 'h' })]).gates).toEqual([]);
  });
});

describe('places', () => {
  it('at a pole and across the date line are as near as they are', () => {
    expect(explain([out({ latitude: 90, longitude: 10 })], [into({ latitude: 90, longitude: -100 })]).distanceKm).toBeCloseTo(0, 6);
    expect(explain([out({ latitude: 0, longitude: 179.95 })], [into({ latitude: 0, longitude: -179.95 })]).distanceKm).toBeCloseTo(11.119, 2);
  });
});

describe('earlier candidates', () => {
  it('use up places: list and audit slice together never pass what is left of k', () => {
    const outputs = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6'].map((key) => out({ key }));
    const below = out({ key: 'o7', months: 1, quantity: 1, provenance: 4, confirmedDay: outputs[0].confirmedDay - 1000 });
    const base = world([...outputs, below], [into()], { thresholdPoints: 0 });
    const sizes = [0, 1, 2, 3, 4, 5, 6].map((earlier) => {
      const input = { ...base, open: Array.from({ length: earlier }, (_, output) => ({ output, input: 0 })) };
      const { candidates } = selectList(input, scorePairs(input), { listSize: 5, auditSize: 1 });
      return candidates.map(({ kind }) => kind[0]).join('');
    });
    expect(sizes).toEqual(['lllla', 'llla', 'lla', 'la', 'a', '', '']);
  });
});
