import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadDefaultPolicy } from '../../../../config/load-config.js';
import { budgetSize, type PresentAdvisor } from '../../../../src/matching/kernel/budget.js';
import { type KernelInput, prepare } from '../../../../src/matching/kernel/kernel-input.js';
import { scorePairs } from '../../../../src/matching/kernel/score-pairs.js';
import { NEUTRAL_MODEL } from '../../../../src/matching/kernel/model.js';
import type { FlowArrays } from '../../../../src/matching/kernel/snapshot.js';
import { parsePolicy, PolicyError } from '../../../../src/matching/policy.js';
import { catalogueOf, category, kernelInput, plainFlow, substitution } from '../../../support/kernel-world.js';

const input = (): KernelInput => kernelInput({
  outputs: ['o1', 'o2'].map((key) => plainFlow({ key, category: 'timber', wasteCode: '030105', codeOrigin: 2, attributes: { temperature: 3 } })),
  inputs: ['i1', 'i2', 'i3'].map((key) => plainFlow({ key, category: 'timber' })),
  catalogue: catalogueOf({ categories: [category('timber')], substitutions: [substitution('timber', 'timber')] }),
});

describe('an input of the kernel', () => {
  const arrays = Object.entries(input().snapshot.outputs).filter(([, value]) => typeof value !== 'number').map(([field]) => field as Exclude<keyof FlowArrays, 'count'>);

  it.each(arrays)('is refused by name when %s has another length than the flows', (field) => {
    for (const side of ['outputs', 'inputs'] as const) {
      const broken = input();
      const flows = broken.snapshot[side] as unknown as Record<string, Float64Array>;
      const longer = new (flows[field].constructor as Float64ArrayConstructor)(flows[field].length + 1);
      longer.set(flows[field]);
      flows[field] = longer;
      expect(() => prepare(broken)).toThrow(new RegExp(`^snapshot\\.${side}\\.(${field}|attribute\\w+).*: found .*, expected `));
    }
  });

  const faults: [string, (broken: KernelInput) => void, string][] = [
    ['a place that is no number', ({ snapshot }) => { snapshot.outputs.place[4] = NaN; }, 'snapshot.outputs.place[1]: found 0.7189'],
    ['a place off the sphere', ({ snapshot }) => { snapshot.inputs.place.fill(2, 0, 3); }, 'snapshot.inputs.place[0]: found 2, 2, 2, expected a unit vector'],
    ['a category beyond the list', ({ snapshot }) => { snapshot.inputs.category[2] = 1; }, 'snapshot.inputs.category[2]: found 1, expected an index below 1'],
    ['a category that nobody knows', ({ snapshot }) => { snapshot.categories[0] = 'unobtainium'; }, '"unobtainium"'],
    ['a territory beyond the list', ({ snapshot }) => { snapshot.outputs.territory[0] = 9; }, 'snapshot.outputs.territory[0]: found 9'],
    ['a waste code beyond the list', ({ snapshot }) => { snapshot.outputs.wasteCode[0] = 7; }, 'snapshot.outputs.wasteCode[0]: found 7'],
    ['a quantity of nothing', ({ snapshot }) => { snapshot.outputs.quantity[0] = 0; }, 'snapshot.outputs.quantity[0]: found 0'],
    ['a negative quantity', ({ snapshot }) => { snapshot.inputs.quantity[1] = -3; }, 'snapshot.inputs.quantity[1]: found -3'],
    ['an endless quantity', ({ snapshot }) => { snapshot.inputs.quantity[1] = Infinity; }, 'snapshot.inputs.quantity[1]: found Infinity'],
    ['a thirteenth month', ({ snapshot }) => { snapshot.inputs.months[1] = 4096; }, 'snapshot.inputs.months[1]: found 4096'],
    ['an unknown reach', ({ snapshot }) => { snapshot.inputs.reach[1] = 3; }, 'snapshot.inputs.reach[1]: found 3, expected a code from 0 to 2'],
    ['an unknown wish', ({ snapshot }) => { snapshot.outputs.wish[1] = 4; }, 'snapshot.outputs.wish[1]: found 4, expected a code from 0 to 3'],
    ['an unknown permit', ({ snapshot }) => { snapshot.inputs.permit[1] = 3; }, 'snapshot.inputs.permit[1]: found 3'],
    ['an unknown hazard', ({ snapshot }) => { snapshot.outputs.hazard[1] = 3; }, 'snapshot.outputs.hazard[1]: found 3'],
    ['an unknown provenance', ({ snapshot }) => { snapshot.outputs.provenance[1] = 5; }, 'snapshot.outputs.provenance[1]: found 5'],
    ['keys out of order', ({ snapshot }) => { snapshot.inputKeys.reverse(); }, 'snapshot.inputs.keys[1]: found "i2", expected natural keys in ascending order'],
    ['a key twice', ({ snapshot }) => { snapshot.outputKeys[1] = 'o1'; }, 'snapshot.outputs.keys[1]: found "o1"'],
    ['a key too few', ({ snapshot }) => { snapshot.outputKeys.pop(); }, 'snapshot.outputs.keys.length: found 1, expected 2'],
    ['attributes that step back', ({ snapshot }) => { snapshot.outputs.attributeStart[1] = 3; }, 'snapshot.outputs.attributeStart[2]'],
    ['a negative weight of the policy', ({ policy }) => { policy.weights.distance = -0.1; }, 'policy: weights.distance: found -0.1, expected a number from 0 to 100'],
    ['a negative weight of the model', (broken) => { broken.model = { ...NEUTRAL_MODEL, weights: { age: -1 } }; }, 'model.weights.age: found -1'],
    ['a weight that is no number', (broken) => { broken.model = { ...NEUTRAL_MODEL, weights: { age: NaN } }; }, 'model.weights.age: found NaN'],
    ['a block of a flow that is not there', (broken) => { broken.blocks = [{ output: 2, input: 0, kind: 'running' }]; }, 'blocks[0].output: found 2'],
    ['an open pair of a flow that is not there', (broken) => { broken.open = [{ output: 0, input: 3 }]; }, 'open[0].input: found 3'],
  ];
  it.each(faults)('is refused by name for %s', (_, break_, message) => {
    const broken = input();
    expect(() => prepare(broken)).not.toThrow();
    break_(broken);
    expect(() => prepare(broken)).toThrow(message);
    // The run itself refuses too, before any work.
    expect(() => scorePairs(broken)).toThrow(message);
  });
});

