import type { CoverageBody, MonthBody, MonthImpact, MonthReason, MonthShare } from './month.dto.js';

/** Counts from one to below this are kept back from people who see aggregates only: behind them single companies could be guessed. */
export const SMALL = 5;
/** Reasons that were given too seldom to be told apart. */
export const OTHERS = 'others';

function isSmall(count: number | null): boolean {
  return count !== null && count > 0 && count < SMALL;
}

const HIDDEN: MonthShare = { successes: null, of: null, share: null, low: null, high: null, missing: null };

function keptShare(share: MonthShare, also: boolean): MonthShare {
  const failures = share.of === null || share.successes === null ? null : share.of - share.successes;
  return also || isSmall(share.successes) || isSmall(failures) ? HIDDEN : share;
}

/**
 * The month as a partner sees it. Where one figure would tell another that is kept back (rejected from all and accepted),
 * both are. Runs, gates and the two promises count machinery, not companies, and stay.
 * @param figures of the month with these families told together as "the others"
 */
export function keepSmallBack(figures: (together: ReadonlySet<string>) => MonthBody): MonthBody {
  const together = foldFamilies((folded) => figures(folded).families, ({ shown, accepted, rejected }) => [shown, accepted, rejected]);
  const month = figures(together);
  const { accepted, rejected, snoozed, cannotSay } = month.decisions;
  const few = isSmall(accepted) || isSmall(rejected);
  const kept = (count: number | null): number | null => (isSmall(count) ? null : count);
  const acceptance = keptShare(month.acceptance, few);
  const tooFew = acceptance === HIDDEN;
  const delay = ({ count, medianDays }: MonthBody['delays']['contact']): MonthBody['delays']['contact'] => (isSmall(count) ? { count: null, medianDays: null } : { count, medianDays });
  const { reviews, dataAge, impact } = month;
  const ranBefore = (impact.running.count ?? 0) - (impact.begun.count ?? 0);
  return {
    ...month, smallKeptBack: true,
    lists: month.lists.map((list) => ({ ...list, listed: kept(list.listed), audit: kept(list.audit) })),
    decisions: { accepted: few ? null : accepted, rejected: few ? null : rejected, snoozed: kept(snoozed), cannotSay: kept(cannotSay) },
    acceptance, knowablePrecision: keptShare(month.knowablePrecision, tooFew),
    bothInterested: keptShare(month.bothInterested, few), realised: keptShare(month.realised, few), auditAcceptance: keptShare(month.auditAcceptance, tooFew),
    expectation: keptExpectation(month, acceptance),
    reviews: isSmall(reviews.count) ? { count: null, minutes: null, goodLeadsPerHour: null, missing: null } : reviews,
    dataAge: isSmall(dataAge.leads) ? { leads: null, medianDays: null, ninthDecileDays: null } : dataAge,
    reasons: few ? [] : keptReasons(month.reasons),
    delays: { contact: delay(month.delays.contact), bothInterested: delay(month.delays.bothInterested), realised: delay(month.delays.realised) },
    impact: { begun: keptImpact(impact.begun, isSmall(ranBefore)), running: keptImpact(impact.running), potential: keptImpact(impact.potential, few) },
    families: month.families.map((row) => {
      const small = few || isSmall(row.accepted) || isSmall(row.rejected);
      return {
        ...row, shown: kept(row.shown), accepted: small ? null : row.accepted, rejected: small ? null : row.rejected, acceptance: keptShare(row.acceptance, small || tooFew),
        bothInterested: null, realised: null,
      };
    }),
  };
}

/** Where probabilities were said of nearly all leads only, the few others could be worked out from both. */
function keptExpectation({ acceptance, expectation: { expected, observed } }: MonthBody, told: MonthShare): MonthBody['expectation'] {
  const [all, some] = [acceptance, observed].map(({ of, successes }) => ({ successes: successes ?? 0, failures: (of ?? 0) - (successes ?? 0) }));
  const kept = keptShare(observed, told === HIDDEN || isSmall(all.successes - some.successes) || isSmall(all.failures - some.failures));
  return { expected: kept === HIDDEN ? null : expected, observed: kept };
}

/** @param figures with these families told together */
export function keepSmallCoverageBack(figures: (together: ReadonlySet<string>) => CoverageBody): CoverageBody {
  const together = foldFamilies((folded) => figures(folded).families, ({ organisations, outputs, inputs, fresh }) => [organisations, outputs, inputs, fresh]);
  const { organisations, withFlows, underAgreement, sites, families } = figures(together);
  const kept = (count: number | null): number | null => (isSmall(count) ? null : count);
  return {
    organisations: kept(organisations), withFlows: kept(withFlows), underAgreement: kept(underAgreement), sites: kept(sites),
    families: families.map((row) => ({ family: row.family, organisations: kept(row.organisations), outputs: kept(row.outputs), inputs: kept(row.inputs), fresh: kept(row.fresh) })),
  };
}

/**
 * Families to tell together, so that no row has a small count and none can be worked out from the total: the others take in
 * the smallest row until they are no longer small themselves.
 */
function foldFamilies<Row extends { family: string | null }>(rowsWith: (together: ReadonlySet<string>) => Row[], countsOf: (row: Row) => (number | null)[]): Set<string> {
  const together = new Set<string>();
  for (;;) {
    const rows = rowsWith(together);
    const named = rows.filter((row): row is Row & { family: string } => row.family !== null);
    const small = (row: Row): boolean => countsOf(row).some(isSmall);
    const others = rows.find(({ family }) => family === null);
    const next = named.find(small) ?? (others !== undefined && small(others) ? named.at(-1) : undefined);
    if (next === undefined) return together;
    together.add(next.family);
  }
}

/** Over all categories only; what is small is told as "others", with as many of the next as it takes. */
function keptReasons(reasons: readonly MonthReason[]): MonthReason[] {
  const all = reasons.filter(({ category }) => category === null).sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
  let sum = 0;
  while (all.length > 0 && (isSmall(all.at(-1)?.count ?? 0) || isSmall(sum))) sum += all.pop()?.count ?? 0;
  return sum < SMALL ? all : [...all, { category: null, categoryLabel: null, reason: OTHERS, label: OTHERS, knowable: false, count: sum }];
}

function keptImpact(impact: MonthImpact, also = false): MonthImpact {
  if (!also && !isSmall(impact.count)) return isSmall(impact.withoutQuantity) ? { ...impact, withoutQuantity: null } : impact;
  return { count: null, quantities: [], euros: null, co2eTonnes: null, withoutQuantity: null };
}
