import type { QualityValue } from '../flows/flows.entities.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { QualityAttribute } from '../resources/resource-catalogue.js';
import { fillPooled } from './kernel/pool.js';
import { FlowColumns } from './flow-columns.js';
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

interface Attribute {
  slug: string;
  value: number;
}

/** Texts as numbers, in the order in which they came; the order of the texts is found at the end. */
class Met {
  readonly values: string[] = [];
  private readonly at = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.at.get(text);
    if (known !== undefined) return known;
    this.at.set(text, this.values.length);
    return this.values.push(text) - 1;
  }

  /** The texts in their order, and where each that came stands in it. */
  sorted(): { values: string[]; placeOf: Uint16Array } {
    const { values, at } = indexOf(this.values);
    return { values, placeOf: Uint16Array.from(this.values, (text) => numberOf(at, text)) };
  }
}

/** One side of the snapshot as its rows come. */
class Side {
  readonly flows = new FlowColumns();
  readonly keys: string[] = [];
  readonly ids: string[] = [];
  readonly versions: number[] = [];
  /** Of each flow: its site, as the builder numbers them. */
  readonly sites: number[] = [];
  /** Of each flow, where its attributes begin in the two lists, and their number. */
  readonly firstAttribute: number[] = [];
  readonly attributes: number[] = [];
  readonly attributeKey: number[] = [];
  readonly attributeValue: number[] = [];
}

/**
 * Takes rows in batches of any size and order, and lays them out as typed arrays, sorted by natural key (territory slug + `/` +
 * reference), so that the order of the rows given, and every generated id, makes no difference. Nothing of a row is kept but
 * what the snapshot says, column by column.
 */
export class SnapshotBuilder {
  private readonly outputs = new Side();
  private readonly inputs = new Side();
  private readonly skipped: SkippedFlows = { withoutPlace: 0, unknownCategory: 0, unknownAttributes: 0 };
  private readonly attributesBySlug: ReadonlyMap<string, QualityAttribute>;
  private readonly categories = new Met();
  private readonly wasteCodes = new Met();
  private readonly attributes = new Met();
  private readonly sites = new Map<SiteRow, number>();

