import { describe, expect, it } from '@jest/globals';
import { explainPair } from '../../../src/matching/kernel/explain.js';
import type { Gate } from '../../../src/matching/kernel/gates.js';
import { prepare, type KernelInput } from '../../../src/matching/kernel/kernel-input.js';
import { scorePairs } from '../../../src/matching/kernel/score-pairs.js';
import { selectList } from '../../../src/matching/kernel/select.js';
import type { Policy } from '../../../src/matching/policy.js';
import type { ResourceCatalogue } from '../../../src/resources/resource-catalogue.js';
import { loadDefaultPolicy } from '../../../config/load-config.js';
import { catalogueOf, category, kernelInput, type PlainFlow, plainFlow, refusal, substitution, TODAY } from '../../support/kernel-world.js';

const WARM = { side: 'output' as const, attribute: 'temperature', op: '>=' as const, value: 60 };
const PLAIN = catalogueOf({
  qualityAttributes: [{ slug: 'temperature', label: { fr: 't', en: 't' }, type: 'number', unit: 'Cel' }],
  categories: [category('chips'), category('fuel'), category('feed', { sanitaryClass: 'feed' }), category('ash', { sanitaryClass: 'non-food' })],
  substitutions: [substitution('chips', 'fuel', { yield: 2 }), substitution('ash', 'feed')],
});
const north = (km: number): { latitude: number } => ({ latitude: 44.0175 + (km / 6371.0088) * (180 / Math.PI) });

function pairInput(output: Partial<PlainFlow>, input: Partial<PlainFlow>, rest: Partial<KernelInput> = {}, catalogue: ResourceCatalogue = PLAIN, agreed: string[] = []): KernelInput {
  return kernelInput({ outputs: [plainFlow({ key: 'here/o', category: 'chips', ...output })], inputs: [plainFlow({ key: 'here/i', category: 'fuel', ...input })], catalogue, agreed, rest });
}

function gates(output: Partial<PlainFlow> = {}, input: Partial<PlainFlow> = {}, rest: Partial<KernelInput> = {}, catalogue?: ResourceCatalogue, agreed?: string[]): Gate[] {
  return explainPair(pairInput(output, input, rest, catalogue, agreed), 0, 0).gates;
}

const policyWith = (some: Partial<Policy['gates']>): { policy: Policy } => {
  const policy = loadDefaultPolicy();
  return { policy: { ...policy, gates: { ...policy.gates, ...some } } };
};
const withConditions = (rest: Parameters<typeof substitution>[2], refusals = [] as ResourceCatalogue['refusals']): ResourceCatalogue =>
  ({ ...PLAIN, substitutions: [substitution('chips', 'fuel', rest)], refusals });

