import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildIndex } from '../../../../src/matching/kernel/kernel-index.js';
import type { KernelInput } from '../../../../src/matching/kernel/kernel-input.js';
import type { ScoredPair } from '../../../../src/matching/kernel/matches.js';
import { matchesOf } from '../../../../src/matching/kernel/matches.js';
import { type FlowEdit, Overlay } from '../../../../src/matching/kernel/overlay.js';
import { matchAll } from '../../../../src/matching/kernel/search.js';
import type { FlowArrays } from '../../../../src/matching/kernel/snapshot.js';
import { type PlainFlow, snapshotOf } from '../../../support/kernel-world.js';
import { anyWorld, inputOf, type RandomWorld } from './random-world.js';

const RUNS = { numRuns: 60, seed: 20_261_128 };

/** Some rows of a side, as arrays of their own. */
function rowsOf(flows: FlowArrays, rows: readonly number[]): FlowArrays {
  const starts = [0];
  const entries = rows.map((row) => [flows.attributeStart[row], flows.attributeStart[row + 1]]);
  for (const [from, to] of entries) starts.push(starts[starts.length - 1] + to - from);
  const picked = Object.entries(flows).map(([field, values]: [string, FlowArrays[keyof FlowArrays]]) => {
    if (typeof values === 'number') return [field, rows.length];
    const type = values.constructor as new (of: number[]) => typeof values;
    if (field === 'attributeStart') return [field, new type(starts)];
    if (field === 'attributeKey' || field === 'attributeValue') return [field, new type(entries.flatMap(([from, to]) => [...values.subarray(from, to)]))];
    const width = field === 'place' ? 3 : 1;
    return [field, new type(rows.flatMap((row) => [...values.subarray(width * row, width * (row + 1))]))];
  });
  return Object.fromEntries(picked) as FlowArrays;
}

type Side = 'output' | 'input';
interface Change {
  side: Side;
  key: string;
  /** Null: withdrawn. */
  flow: PlainFlow | null;
}
interface Story {
  world: RandomWorld;
  changes: Change[];
}

const anyStory = (flows: number, edits: number): fc.Arbitrary<Story> => fc.record({
  world: anyWorld(flows), other: anyWorld(edits),
  picks: fc.array(fc.record({ side: fc.constantFrom<Side>('output', 'input'), of: fc.nat(flows + 20), from: fc.nat(edits), withdrawn: fc.nat(3), small: fc.boolean() }), { minLength: 1, maxLength: edits, size: 'max' }),
}).map(({ world, other, picks }) => ({
  world,
  changes: picks.map(({ side, of, from, withdrawn, small }) => {
    const key = `${side === 'output' ? 'o' : 'i'}${String(of).padStart(3, '0')}`;
    const sources = side === 'output' ? other.outputs : other.inputs;
    const before = (side === 'output' ? world.outputs : world.inputs).find((flow) => flow.key === key);
    if (withdrawn === 0 || sources.length === 0) return { side, key, flow: null };
    // Most edits are small: a quantity, a date.
    const source = sources[from % sources.length];
    return { side, key, flow: small && before ? { ...before, quantity: source.quantity, confirmedDay: source.confirmedDay } : { ...source, key } };
  }),
}));

/** Before and after of a story, with the same lists behind the indexes. */
function lay({ world, changes }: Story): { before: KernelInput; after: KernelInput; edits: FlowEdit[] } {
  const input = inputOf(world);
  const versions = { output: world.outputs.map((flow) => flow), input: world.inputs.map((flow) => flow) };
  const named = { output: new Map(world.outputs.map((flow, at) => [flow.key, at])), input: new Map(world.inputs.map((flow, at) => [flow.key, at])) };
  const rowOfChange = changes.map(({ side, flow }) => (flow === null ? -1 : versions[side].push(flow) - 1));
  changes.forEach(({ side, key, flow }, at) => (flow === null ? named[side].delete(key) : named[side].set(key, rowOfChange[at])));
  const everything = snapshotOf(
    versions.output.map((flow, at) => ({ ...flow, key: String(at).padStart(6, '0') })), versions.input.map((flow, at) => ({ ...flow, key: String(at).padStart(6, '0') })), world.agreed);
  const part = (side: Side, rows: Map<string, number>): { keys: string[]; flows: FlowArrays } => {
    const keys = [...rows.keys()].sort();
    return { keys, flows: rowsOf(side === 'output' ? everything.outputs : everything.inputs, keys.map((key) => rows.get(key) ?? -1)) };
  };
  const of = (outputs: Map<string, number>, inputs: Map<string, number>): KernelInput => {
    const [o, i] = [part('output', outputs), part('input', inputs)];
    const pairs = <Pair extends { output: number; input: number }>(list: readonly Pair[]): Pair[] => list.map((pair) => ({
      ...pair, output: o.keys.indexOf(world.outputs[pair.output].key), input: i.keys.indexOf(world.inputs[pair.input].key),
    })).filter((pair) => pair.output >= 0 && pair.input >= 0);
    return { ...input, snapshot: { ...everything, outputs: o.flows, inputs: i.flows, outputKeys: o.keys, inputKeys: i.keys }, blocks: pairs(input.blocks), open: pairs(input.open) };
  };
  return {
    before: of(new Map(world.outputs.map((flow, at) => [flow.key, at])), new Map(world.inputs.map((flow, at) => [flow.key, at]))),
    after: of(named.output, named.input),
    edits: changes.map(({ side, key, flow }, at) => ({ side, key, flow: flow && rowsOf(side === 'output' ? everything.outputs : everything.inputs, [rowOfChange[at]]) })),
  };
}

