import { loadDefaultPolicy } from '../config/load-config.js';
import { unitVector } from '../src/matching/kernel/geodesy.js';
import type { KernelInput } from '../src/matching/kernel/kernel-input.js';
import { NEUTRAL_MODEL } from '../src/matching/kernel/model.js';
import { CODE_ORIGIN, type FlowArrays, HAZARD, NO_WASTE_CODE, PROVENANCE, type Snapshot, WISH } from '../src/matching/kernel/snapshot.js';
import type { PolicyWeights } from '../src/matching/policy.js';
import type { Knowledge } from '../src/resources/knowledge.js';
import { yearlyQuantity } from '../src/resources/quantity.js';
import type { QualityAttribute, ResourceCatalogue, ResourceCategory } from '../src/resources/resource-catalogue.js';
import type { Hypothesis, ReadFlow } from './quality-flows.js';
import type { TrackFlow } from './quality-track.js';

/** Everything within this is scored, at one soft distance: the places of a track are assembled, so the leaves' own reach says nothing. */
export const RADIUS_KM = 100;
export const SOFT_KM = 50;
const BEYOND_ALL_KM = 20_000;
/** Any day will do: every flow is confirmed on it. */
const AS_OF_DAY = 20_000;

/** The input of the kernel, with one row for each hypothesis of a flow, and where the rows of a flow begin (length: flows + 1). */
export interface TrackInput {
  input: KernelInput;
  outputStart: Uint32Array;
  needStart: Uint32Array;
}

/**
 * Snapshot, default policy and neutral model for the flows of a track.
 * @param outputs sorted by id, as the needs are
 * @param weights in the place of the default policy's
 */
export function trackInput(outputs: readonly ReadFlow[], needs: readonly ReadFlow[], knowledge: Knowledge, weights: Partial<PolicyWeights> = {}): TrackInput {
  const { catalogue } = knowledge;
  const lists = {
    categories: catalogue.categories.map(({ slug }) => slug).sort(),
    wasteCodes: knowledge.wasteCodes.map(({ code }) => code).sort(),
    attributes: catalogue.qualityAttributes.map(({ slug }) => slug).sort(),
    companies: [...new Set([...outputs, ...needs].map(({ site }) => site.id))].sort(),
  };
  const index = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, new Map(list.map((entry, at) => [entry, at]))])) as Record<keyof typeof lists, Map<string, number>>;
  const attributes = new Map(catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  const out = layRows(outputs, index, attributes);
  const need = layRows(needs, index, attributes);
  const snapshot: Snapshot = {
    outputs: out.arrays, inputs: need.arrays, ...lists, territories: ['track'], territoryAgreed: Uint8Array.of(1), outputKeys: out.keys, inputKeys: need.keys,
  };
  const sameReach: ResourceCatalogue = {
    ...catalogue,
    categories: catalogue.categories.map(({ pipeReach: _pipeReach, ...category }) => ({ ...category, softDistanceKm: SOFT_KM, hardDistanceKm: BEYOND_ALL_KM })),
  };
  const policy = loadDefaultPolicy();
  const oneRing = { local: RADIUS_KM, regional: RADIUS_KM, national: RADIUS_KM };
  return {
    input: { snapshot, catalogue: sameReach, policy: { ...policy, weights: { ...policy.weights, ...weights }, gates: { ...policy.gates, ringKm: oneRing } }, model: NEUTRAL_MODEL, blocks: [], open: [], asOfDay: AS_OF_DAY, seed: 1 },
    outputStart: out.start, needStart: need.start,
  };
}

type Index = Record<'categories' | 'wasteCodes' | 'attributes' | 'companies', Map<string, number>>;

function layRows(flows: readonly ReadFlow[], index: Index, attributes: ReadonlyMap<string, QualityAttribute>): { arrays: FlowArrays; keys: string[]; start: Uint32Array } {
  const rows = flows.flatMap((flow) => flow.hypotheses.map((hypothesis, rank) => ({ flow, hypothesis, key: `${flow.id} ${rank}` })));
  rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  const start = new Uint32Array(flows.length + 1);
  flows.forEach((flow, at) => (start[at + 1] = start[at] + flow.hypotheses.length));
  const same = (value: number): Uint8Array => new Uint8Array(rows.length).fill(value);
  const unknown = (): Float64Array => new Float64Array(rows.length).fill(NaN);
  const coded = rows.map(({ hypothesis }) => codedQuality(hypothesis, index.attributes, attributes));
  const company = Int32Array.from(rows, ({ flow }) => index.companies.get(flow.site.id) ?? -1);
  const wasteCode = Uint16Array.from(rows, ({ flow }) => index.wasteCodes.get(flow.knownCode) ?? NO_WASTE_CODE);
  const attributeStart = new Uint32Array(rows.length + 1);
  coded.forEach((entries, at) => (attributeStart[at + 1] = attributeStart[at] + entries.length));
  const quantity = Float64Array.from(rows, ({ flow, hypothesis }) => quantityOf(flow, hypothesis.category));
  const arrays: FlowArrays = {
    count: rows.length,
    place: Float64Array.from(rows.flatMap(({ flow }) => unitVector(flow.site.latitude, flow.site.longitude))),
    category: Uint16Array.from(rows, ({ hypothesis }) => index.categories.get(hypothesis.category.slug) ?? -1),
    quantity, pooled: quantity, minimumLot: unknown(), months: new Uint16Array(rows.length), hazard: Uint8Array.from(rows, ({ flow }) => (flow.hazardous === null ? HAZARD.unknown : flow.hazardous ? HAZARD.yes : HAZARD.no)),
    permit: same(0), wasteCode, codeOrigin: wasteCode.length === 0 ? same(0) : Uint8Array.from(wasteCode, (code) => (code === NO_WASTE_CODE ? CODE_ORIGIN.none : CODE_ORIGIN.declared)),
    wish: same(WISH.yes), agreement: same(1), withheld: same(0), provenance: same(PROVENANCE.unknown), confirmedDay: new Int32Array(rows.length).fill(AS_OF_DAY),
    company, group: new Int32Array(rows.length).fill(-1), site: company, territory: new Uint16Array(rows.length), reach: same(0), sourcing: same(0),
    attributeStart, attributeKey: Uint16Array.from(coded.flat(), ([key]) => key), attributeValue: Float64Array.from(coded.flat(), ([, value]) => value),
  };
  return { arrays, keys: rows.map(({ key }) => key), start };
}

/** Base units a year; NaN when the track says none, or in a unit that this leaf is not measured in. */
function quantityOf(flow: TrackFlow, category: ResourceCategory): number {
  const value = Number(flow.quantity);
  if (flow.quantity === '' || !(value > 0)) return NaN;
  const yearly = yearlyQuantity({ value, unit: flow.unit, period: null }, category, {});
  return yearly.ok && yearly.value.perYear > 0 ? yearly.value.perYear : NaN;
}

function codedQuality({ quality }: Hypothesis, keys: ReadonlyMap<string, number>, attributes: ReadonlyMap<string, QualityAttribute>): [number, number][] {
  return Object.entries(quality)
    .map(([slug, value]): [number, number] => {
      const coded = typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : attributes.get(slug)?.values?.indexOf(value) ?? -1;
      return [keys.get(slug) ?? -1, coded];
    })
    .sort(([a], [b]) => a - b);
}
