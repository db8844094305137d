import { NEUTRAL_MODEL } from '../../src/matching/kernel/model.js';
import type { KernelInput } from '../../src/matching/kernel/kernel-input.js';
import { fillPooled } from '../../src/matching/kernel/pool.js';
import { CODE_ORIGIN, type FlowArrays, HAZARD, NO_WASTE_CODE, type PairBlock, PERMIT, PROVENANCE, REACH, type Snapshot, WISH } from '../../src/matching/kernel/snapshot.js';
import type { Policy } from '../../src/matching/policy.js';
import type { BaseUnit, ResourceCatalogue, ResourceCategory } from '../../src/resources/resource-catalogue.js';
import { type DecidingAttribute, decidingAttributes } from './deciding-attributes.js';
import { type Commune, frenchCommunes } from './communes.js';
import { Draws, Weighted, zipf } from './draws.js';

export interface WorldOptions {
  /** Flows a side. */
  size: number;
  seed: number;
  catalogue: ResourceCatalogue;
  policy: Policy;
}

/** 2026-11-23, in days since 1970-01-01: the day of every bench run. */
export const AS_OF_DAY = 20_780;
const ALL_YEAR = 4_095;
const DEGREES_PER_KM = 1 / 111.195;
/** What a middling site has of a category in a year. */
const MEDIAN_QUANTITY: Record<BaseUnit, number> = { t: 60, m3: 3_000, MWh: 800, h: 150, piece: 250, m2: 400 };
/** Categories are as unevenly frequent as words are. */
const CATEGORY_EXPONENT = 1;
const MOST_FLOWS_A_SITE = 40;
/** Blocked pairs, as a share of the outputs. */
const BLOCK_SHARE = 0.02;

/**
 * Flows like real ones, of one territory that is France, from a seed: sites around real communes, in business parks or
 * scattered; few companies with many sites and flows; categories by Zipf; log-normal quantities; a part unknown of
 * everything that can be unknown. The same options give the same bytes.
 */
export function generateWorld({ size, seed, catalogue, policy }: WorldOptions): KernelInput {
  const draws = new Draws(seed);
  const categories = catalogue.categories.filter(({ replacedBy }) => replacedBy === undefined).sort((a, b) => (a.slug < b.slug ? -1 : 1));
  const attributes = catalogue.qualityAttributes.map(({ slug }) => slug).sort();
  const wasteCodes = [...new Set(categories.flatMap(({ usualWasteCodes }) => usualWasteCodes))].sort();
  const deciding = decidingAttributes(catalogue);
  const side = (which: 'output' | 'input'): Side => new Side(which, size, draws, categories, new Set(catalogue.substitutions.map((entry) => entry[which])), wasteCodes, attributes, deciding[which]);
  const [outputs, inputs] = [side('output'), side('input')];
  const places = new Places(frenchCommunes(), draws);
  const companyOfSite: number[] = [];
  const companies: { group: number; agreement: number }[] = [];
  while (!outputs.isFull() || !inputs.isFull()) {
    const site = places.next(companyOfSite.length);
    if (companyOfSite.length > 0 && draws.chance(0.15)) companyOfSite.push(companyOfSite[draws.below(companyOfSite.length)]);
    else companyOfSite.push(companies.push({ group: draws.chance(0.05) ? draws.below(1 + (size >> 5)) : -1, agreement: draws.chance(0.9) ? 1 : 0 }) - 1);
    const company = companyOfSite[site.site];
    const standing: Standing = {
      ...site, company, ...companies[company], scale: Math.exp(0.9 * draws.normal()),
      permit: draws.oneOf([[PERMIT.permitted, 0.2], [PERMIT.notPermitted, 0.3], [PERMIT.unknown, 0.5]]),
    };
    const flows = Math.min(MOST_FLOWS_A_SITE, Math.round(1 + draws.pareto(1.1)));
    for (let flow = 0; flow < flows; flow += 1) (draws.chance(0.5) ? outputs : inputs).add(standing);
  }
  const snapshot: Snapshot = {
    outputs: outputs.arrays(), inputs: inputs.arrays(), categories: categories.map(({ slug }) => slug), wasteCodes, attributes,
    companies: companies.map((_, at) => `france/C${padded(at)}`), territories: ['france'], territoryAgreed: Uint8Array.of(1),
    outputKeys: keys('O', size), inputKeys: keys('I', size),
  };
  fillPooled(snapshot, categories, catalogue.substitutions);
  return { snapshot, catalogue, policy, model: NEUTRAL_MODEL, blocks: blocksOf(snapshot, catalogue, draws), open: [], asOfDay: AS_OF_DAY, seed };
}

const padded = (at: number): string => String(at).padStart(7, '0');
const keys = (letter: string, size: number): string[] => Array.from({ length: size }, (_, at) => `france/${letter}${padded(at)}`);

interface Site {
  site: number;
  place: [number, number, number];
}

