import type { FlowArrays, PairBlock, Snapshot } from '../../src/matching/kernel/snapshot.js';
import { NO_WASTE_CODE } from '../../src/matching/kernel/snapshot.js';
import type { Condition, Refusal, ResourceCatalogue, ResourceCategory, Substitution } from '../../src/resources/resource-catalogue.js';
import { NEUTRAL_MODEL } from '../../src/matching/kernel/model.js';
import type { KernelInput } from '../../src/matching/kernel/kernel-input.js';
import { loadDefaultPolicy } from '../../config/load-config.js';

/** A flow as a test says it; codes are those of `snapshot.ts`. */
export interface PlainFlow {
  key: string;
  latitude: number;
  longitude: number;
  category: string;
  quantity: number | null;
  minimumLot: number | null;
  /** With its neighbours; absent: nobody to pool with. */
  pooled?: number | null;
  months: number;
  hazard: number;
  permit: number;
  wasteCode: string | null;
  codeOrigin: number;
  wish: number;
  agreement: boolean;
  withheld: boolean;
  provenance: number;
  confirmedDay: number;
  company: string;
  group: string | null;
  territory: string;
  reach: number;
  sourcing: boolean;
  attributes: Record<string, number>;
}

/** 2026-11-23. */
export const TODAY = 20_780;
export const ALL_YEAR = 4_095;

