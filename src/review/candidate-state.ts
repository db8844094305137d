import type { CandidateStatus } from '../matching/matching.entities.js';

/** What can happen to a candidate. `replace` is a new attempt's; the others are this room's. */
export const MOVES = ['decide', 'withdraw', 'expire', 'replace', 'assign'] as const;
export type Move = (typeof MOVES)[number];

const NEXT: Record<CandidateStatus, Partial<Record<Move, CandidateStatus>>> = {
  open: { decide: 'decided', expire: 'expired', replace: 'replaced', assign: 'open' },
  decided: { withdraw: 'open' },
  expired: {},
  replaced: {},
};

/** The state after a move; null: the move is not allowed from there. */
export function afterMove(status: CandidateStatus, move: Move): CandidateStatus | null {
  return NEXT[status][move] ?? null;
}

/**
 * Weeks worked since a lead was shown, its own week included and the present one not: weeks with a published list and
 * somebody there to work on it.
 * @param workedWeeks ISO weeks, `2026-W48`, in any order
 */
export function weeksWorked(shownIn: string, thisWeek: string, workedWeeks: readonly string[]): number {
  return workedWeeks.filter((week) => week >= shownIn && week < thisWeek).length;
}

/** Whether an undecided lead has been looked at for long enough. @param expiryWeeks the policy's */
export function isExpired(shownIn: string, thisWeek: string, workedWeeks: readonly string[], expiryWeeks: number): boolean {
  return weeksWorked(shownIn, thisWeek, workedWeeks) >= expiryWeeks;
}
