/** Something that happened on a day and was written down at some time, perhaps later. */
export interface Dated {
  /** `2026-11-23`. */
  day: string;
  /** ISO, to the millisecond. */
  recordedAt: string;
}

/** What was written down as it happened; its day is the reader's. */
export function atOnce(moment: string): Dated {
  const date = new Date(moment);
  const two = (part: number): string => String(part).padStart(2, '0');
  return { day: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`, recordedAt: moment };
}

/** By the day that it happened on, then in the order in which it was written down; what was written at once stays as it is given. */
export function inOrder<T extends Dated>(entries: readonly T[]): T[] {
  return [...entries].sort((a, b) => a.day.localeCompare(b.day) || Date.parse(a.recordedAt) - Date.parse(b.recordedAt));
}
