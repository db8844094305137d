import { flowGate } from './gates.js';
import { type KernelInput, prepare, type Prepared } from './kernel-input.js';
import { bitsOf, PROVENANCE_SHIFT, REACH_SHIFT } from './pair-scorer.js';
import { RuleBook } from './rules.js';
import { provenancePenalties } from './score.js';
import { type FlowArrays, PERMIT } from './snapshot.js';
import { type Forest, NODE, plantForest } from './tree.js';

/** The inputs of one category and permit, so that a hazard never shares a tree with a receiver that must not have it. */
export interface InputTree {
  category: number;
  root: number;
  /** Profiles that occur in it, and an input of each. */
  profiles: number[];
  samples: number[];
}

/** What the search reads of each item of the forest, in the forest's order: what lies together is read together. */
export interface ItemArrays {
  /** x, y, z. */
  place: Float64Array;
  logQuantity: Float64Array;
  confirmedDay: Int32Array;
  /** Months (12 bits), provenance (3), reach (2). */
  bits: Int32Array;
  /** Profile within its category. */
  profile: Int32Array;
  /** Index of its tree. */
  tree: Uint16Array;
}

/** A kernel input made ready for searching. Built once, searched many times, never changed. */
export interface KernelIndex {
  kernel: Prepared;
  book: RuleBook;
  forest: Forest;
  trees: InputTree[];
  items: ItemArrays;
  /** Profile of each output; -1: it fails a gate by itself. */
  outputProfile: Int32Array;
  /** Outputs that may be matched, neighbours of one category side by side. */
  order: Int32Array;
  /** 1: an input that an overlay has taken out since; null: none can be. */
  dead: Uint8Array | null;
  /** Place of each input in the order of natural keys; null: its index is. */
  rank: Int32Array | null;
  /** Bytes that the index holds beside the arrays of the input. */
  bytes: number;
}

/** Of a node's summary: some quantity is unknown. */
export const SOME_UNKNOWN = 1 << 17;
const ANY_MONTH = 4095;

/**
 * First half of the work: checks the input and lays the inputs out for the search.
 * @throws what `prepare` throws, by name, before any work
 */
export function buildIndex(input: KernelInput): KernelIndex {
  const kernel = prepare(input);
  const book = new RuleBook(kernel);
  let bytes = 0;
  const allocate = (size: number): SharedArrayBuffer => {
    bytes += size;
    return new SharedArrayBuffer(size);
  };
  const { outputs, inputs } = kernel.snapshot;
  const profiles = new Int32Array(inputs.count);
  for (let flow = 0; flow < inputs.count; flow += 1) profiles[flow] = flowGate(kernel, 'input', flow) === null ? book.inputProfile(inputs, flow) : -1;
  const layout = layInputs(kernel, profiles, allocate);
  const outputProfile = new Int32Array(allocate(4 * outputs.count));
  for (let flow = 0; flow < outputs.count; flow += 1) outputProfile[flow] = flowGate(kernel, 'output', flow) === null ? book.outputProfile(outputs, flow) : -1;
  const order = inOrder(outputs, outputProfile, kernel.knowledge.categories.length, allocate);
  return { kernel, book, ...layout, outputProfile, order, dead: null, rank: null, bytes };
}

/**
 * Trees over inputs.
 * @param profiles of the inputs; -1: left out
 */
export function layInputs(kernel: Prepared, profiles: Int32Array, allocate: (bytes: number) => SharedArrayBuffer): Pick<KernelIndex, 'forest' | 'trees' | 'items'> {
  const { weights, knowledge, snapshot: { inputs } } = kernel;
  const groups = groupInputs(kernel, profiles);
  const softKm = groups.map(({ category }) => knowledge.categories[category].softDistanceKm);
  const logQuantity = inputs.quantity.map(Math.log);
  const forest = plantForest(
    { place: inputs.place, logQuantity }, groups.map(({ flows }) => flows), softKm, { distance: weights.distance, quantity: (weights.small + weights.large) / 2 }, allocate);
  const items = layItems(inputs, forest, profiles, logQuantity, allocate);
  forest.roots.forEach((root, at) => items.tree.fill(at, forest.nodes[NODE * root + 1], forest.nodes[NODE * root + 2]));
  summarise(forest, items, provenancePenalties(kernel));
  const trees = groups.map(({ category, flows }, at): InputTree => {
    const samples = new Map<number, number>();
    for (const flow of flows) if (!samples.has(profiles[flow])) samples.set(profiles[flow], flow);
    return { category, root: forest.roots[at], profiles: [...samples.keys()], samples: [...samples.values()] };
  });
  return { forest, trees, items };
}

/** Flow indexes by category and permit, without empty groups. */
function groupInputs({ snapshot, knowledge }: Prepared, profiles: Int32Array): { category: number; flows: Int32Array }[] {
  const { inputs } = snapshot;
  const permits = Object.keys(PERMIT).length;
  const sizes = new Int32Array(knowledge.categories.length * permits);
  const groupOf = (flow: number): number => inputs.category[flow] * permits + inputs.permit[flow];
  for (let flow = 0; flow < inputs.count; flow += 1) if (profiles[flow] >= 0) sizes[groupOf(flow)] += 1;
  const groups = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(sizes.length);
  for (let flow = 0; flow < inputs.count; flow += 1) {
    if (profiles[flow] < 0) continue;
    const group = groupOf(flow);
    groups[group][filled[group]] = flow;
    filled[group] += 1;
  }
  return groups.map((flows, at) => ({ category: Math.floor(at / permits), flows })).filter(({ flows }) => flows.length > 0);
}

