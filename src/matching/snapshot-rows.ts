import type { QualityValue } from '../flows/flows.entities.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { QualityAttribute } from '../resources/resource-catalogue.js';
import { fillPooled } from './kernel/pool.js';
import { CODE_ORIGIN, type FlowArrays, HAZARD, NO_WASTE_CODE, PROVENANCE, REACH, type Snapshot, UNKNOWN, WISH } from './kernel/snapshot.js';
import { type Place, placesOf, type SiteRow } from './snapshot-places.js';
import { byText, indexOf, numberOf } from './value-index.js';

/** One flow as the reading query gives it. Numbers are numbers, days are days since 1970-01-01. */
export interface FlowRow {
  id: string;
  version: number;
  ref: string;
  direction: 'output' | 'input';
  category: string;
  quantity: number | null;
  minimumLot: number | null;
  months: number | null;
  /** Null: no attribute at all. */
  quality: Record<string, QualityValue> | null;
  hazardous: boolean | null;
  wasteCode: string | null;
  wasteCodeOrigin: string | null;
  wish: string | null;
  withheld: boolean;
  reach: string;
  sourcing: boolean;
  provenance: string | null;
  confirmedDay: number;
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

/** A flow that goes into the snapshot: coded at once, so that nothing of its row is kept but what the snapshot says. */
interface Placed {
  id: string;
  version: number;
  key: string;
  site: SiteRow;
  category: string;
  quantity: number;
  minimumLot: number;
  months: number;
  hazard: number;
  wasteCode: string | null;
  codeOrigin: number;
  wish: number;
  withheld: number;
  provenance: number;
  confirmedDay: number;
  reach: number;
  sourcing: number;
  attributes: readonly Attribute[];
}

interface Attribute {
  slug: string;
  value: number;
}

const NO_ATTRIBUTES: readonly Attribute[] = [];

/**
 * Takes rows in batches of any size and order, and lays them out as typed arrays, sorted by natural key (territory slug + `/` +
 * reference), so that the order of the rows given, and every generated id, makes no difference.
 */
export class SnapshotBuilder {
  private readonly outputs: Placed[] = [];
  private readonly inputs: Placed[] = [];
  private readonly skipped: SkippedFlows = { withoutPlace: 0, unknownCategory: 0, unknownAttributes: 0 };
  private readonly attributesBySlug: ReadonlyMap<string, QualityAttribute>;
  /** One string for each code, however many rows name it. */
  private readonly wasteCodes = new Map<string, string>();