/** A site with what its flows have in common. */
interface Standing extends Site {
  company: number;
  group: number;
  agreement: number;
  permit: number;
  /** Factor on every quantity of the site. */
  scale: number;
}

/** Where sites stand: communes by population; most in one of the commune's business parks, the others scattered about it. */
class Places {
  private readonly byPopulation: Weighted;
  private readonly parks = new Map<number, [number, number][]>();

  constructor(
    private readonly communes: readonly Commune[],
    private readonly draws: Draws,
  ) {
    this.byPopulation = new Weighted(communes.map(({ population }) => population + 500));
  }

  next(site: number): Site {
    const at = this.byPopulation.draw(this.draws);
    const commune = this.communes[at];
    const spreadKm = 1 + Math.sqrt(commune.population) / 80;
    if (!this.draws.chance(0.6)) return { site, place: unitVector(this.about([commune.latitude, commune.longitude], spreadKm)) };
    const parks = this.parks.get(at) ?? Array.from({ length: 1 + Math.floor(commune.population / 12_000) }, () => this.about([commune.latitude, commune.longitude], spreadKm));
    this.parks.set(at, parks);
    return { site, place: unitVector(this.about(parks[this.draws.below(parks.length)], 0.3)) };
  }

  private about([latitude, longitude]: [number, number], km: number): [number, number] {
    const degrees = km * DEGREES_PER_KM;
    return [latitude + degrees * this.draws.normal(), longitude + (degrees * this.draws.normal()) / Math.cos((latitude * Math.PI) / 180)];
  }
}

