import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { Labels } from '../resources/resource-catalogue.js';
import { reasonOf } from '../review/reasons.js';
import { activePolicy } from '../review/decided-pair.queries.js';
import type { ReviewWords } from '../review/words.js';
import { reliability, thresholdCurve } from './curve.js';
import type { EvidenceBody, ReasonsOfCategory, TunedCategory } from './evidence.dto.js';
import { shareOf } from './share.js';

interface JudgedRow {
  kind: 'listed' | 'audit';
  points: number;
  probability: number | null;
  verdict: 'accept' | 'reject' | 'snooze' | 'cannot-say';
  reason: string | null;
  category: string | null;
}

/** Decisions needed before a reliability curve is drawn: fifteen in each of its five bins (QUALITY section 3 asks as much of its strictest). */
const CALIBRATION_NEEDS = 75;
/** What every discreet reason is told as. */
const DISCUSSED = 'discussed';

/**
 * What was judged in the last weeks that had a list, in a transaction opened with `{ across: true }`. Leads made by hand are
 * left out: they say nothing of the ranking.
 */
export async function evidence(tx: Transaction, knowledge: Knowledge, words: ReviewWords, weeks: number): Promise<EvidenceBody> {
  const { territoryId } = tx.context;
  const listed = (await tx.sql<{ week: string }>(
    "SELECT DISTINCT week FROM run WHERE territory_id = $1 AND state = 'published' ORDER BY week DESC LIMIT $2", [territoryId, weeks])).map(({ week }) => week);
  const rows = await tx.sql<JudgedRow>(
    `SELECT c.kind, c.points, c.probability, d.verdict, d.reason, f.category
       FROM standing_decision s
       JOIN decision d ON d.territory_id = $1 AND d.id = s.decision_id
       JOIN candidate c ON c.territory_id = $1 AND c.id = s.candidate_id
       JOIN pair p ON p.territory_id = $1 AND p.id = c.pair_id
       LEFT JOIN flow f ON f.id = p.output_flow_id AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))
      WHERE s.territory_id = $1 AND c.week = ANY($2::text[]) AND c.kind IN ('listed', 'audit') AND c.points IS NOT NULL`, [territoryId, listed]);
  const [pace] = await tx.sql<{ minutes: number | null }>('SELECT avg(median_review_minutes) AS minutes FROM advisor_pace WHERE territory_id = $1', [territoryId]);
  const { budget: { reviewMinutes: usual } } = await activePolicy(tx);
  const reviewMinutes = pace?.minutes ?? usual;
  const judged = rows.map((row) => ({ ...row, knowable: row.reason !== null && reasonOf(row.reason)?.qualitySignal === true }));
  const shown = judged.filter(({ kind }) => kind === 'listed');
  const settled = (of: readonly JudgedRow[]): JudgedRow[] => of.filter(({ verdict }) => verdict === 'accept' || verdict === 'reject');
  const accepted = (of: readonly JudgedRow[]): number => of.filter(({ verdict }) => verdict === 'accept').length;
  const audit = settled(judged.filter(({ kind }) => kind === 'audit'));
  const said = settled(judged).flatMap(({ probability, verdict }) => (probability === null ? [] : [{ probability, accepted: verdict === 'accept' }]));
  return {
    weeks: listed, decisions: judged.length, reviewMinutes, reviewMinutesMeasured: pace?.minutes !== null && pace !== undefined,
    curve: thresholdCurve(shown, listed.length, reviewMinutes),
    auditAcceptance: shareOf(accepted(audit), audit.length),
    reasons: reasonsByCategory(judged, knowledge, words),
    reliability: { bins: said.length < CALIBRATION_NEEDS ? [] : reliability(said), decisions: said.length, missing: Math.max(0, CALIBRATION_NEEDS - said.length) },
  };
}

/** Rejections by the output's category, most first. Discreet reasons are told as "discussed" alone. */
function reasonsByCategory(rows: readonly JudgedRow[], knowledge: Knowledge, words: ReviewWords): ReasonsOfCategory[] {
  const byCategory = new Map<string, { judged: number; accepted: number; reasons: Map<string, number> }>();
  for (const { category, verdict, reason } of rows) {
    if (category === null || (verdict !== 'accept' && verdict !== 'reject')) continue;
    const entry = byCategory.get(category) ?? { judged: 0, accepted: 0, reasons: new Map<string, number>() };
    byCategory.set(category, entry);
    entry.judged += 1;
    if (reason === null) entry.accepted += 1;
    else {
      const told = reasonOf(reason)?.discreet === true ? DISCUSSED : reason;
      entry.reasons.set(told, (entry.reasons.get(told) ?? 0) + 1);
    }
  }
  return [...byCategory].map(([category, { judged, accepted, reasons }]): ReasonsOfCategory => ({
    category, ...labelOf(knowledge, category), acceptance: shareOf(accepted, judged),
    reasons: [...reasons].map(([reason, count]) => ({ reason, label: reason === DISCUSSED ? words.say('discussed') : words.reason(reason), count })).sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  })).sort((a, b) => b.acceptance.of - a.acceptance.of || (a.category < b.category ? -1 : 1));
}

function labelOf(knowledge: Knowledge, slug: string): { label: Labels; family: string | null } {
  const category = knowledge.category(slug);
  return { label: category?.label ?? { fr: slug, en: slug }, family: category?.family ?? null };
}

/** Categories that somebody here offers or needs, with the distances that the policy's factors act on. */
export async function tunedCategories(tx: Transaction, knowledge: Knowledge): Promise<TunedCategory[]> {
  const { territoryId } = tx.context;
  const flows = await tx.sql<{ category: string; outputs: number; inputs: number }>(
    `SELECT category, count(*) FILTER (WHERE direction = 'output')::int AS outputs, count(*) FILTER (WHERE direction = 'input')::int AS inputs
       FROM flow WHERE territory_id = $1 AND withdrawn_at IS NULL GROUP BY category`, [territoryId]);
  const decided = await tx.sql<{ category: string; decisions: number }>(
    `SELECT f.category, count(*)::int AS decisions FROM standing_decision s
       JOIN candidate c ON c.territory_id = $1 AND c.id = s.candidate_id JOIN pair p ON p.territory_id = $1 AND p.id = c.pair_id
       JOIN flow f ON f.territory_id = $1 AND f.id = p.output_flow_id WHERE s.territory_id = $1 GROUP BY f.category`, [territoryId]);
  const decisionsOf = new Map(decided.map(({ category, decisions }) => [category, decisions]));
  return flows.flatMap(({ category: slug, outputs, inputs }): TunedCategory[] => {
    const category = knowledge.category(slug);
    if (category === undefined) return [];
    return [{
      slug, label: category.label, family: category.family, outputs, inputs, decisions: decisionsOf.get(slug) ?? 0,
      softKm: category.softDistanceKm, hardKm: category.hardDistanceKm, byQuantity: category.pipeReach !== undefined,
    }];
  }).sort((a, b) => (a.slug < b.slug ? -1 : 1));
}
