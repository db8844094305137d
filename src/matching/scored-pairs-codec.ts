import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ScoredPairs } from './kernel/match.js';

type Packed = Omit<ScoredPairs, 'top' | 'pools'> & {
  pools: ScoredPairs['pools'];
  lengths: Uint32Array;
  inputs: Int32Array;
  scores: Float64Array;
};

/** Scored pairs as bytes, to hand from one step to the next; every score keeps all its bits. */
export function encodeScored(scored: ScoredPairs): Buffer {
  const { top, pools, ...rest } = scored;
  const pairs = top.flat();
  const poolOf = ({ seen, kept }: ScoredPairs['pools']['band']): ScoredPairs['pools']['band'] => ({ seen, kept });
  const packed: Packed = {
    ...rest,
    pools: { band: poolOf(pools.band), below: poolOf(pools.below), gate: poolOf(pools.gate) },
    lengths: Uint32Array.from(top, (list) => list.length),
    inputs: Int32Array.from(pairs, (pair) => pair.input),
    scores: Float64Array.from(pairs, (pair) => pair.z),
  };
  return gzipSync(serialize(packed), { level: 1 });
}

export function decodeScored(bytes: Uint8Array): ScoredPairs {
  const { lengths, inputs, scores, ...rest } = deserialize(gunzipSync(bytes)) as Packed;
  let at = 0;
  const top = Array.from(lengths, (length, output) => Array.from({ length }, () => {
    const pair = { output, input: inputs[at], z: scores[at] };
    at += 1;
    return pair;
  }));
  return { ...rest, top };
}