  constructor(private readonly knowledge: Knowledge) {
    this.attributesBySlug = new Map(knowledge.catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  }

  /** @param site where the flow is; flows of one site are best given the same object */
  add(row: FlowRow, site: SiteRow): void {
    const category = this.knowledge.category(row.category);
    if (category === undefined) this.skipped.unknownCategory += 1;
    else if (site.latitude === null || site.longitude === null) this.skipped.withoutPlace += 1;
    else {
      const attributes = row.quality === null ? NO_ATTRIBUTES : this.attributesOf(row.quality);
      const input = row.direction === 'input';
      (input ? this.inputs : this.outputs).push({
        id: row.id, version: row.version, key: `${site.territory}/${row.ref}`, site, category: category.slug, attributes,
        quantity: row.quantity ?? Number.NaN, minimumLot: row.minimumLot ?? Number.NaN, months: row.months ?? 0, hazard: flag(row.hazardous, HAZARD.yes, HAZARD.no),
        wasteCode: this.wasteCode(row.wasteCode),
        // A code whose origin nobody noted is as weak as a suggested one.
        codeOrigin: row.wasteCode === null ? CODE_ORIGIN.none : ORIGINS[row.wasteCodeOrigin ?? 'suggested'],
        wish: row.wish === null ? UNKNOWN : WISHES[row.wish], withheld: row.withheld ? 1 : 0,
        provenance: row.provenance === null ? UNKNOWN : PROVENANCES[row.provenance], confirmedDay: row.confirmedDay,
        reach: input ? REACHES[row.reach] : REACH.local, sourcing: input && row.sourcing ? 1 : 0,
      });
    }
  }

  /**
   * Once, when all rows are in.
   * @param territories slugs; the run's own first
   * @param agreed slugs of the territories that both have signed with; pairs are allowed within the run's own territory and between it and these
   */
  build(territories: readonly string[], agreed: ReadonlySet<string>): BuiltSnapshot {
    const { outputs, inputs, knowledge, skipped } = this;
    for (const side of [outputs, inputs]) side.sort((one, other) => byText(one.key, other.key));
    const sides = [outputs, inputs];
    const categories = indexOf(sides.flatMap((side) => side.map(({ category }) => category)));
    const wasteCodes = indexOf([...this.wasteCodes.keys()]);
    const attributes = indexOf(sides.flatMap((side) => side.flatMap((flow) => flow.attributes.map(({ slug }) => slug))));
    const { companies, places } = placesOf(new Set(sides.flatMap((side) => side.map(({ site }) => site))), territories);
    const index = { categories: categories.at, wasteCodes: wasteCodes.at, attributes: attributes.at, places };
    const snapshot: Snapshot = {
      outputs: toArrays(outputs, index, false),
      inputs: toArrays(inputs, index, true),
      categories: categories.values,
      wasteCodes: wasteCodes.values,
      attributes: attributes.values,
      companies,
      territories: [...territories],
      territoryAgreed: agreedMatrix(territories, agreed),
      outputKeys: outputs.map(({ key }) => key),
      inputKeys: inputs.map(({ key }) => key),
    };
    fillPooled(snapshot, snapshot.categories.flatMap((slug) => knowledge.category(slug) ?? []), knowledge.catalogue.substitutions);
    return { snapshot, ids: { outputs: idsOf(outputs), inputs: idsOf(inputs) }, skipped };
  }

  private attributesOf(quality: Record<string, QualityValue>): readonly Attribute[] {
    const attributes = readAttributes(quality, this.attributesBySlug);
    this.skipped.unknownAttributes += Object.keys(quality).length - attributes.length;
    return attributes;
  }

  private wasteCode(code: string | null): string | null {
    if (code === null) return null;
    const known = this.wasteCodes.get(code);
    if (known === undefined) this.wasteCodes.set(code, code);
    return known ?? code;
  }
}

interface Indexes extends Record<'categories' | 'wasteCodes' | 'attributes', ReadonlyMap<string, number>> {
  places: ReadonlyMap<SiteRow, Place>;
}

function readAttributes(quality: Record<string, QualityValue>, known: ReadonlyMap<string, QualityAttribute>): Attribute[] {
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
  return { flow: rows.map(({ id }) => id), version: rows.map(({ version }) => version) };
}

const flag = (value: boolean | null, yes: number, no: number): number => (value === null ? UNKNOWN : value ? yes : no);

/** Memory that threads can share, so that they need no copy. */
function shared(count: number, bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(count * bytes);
}

function toArrays(rows: readonly Placed[], index: Indexes, inputs: boolean): FlowArrays {
  const count = rows.length;
  const entries = rows.reduce((sum, row) => sum + row.attributes.length, 0);
  const arrays: FlowArrays = {
    count,
    place: new Float64Array(shared(count * 3, 8)),
    category: new Uint16Array(shared(count, 2)),
    quantity: new Float64Array(shared(count, 8)),
    minimumLot: new Float64Array(shared(count, 8)),
    pooled: new Float64Array(shared(count, 8)),
    months: new Uint16Array(shared(count, 2)),
    hazard: new Uint8Array(shared(count, 1)),
    permit: new Uint8Array(shared(count, 1)),
    wasteCode: new Uint16Array(shared(count, 2)),
    codeOrigin: new Uint8Array(shared(count, 1)),
    wish: new Uint8Array(shared(count, 1)),
    agreement: new Uint8Array(shared(count, 1)),
    withheld: new Uint8Array(shared(count, 1)),
    provenance: new Uint8Array(shared(count, 1)),
    confirmedDay: new Int32Array(shared(count, 4)),
    company: new Int32Array(shared(count, 4)),
    group: new Int32Array(shared(count, 4)),
    site: new Int32Array(shared(count, 4)),
    territory: new Uint16Array(shared(count, 2)),
    reach: new Uint8Array(shared(count, 1)),
    sourcing: new Uint8Array(shared(count, 1)),
    attributeStart: new Uint32Array(shared(count + 1, 4)),
    attributeKey: new Uint16Array(shared(entries, 2)),
    attributeValue: new Float64Array(shared(entries, 8)),
  };
  let entry = 0;
  rows.forEach((row, i) => {
    const place = index.places.get(row.site);
    if (place === undefined) throw new Error(`The snapshot does not know the site of ${row.key}`);
    arrays.place.set(place.at, i * 3);
    arrays.category[i] = numberOf(index.categories, row.category);
    arrays.quantity[i] = row.quantity;
    arrays.minimumLot[i] = row.minimumLot;
    arrays.months[i] = row.months;
    arrays.hazard[i] = row.hazard;
    arrays.permit[i] = inputs ? place.permit : 0;
    arrays.wasteCode[i] = row.wasteCode === null ? NO_WASTE_CODE : numberOf(index.wasteCodes, row.wasteCode);
    arrays.codeOrigin[i] = row.codeOrigin;
    arrays.wish[i] = row.wish;
    arrays.agreement[i] = place.agreement;
    arrays.withheld[i] = row.withheld;
    arrays.provenance[i] = row.provenance;
    arrays.confirmedDay[i] = row.confirmedDay;
    arrays.company[i] = place.company;
    arrays.group[i] = place.group;
    arrays.site[i] = place.site;
    arrays.territory[i] = place.territory;
    arrays.reach[i] = row.reach;
    arrays.sourcing[i] = row.sourcing;
    arrays.attributeStart[i] = entry;
    for (const attribute of row.attributes) {
      arrays.attributeKey[entry] = numberOf(index.attributes, attribute.slug);
      arrays.attributeValue[entry] = attribute.value;
      entry += 1;
    }
  });
  arrays.attributeStart[count] = entry;
  return arrays;
}