describe('gates', () => {
  it('let an ordinary pair pass', () => expect(gates()).toEqual([]));

  it('stop a company and its own group, and nobody else', () => {
    expect(gates({ company: 'a' }, { company: 'a' })).toEqual(['same-company']);
    expect(gates({ company: 'a', group: 'g' }, { company: 'b', group: 'g' })).toEqual(['same-company']);
    expect(gates({ company: 'a', group: 'g' }, { company: 'b', group: 'h' })).toEqual([]);
  });

  it('stop a "no" and an unknown wish on either side; "not asked" may pass', () => {
    expect(gates({ wish: 3 })).toEqual(['wish-no']);
    expect(gates({}, { wish: 0 })).toEqual(['wish-unknown']);
    expect(gates({ wish: 2 }, { wish: 2 })).toEqual([]);
  });

  it('name every gate that a pair fails, in their order', () => {
    expect(gates({ wish: 3, agreement: false, withheld: true, confirmedDay: TODAY - 5_000, months: 1, ...north(900) }, { months: 2, minimumLot: 1e6 }))
      .toEqual(['wish-no', 'no-agreement', 'withheld', 'too-old', 'season', 'distance', 'minimum-lot']);
  });

  it('hide a company without a signature, or ask for it first, as the policy says', () => {
    expect(gates({ agreement: false }, {}, policyWith({ noAgreement: 'hide' }))).toEqual(['no-agreement']);
    const asked = explainPair(pairInput({ agreement: false }, {}, policyWith({ noAgreement: 'sign-first' })), 0, 0);
    expect([asked.gates, asked.score?.questions]).toEqual([[], ['agreement']]);
  });

  it('stop what nobody has confirmed for longer than the policy allows, on the day after', () => {
    const { maximumAgeDays } = loadDefaultPolicy().gates;
    expect(gates({ confirmedDay: TODAY - maximumAgeDays })).toEqual([]);
    expect(gates({ confirmedDay: TODAY - maximumAgeDays - 1 })).toEqual(['too-old']);
  });

  it('stop categories that no substitution joins, whatever their names', () => expect(gates({ category: 'ash' })).toEqual(['no-substitution']));

  it('refuse also where no substitution joins the two: what nobody may go past is named beside what somebody may', () => {
    const apart = { ...withConditions({}), refusals: [refusal('ash', 'fuel', [])] };
    expect(gates({ category: 'ash' }, {}, {}, apart)).toEqual(['no-substitution', 'refused']);
    expect(gates({}, {}, {}, apart)).toEqual([]);
  });

  it('close an entry on one condition that fails, and ask about one that is unknown', () => {
    const catalogue = withConditions({ conditions: [WARM] });
    expect(gates({ attributes: { temperature: 60 } }, {}, {}, catalogue)).toEqual([]);
    expect(gates({ attributes: { temperature: 59.9 } }, {}, {}, catalogue)).toEqual(['quality']);
    const unknown = explainPair(pairInput({}, {}, {}, catalogue), 0, 0);
    expect([unknown.gates, unknown.score?.questions]).toEqual([[], ['condition:output.temperature']]);
  });

  it('compare a condition with what the need asks for', () => {
    const catalogue = withConditions({ conditions: [{ ...WARM, value: { side: 'input', attribute: 'temperature' } }] });
    expect(gates({ attributes: { temperature: 80 } }, { attributes: { temperature: 80 } }, {}, catalogue)).toEqual([]);
    expect(gates({ attributes: { temperature: 79 } }, { attributes: { temperature: 80 } }, {}, catalogue)).toEqual(['quality']);
    expect(gates({ attributes: { temperature: 79 } }, {}, {}, catalogue)).toEqual([]);
  });

  it('refuse when every condition of a refusal is known to hold; ask while one is unknown; drop it when one fails', () => {
    const catalogue = withConditions({}, [refusal('chips', 'fuel', [{ ...WARM, op: '<=' }, { side: 'output', attribute: 'hazardous', op: '=', value: true }])]);
    const explained = (flow: Partial<PlainFlow>): [Gate[], string[] | undefined, string[]] => {
      const found = explainPair(pairInput(flow, { permit: 1 }, {}, catalogue), 0, 0);
      return [found.gates, found.score?.questions, found.refusals];
    };
    expect(explained({ hazard: 2, attributes: { temperature: 20 } })).toEqual([['refused'], [], ['no-chips-to-fuel']]);
    expect(explained({ hazard: 2 })).toEqual([[], ['condition:output.temperature'], []]);
    expect(explained({ hazard: 1 })).toEqual([[], [], []]);
  });

  it('never let a weak waste code open or close anything by itself', () => {
    const code = { side: 'output' as const, attribute: 'wasteCode', op: 'in' as const, value: ['0301'] };
    const catalogue = withConditions({ conditions: [code] });
    const questions = (wasteCode: string | null, codeOrigin: number): [Gate[], string[] | undefined] => {
      const { gates: failed, score } = explainPair(pairInput({ wasteCode, codeOrigin }, {}, {}, catalogue), 0, 0);
      return [failed, score?.questions];
    };
    expect(questions('030105', 2)).toEqual([[], []]);
    expect(questions('200108', 3)).toEqual([['quality'], undefined]);
    expect(questions('030105', 1)).toEqual([[], ['condition:output.wasteCode', 'waste-code-weak']]);
    expect(questions('030199', 3)).toEqual([[], ['condition:output.wasteCode', 'waste-code-weak']]);
    expect(questions(null, 0)).toEqual([[], ['condition:output.wasteCode']]);
  });

  it('keep what is not food out of feed', () => expect(gates({ category: 'ash' }, { category: 'feed' })).toEqual(['sanitary']));

  it('keep hazardous matter from a receiver that is not permitted; hide or ask when nobody knows', () => {
    expect(gates({ hazard: 2 }, { permit: 1 })).toEqual([]);
    expect(gates({ hazard: 2 }, { permit: 2 })).toEqual(['hazard']);
    expect(gates({ hazard: 2 }, { permit: 0 }, policyWith({ hazardPermitUnknown: 'hide' }))).toEqual(['hazard']);
    expect(explainPair(pairInput({ hazard: 2 }, { permit: 0 }, policyWith({ hazardPermitUnknown: 'question' })), 0, 0).score?.questions).toEqual(['hazard-permit']);
  });

  it('ask whether waste of unknown hazard is hazardous, and do not ask it of products', () => {
    const questions = (route: 'product' | 'by-product', permit: number): string[] | undefined =>
      explainPair(pairInput({ hazard: 0 }, { permit }, {}, withConditions({ route })), 0, 0).score?.questions;
    expect(questions('by-product', 0)).toEqual(['hazard-unknown']);
    expect(questions('by-product', 1)).toEqual([]);
    expect(questions('product', 0)).toEqual([]);
  });

  it('ask for a common month; unknown months are no refusal', () => {
    expect(gates({ months: 0b1 }, { months: 0b10 })).toEqual(['season']);
    expect(gates({ months: 0b11 }, { months: 0b10 })).toEqual([]);
    expect(gates({ months: 0 }, { months: 0b10 })).toEqual([]);
  });

  it('stop beyond the hard distance, and beyond the ring that the need looks in', () => {
    expect(gates(north(99))).toEqual([]);
    expect(gates(north(101))).toEqual(['distance']);
    expect(gates(north(101), { reach: 1 })).toEqual([]);
    expect(gates(north(121), { reach: 2 })).toEqual(['distance']);
  });

  it('ask for the minimum lot of either side, in the unit of that side; an unknown quantity is no refusal', () => {
    expect(gates({ quantity: 50 }, { minimumLot: 100 })).toEqual([]);
    expect(gates({ quantity: 49 }, { minimumLot: 100 })).toEqual(['minimum-lot']);
    expect(gates({ minimumLot: 51 }, { quantity: 100 })).toEqual(['minimum-lot']);
    expect(gates({ quantity: null }, { minimumLot: 100 })).toEqual([]);
  });

  it('stop territories without an agreement, and pairs between two neighbours', () => {
    expect(gates({ territory: 'next', key: 'next/o' }, {}, {}, PLAIN, ['next'])).toEqual([]);
    expect(gates({ territory: 'next', key: 'next/o' })).toEqual(['territory']);
    expect(gates({ territory: 'next', key: 'next/o' }, { territory: 'next', key: 'next/i' }, {}, PLAIN, ['next'])).toEqual(['territory']);
  });

  it('name every block that stands, and a candidate that is still open', () => {
    const blocks = (['running', 'suppressed', 'introduced'] as const).map((kind) => ({ output: 0, input: 0, kind }));
    expect(gates({}, {}, { blocks, open: [{ output: 0, input: 0 }] })).toEqual(['suppressed', 'introduced', 'running', 'open']);
  });
});