describe('a policy document', () => {
  const document = (): Record<string, unknown> => structuredClone(loadDefaultPolicy()) as unknown as Record<string, unknown>;
  const at = (root: Record<string, unknown>, path: string[]): Record<string, unknown> => path.reduce((object, name) => object[name] as Record<string, unknown>, root);

  /** Every leaf of the shipped document. */
  const leaves = (object: Record<string, unknown>, path: string[] = []): string[][] =>
    Object.entries(object).flatMap(([name, value]) => (typeof value === 'object' ? leaves(value as Record<string, unknown>, [...path, name]) : [[...path, name]]));
  const all = leaves(document());

  it('passes as shipped, unchanged', () => {
    expect(parsePolicy(document(), 'default')).toEqual(document());
  });

  it.each(all.map((path) => path.join('.')))('is refused by name when %s is missing, of another kind or out of range', (field) => {
    const path = field.split('.');
    for (const value of [undefined, null, 'much', NaN, -1_000, 1e9, [], true]) {
      const broken = document();
      at(broken, path.slice(0, -1))[path[path.length - 1]] = value;
      let fault: unknown;
      try {
        parsePolicy(broken, 'policy version 7');
      } catch (error) {
        fault = error;
      }
      expect(fault).toBeInstanceOf(PolicyError);
      expect(fault).toMatchObject({ file: 'policy version 7', field });
      expect((fault as PolicyError).message).toMatch(new RegExp(`^policy version 7: ${field}: found .+, expected .+`));
    }
  });

  const refused: [string, (policy: ReturnType<typeof loadDefaultPolicy>) => void, string][] = [
    ['a half week of expiry', (policy) => { policy.expiryWeeks = 2.5; }, 'expiryWeeks: found 2.5, expected a whole number from 1 to 520'],
    ['rings that do not widen', (policy) => { policy.gates.ringKm.regional = 1; }, 'gates.ringKm: found {"local":100,"regional":1,"national":1300}, expected local ≤ regional ≤ national'],
    ['an audit floor above the threshold', (policy) => { policy.auditFloorPoints = 7; }, 'auditFloorPoints: found 7, expected at most thresholdPoints (6)'],
    ['a family factor of nothing', (policy) => { policy.families.energy = { softDistanceFactor: 0 }; }, 'families.energy.softDistanceFactor: found 0, expected a number from 0.01 to 100'],
    ['a threshold of a leaf out of range', (policy) => { policy.categories['timber'] = { thresholdPoints: 501 }; }, 'categories.timber.thresholdPoints: found 501'],
    ['an override that does not exist', (policy) => { Object.assign(policy.categories, { timber: { colour: 1 } }); }, 'categories.timber.colour: found 1, expected one of softDistanceFactor'],
    ['a field that does not exist', (policy) => { Object.assign(policy.weights, { luck: 1 }); }, 'weights.luck: found 1, expected no such field'],
    ['families that are a list', (policy) => { Object.assign(policy, { families: [] }); }, 'families: found [], expected an object'],
  ];
  it.each(refused)('is refused for %s', (_, break_, message) => {
    const broken = loadDefaultPolicy();
    const copy = structuredClone(broken);
    break_(copy);
    expect(() => parsePolicy(copy, 'p')).toThrow(`p: ${message}`);
  });

  it('is refused when it is no object', () => {
    for (const value of [null, 3, 'x', []]) expect(() => parsePolicy(value, 'p')).toThrow('p: the document: found');
  });
});

