import type { Policy } from '../policy.js';

/** An advisor who is there this week. */
export interface PresentAdvisor {
  /** Minutes a week for the list; null: the policy's. */
  weeklyMinutes: number | null;
  /** Median minutes their reviews have taken; null until measured: the policy's. */
  medianReviewMinutes: number | null;
  openMediations: number;
}

export interface Budget {
  /** k of MATCHING section 5, audit slice included. */
  listSize: number;
  auditSize: number;
}

/**
 * Weekly minutes ÷ minutes a review takes, summed over the advisors present; above the full load of mediations an
 * advisor gets proportionally less. The audit slice is a tenth: at least one from k = 5, two from k = 10.
 */
export function budgetSize(advisors: readonly PresentAdvisor[], policy: Policy): Budget {
  const { weeklyMinutes, reviewMinutes, fullLoadMediations, auditShare } = policy.budget;
  const leads = advisors.reduce((sum, advisor) => {
    const share = Math.min(1, fullLoadMediations / Math.max(advisor.openMediations, 1));
    return sum + ((advisor.weeklyMinutes ?? weeklyMinutes) / (advisor.medianReviewMinutes ?? reviewMinutes)) * share;
  }, 0);
  // A quotient that is whole but for the last bit of a float (55 ÷ 1.1) is whole.
  const listSize = Math.floor(leads + 1e-9);
  const auditSize = listSize < 5 ? 0 : Math.max(listSize < 10 ? 1 : 2, Math.round(listSize * auditShare));
  return { listSize, auditSize };
}
