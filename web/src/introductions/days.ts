/** What "not now" usually means, in months. */
export const NOT_NOW_MONTHS = [1, 3, 6] as const;

/** Today as the page's clock has it, `2026-11-26`. */
export function todayHere(): string {
  return dayOf(new Date());
}

/** The day so many months from today; the last of the month where that month is shorter. */
export function dayIn(months: number): string {
  const now = new Date();
  const last = new Date(now.getFullYear(), now.getMonth() + months + 1, 0).getDate();
  return dayOf(new Date(now.getFullYear(), now.getMonth() + months, Math.min(now.getDate(), last)));
}

function dayOf(date: Date): string {
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}
