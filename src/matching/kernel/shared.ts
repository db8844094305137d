import type { KernelIndex } from './kernel-index.js';
import { type Profiles, RuleBook } from './rules.js';
import type { FlowArrays, Snapshot } from './snapshot.js';

/** An index as it is handed to a thread: arrays on shared memory, no texts, no lookups that each thread makes for itself. */
export type SharedIndex = Omit<KernelIndex, 'book'> & { profiles: Profiles };

/** Copies only what is not on shared memory yet. */
export function toShared({ kernel, book, ...rest }: KernelIndex): SharedIndex {
  const snapshot: Snapshot = {
    ...kernel.snapshot, outputs: sharedFlows(kernel.snapshot.outputs), inputs: sharedFlows(kernel.snapshot.inputs), companies: [], outputKeys: [], inputKeys: [],
  };
  return { ...rest, profiles: book.profiles, kernel: { ...kernel, snapshot, catalogue: { qualityAttributes: [], categories: [], substitutions: [], refusals: [] } } };
}

export function fromShared({ profiles, ...shared }: SharedIndex): KernelIndex {
  return { ...shared, book: new RuleBook(shared.kernel, profiles) };
}

function sharedFlows(flows: FlowArrays): FlowArrays {
  const copies = Object.entries(flows).map(([field, values]: [string, FlowArrays[keyof FlowArrays]]) => [field, typeof values === 'number' ? values : sharedArray(values)]);
  return Object.fromEntries(copies) as FlowArrays;
}

type Numbers = Exclude<FlowArrays[keyof FlowArrays], number>;

function sharedArray(values: Numbers): Numbers {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => Numbers)(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
