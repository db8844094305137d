import type { FlowArrays } from './kernel/snapshot.js';

/** What a flow brings by itself: one number a flow, of these kinds. */
const OWN = {
  category: Uint16Array, quantity: Float64Array, minimumLot: Float64Array, months: Uint16Array, hazard: Uint8Array, wasteCode: Uint16Array, codeOrigin: Uint8Array,
  wish: Uint8Array, withheld: Uint8Array, provenance: Uint8Array, confirmedDay: Int32Array, reach: Uint8Array, sourcing: Uint8Array,
} as const;

type Own = keyof typeof OWN;
type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;
type NumbersOf = new (length: number | SharedArrayBuffer) => Numbers;
type Columns = { [Field in Own]: InstanceType<(typeof OWN)[Field]> };

/** Flows in the order in which they come, column by column, in arrays that grow. */
export class FlowColumns implements Columns {
  category = new Uint16Array(64);
  quantity = new Float64Array(64);
  minimumLot = new Float64Array(64);
  months = new Uint16Array(64);
  hazard = new Uint8Array(64);
  wasteCode = new Uint16Array(64);
  codeOrigin = new Uint8Array(64);
  wish = new Uint8Array(64);
  withheld = new Uint8Array(64);
  provenance = new Uint8Array(64);
  confirmedDay = new Int32Array(64);
  reach = new Uint8Array(64);
  sourcing = new Uint8Array(64);
  private count = 0;

  /** A place for another flow. @returns its index; read the arrays anew, they may have grown */
  add(): number {
    if (this.count === this.category.length) this.grow();
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
    const room = { place: floats(3 * count), pooled: floats(count), permit: bytes(count), agreement: bytes(count), company: integers(count), group: integers(count), site: integers(count),
      territory: halves(count), attributeStart: new Uint32Array(new SharedArrayBuffer(4 * (count + 1))), attributeKey: halves(entries), attributeValue: floats(entries) };
    const own = Object.fromEntries(Object.entries(OWN).map(([field, kind]) => [field, taken(this[field as Own], order, kind)])) as Columns;
    return { count, ...room, ...own };
  }

  private grow(): void {
    const columns: Partial<Record<Own, Numbers>> = this;
    for (const [field, kind] of Object.entries(OWN) as [Own, NumbersOf][]) {
      const larger = new kind(2 * this.count);
      larger.set(this[field]);
      columns[field] = larger;
    }
  }
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
