/** The best inputs of every output, as typed arrays. */
export interface Matches {
  /** At most so many an output. */
  topK: number;
  /** Entries `start[o]` … `start[o + 1] - 1` of the other arrays belong to output o, best first; length outputs + 1. */
  start: Uint32Array;
  /** Index of the input. */
  input: Int32Array;
  /** Log-odds: the score, bit for bit what `judge` says of the pair. */
  z: Float64Array;
  /** Pairs that were looked at: places compared and more. The cost of the search, whatever the machine. */
  pairsScored: number;
  /** Boxes of the trees that were opened. */
  boxesVisited: number;
}

/** A scored pair, by indexes of the snapshot. */
export interface ScoredPair {
  output: number;
  input: number;
  z: number;
}

/** Best first; ties by natural key, which the snapshot's order is. */
export function byScore(a: ScoredPair, b: ScoredPair): number {
  return b.z - a.z || a.output - b.output || a.input - b.input;
}

/** The pairs kept of one output, best first. */
export function matchesOf({ start, input, z }: Matches, output: number): ScoredPair[] {
  const pairs: ScoredPair[] = [];
  for (let at = start[output]; at < start[output + 1]; at += 1) pairs.push({ output, input: input[at], z: z[at] });
  return pairs;
}