/** Lists by natural keys: numbers of new flows are nobody's business. */
type Lists = Map<string, [input: string, z: number][]>;

function listsAfter(input: KernelInput, topK: number): Lists {
  const { outputKeys, inputKeys } = input.snapshot;
  const matches = matchAll(buildIndex(input), { topK });
  return new Map(outputKeys.map((key, output) => [key, matchesOf(matches, output).map((pair) => [inputKeys[pair.input], pair.z])]));
}

function listsOf(overlay: Overlay, keys: readonly string[], numbers: number): Lists {
  const lists: Lists = new Map();
  for (let number = 0; number < numbers; number += 1) {
    const key = overlay.keyOf('output', number);
    if (keys.includes(key)) lists.set(key, overlay.listOf(number).map((pair) => [overlay.keyOf('input', pair.input), pair.z]));
    else expect(overlay.listOf(number)).toEqual([]);
  }
  return lists;
}

/** How many flows have a number: those of the snapshot, and each new key that was ever recorded. */
function numbersOf({ world, changes }: Story, together: boolean): number {
  const known = new Set(world.outputs.map(({ key }) => key));
  const recorded = new Map<string, boolean>();
  for (const { side, key, flow } of changes) if (side === 'output' && !known.has(key)) recorded.set(key, flow !== null || (!together && recorded.get(key) === true));
  return known.size + [...recorded.values()].filter((is) => is).length;
}

describe('an overlay', () => {
  /** With and without a reserve. */
  const anyLists = fc.constantFrom([1, 1], [3, 3], [20, 20], [Infinity, Infinity], [1, 2], [3, 4], [3, 8]).map(([keep, topK]) => ({ keep, topK }));

  it('has after every edit the lists of a new run over the flows as they are then', () => {
    let [entered, left] = [0, 0];
    fc.assert(fc.property(anyStory(40, 25), anyLists, (story, { keep, topK }) => {
      const { before, after, edits } = lay(story);
      const index = buildIndex(before);
      const overlay = new Overlay(index, matchAll(index, { topK }), { keep });
      for (const edit of edits) {
        const effect = overlay.edit(edit);
        entered += effect.entered.length;
        left += effect.left.length;
      }
      expect(listsOf(overlay, after.snapshot.outputKeys, numbersOf(story, false))).toEqual(listsAfter(after, keep));
    }), RUNS);
    expect([entered > 200, left > 100]).toEqual([true, true]);
  });

  it('takes many edits at once to the same end', () => {
    fc.assert(fc.property(anyStory(150, 200), anyLists, (story, { keep, topK }) => {
      const { before, after, edits } = lay(story);
      const index = buildIndex(before);
      const overlay = new Overlay(index, matchAll(index, { topK }), { keep });
      overlay.editAll(edits);
      expect(listsOf(overlay, after.snapshot.outputKeys, numbersOf(story, true))).toEqual(listsAfter(after, keep));
    }), { ...RUNS, numRuns: 15 });
  });

  it('says which pairs came and went: the lists before, less those, with these, are the lists after', () => {
    fc.assert(fc.property(anyStory(40, 10), anyLists, (story, { keep, topK }) => {
      const { before, edits } = lay(story);
      const index = buildIndex(before);
      const overlay = new Overlay(index, matchAll(index, { topK }), { keep });
      const all = (): string[] => Array.from({ length: before.snapshot.outputs.count + edits.length }, (_, number) => overlay.listOf(number)).flat().map(text).sort();
      const text = ({ output, input, z }: ScoredPair): string => `${output} ${input} ${z}`;
      for (const edit of edits) {
        const held = all();
        const { entered, left } = overlay.edit(edit);
        const gone = new Set(left.map(text));
        expect(left.every((pair) => held.includes(text(pair)))).toBe(true);
        expect(entered.filter((pair) => gone.has(text(pair)))).toEqual([]);
        expect([...held.filter((pair) => !gone.has(pair)), ...entered.map(text)].sort()).toEqual(all());
      }
    }), { ...RUNS, numRuns: 25 });
  });

  it('refuses by name what no run could work with, and stays as it was', () => {
    const [story] = fc.sample(anyStory(30, 10), { numRuns: 1, seed: 3 });
    const { before } = lay(story);
    const index = buildIndex(before);
    const overlay = new Overlay(index, matchAll(index));
    const flow = rowsOf(before.snapshot.inputs, [0]);
    const broken = (change: (flow: FlowArrays) => void): FlowEdit => {
      const copy = structuredClone(flow);
      change(copy);
      return { side: 'input', key: before.snapshot.inputKeys[0], flow: copy };
    };
    expect(() => overlay.edit(broken((one) => (one.place[1] = NaN)))).toThrow(/edits\[0\]\.flow \(input i000\)\.place\[0\]: found .*NaN.*, expected a unit vector/);
    expect(() => overlay.edit(broken((one) => (one.category[0] = 999)))).toThrow('category[0]: found 999, expected an index below');
    expect(() => overlay.edit(broken((one) => (one.quantity[0] = -1)))).toThrow('quantity[0]: found -1, expected more than 0, or NaN for unknown');
    expect(() => overlay.edit(broken((one) => (one.months = new Uint16Array(2))))).toThrow('months.length: found 2, expected 1');
    expect(overlay.edit({ side: 'output', key: 'nobody', flow: null })).toEqual({ entered: [], left: [] });
  });
});
