import type { ResourceCategory, Substitution } from '../../resources/resource-catalogue.js';
import { RADIUS_KM } from './geodesy.js';
import { type FlowArrays, type Snapshot, WISH } from './snapshot.js';

/**
 * Fills `pooled` of both sides: the flow's own quantity, and where that is less than the largest lot that anybody on the
 * other side asks of its category, the sum over the flows of its category and territory within the category's soft distance
 * that may be matched themselves. An unknown quantity adds nothing, and is itself refused nothing (NaN).
 * @param categories by index of `snapshot.categories`
 */
export function fillPooled(snapshot: Snapshot, categories: readonly ResourceCategory[], substitutions: readonly Substitution[]): void {
  const largest = largestLots(snapshot, categories, substitutions);
  poolSide(snapshot.outputs, categories, largest.output);
  poolSide(snapshot.inputs, categories, largest.input);
}

/** By category: the largest lot that the other side asks, in the category's own unit; 0: none. */
function largestLots({ outputs, inputs }: Snapshot, categories: readonly ResourceCategory[], substitutions: readonly Substitution[]): { output: Float64Array; input: Float64Array } {
  const lotsOf = (flows: FlowArrays): Float64Array => {
    const lots = new Float64Array(categories.length);
    for (let flow = 0; flow < flows.count; flow += 1) if (flows.minimumLot[flow] > lots[flows.category[flow]]) lots[flows.category[flow]] = flows.minimumLot[flow];
    return lots;
  };
  const [ofOutputs, ofInputs] = [lotsOf(outputs), lotsOf(inputs)];
  const asked = { output: new Float64Array(categories.length), input: new Float64Array(categories.length) };
  const indexes = new Map<string, number[]>();
  categories.forEach(({ slug }, at) => indexes.set(slug, [...(indexes.get(slug) ?? []), at]));
  for (const entry of substitutions) {
    for (const output of indexes.get(entry.output) ?? []) {
      for (const input of indexes.get(entry.input) ?? []) {
        asked.output[output] = Math.max(asked.output[output], ofInputs[input] / entry.yield);
        asked.input[input] = Math.max(asked.input[input], ofOutputs[output] * entry.yield);
      }
    }
  }
  return asked;
}

function poolSide(flows: FlowArrays, categories: readonly ResourceCategory[], asked: Float64Array): void {
  flows.pooled.set(flows.quantity);
  const groups = new Map<number, number[]>();
  for (let flow = 0; flow < flows.count; flow += 1) {
    if (asked[flows.category[flow]] === 0 || !maySupply(flows, flow)) continue;
    const key = flows.category[flow] * 65_536 + flows.territory[flow];
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [flow]);
    else group.push(flow);
  }
  for (const group of groups.values()) {
    const category = flows.category[group[0]];
    poolGroup(flows, group, categories[category].softDistanceKm / RADIUS_KM, asked[category]);
  }
}

function maySupply(flows: FlowArrays, flow: number): boolean {
  const wish = flows.wish[flow];
  return flows.quantity[flow] > 0 && (wish === WISH.yes || wish === WISH.notAsked) && flows.agreement[flow] !== 0 && flows.withheld[flow] === 0;
}

/** @param radius as an arc on the unit sphere; the chord of a place within it is never longer */
function poolGroup(flows: FlowArrays, group: number[], radius: number, asked: number): void {
  const { place, quantity, pooled } = flows;
  const chord = 2 * Math.sin(Math.min(radius, Math.PI) / 2);
  // Along x, so that only neighbours on that axis are looked at; equal x by index, so that sums are added in one order.
  const sorted = Int32Array.from(group).sort((a, b) => place[3 * a] - place[3 * b] || a - b);
  // What the inner loop reads stands side by side in that order: it reads all of it, many times over.
  const [x, y, z] = [0, 1, 2].map((axis) => Float64Array.from(sorted, (flow) => place[3 * flow + axis]));
  const amount = Float64Array.from(sorted, (flow) => quantity[flow]);
  const sums = new Float64Array(sorted.length);
  for (let own = 0; own < sorted.length; own += 1) {
    // Each pair once, for both: what stands before has been added to `own` by now, in its order.
    let sum = sums[own] + amount[own];
    for (let at = own + 1; at < sorted.length; at += 1) {
      const dx = x[at] - x[own];
      if (dx > chord) break;
      const dy = y[at] - y[own];
      const dz = z[at] - z[own];
      if (dx * dx + dy * dy + dz * dz <= chord * chord) {
        sum += amount[at];
        sums[at] += amount[own];
      }
    }
    if (amount[own] < asked) pooled[sorted[own]] = sum;
  }
}
