import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ScoredPairs } from './kernel/score-pairs.js';

/** Scored pairs as bytes, to hand from one step to the next; every score keeps all its bits. */
export function encodeScored(scored: ScoredPairs): Buffer {
  return gzipSync(serialize(scored), { level: 1 });
}

export function decodeScored(bytes: Uint8Array): ScoredPairs {
  return deserialize(gunzipSync(bytes)) as ScoredPairs;
}
