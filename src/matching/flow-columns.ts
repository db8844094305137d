import type { FlowArrays } from './kernel/snapshot.js';

/** What a flow brings by itself: one number a flow, of these kinds. */
const OWN = {
  category: Uint16Array, quantity: Float64Array, minimumLot: Float64Array, months: Uint16Array, hazard: Uint8Array, wasteCode: Uint16Array, codeOrigin: Uint8Array,
  wish: Uint8Array, withheld: Uint8Array, provenance: Uint8Array, confirmedDay: Int32Array, reach: Uint8Array, sourcing: Uint8Array,
} as const;

type Own = keyof typeof OWN;
const FIELDS = Object.keys(OWN) as Own[];
type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;
type NumbersOf = new (length: number | SharedArrayBuffer) => Numbers;
type Columns = { [Field in Own]: InstanceType<(typeof OWN)[Field]> };

/** Flows in the order in which they come, column by column, in arrays that grow. */
export class FlowColumns {
  /** Others as soon as they have grown: read them anew after `add`. */
  columns = columnsOf(64);
  private count = 0;

  /** A place for another flow. @returns its index */
  add(): number {
    if (this.count === this.columns.category.length) {
      const larger = columnsOf(2 * this.count);
      for (const field of FIELDS) larger[field].set(this.columns[field]);
      this.columns = larger;
    }
    this.count += 1;
    return this.count - 1;
  }

  /**
   * The columns in another order, with room for what the flows' sites and attributes say.
   * @param order for each place the flow that comes there
   * @param entries of attributes, over all flows
   */
  inOrder(order: Uint32Array, entries: number): FlowArrays {
    const count = order.length;
    const room = {
      place: floats(3 * count), pooled: floats(count), permit: bytes(count), agreement: bytes(count), company: integers(count), group: integers(count), site: integers(count),
      territory: halves(count), attributeStart: new Uint32Array(new SharedArrayBuffer(4 * (count + 1))), attributeKey: halves(entries), attributeValue: floats(entries),
    };
    return { count, ...room, ...(Object.fromEntries(FIELDS.map((field) => [field, taken(this.columns[field], order, OWN[field])])) as Columns) };
  }
}

function columnsOf(length: number): Columns {
  return Object.fromEntries(FIELDS.map((field) => [field, new OWN[field](length)])) as Columns;
}

function taken(values: Numbers, order: Uint32Array, kind: NumbersOf): Numbers {
  const result = new kind(new SharedArrayBuffer(order.length * values.BYTES_PER_ELEMENT));
  for (let at = 0; at < order.length; at += 1) result[at] = values[order[at]];
  return result;
}

// On memory that threads can share, so that they need no copy.
const floats = (count: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * count));
const integers = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count));
const halves = (count: number): Uint16Array => new Uint16Array(new SharedArrayBuffer(2 * count));
const bytes = (count: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(count));