describe('the size of a week', () => {
  const policy = loadDefaultPolicy();
  const advisor = (rest: Partial<PresentAdvisor> = {}): PresentAdvisor => ({ weeklyMinutes: null, medianReviewMinutes: null, openMediations: 0, ...rest });

  it('is ten of twenty minutes at two a review, two of them for the audit slice', () => {
    expect(budgetSize([advisor()], policy)).toEqual({ listSize: 10, auditSize: 2 });
  });

  it('sums the advisors present, each with their own minutes and pace', () => {
    expect(budgetSize([advisor(), advisor({ weeklyMinutes: 45, medianReviewMinutes: 3 })], policy)).toEqual({ listSize: 25, auditSize: 3 });
    expect(budgetSize([], policy)).toEqual({ listSize: 0, auditSize: 0 });
  });

  it('is proportionally less above eight open mediations, and not at eight', () => {
    expect([0, 8, 10, 16, 80].map((openMediations) => budgetSize([advisor({ openMediations })], policy).listSize)).toEqual([10, 10, 8, 5, 1]);
  });

  it.each([[0, 0], [4, 0], [5, 1], [9, 1], [10, 2], [24, 2], [25, 3], [100, 10]])('of %d leads gives %d to the audit slice', (leads, audit) => {
    expect(budgetSize([advisor({ weeklyMinutes: 2 * leads })], policy)).toEqual({ listSize: leads, auditSize: audit });
  });

  it('is whole where the quotient is whole, whatever the float says', () => {
    expect(55 / 1.1).toBeLessThan(50);
    expect(budgetSize([advisor({ weeklyMinutes: 55, medianReviewMinutes: 1.1 })], policy).listSize).toBe(50);
  });

  it('never shrinks when an advisor comes, nor grows with mediations', () => {
    const anyAdvisor = fc.record({
      weeklyMinutes: fc.option(fc.integer({ min: 0, max: 300 })), medianReviewMinutes: fc.option(fc.integer({ min: 1, max: 100 }).map((tenths) => tenths / 10)), openMediations: fc.nat(40),
    });
    fc.assert(fc.property(fc.array(anyAdvisor, { maxLength: 5 }), anyAdvisor, (present, one) => {
      const { listSize, auditSize } = budgetSize(present, policy);
      expect(budgetSize([...present, one], policy).listSize).toBeGreaterThanOrEqual(listSize);
      expect(budgetSize(present.map((each) => ({ ...each, openMediations: each.openMediations + 1 })), policy).listSize).toBeLessThanOrEqual(listSize);
      expect([Number.isInteger(listSize), auditSize <= listSize]).toEqual([true, true]);
    }), { numRuns: 200, seed: 4 });
  });
});
