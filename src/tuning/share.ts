/** A share of judged things with its 95 % interval; told only when there are enough of them. */
export interface Share {
  successes: number;
  of: number;
  /** `successes / of`; null while fewer than `ENOUGH` were judged. */
  share: number | null;
  /** 95 % Clopper–Pearson bounds; null with `share`. */
  low: number | null;
  high: number | null;
  /** How many judged ones are missing until the share is told; 0 when it is. */
  missing: number;
}

/** Judged things below which a share says too little to be shown: with ten, the interval still spans half the scale. */
export const ENOUGH = 10;

/** @param successes whole, 0 to `of` */
export function shareOf(successes: number, of: number): Share {
  if (of < ENOUGH) return { successes, of, share: null, low: null, high: null, missing: ENOUGH - of };
  return { successes, of, share: successes / of, ...clopperPearson(successes, of), missing: 0 };
}

/**
 * Exact binomial interval (Clopper & Pearson 1934, Biometrika 26, 404–413): the shares under which neither so many
 * successes or more, nor so many or fewer, has a chance below (1 − level) / 2.
 * @param of at least 1
 */
export function clopperPearson(successes: number, of: number, level = 0.95): { low: number; high: number } {
  const tail = (1 - level) / 2;
  return {
    low: successes === 0 ? 0 : bisect((p) => 1 - atMost(successes - 1, of, p) >= tail),
    high: successes === of ? 1 : bisect((p) => atMost(successes, of, p) <= tail),
  };
}

/** Chance of so many successes or fewer. */
function atMost(successes: number, of: number, p: number): number {
  let chance = 0;
  let logChoose = 0;
  for (let k = 0; k <= successes; k += 1) {
    if (k > 0) logChoose += Math.log((of - k + 1) / k);
    chance += Math.exp(logChoose + k * Math.log(p) + (of - k) * Math.log1p(-p));
  }
  return Math.min(1, chance);
}

/** The p in (0, 1) from which on `reached` holds. */
function bisect(reached: (p: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