describe('the input of a run', () => {
  const broken: [string, (input: KernelInput) => void, RegExp][] = [
    ['a place that is no place', ({ snapshot }) => { snapshot.outputs.place[1] = NaN; }, /snapshot\.outputs\.place\[0\]: found .*NaN.*, expected a unit vector/],
    ['arrays of differing length', ({ snapshot }) => { snapshot.inputs.months = new Uint16Array(4); }, /snapshot\.inputs\.months\.length: found 4, expected 1/],
    ['a category that nobody knows', ({ snapshot }) => { snapshot.categories[0] = 'moon-dust'; }, /"moon-dust"/],
    ['a category out of range', ({ snapshot }) => { snapshot.inputs.category[0] = 77; }, /snapshot\.inputs\.category\[0\]: found 77/],
    ['a negative weight', (input) => { input.policy.weights.distance = -1; }, /weights\.distance: found -1, expected a number from 0/],
    ['a negative weight of the model', (input) => { input.model = { ...input.model, weights: { season: -0.1 } }; }, /model\.weights\.season: found -0\.1/],
    ['a quantity of nothing', ({ snapshot }) => { snapshot.outputs.quantity[0] = 0; }, /snapshot\.outputs\.quantity\[0\]: found 0/],
    ['a block of a flow that is not there', (input) => { input.blocks = [{ output: 3, input: 0, kind: 'running' }]; }, /blocks\[0\]\.output: found 3/],
    ['a waste code out of range', ({ snapshot }) => { snapshot.outputs.wasteCode[0] = 9; }, /snapshot\.outputs\.wasteCode\[0\]: found 9/],
  ];
  it.each(broken)('is refused by name for %s', (_what, breakIt, message) => {
    const input = pairInput({}, {});
    expect(() => prepare(input)).not.toThrow();
    breakIt(input);
    expect(() => prepare(input)).toThrow(message);
  });

  it('is refused when a pair is asked for that it does not hold', () => {
    expect(() => explainPair(pairInput({}, {}), -1, 0)).toThrow('output: found -1, expected an index below 1');
    expect(() => explainPair(pairInput({}, {}), 0, 1)).toThrow('input: found 1, expected an index below 1');
  });

  it('may be empty on either side', () => {
    for (const [outputs, inputs] of [[0, 0], [1, 0], [0, 1]]) {
      const input = kernelInput({
        outputs: outputs ? [plainFlow({ key: 'here/o', category: 'chips' })] : [], inputs: inputs ? [plainFlow({ key: 'here/i', category: 'fuel' })] : [], catalogue: PLAIN,
      });
      const scored = scorePairs(input);
      expect(scored).toMatchObject({ pairs: 0, passed: { count: 0, exact: true }, bestBelow: null });
      expect(selectList(input, scored, { listSize: 10, auditSize: 2 }).candidates).toEqual([]);
    }
  });
});

describe('rings', () => {
  const catalogue = catalogueOf({
    categories: [category('chips', { softDistanceKm: 90, hardDistanceKm: 300 }), category('fuel', { softDistanceKm: 90, hardDistanceKm: 300 })],
    substitutions: [substitution('chips', 'fuel')],
  });
  const inRings = (sourcing: boolean, near: Partial<PlainFlow>): string[] => {
    const outputs = [plainFlow({ key: 'here/near', category: 'chips', ...north(10), ...near }), plainFlow({ key: 'here/wide', category: 'chips', ...north(110) })];
    const input = kernelInput({ outputs, inputs: [plainFlow({ key: 'here/need', category: 'fuel', reach: 2, sourcing })], catalogue });
    return selectList(input, scorePairs(input), { listSize: 10, auditSize: 0 }).candidates.map(({ output }) => input.snapshot.outputKeys[output]);
  };

  it('widen only when nothing nearer is above the threshold', () => {
    expect(inRings(false, {})).toEqual(['here/near']);
    expect(inRings(false, { wish: 3 })).toEqual(['here/wide']);
  });

  it('are shown side by side to a sourcing need', () => expect(inRings(true, {})).toEqual(['here/near', 'here/wide']));
});
