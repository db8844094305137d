import type { FunnelRow } from '../matching/kernel/survey.js';
import type { CandidateKind } from '../matching/matching.entities.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Month } from './month.js';

/** A week's list as all its attempts left it; funnel and budget of the last one published. */
export interface ListRow {
  week: string;
  listed: number;
  audit: number;
  budget: number | null;
  funnel: FunnelRow[];
}

/** A lead that was published in the month. */
export interface ShownRow {
  kind: CandidateKind;
  category: string | null;
  /** Years since the older of the two confirmations, when it was published; null: made by hand without a score. */
  ageYears: number | null;
}

/** A decision of the month that stands. */
export interface DecidedRow {
  kind: CandidateKind;
  category: string | null;
  verdict: 'accept' | 'reject' | 'snooze' | 'cannot-say';
  reason: string | null;
  seconds: number | null;
  /** Of acceptance, as the list said it; null: it said none. */
  probability: number | null;
  /** Of an accepted lead: what came of it so far. */
  both: boolean;
  realised: boolean;
  /** What can change hands in a year, in the input's unit; null: a quantity is unknown. */
  exchanged: number | null;
  inputCategory: string | null;
  /** € a year that both sides pay at present for what could change hands; null: unknown. */
  money: number | null;
}

/** A step that an introduction reached in the month, with the days since its lead was accepted. */
export interface StepRow {
  step: 'asked' | 'both' | 'realised';
  days: number;
}

export interface OutcomeRow {
  unit: string;
  quantity: number | null;
  euros: number | null;
  co2eTonnes: number | null;
  /** Begun in this month; else it was running before. */
  begun: boolean;
}

export interface MonthFacts {
  runs: { published: number; failed: number };
  lists: ListRow[];
  shown: ShownRow[];
  decided: DecidedRow[];
  steps: StepRow[];
  outcomes: OutcomeRow[];
  repeatsOfRejected: number;
  contactsBeforeApproval: number;
}

const VISIBLE = '(f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))';

/** Everything that the figures of a month are made of, in a transaction opened with `{ across: true }`. */
export async function monthFacts(tx: Transaction, month: Month): Promise<MonthFacts> {
  const within = [tx.context.territoryId, month.from, month.until];
  const [runs] = await tx.sql<MonthFacts['runs']>(
    `SELECT count(*) FILTER (WHERE state = 'published')::int AS published, count(*) FILTER (WHERE state = 'failed')::int AS failed
       FROM run WHERE territory_id = $1 AND created_at >= $2 AND created_at < $3`, within);
  const lists = await tx.sql<ListRow>(
    `SELECT DISTINCT ON (r.week) r.week, coalesce(r.funnel, '[]') AS funnel, (i.settings -> 'budget' ->> 'listSize')::int AS budget,
        (SELECT count(*)::int FROM candidate c JOIN candidate_state st ON st.territory_id = $1 AND st.candidate_id = c.id WHERE c.territory_id = $1 AND c.week = r.week AND c.kind = 'listed' AND st.status <> 'replaced') AS listed,
        (SELECT count(*)::int FROM candidate c JOIN candidate_state st ON st.territory_id = $1 AND st.candidate_id = c.id WHERE c.territory_id = $1 AND c.week = r.week AND c.kind = 'audit' AND st.status <> 'replaced') AS audit
       FROM run r LEFT JOIN run_input i ON i.territory_id = $1 AND i.run_id = r.id
      WHERE r.territory_id = $1 AND r.state = 'published' AND r.published_at >= $2 AND r.published_at < $3 ORDER BY r.week, r.attempt DESC`, within);
  const shown = await tx.sql<ShownRow>(
    `SELECT c.kind, f.category, (c.features ->> 'ageYears')::float8 AS "ageYears"
       FROM candidate c JOIN candidate_state st ON st.territory_id = $1 AND st.candidate_id = c.id JOIN pair p ON p.territory_id = $1 AND p.id = c.pair_id
       LEFT JOIN flow f ON f.id = p.output_flow_id AND ${VISIBLE}
      WHERE c.territory_id = $1 AND c.published_at >= $2 AND c.published_at < $3 AND st.status <> 'replaced'`, within);
  return {
    runs, lists, shown, decided: await decidedRows(tx, month), steps: await stepRows(tx, month), outcomes: await outcomeRows(tx, month),
    repeatsOfRejected: await repeatsOfRejected(tx, month), contactsBeforeApproval: await contactsBeforeApproval(tx, month),
  };
}

