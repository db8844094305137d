import { flowGate } from './gates.js';
import { type KernelInput, prepare, type Prepared } from './kernel-input.js';

/** A kernel input made ready for searching. Built once, searched many times, never changed. */
export interface KernelIndex {
  kernel: Prepared;
  /** Bytes that the index holds beside the arrays of the input. */
  bytes: number;
  /** Inputs that may be matched, by category. */
  buckets: number[][];
}

/**
 * First half of the work: checks the input and lays the inputs out for the search.
 * @throws what `prepare` throws, by name, before any work
 */
export function buildIndex(input: KernelInput): KernelIndex {
  const kernel = prepare(input);
  const buckets: number[][] = kernel.knowledge.categories.map(() => []);
  const { inputs } = kernel.snapshot;
  for (let flow = 0; flow < inputs.count; flow += 1) if (flowGate(kernel, 'input', flow) === null) buckets[inputs.category[flow]].push(flow);
  return { kernel, bytes: 0, buckets };
}