function unitVector([latitude, longitude]: [number, number]): [number, number, number] {
  const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/** The flows of one side while they are drawn. */
class Side {
  private count = 0;
  private readonly flows: FlowArrays;
  private readonly attributeKeys: number[] = [];
  private readonly attributeValues: number[] = [];
  /** Indexes of the categories that this side can have, the most frequent first. */
  private readonly frequent: number[];
  private readonly byFrequency: Weighted;
  /** By category index. */
  private readonly codesOf: number[][];
  private readonly decidingOf: { key: number; levels: number[] }[][];

  constructor(
    private readonly which: 'output' | 'input',
    private readonly size: number,
    private readonly draws: Draws,
    private readonly categories: readonly ResourceCategory[],
    usable: ReadonlySet<string>,
    wasteCodes: readonly string[],
    attributes: readonly string[],
    deciding: ReadonlyMap<string, DecidingAttribute[]>,
  ) {
    this.flows = emptyFlows(size);
    this.frequent = draws.shuffled(categories.flatMap(({ slug }, at) => (usable.has(slug) ? [at] : [])));
    this.byFrequency = new Weighted(zipf(this.frequent.length, CATEGORY_EXPONENT));
    this.codesOf = categories.map(({ usualWasteCodes }) => usualWasteCodes.map((code) => wasteCodes.indexOf(code)));
    this.decidingOf = categories.map(({ slug }) => (deciding.get(slug) ?? []).map(({ slug: attribute, levels }) => ({ key: attributes.indexOf(attribute), levels })));
  }

  isFull(): boolean {
    return this.count === this.size;
  }

  add(site: Standing): void {
    if (this.isFull()) return;
    const { draws, flows } = this;
    const at = this.count;
    const output = this.which === 'output';
    const category = this.frequent[this.byFrequency.draw(draws)];
    const { baseUnit, hazardousByNature } = this.categories[category];
    const usual = MEDIAN_QUANTITY[baseUnit] * site.scale * Math.exp(1.2 * draws.normal());
    flows.place.set(site.place, 3 * at);
    flows.category[at] = category;
    flows.quantity[at] = draws.chance(0.15) ? NaN : usual;
    flows.minimumLot[at] = draws.chance(0.1) ? usual * (0.05 + 0.5 * draws.uniform()) : NaN;
    flows.months[at] = this.months();
    flows.hazard[at] = !output ? HAZARD.unknown : hazardousByNature === true ? HAZARD.yes : draws.oneOf([[HAZARD.no, 0.7], [HAZARD.unknown, 0.25], [HAZARD.yes, 0.05]]);
    flows.permit[at] = output ? PERMIT.unknown : site.permit;
    const codes = this.codesOf[category];
    const coded = output && codes.length > 0 && draws.chance(0.6);
    flows.wasteCode[at] = coded ? codes[draws.below(codes.length)] : NO_WASTE_CODE;
    flows.codeOrigin[at] = coded ? draws.oneOf([[CODE_ORIGIN.declared, 0.5], [CODE_ORIGIN.suggested, 0.35], [CODE_ORIGIN.advisor, 0.15]]) : CODE_ORIGIN.none;
    flows.wish[at] = draws.oneOf([[WISH.yes, 0.7], [WISH.notAsked, 0.2], [WISH.no, 0.05], [WISH.unknown, 0.05]]);
    flows.agreement[at] = site.agreement;
    flows.withheld[at] = draws.chance(0.02) ? 1 : 0;
    flows.provenance[at] = draws.oneOf([
      [PROVENANCE.declared, 0.5], [PROVENANCE.estimated, 0.25], [PROVENANCE.measured, 0.1], [PROVENANCE.sectorAverage, 0.1], [PROVENANCE.unknown, 0.05],
    ]);
    flows.confirmedDay[at] = AS_OF_DAY - Math.floor(Math.min(2_500, draws.exponential(330)));
    flows.company[at] = site.company;
    flows.group[at] = site.group;
    flows.site[at] = site.site;
    flows.reach[at] = output ? REACH.local : draws.oneOf([[REACH.local, 0.5], [REACH.regional, 0.35], [REACH.national, 0.15]]);
    flows.sourcing[at] = !output && draws.chance(0.03) ? 1 : 0;
    this.addAttribute(category);
    this.count += 1;
    flows.attributeStart[this.count] = this.attributeKeys.length;
  }

  /** Most flows run all year; seasons are one stretch of months, over the turn of the year too. */
  private months(): number {
    const { draws } = this;
    const kind = draws.oneOf([['all-year', 0.65], ['season', 0.2], ['unknown', 0.15]]);
    if (kind !== 'season') return kind === 'unknown' ? 0 : ALL_YEAR;
    const [first, length] = [draws.below(12), 3 + draws.below(6)];
    let mask = 0;
    for (let month = first; month < first + length; month += 1) mask |= 1 << (month % 12);
    return mask;
  }

  /** A visit learns at most one of the figures that decide, and mostly none. */
  private addAttribute(category: number): void {
    const deciding = this.decidingOf[category];
    if (deciding.length === 0 || !this.draws.chance(0.35)) return;
    const { key, levels } = deciding[this.draws.below(deciding.length)];
    this.attributeKeys.push(key);
    this.attributeValues.push(levels[this.draws.below(levels.length)]);
  }

  arrays(): FlowArrays {
    return { ...this.flows, attributeKey: Uint16Array.from(this.attributeKeys), attributeValue: Float64Array.from(this.attributeValues) };
  }
}

function emptyFlows(count: number): FlowArrays {
  return {
    count, place: new Float64Array(3 * count), category: new Uint16Array(count), quantity: new Float64Array(count), minimumLot: new Float64Array(count), pooled: new Float64Array(count),
    months: new Uint16Array(count), hazard: new Uint8Array(count), permit: new Uint8Array(count), wasteCode: new Uint16Array(count), codeOrigin: new Uint8Array(count),
    wish: new Uint8Array(count), agreement: new Uint8Array(count), withheld: new Uint8Array(count), provenance: new Uint8Array(count), confirmedDay: new Int32Array(count),
    company: new Int32Array(count), group: new Int32Array(count), site: new Int32Array(count), territory: new Uint16Array(count), reach: new Uint8Array(count),
    sourcing: new Uint8Array(count), attributeStart: new Uint32Array(count + 1), attributeKey: new Uint16Array(0), attributeValue: new Float64Array(0),
  };
}

/** Pairs decided before: of near ones, since only such were ever shown. */
function blocksOf({ outputs, inputs, categories }: Snapshot, catalogue: ResourceCatalogue, draws: Draws): PairBlock[] {
  const indexOf = new Map(categories.map((slug, at) => [slug, at]));
  const feeds = new Map<number, number[]>();
  for (const { output, input } of catalogue.substitutions) {
    const [from, to] = [indexOf.get(output), indexOf.get(input)];
    if (from !== undefined && to !== undefined) feeds.set(from, [...(feeds.get(from) ?? []), to]);
  }
  const inputsOf: number[][] = categories.map(() => []);
  inputs.category.forEach((category, flow) => inputsOf[category].push(flow));
  const blocks = new Map<string, PairBlock>();
  for (let at = 0; at < outputs.count * BLOCK_SHARE; at += 1) {
    const output = draws.below(outputs.count);
    const choices = feeds.get(outputs.category[output]) ?? [];
    const there = choices.length === 0 ? [] : inputsOf[choices[draws.below(choices.length)]];
    if (there.length === 0) continue;
    let [nearest, nearness] = [-1, -Infinity];
    for (let look = 0; look < 30; look += 1) {
      const input = there[draws.below(there.length)];
      const dot = [0, 1, 2].reduce((sum, axis) => sum + outputs.place[3 * output + axis] * inputs.place[3 * input + axis], 0);
      if (dot > nearness) [nearest, nearness] = [input, dot];
    }
    const kind = draws.oneOf<PairBlock['kind']>([['suppressed', 0.8], ['introduced', 0.1], ['running', 0.1]]);
    blocks.set(`${output} ${nearest}`, { output, input: nearest, kind });
  }
  return [...blocks.values()];
}
