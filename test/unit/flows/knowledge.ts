import { loadKnowledge } from '../../../config/load-config.js';
import type { Knowledge } from '../../../src/resources/knowledge.js';

const shipped = loadKnowledge();

/** The shipped knowledge files, read once for a test file. */
export function shippedKnowledge(): Knowledge {
  return shipped;
}