/** A flow that nothing speaks against: all year, known, agreed to, confirmed today, in Montauban. */
export function plainFlow(flow: Partial<PlainFlow> & Pick<PlainFlow, 'key' | 'category'>): PlainFlow {
  return {
    latitude: 44.0175, longitude: 1.355, quantity: 100, minimumLot: null, months: ALL_YEAR, hazard: 1, permit: 0, wasteCode: null, codeOrigin: 0,
    wish: 1, agreement: true, withheld: false, provenance: 2, confirmedDay: TODAY, company: `company of ${flow.key}`, group: null,
    territory: 'here', reach: 0, sourcing: false, attributes: {}, ...flow,
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sortedSet = (values: readonly string[]): string[] => [...new Set(values)].sort(byText);

/** Lays flows out as the kernel reads them. Territory `here` is the run's own; the others are agreed with when `agreed` names them. */
export function snapshotOf(outputs: readonly PlainFlow[], inputs: readonly PlainFlow[], agreed: readonly string[] = []): Snapshot {
  const all = [...outputs, ...inputs];
  const territories = ['here', ...sortedSet(all.map((flow) => flow.territory)).filter((slug) => slug !== 'here')];
  const lists = {
    categories: sortedSet(all.map((flow) => flow.category)),
    wasteCodes: sortedSet(all.flatMap((flow) => flow.wasteCode ?? [])),
    attributes: sortedSet(all.flatMap((flow) => Object.keys(flow.attributes))),
    companies: sortedSet(all.map((flow) => flow.company)),
    groups: sortedSet(all.flatMap((flow) => flow.group ?? [])),
  };
  const side = (flows: readonly PlainFlow[]): { arrays: FlowArrays; keys: string[] } => {
    const rows = [...flows].sort((a, b) => byText(a.key, b.key));
    const places = rows.flatMap(({ latitude, longitude }) => {
      const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
      return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
    });
    const attributes = rows.map((flow) => Object.entries(flow.attributes).sort(([a], [b]) => byText(a, b)));
    const starts = [0];
    for (const entries of attributes) starts.push(starts[starts.length - 1] + entries.length);
    const arrays: FlowArrays = {
      count: rows.length,
      place: Float64Array.from(places),
      category: Uint16Array.from(rows, (flow) => lists.categories.indexOf(flow.category)),
      quantity: Float64Array.from(rows, (flow) => flow.quantity ?? NaN),
      minimumLot: Float64Array.from(rows, (flow) => flow.minimumLot ?? NaN),
      pooled: Float64Array.from(rows, (flow) => flow.pooled ?? flow.quantity ?? NaN),
      months: Uint16Array.from(rows, (flow) => flow.months),
      hazard: Uint8Array.from(rows, (flow) => flow.hazard),
      permit: Uint8Array.from(rows, (flow) => flow.permit),
      wasteCode: Uint16Array.from(rows, (flow) => (flow.wasteCode === null ? NO_WASTE_CODE : lists.wasteCodes.indexOf(flow.wasteCode))),
      codeOrigin: Uint8Array.from(rows, (flow) => flow.codeOrigin),
      wish: Uint8Array.from(rows, (flow) => flow.wish),
      agreement: Uint8Array.from(rows, (flow) => (flow.agreement ? 1 : 0)),
      withheld: Uint8Array.from(rows, (flow) => (flow.withheld ? 1 : 0)),
      provenance: Uint8Array.from(rows, (flow) => flow.provenance),
      confirmedDay: Int32Array.from(rows, (flow) => flow.confirmedDay),
      company: Int32Array.from(rows, (flow) => lists.companies.indexOf(flow.company)),
      group: Int32Array.from(rows, (flow) => (flow.group === null ? -1 : lists.groups.indexOf(flow.group))),
      site: Int32Array.from(rows, (flow) => lists.companies.indexOf(flow.company)),
      territory: Uint16Array.from(rows, (flow) => territories.indexOf(flow.territory)),
      reach: Uint8Array.from(rows, (flow) => flow.reach),
      sourcing: Uint8Array.from(rows, (flow) => (flow.sourcing ? 1 : 0)),
      attributeStart: Uint32Array.from(starts),
      attributeKey: Uint16Array.from(attributes.flat(), ([slug]) => lists.attributes.indexOf(slug)),
      attributeValue: Float64Array.from(attributes.flat(), ([, value]) => value),
    };
    return { arrays, keys: rows.map((flow) => flow.key) };
  };
  const [out, into] = [side(outputs), side(inputs)];
  const count = territories.length;
  const territoryAgreed = new Uint8Array(count * count);
  territories.forEach((slug, at) => {
    territoryAgreed[at * count + at] = 1;
    if (agreed.includes(slug)) territoryAgreed[at] = territoryAgreed[at * count] = 1;
  });
  return {
    outputs: out.arrays, inputs: into.arrays, categories: lists.categories, wasteCodes: lists.wasteCodes, attributes: lists.attributes,
    companies: lists.companies, territories, territoryAgreed, outputKeys: out.keys, inputKeys: into.keys,
  };
}

export function category(slug: string, rest: Partial<ResourceCategory> = {}): ResourceCategory {
  return {
    slug, family: 'matter', label: { fr: slug, en: slug }, synonyms: { fr: [], en: [] }, form: 'bulk-solid', baseUnit: 't', usualWasteCodes: [],
    usualCpa: [], usualHs: [], transport: 'truck', softDistanceKm: 30, hardDistanceKm: 120, sanitaryClass: 'neutral', attributes: [],
    typicalNaf: { source: [], user: [] }, ...rest,
  };
}

export function substitution(output: string, input: string, rest: Partial<Substitution> = {}): Substitution {
  return {
    slug: `${output}-to-${input}`, output, input, affinity: 1, yield: 1, conditions: [], treatment: 'none', route: 'none',
    evidence: [{ kind: 'expert', cases: 0, source: 'test' }], ...rest,
  };
}

export function refusal(output: string, input: string, conditions: Condition[] = []): Refusal {
  return { slug: `no-${output}-to-${input}`, output, input, conditions, reason: { fr: 'non', en: 'no' }, source: 'test' };
}

export function catalogueOf(parts: Partial<ResourceCatalogue>): ResourceCatalogue {
  return { qualityAttributes: [], categories: [], substitutions: [], refusals: [], ...parts };
}

/** A kernel input of plain flows under the default policy and the neutral model. */
export function kernelInput(world: {
  outputs: readonly PlainFlow[]; inputs: readonly PlainFlow[]; catalogue: ResourceCatalogue; agreed?: readonly string[];
  blocks?: readonly PairBlock[]; rest?: Partial<KernelInput>;
}): KernelInput {
  return {
    snapshot: snapshotOf(world.outputs, world.inputs, world.agreed), catalogue: world.catalogue, policy: loadDefaultPolicy(), model: NEUTRAL_MODEL,
    blocks: world.blocks ?? [], open: [], asOfDay: TODAY, seed: 1, ...world.rest,
  };
}
