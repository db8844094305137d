import type { QualityValue } from '../flows/flows.entities.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { QualityAttribute } from '../resources/resource-catalogue.js';
import { fillPooled } from './kernel/pool.js';
import { CODE_ORIGIN, type FlowArrays, HAZARD, NO_WASTE_CODE, PERMIT, PROVENANCE, REACH, type Snapshot, UNKNOWN, WISH } from './kernel/snapshot.js';

/** One flow as the reading query gives it. Numbers are numbers, days are days since 1970-01-01. */
export interface FlowRow {
  id: string;
  version: number;
  territory: string;
  ref: string;
  direction: 'output' | 'input';
  category: string;
  quantity: number | null;
  minimumLot: number | null;
  months: number | null;
  quality: Record<string, QualityValue>;
  hazardous: boolean | null;
  wasteCode: string | null;
  wasteCodeOrigin: string | null;
  wish: string | null;
  withheld: boolean;
  reach: string;
  sourcing: boolean;
  provenance: string | null;
  confirmedDay: number;
  latitude: number | null;
  longitude: number | null;
  hazardousPermitted: boolean | null;
  agreement: boolean;
  companyRef: string;
  siren: string | null;
  groupRef: string | null;
  siteRef: string;
}

/** Generated ids and versions of the rows, in the snapshot's order; kept apart, since nothing that is hashed may hold them. */
export interface SideIds {
  flow: string[];
  version: number[];
}

export interface SnapshotIds {
  outputs: SideIds;
  inputs: SideIds;
}

/** Flows that could not be read into the snapshot; counted, and shown with the run. */
export interface SkippedFlows {
  withoutPlace: number;
  unknownCategory: number;
  /** Quality attributes (not flows) left out: not known to the catalogue, or not of its type. */
  unknownAttributes: number;
}

export interface BuiltSnapshot {
  snapshot: Snapshot;
  ids: SnapshotIds;
  skipped: SkippedFlows;
}

const PROVENANCES: Record<string, number> = {
  measured: PROVENANCE.measured, declared: PROVENANCE.declared, estimated: PROVENANCE.estimated, 'sector-average': PROVENANCE.sectorAverage,
};
const WISHES: Record<string, number> = { yes: WISH.yes, 'not-asked': WISH.notAsked, no: WISH.no };
const REACHES: Record<string, number> = { local: REACH.local, regional: REACH.regional, national: REACH.national };
const ORIGINS: Record<string, number> = { suggested: CODE_ORIGIN.suggested, declared: CODE_ORIGIN.declared, advisor: CODE_ORIGIN.advisor };

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

interface Placed extends FlowRow {
  key: string;
  company: string;
  site: string;
  latitude: number;
  longitude: number;
  attributes: { slug: string; value: number }[];
}

/**
 * Lays rows out as typed arrays, sorted by natural key (territory slug + `/` + reference), so that the order of the rows
 * given, and every generated id, makes no difference.
 * @param territories slugs; the run's own first
 * @param agreed slugs of the territories that both have signed with; pairs are allowed within the run's own territory and between it and these
 */
