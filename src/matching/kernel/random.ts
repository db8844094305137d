/**
 * Seeded numbers in [0, 1): sfc32 of Chris Doty-Humphrey's PractRand, 32 bits each. The kernel may not be random beyond
 * its seed, or a run could not be repeated.
 */
export function seededRandom(seed: number): () => number {
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88 | 0;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let warm = 0; warm < 15; warm += 1) next();
  return next;
}

/** A uniform sample of at most `size` of the values offered, whatever their number (Vitter's algorithm R). */
export class Reservoir<Value> {
  readonly kept: Value[] = [];
  seen = 0;

  constructor(
    private readonly size: number,
    private readonly random: () => number,
  ) {}

  /** `make` is called only for a value that is kept. */
  offer(make: () => Value): void {
    this.seen += 1;
    if (this.kept.length < this.size) {
      this.kept.push(make());
      return;
    }
    const at = Math.floor(this.random() * this.seen);
    if (at < this.size) this.kept[at] = make();
  }

  /** What was seen and kept, as plain values. */
  result(): { seen: number; kept: Value[] } {
    return { seen: this.seen, kept: this.kept };
  }
}