/** What can change hands follows from the need and the stored logarithm of need over supply, which knows the substitution's yield. */
async function decidedRows(tx: Transaction, { from, until }: Month): Promise<DecidedRow[]> {
  return tx.sql<DecidedRow>(
    `SELECT c.kind, o.category, d.verdict, d.reason, d.seconds_on_screen AS seconds, c.probability, i.category AS "inputCategory",
        coalesce(reached.both, false) AS "both", coalesce(reached.realised, false) AS realised,
        i.quantity / greatest(1, exp(gap.log)) AS exchanged,
        CASE WHEN gap.log IS NOT NULL AND (o.present_cost IS NOT NULL OR i.present_cost IS NOT NULL)
          THEN coalesce(o.present_cost * o.quantity * least(1, exp(gap.log)), 0) + coalesce(i.present_cost * i.quantity / greatest(1, exp(gap.log)), 0) END AS money
       FROM standing_decision s
       JOIN decision d ON d.territory_id = $1 AND d.id = s.decision_id
       JOIN candidate c ON c.territory_id = $1 AND c.id = s.candidate_id
       JOIN pair p ON p.territory_id = $1 AND p.id = c.pair_id
       LEFT JOIN LATERAL (SELECT f.category, f.quantity, f.present_cost FROM flow f WHERE f.id = p.output_flow_id AND ${VISIBLE} OFFSET 0) o ON true
       LEFT JOIN LATERAL (SELECT f.category, f.quantity, f.present_cost FROM flow f WHERE f.id = p.input_flow_id AND ${VISIBLE} OFFSET 0) i ON true
       CROSS JOIN LATERAL (SELECT (c.features ->> 'logNeedOverSupply')::float8 AS log) gap
       LEFT JOIN LATERAL (SELECT bool_or(m.step = 'both') AS "both", bool_or(m.step = 'realised') AS realised
         FROM introduction n JOIN mediation_step m ON m.introduction_id = n.id WHERE n.candidate_id = c.id) reached ON true
      WHERE s.territory_id = $1 AND d.decided_at >= $2 AND d.decided_at < $3`, [tx.context.territoryId, from, until]);
}

/** The first time that each of the territory's introductions reached a step; the lead's acceptance is what lets one be opened. */
async function stepRows(tx: Transaction, { firstDay, lastDay }: Month): Promise<StepRow[]> {
  return tx.sql<StepRow>(
    `SELECT m.step, greatest(0, m.day - (d.decided_at AT TIME ZONE t.time_zone)::date)::int AS days
       FROM (SELECT introduction_id, step, min(happened_on) AS day FROM mediation_step WHERE step IN ('asked', 'both', 'realised') GROUP BY introduction_id, step) m
       JOIN introduction n ON n.territory_id = $1 AND n.id = m.introduction_id
       JOIN territory t ON t.id = $1
       JOIN standing_decision s ON s.territory_id = $1 AND s.candidate_id = n.candidate_id
       JOIN decision d ON d.territory_id = $1 AND d.id = s.decision_id
      WHERE m.day BETWEEN $2::date AND $3::date`, [tx.context.territoryId, firstDay, lastDay]);
}

/** Synergies that ran in the month, with what was said last of each. */
async function outcomeRows(tx: Transaction, { firstDay, lastDay }: Month): Promise<OutcomeRow[]> {
  return tx.sql<OutcomeRow>(
    `SELECT o.unit, o.quantity, o.euros, o.co2e_tonnes AS "co2eTonnes", o.started_on >= $2::date AS begun
       FROM outcome o JOIN introduction n ON n.territory_id = $1 AND n.id = o.introduction_id
      WHERE NOT EXISTS (SELECT 1 FROM outcome later WHERE later.supersedes = o.id)
        AND o.started_on <= $3::date AND (o.ended_on IS NULL OR o.ended_on >= $2::date)`, [tx.context.territoryId, firstDay, lastDay]);
}

