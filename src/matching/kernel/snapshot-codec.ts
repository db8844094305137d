import type { FlowArrays, Snapshot } from './snapshot.js';

/** First bytes of a stored snapshot; the number goes up when the layout changes, and old ones stay readable. */
const MAGIC = 'maillon-snapshot-2\n';
const MAGIC_1 = 'maillon-snapshot-1\n';

type ArrayKind = 'Float64' | 'Int32' | 'Uint32' | 'Uint16' | 'Uint8';
const BYTES: Record<ArrayKind, number> = { Float64: 8, Int32: 4, Uint32: 4, Uint16: 2, Uint8: 1 };
const TYPES = { Float64: Float64Array, Int32: Int32Array, Uint32: Uint32Array, Uint16: Uint16Array, Uint8: Uint8Array };

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
  let at = text.length;
  for (const flows of [outputs, inputs]) {
    for (const [field, kind] of LAYOUT) {
      const values = flows[field];
      bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
      if (BIG_ENDIAN) turn(bytes.subarray(at, at + values.byteLength), BYTES[kind]);
      at += values.byteLength;
    }
  }
  return bytes;
}

/** The machine keeps its numbers the other way round. */
const BIG_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/** Turns the bytes of each number round. */
function turn(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
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
  let at = end + 1;
  const side = ({ count, lengths }: Header['outputs']): FlowArrays => {
    const arrays: Record<string, unknown> = { count };
    layout.forEach(([field, kind], index) => {
      const size = lengths[index] * BYTES[kind];
      if (at + size > bytes.length) throw new Error('The stored snapshot ends early');
      // On shared memory, so that threads need no copy.
      const buffer = new SharedArrayBuffer(size);
      const copy = new Uint8Array(buffer);
      copy.set(bytes.subarray(at, at + size));
      if (BIG_ENDIAN) turn(copy, BYTES[kind]);
      arrays[field] = new (TYPES[kind] as new (buffer: SharedArrayBuffer) => Float64Array)(buffer);
      at += size;
    });
    // Before there was pooling, every flow stood alone.
    arrays.pooled ??= (arrays as unknown as FlowArrays).quantity;
    return arrays as unknown as FlowArrays;
  };
  const outputs = side(header.outputs);
  const inputs = side(header.inputs);
  return { ...header.lists, territoryAgreed: Uint8Array.from(header.agreed), outputs, inputs };
}