function layItems(flows: FlowArrays, forest: Forest, profiles: Int32Array, logQuantity: Float64Array, allocate: (bytes: number) => SharedArrayBuffer): ItemArrays {
  const count = forest.items.length;
  const items: ItemArrays = {
    place: new Float64Array(allocate(24 * count)), logQuantity: new Float64Array(allocate(8 * count)), confirmedDay: new Int32Array(allocate(4 * count)),
    bits: new Int32Array(allocate(4 * count)), profile: new Int32Array(allocate(4 * count)), tree: new Uint16Array(allocate(2 * count)),
  };
  for (let at = 0; at < count; at += 1) {
    const flow = forest.items[at];
    items.place[3 * at] = flows.place[3 * flow];
    items.place[3 * at + 1] = flows.place[3 * flow + 1];
    items.place[3 * at + 2] = flows.place[3 * flow + 2];
    items.logQuantity[at] = logQuantity[flow];
    items.confirmedDay[at] = flows.confirmedDay[flow];
    items.bits[at] = bitsOf(flows, flow);
    items.profile[at] = profiles[flow];
  }
  return items;
}

/**
 * Writes into every node the best raw values of its items: the union of months (an unknown one may be any), the provenance
 * with the least penalty, the farthest reach, whether a quantity is unknown, and the newest confirmation. Children come
 * after their parents, so from the last node to the first.
 */
function summarise({ nodes }: Forest, items: ItemArrays, penalties: readonly number[]): void {
  const better = (one: number, other: number): number => {
    const a = (one >> PROVENANCE_SHIFT) & 7;
    const b = (other >> PROVENANCE_SHIFT) & 7;
    const provenance = penalties[b] < penalties[a] ? b : a;
    const reach = Math.max((one >> REACH_SHIFT) & 3, (other >> REACH_SHIFT) & 3);
    return ((one | other) & (ANY_MONTH | SOME_UNKNOWN)) | (provenance << PROVENANCE_SHIFT) | (reach << REACH_SHIFT);
  };
  const ofItem = (at: number): number => {
    const bits = items.bits[at];
    return bits | ((bits & ANY_MONTH) === 0 ? ANY_MONTH : 0) | (Number.isNaN(items.logQuantity[at]) ? SOME_UNKNOWN : 0);
  };
  for (let node = nodes.length / NODE - 1; node >= 0; node -= 1) {
    const right = nodes[NODE * node];
    if (right !== 0) {
      nodes[NODE * node + 3] = better(nodes[NODE * (node + 1) + 3], nodes[NODE * right + 3]);
      nodes[NODE * node + 4] = Math.max(nodes[NODE * (node + 1) + 4], nodes[NODE * right + 4]);
      continue;
    }
    const first = nodes[NODE * node + 1];
    let summary = ofItem(first);
    let newest = items.confirmedDay[first];
    for (let at = first + 1; at < nodes[NODE * node + 2]; at += 1) {
      summary = better(summary, ofItem(at));
      newest = Math.max(newest, items.confirmedDay[at]);
    }
    nodes[NODE * node + 3] = summary;
    nodes[NODE * node + 4] = newest;
  }
}

/** Bits a coordinate; three of them and a flow index of 22 bits make a whole number that a float holds. */
const CELL_BITS = 10;
const FLOW_LIMIT = 2 ** 22;

/** Outputs by category, then along a Z-curve through space: what one search has read is still at hand for the next. */
function inOrder(outputs: FlowArrays, profile: Int32Array, categories: number, allocate: (bytes: number) => SharedArrayBuffer): Int32Array {
  const groups: number[][] = Array.from({ length: categories }, () => []);
  let count = 0;
  for (let flow = 0; flow < outputs.count; flow += 1) {
    if (profile[flow] < 0) continue;
    groups[outputs.category[flow]].push(flow);
    count += 1;
  }
  const order = new Int32Array(allocate(4 * count));
  let at = 0;
  for (const group of groups) {
    const keys = Float64Array.from(group, (flow, index) => {
      const cell = zCurve(outputs.place[3 * flow], outputs.place[3 * flow + 1], outputs.place[3 * flow + 2]);
      return cell * FLOW_LIMIT + index;
    }).sort();
    for (const key of keys) order[at++] = group[key % FLOW_LIMIT];
  }
  return order;
}

/** Coordinates from -1 to 1, their bits in turn. */
function zCurve(x: number, y: number, z: number): number {
  const cell = (value: number): number => Math.min(2 ** CELL_BITS - 1, Math.floor((value + 1) * 2 ** (CELL_BITS - 1)));
  const [a, b, c] = [cell(x), cell(y), cell(z)];
  let code = 0;
  for (let bit = CELL_BITS - 1; bit >= 0; bit -= 1) code = code * 8 + ((a >> bit) & 1) * 4 + ((b >> bit) & 1) * 2 + ((c >> bit) & 1);
  return code;
}