/** Leads of the ranking that were published while their pair was put away (promise P6): must be none. */
async function repeatsOfRejected(tx: Transaction, { from, until }: Month): Promise<number> {
  const [row] = await tx.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM candidate c
      WHERE c.territory_id = $1 AND c.published_at >= $2 AND c.published_at < $3 AND c.kind <> 'by-hand'
        AND EXISTS (SELECT 1 FROM pair_block b WHERE b.territory_id = $1 AND b.pair_id = c.pair_id AND b.kind = 'suppressed'
          AND b.created_at < c.published_at AND (b.lifted_at IS NULL OR b.lifted_at > c.published_at))`, [tx.context.territoryId, from, until]);
  return row.count;
}

/** Messages that left without, or before, the approval of their text; and second sides heard before the first one's yes (promise P1): must be none. */
async function contactsBeforeApproval(tx: Transaction, { from, until }: Month): Promise<number> {
  const [row] = await tx.sql<{ count: number }>(
    `SELECT ((SELECT count(*) FROM introduction_message m LEFT JOIN introduction_approval a ON a.territory_id = $1 AND a.id = m.approval_id AND a.text_hash = m.text_hash
         WHERE m.territory_id = $1 AND m.sending_since >= $2 AND m.sending_since < $3 AND (a.id IS NULL OR a.approved_at > m.sending_since))
      + (SELECT count(*) FROM company_answer b WHERE b.territory_id = $1 AND b.recorded_at >= $2 AND b.recorded_at < $3 AND b.side <> b.first_side AND b.other_yes_id IS NULL))::int AS count`,
    [tx.context.territoryId, from, until]);
  return row.count;
}

/** The moment of the territory's first run; null: none yet. */
export async function firstRunAt(tx: Transaction): Promise<Date | null> {
  const [row] = await tx.sql<{ at: Date | null }>('SELECT min(created_at) AS at FROM run WHERE territory_id = $1', [tx.context.territoryId]);
  return row.at;
}

export interface CoverageRow {
  category: string;
  direction: 'output' | 'input';
  companyId: string;
  /** Confirmed within a year. */
  fresh: boolean;
}

/** Flows of the territory that are not withdrawn, with whom they are of. */
export async function coverageRows(tx: Transaction, today: string): Promise<{ organisations: number; sites: number; underAgreement: number; flows: CoverageRow[] }> {
  const { territoryId } = tx.context;
  const [counts] = await tx.sql<{ organisations: number; sites: number; underAgreement: number }>(
    `SELECT (SELECT count(*)::int FROM company WHERE territory_id = $1 AND merged_into_id IS NULL) AS organisations,
        (SELECT count(*)::int FROM site WHERE territory_id = $1) AS sites,
        (SELECT count(DISTINCT coalesce(c.merged_into_id, c.id))::int FROM confidentiality_agreement g JOIN company c ON c.territory_id = $1 AND c.id = g.company_id
          WHERE g.territory_id = $1 AND g.signed_on <= $2::date AND (g.valid_until IS NULL OR g.valid_until >= $2::date)) AS "underAgreement"`, [territoryId, today]);
  const flows = await tx.sql<CoverageRow>(
    `SELECT f.category, f.direction, coalesce(c.merged_into_id, c.id) AS "companyId", f.confirmed_on >= $2::date - 365 AS fresh
       FROM flow f JOIN site s ON s.territory_id = $1 AND s.id = f.site_id JOIN company c ON c.territory_id = $1 AND c.id = s.company_id
      WHERE f.territory_id = $1 AND f.withdrawn_at IS NULL`, [territoryId, today]);
  return { ...counts, flows };
}
