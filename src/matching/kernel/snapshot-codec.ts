import type { FlowArrays, Snapshot } from './snapshot.js';

/** First bytes of a stored snapshot; the number goes up when the layout changes, and old ones stay readable. */
const MAGIC = 'maillon-snapshot-2\n';
const MAGIC_1 = 'maillon-snapshot-1\n';

type ArrayKind = 'Float64' | 'Int32' | 'Uint32' | 'Uint16' | 'Uint8';
const BYTES: Record<ArrayKind, number> = { Float64: 8, Int32: 4, Uint32: 4, Uint16: 2, Uint8: 1 };

/** Every array of a side, in the order in which they are written. */
const LAYOUT: readonly (readonly [Exclude<keyof FlowArrays, 'count'>, ArrayKind])[] = [
  ['place', 'Float64'], ['category', 'Uint16'], ['quantity', 'Float64'], ['minimumLot', 'Float64'], ['pooled', 'Float64'], ['months', 'Uint16'], ['hazard', 'Uint8'], ['permit', 'Uint8'],
  ['wasteCode', 'Uint16'], ['codeOrigin', 'Uint8'], ['wish', 'Uint8'], ['agreement', 'Uint8'], ['withheld', 'Uint8'], ['provenance', 'Uint8'],
  ['confirmedDay', 'Int32'], ['company', 'Int32'], ['group', 'Int32'], ['site', 'Int32'], ['territory', 'Uint16'], ['reach', 'Uint8'], ['sourcing', 'Uint8'],
  ['attributeStart', 'Uint32'], ['attributeKey', 'Uint16'], ['attributeValue', 'Float64'],
];

interface Header {
  lists: Pick<Snapshot, 'categories' | 'wasteCodes' | 'attributes' | 'companies' | 'territories' | 'outputKeys' | 'inputKeys'>;
  agreed: number[];
  outputs: { count: number; lengths: number[] };
  inputs: { count: number; lengths: number[] };
}

/** A snapshot as bytes: a JSON line with lists and lengths, then the arrays, little endian. Equal snapshots give equal bytes. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const { outputs, inputs, territoryAgreed, categories, wasteCodes, attributes, companies, territories, outputKeys, inputKeys } = snapshot;
  const lengthsOf = (flows: FlowArrays): number[] => LAYOUT.map(([field]) => flows[field].length);
  const header: Header = {
    lists: { categories, wasteCodes, attributes, companies, territories, outputKeys, inputKeys },
    agreed: [...territoryAgreed],
    outputs: { count: outputs.count, lengths: lengthsOf(outputs) },
    inputs: { count: inputs.count, lengths: lengthsOf(inputs) },
  };
  const text = new TextEncoder().encode(`${MAGIC}${JSON.stringify(header)}\n`);
  const size = [outputs, inputs].reduce((sum, flows) => sum + LAYOUT.reduce((part, [field, kind]) => part + flows[field].length * BYTES[kind], 0), text.length);
  const bytes = new Uint8Array(size);
  bytes.set(text);
  const view = new DataView(bytes.buffer);
  let at = text.length;
  for (const flows of [outputs, inputs]) {
    for (const [field, kind] of LAYOUT) {
      for (const value of flows[field]) {
        write(view, at, kind, value);
        at += BYTES[kind];
      }
    }
  }
  return bytes;
}

/** @throws when the bytes are not such a snapshot, or end early */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  const start = MAGIC.length;
  const decoder = new TextDecoder();
  const magic = decoder.decode(bytes.subarray(0, start));
  if (magic !== MAGIC && magic !== MAGIC_1) throw new Error('These bytes are no stored snapshot of this version');
  const layout = magic === MAGIC ? LAYOUT : LAYOUT.filter(([field]) => field !== 'pooled');
  const end = bytes.indexOf(0x0a, start);
  const header = JSON.parse(decoder.decode(bytes.subarray(start, end))) as Header;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = end + 1;
  const side = ({ count, lengths }: Header['outputs']): FlowArrays => {
    const arrays: Record<string, unknown> = { count };
    layout.forEach(([field, kind], index) => {
      const array = make(kind, lengths[index]);
      for (let entry = 0; entry < lengths[index]; entry += 1, at += BYTES[kind]) array[entry] = read(view, at, kind);
      arrays[field] = array;
    });
    // Before there was pooling, every flow stood alone.
    arrays.pooled ??= (arrays as unknown as FlowArrays).quantity;
    return arrays as unknown as FlowArrays;
  };
  const outputs = side(header.outputs);
  const inputs = side(header.inputs);
  return { ...header.lists, territoryAgreed: Uint8Array.from(header.agreed), outputs, inputs };
}

function make(kind: ArrayKind, length: number): Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array {
  const types = { Float64: Float64Array, Int32: Int32Array, Uint32: Uint32Array, Uint16: Uint16Array, Uint8: Uint8Array };
  return new types[kind](length);
}

function write(view: DataView, at: number, kind: ArrayKind, value: number): void {
  if (kind === 'Float64') view.setFloat64(at, value, true);
  else if (kind === 'Int32') view.setInt32(at, value, true);
  else if (kind === 'Uint32') view.setUint32(at, value, true);
  else if (kind === 'Uint16') view.setUint16(at, value, true);
  else view.setUint8(at, value);
}

function read(view: DataView, at: number, kind: ArrayKind): number {
  if (kind === 'Float64') return view.getFloat64(at, true);
  if (kind === 'Int32') return view.getInt32(at, true);
  if (kind === 'Uint32') return view.getUint32(at, true);
  if (kind === 'Uint16') return view.getUint16(at, true);
  return view.getUint8(at);
}