  constructor(private readonly knowledge: Knowledge) {
    this.attributesBySlug = new Map(knowledge.catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  }

  /** @param site where the flow is; flows of one site are best given the same object */
  add(row: FlowRow, site: SiteRow): void {
    const category = this.knowledge.category(row.category);
    if (category === undefined) this.skipped.unknownCategory += 1;
    else if (site.latitude === null || site.longitude === null) this.skipped.withoutPlace += 1;
    else {
      const input = row.direction === 'input';
      const side = input ? this.inputs : this.outputs;
      side.keys.push(`${site.territory}/${row.ref}`);
      side.ids.push(row.id);
      side.versions.push(row.version);
      side.sites.push(this.siteNumber(site));
      const at = side.flows.add();
      const { columns } = side.flows;
      columns.category[at] = this.categories.numberOf(category.slug);
      columns.quantity[at] = row.quantity ?? Number.NaN;
      columns.minimumLot[at] = row.minimumLot ?? Number.NaN;
      columns.months[at] = row.months ?? 0;
      columns.hazard[at] = flag(row.hazardous, HAZARD.yes, HAZARD.no);
      columns.wasteCode[at] = row.wasteCode === null ? NO_WASTE_CODE : this.wasteCodes.numberOf(row.wasteCode);
      // A code whose origin nobody noted is as weak as a suggested one.
      columns.codeOrigin[at] = row.wasteCode === null ? CODE_ORIGIN.none : ORIGINS[row.wasteCodeOrigin ?? 'suggested'];
      columns.wish[at] = row.wish === null ? UNKNOWN : WISHES[row.wish];
      columns.withheld[at] = row.withheld ? 1 : 0;
      columns.provenance[at] = row.provenance === null ? UNKNOWN : PROVENANCES[row.provenance];
      columns.confirmedDay[at] = row.confirmedDay;
      columns.reach[at] = input ? REACHES[row.reach] : REACH.local;
      columns.sourcing[at] = input && row.sourcing ? 1 : 0;
      this.addAttributes(side, row.quality);
    }
  }

  /**
   * Once, when all rows are in.
   * @param territories slugs; the run's own first
   * @param agreed slugs of the territories that both have signed with; pairs are allowed within the run's own territory and between it and these
   */
  build(territories: readonly string[], agreed: ReadonlySet<string>): BuiltSnapshot {
    const { knowledge, skipped } = this;
    const [categories, wasteCodes, attributes] = [this.categories, this.wasteCodes, this.attributes].map((met) => met.sorted());
    const { companies, places } = placesOf(this.sites.keys(), territories);
    const orders = { categories: categories.placeOf, wasteCodes: wasteCodes.placeOf, attributes: attributes.placeOf, places };
    const [outputs, inputs] = [this.outputs, this.inputs].map((side) => inOrder(side, orders, side === this.inputs));
    const snapshot: Snapshot = {
      outputs: outputs.arrays,
      inputs: inputs.arrays,
      categories: categories.values,
      wasteCodes: wasteCodes.values,
      attributes: attributes.values,
      companies,
      territories: [...territories],
      territoryAgreed: agreedMatrix(territories, agreed),
      outputKeys: outputs.keys,
      inputKeys: inputs.keys,
    };
    fillPooled(snapshot, snapshot.categories.flatMap((slug) => knowledge.category(slug) ?? []), knowledge.catalogue.substitutions);
    return { snapshot, ids: { outputs: outputs.ids, inputs: inputs.ids }, skipped };
  }

  private siteNumber(site: SiteRow): number {
    const known = this.sites.get(site);
    if (known === undefined) this.sites.set(site, this.sites.size);
    return known ?? this.sites.size - 1;
  }

  private addAttributes(side: Side, quality: Record<string, QualityValue> | null): void {
    const known = quality === null ? NO_ATTRIBUTES : readAttributes(quality, this.attributesBySlug);
    if (quality !== null) this.skipped.unknownAttributes += Object.keys(quality).length - known.length;
    side.firstAttribute.push(side.attributeKey.length);
    side.attributes.push(known.length);
    for (const { slug, value } of known) {
      side.attributeKey.push(this.attributes.numberOf(slug));
      side.attributeValue.push(value);
    }
  }
}

const NO_ATTRIBUTES: readonly Attribute[] = [];

/** From the numbers in which things came to where they stand in the snapshot. */
interface Orders extends Record<'categories' | 'wasteCodes' | 'attributes', Uint16Array> {
  places: readonly Place[];
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

const flag = (value: boolean | null, yes: number, no: number): number => (value === null ? UNKNOWN : value ? yes : no);

/** A side in the order of its natural keys. */
function inOrder(side: Side, orders: Orders, inputs: boolean): { arrays: FlowArrays; keys: string[]; ids: SideIds } {
  const order = orderOf(side.keys);
  const arrays = side.flows.inOrder(order, side.attributeKey.length);
  const { wasteCode, category } = arrays;
  let entry = 0;
  for (let at = 0; at < order.length; at += 1) {
    const from = order[at];
    const place = orders.places[side.sites[from]];
    arrays.place[3 * at] = place.at[0];
    arrays.place[3 * at + 1] = place.at[1];
    arrays.place[3 * at + 2] = place.at[2];
    category[at] = orders.categories[category[at]];
    if (wasteCode[at] !== NO_WASTE_CODE) wasteCode[at] = orders.wasteCodes[wasteCode[at]];
    arrays.permit[at] = inputs ? place.permit : 0;
    arrays.agreement[at] = place.agreement;
    arrays.company[at] = place.company;
    arrays.group[at] = place.group;
    arrays.site[at] = place.site;
    arrays.territory[at] = place.territory;
    arrays.attributeStart[at] = entry;
    const first = side.firstAttribute[from];
    for (let attribute = first; attribute < first + side.attributes[from]; attribute += 1) {
      arrays.attributeKey[entry] = orders.attributes[side.attributeKey[attribute]];
      arrays.attributeValue[entry] = side.attributeValue[attribute];
      entry += 1;
    }
  }
  arrays.attributeStart[order.length] = entry;
  const pick = <Value>(values: readonly Value[]): Value[] => Array.from(order, (from) => values[from]);
  return { arrays, keys: pick(side.keys), ids: { flow: pick(side.ids), version: pick(side.versions) } };
}

/** Where each key, in their order, stands in the list; keys that come in runs of that order, as they often do, cost little. */
function orderOf(keys: readonly string[]): Uint32Array {
  return Uint32Array.from(Array.from(keys, (_, at) => at).sort((one, other) => byText(keys[one], keys[other])));
}