export function buildSnapshot(rows: readonly FlowRow[], territories: readonly string[], agreed: ReadonlySet<string>, knowledge: Knowledge): BuiltSnapshot {
  const skipped: SkippedFlows = { withoutPlace: 0, unknownCategory: 0, unknownAttributes: 0 };
  const attributesBySlug = new Map(knowledge.catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  const placed: Placed[] = [];
  for (const row of rows) {
    const category = knowledge.category(row.category);
    if (category === undefined) skipped.unknownCategory += 1;
    else if (row.latitude === null || row.longitude === null) skipped.withoutPlace += 1;
    else {
      const attributes = readAttributes(row.quality, attributesBySlug);
      skipped.unknownAttributes += Object.keys(row.quality).length - attributes.length;
      placed.push({
        ...row, category: category.slug, latitude: row.latitude, longitude: row.longitude, attributes,
        key: `${row.territory}/${row.ref}`, company: `${row.territory}/${row.companyRef}`, site: `${row.territory}/${row.siteRef}`,
      });
    }
  }
  placed.sort((one, other) => byText(one.key, other.key));
  const outputs = placed.filter((row) => row.direction === 'output');
  const inputs = placed.filter((row) => row.direction === 'input');

  const index = {
    categories: indexOf(placed.map((row) => row.category)),
    wasteCodes: indexOf(placed.flatMap((row) => row.wasteCode ?? [])),
    attributes: indexOf(placed.flatMap((row) => row.attributes.map(({ slug }) => slug))),
    companies: indexOf(placed.map((row) => row.company)),
    sites: indexOf(placed.map((row) => row.site)),
    groups: groupsOf(placed),
    territories: { values: [...territories], at: new Map(territories.map((slug, at) => [slug, at])) },
  };
  const snapshot: Snapshot = {
    outputs: toArrays(outputs, index),
    inputs: toArrays(inputs, index),
    categories: index.categories.values,
    wasteCodes: index.wasteCodes.values,
    attributes: index.attributes.values,
    companies: index.companies.values,
    territories: index.territories.values,
    territoryAgreed: agreedMatrix(territories, agreed),
    outputKeys: outputs.map((row) => row.key),
    inputKeys: inputs.map((row) => row.key),
  };
  fillPooled(snapshot, snapshot.categories.flatMap((slug) => knowledge.category(slug) ?? []), knowledge.catalogue.substitutions);
  return {
    snapshot,
    ids: { outputs: idsOf(outputs), inputs: idsOf(inputs) },
    skipped,
  };
}

interface Index {
  values: string[];
  at: Map<string, number>;
}

interface Indexes extends Record<'categories' | 'wasteCodes' | 'attributes' | 'companies' | 'sites' | 'territories', Index> {
  /** Group number by company key; companies of no group are absent. */
  groups: Map<string, number>;
}

function indexOf(values: readonly string[]): Index {
  const sorted = [...new Set(values)].sort(byText);
  return { values: sorted, at: new Map(sorted.map((value, at) => [value, at])) };
}

/** A firm known in two territories under one SIREN is one group, and so is whatever shares its group reference. */
function groupsOf(rows: readonly Placed[]): Map<string, number> {
  const companies = new Map(rows.map((row) => [row.company, row]));
  const groupOfSiren = new Map<string, string>();
  const holders = new Map<string, number>();
  for (const { siren, groupRef } of companies.values()) {
    if (siren === null) continue;
    holders.set(siren, (holders.get(siren) ?? 0) + 1);
    const known = groupOfSiren.get(siren);
    if (groupRef !== null && (known === undefined || groupRef < known)) groupOfSiren.set(siren, groupRef);
  }
  const nameOf = ({ siren, groupRef }: Placed): string | null => {
    if (groupRef !== null) return `group ${groupRef}`;
    if (siren === null || (holders.get(siren) ?? 0) < 2) return null;
    const shared = groupOfSiren.get(siren);
    return shared === undefined ? `siren ${siren}` : `group ${shared}`;
  };
  const names = new Map([...companies].map(([company, row]) => [company, nameOf(row)]));
  const numbers = indexOf([...names.values()].filter((name) => name !== null)).at;
  return new Map([...names].flatMap(([company, name]): [string, number][] => (name === null ? [] : [[company, numbers.get(name) ?? -1]])));
}

function readAttributes(quality: Record<string, QualityValue>, known: ReadonlyMap<string, QualityAttribute>): { slug: string; value: number }[] {
  return Object.entries(quality).flatMap(([slug, value]) => {
    const number = attributeNumber(known.get(slug), value);
    return number === null ? [] : [{ slug, value: number }];
  }).sort((one, other) => byText(one.slug, other.slug));
}

function attributeNumber(attribute: QualityAttribute | undefined, value: QualityValue): number | null {
  if (attribute?.type === 'number' && typeof value === 'number' && Number.isFinite(value)) return value;
  if (attribute?.type === 'boolean' && typeof value === 'boolean') return value ? 1 : 0;
  if (attribute?.type === 'choice' && typeof value === 'string') {
    const at = attribute.values?.indexOf(value) ?? -1;
    return at < 0 ? null : at;
  }
  return null;
}

/** Between neighbours nothing is agreed as far as this territory knows: what they may exchange is their business. */
function agreedMatrix(territories: readonly string[], agreed: ReadonlySet<string>): Uint8Array {
  const count = territories.length;
  const matrix = new Uint8Array(count * count);
  for (let own = 0; own < count; own += 1) matrix[own * count + own] = 1;
  for (let other = 1; other < count; other += 1) {
    if (!agreed.has(territories[other])) continue;
    matrix[other] = 1;
    matrix[other * count] = 1;
  }
  return matrix;
}

function idsOf(rows: readonly Placed[]): SideIds {
  return { flow: rows.map((row) => row.id), version: rows.map((row) => row.version) };
}

const flag = (value: boolean | null, yes: number, no: number): number => (value === null ? UNKNOWN : value ? yes : no);

function toArrays(rows: readonly Placed[], index: Indexes): FlowArrays {
  const count = rows.length;
  const entries = rows.reduce((sum, row) => sum + row.attributes.length, 0);
  const arrays: FlowArrays = {
    count,
    place: new Float64Array(count * 3),
    category: new Uint16Array(count),
    quantity: new Float64Array(count),
    minimumLot: new Float64Array(count),
    pooled: new Float64Array(count),
    months: new Uint16Array(count),
    hazard: new Uint8Array(count),
    permit: new Uint8Array(count),
    wasteCode: new Uint16Array(count),
    codeOrigin: new Uint8Array(count),
    wish: new Uint8Array(count),
    agreement: new Uint8Array(count),
    withheld: new Uint8Array(count),
    provenance: new Uint8Array(count),
    confirmedDay: new Int32Array(count),
    company: new Int32Array(count),
    group: new Int32Array(count),
    site: new Int32Array(count),
    territory: new Uint16Array(count),
    reach: new Uint8Array(count),
    sourcing: new Uint8Array(count),
    attributeStart: new Uint32Array(count + 1),
    attributeKey: new Uint16Array(entries),
    attributeValue: new Float64Array(entries),
  };
  const at = (which: Index, value: string): number => {
    const found = which.at.get(value);
    if (found === undefined) throw new Error(`The snapshot does not know ${value}`);
    return found;
  };
  let entry = 0;
  rows.forEach((row, i) => {
    writePlace(arrays.place, i, row.latitude, row.longitude);
    arrays.category[i] = at(index.categories, row.category);
    arrays.quantity[i] = row.quantity ?? Number.NaN;
    arrays.minimumLot[i] = row.minimumLot ?? Number.NaN;
    arrays.months[i] = row.months ?? 0;
    arrays.hazard[i] = flag(row.hazardous, HAZARD.yes, HAZARD.no);
    arrays.permit[i] = row.direction === 'input' ? flag(row.hazardousPermitted, PERMIT.permitted, PERMIT.notPermitted) : 0;
    arrays.wasteCode[i] = row.wasteCode === null ? NO_WASTE_CODE : at(index.wasteCodes, row.wasteCode);
    // A code whose origin nobody noted is as weak as a suggested one.
    arrays.codeOrigin[i] = row.wasteCode === null ? CODE_ORIGIN.none : ORIGINS[row.wasteCodeOrigin ?? 'suggested'];
    arrays.wish[i] = row.wish === null ? UNKNOWN : WISHES[row.wish];
    arrays.agreement[i] = row.agreement ? 1 : 0;
    arrays.withheld[i] = row.withheld ? 1 : 0;
    arrays.provenance[i] = row.provenance === null ? UNKNOWN : PROVENANCES[row.provenance];
    arrays.confirmedDay[i] = row.confirmedDay;
    arrays.company[i] = at(index.companies, row.company);
    arrays.group[i] = index.groups.get(row.company) ?? -1;
    arrays.site[i] = at(index.sites, row.site);
    arrays.territory[i] = at(index.territories, row.territory);
    arrays.reach[i] = row.direction === 'input' ? REACHES[row.reach] : REACH.local;
    arrays.sourcing[i] = row.direction === 'input' && row.sourcing ? 1 : 0;
    arrays.attributeStart[i] = entry;
    for (const attribute of row.attributes) {
      arrays.attributeKey[entry] = at(index.attributes, attribute.slug);
      arrays.attributeValue[entry] = attribute.value;
      entry += 1;
    }
  });
  arrays.attributeStart[count] = entry;
  return arrays;
}

/** Latitude and longitude, WGS 84 degrees, as a unit vector. */
function writePlace(place: Float64Array, at: number, latitude: number, longitude: number): void {
  const phi = (latitude * Math.PI) / 180;
  const lambda = (longitude * Math.PI) / 180;
  place[at * 3] = Math.cos(phi) * Math.cos(lambda);
  place[at * 3 + 1] = Math.cos(phi) * Math.sin(lambda);
  place[at * 3 + 2] = Math.sin(phi);
}
