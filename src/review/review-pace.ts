/** How many of an advisor's last reviews count. */
export const REVIEWS_REMEMBERED = 50;
/** Fewer say nothing yet: the policy's figure stands. */
const REVIEWS_NEEDED = 20;
/** A key pressed by habit is no review, and a screen left open over lunch is none of ten minutes. */
const SHORTEST_SECONDS = 5;
const LONGEST_SECONDS = 600;

/**
 * Median minutes that a review took, each capped to 5 s … 10 min.
 * @param seconds on screen, of the last reviews
 * @returns null for fewer than 20
 */
export function medianReviewMinutes(seconds: readonly number[]): number | null {
  if (seconds.length < REVIEWS_NEEDED) return null;
  const capped = seconds.map((value) => Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, value))).sort((a, b) => a - b);
  const middle = capped.length / 2;
  const median = Number.isInteger(middle) ? (capped[middle - 1] + capped[middle]) / 2 : capped[Math.floor(middle)];
  return median / 60;
}
