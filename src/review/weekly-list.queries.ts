import type { Language } from '../access/access.entities.js';
import { advisors, advisorsPresent } from '../access/access.queries.js';
import { type Page, pageOf, readCursor } from '../companies/cursor.js';
import { isoWeekOf, localDayOf } from '../platform/iso-week.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { PseudonymousItem, PseudonymousList } from './candidate.dto.js';
import { type CandidateRow, candidateRows, explainedOf, publishedRun, type RunOnList, runUnderWay } from './candidate-rows.queries.js';
import { activePolicy, timeZoneOf } from './decided-pair.queries.js';
import type { ListItem, ListRun, PersonBrief, WeeklyList, WeeklyListQuery } from './review.dto.js';
import { assigneeOf, coveredShare, decisionView, flowBrief, pseudonymousFlow, type Reader, withCoarseDistance } from './views.js';
import type { ReviewWords, Wordings } from './words.js';

/** The person who asks: their language and day. */
export async function readerOf(tx: Transaction, wordings: Wordings, knowledge: Knowledge): Promise<Reader> {
  const { territoryId, personId } = tx.context;
  const [person] = await tx.sql<{ language: Language }>('SELECT language FROM person WHERE id = $1', [personId]);
  return { words: wordings.in(person?.language ?? 'fr'), knowledge, personId, territoryId, today: localDayOf(tx.now, await timeZoneOf(tx)) };
}

/** Who decides for whom on this day, by the one who is away. */
export async function delegatesToday(tx: Transaction, today: string): Promise<Map<string, PersonBrief>> {
  const { territoryId } = tx.context;
  const names = new Map((await advisors(tx, territoryId)).map(({ personId, name }) => [personId, name]));
  const present = await advisorsPresent(tx, territoryId, today);
  return new Map(present.flatMap(({ personId, delegateOf }) => delegateOf.map((away): [string, PersonBrief] => [away, { id: personId, name: names.get(personId) ?? '–' }])));
}

interface ListScope {
  /** ISO week that the list is of. */
  week: string;
  run: RunOnList | null;
  /** The last list: what is undecided of earlier weeks belongs to it. */
  current: boolean;
}

/** The list that is meant. A week without a published run has an empty list, which is an answer. */
async function scopeOf(tx: Transaction, week: string | undefined): Promise<ListScope> {
  const last = await publishedRun(tx, null);
  if (week === undefined || week === last?.week) return { week: last?.week ?? isoWeekOf(tx.now, await timeZoneOf(tx)), run: last, current: true };
  return { week, run: await publishedRun(tx, week), current: false };
}

/** In the list: its week's candidates that no other attempt replaced, and (last list) whatever is open of other weeks. `$2` the week, `$3` whether it is the last list. */
const IN_LIST = "st.status <> 'replaced' AND (c.week = $2 OR ($3::boolean AND (c.week > $2 OR st.status = 'open')))";
/** Undecided ones of earlier weeks first, best first; then the week's own by rank, then those made by hand. */
const BUCKET = '(CASE WHEN c.week < $2 THEN 0 ELSE 1 END)';
const SORT = '(CASE WHEN c.week < $2 THEN -coalesce(c.points, -1e6) ELSE coalesce(c.rank, 1000000) END)::float8';

async function listPage(tx: Transaction, scope: ListScope, query: WeeklyListQuery, reader: Reader, pseudonymous: boolean): Promise<Page<CandidateRow>> {
  const parameters: unknown[] = [scope.week, scope.current];
  const parameter = (value: unknown): string => `$${parameters.push(value) + 1}`;
  const conditions = [IN_LIST];
  if (query.family !== undefined) {
    const slugs = reader.knowledge.catalogue.categories.filter(({ family }) => family === query.family).map(({ slug }) => slug);
    conditions.push(`o.category = ANY(${parameter(slugs)}::text[])`);
  }
  if (query.companyId !== undefined) conditions.push(`${parameter(query.companyId)}::uuid IN (o.company_id, i.company_id)`);
  // The distance that is shown: asked for again and again, a finer bound would tell the exact one.
  if (query.maxDistanceKm !== undefined) conditions.push(`${pseudonymous ? 'round(c.distance_km)' : 'c.distance_km'} <= ${parameter(query.maxDistanceKm)}`);
  if (query.mine === true) {
    const present = await advisorsPresent(tx, tx.context.territoryId, reader.today);
    const away = present.find(({ personId }) => personId === reader.personId)?.delegateOf ?? [];
    conditions.push(`st.assigned_to = ANY(${parameter([reader.personId, ...away])}::uuid[])`);
  }
  const cursor = readCursor(query.after);
  if (cursor) {
    const [bucket, sort] = cursor.key.split(' ').map(Number);
    if ((bucket !== 0 && bucket !== 1) || !Number.isFinite(sort)) throw new Problem(400, 'cursor-malformed', 'The parameter "after" is not one that a list gave out; begin with the first page.');
    conditions.push(`(${BUCKET}, ${SORT}, c.id) > (${parameter(bucket)}::int, ${parameter(sort)}::float8, ${parameter(cursor.id)}::uuid)`);
  }
  const rows = await candidateRows(tx, `AND ${conditions.join(' AND ')} ORDER BY ${BUCKET}, ${SORT}, c.id LIMIT ${parameter(query.limit + 1)}`, parameters);
  return pageOf(rows, query.limit, (row) => ({ key: row.week < scope.week ? `0 ${-(row.points ?? -1e6)}` : `1 ${row.rank ?? 1_000_000}`, id: row.id }));
}

type SharedItem = Omit<ListItem, 'output' | 'input' | 'assignee' | 'delegate'>;

/** What advisors and analysts see alike of a lead. @param pseudonymous leave out who said what, and free texts */
export function sharedItem(row: CandidateRow, listWeek: string, reader: Reader, pseudonymous: boolean): SharedItem {
  const explained = explainedOf(row);
  return {
    id: row.id, rank: row.rank, kind: row.kind, points: row.points, probability: row.probability, distanceKm: row.distanceKm, covered: coveredShare(row),
    status: row.status, version: row.version, decision: row.decision === null ? null : decisionView(row.decision, reader, pseudonymous), week: row.week,
    fromEarlierWeek: row.week < listWeek, publishedAt: row.publishedAt.toISOString(),
    returnedBecause: row.returnedBecause === null ? null : reader.words.lift(row.returnedBecause),
    sentence: explained === null ? '' : reader.words.explanation.sentence(explained),
  };
}

export function listItem(row: CandidateRow, listWeek: string, reader: Reader, delegates: ReadonlyMap<string, PersonBrief>): ListItem {
  return {
    ...sharedItem(row, listWeek, reader, false), output: flowBrief(row.output, reader), input: flowBrief(row.input, reader),
    assignee: assigneeOf(row), delegate: row.assignedTo === null ? null : (delegates.get(row.assignedTo) ?? null),
  };
}

export function pseudonymousItem(exact: CandidateRow, listWeek: string, reader: Reader): PseudonymousItem {
  const row = withCoarseDistance(exact);
  return { ...sharedItem(row, listWeek, reader, true), output: pseudonymousFlow(row.output, reader), input: pseudonymousFlow(row.input, reader) };
}

function listRun(run: RunOnList | null, words: ReviewWords): ListRun | null {
  if (run === null) return null;
  const { shortfall, funnel } = run;
  return {
    id: run.id, week: run.week, attempt: run.attempt, policyVersion: run.policyVersion, modelVersion: run.modelVersion, publishedAt: run.publishedAt.toISOString(), funnel,
    shortfall: shortfall === null ? null : { ...shortfall, cappedOff: { ...shortfall.cappedOff } },
    shortfallText: words.explanation.shortfall(shortfall, funnel),
  };
}

/** Open leads of the list, and what they are expected to bring; null while a probability is missing. */
async function expectation(tx: Transaction, scope: ListScope): Promise<{ open: number; expectedAccepted: number | null }> {
  const [row] = await tx.sql<{ open: number; calibrated: number; expected: number | null }>(
    `SELECT count(*)::int AS open, count(c.probability)::int AS calibrated, sum(c.probability) AS expected
     FROM candidate c JOIN candidate_state st ON st.territory_id = c.territory_id AND st.candidate_id = c.id
     WHERE c.territory_id = $1 AND ${IN_LIST} AND st.status = 'open'`, [tx.context.territoryId, scope.week, scope.current]);
  return { open: row.open, expectedAccepted: row.open > 0 && row.calibrated === row.open ? row.expected : null };
}

async function minutesPerLead(tx: Transaction): Promise<number> {
  const { territoryId, personId } = tx.context;
  const [pace] = await tx.sql<{ minutes: number | null }>('SELECT median_review_minutes AS minutes FROM advisor_pace WHERE territory_id = $1 AND person_id = $2', [territoryId, personId]);
  return pace?.minutes ?? (await activePolicy(tx)).budget.reviewMinutes;
}

interface ReadList {
  rows: CandidateRow[];
  scope: ListScope;
  /** Everything but the leads. */
  frame: Omit<WeeklyList, 'items'>;
}

async function readList(tx: Transaction, query: WeeklyListQuery, reader: Reader, pseudonymous: boolean): Promise<ReadList> {
  const scope = await scopeOf(tx, query.week);
  const page = await listPage(tx, scope, query, reader, pseudonymous);
  const frame = {
    week: scope.week, run: listRun(scope.run, reader.words), underWay: scope.current ? await runUnderWay(tx) : null, next: page.next,
    ...await expectation(tx, scope), minutesPerLead: await minutesPerLead(tx),
  };
  return { rows: page.rows, scope, frame };
}

/**
 * The list of a week with its run, best first, a page at a time; the last list begins with what is undecided of earlier
 * weeks. In a transaction opened with `{ across: true }`.
 */
export async function weeklyList(tx: Transaction, query: WeeklyListQuery, reader: Reader): Promise<WeeklyList> {
  const { rows, scope, frame } = await readList(tx, query, reader, false);
  const delegates = await delegatesToday(tx, reader.today);
  return { ...frame, items: rows.map((row) => listItem(row, scope.week, reader, delegates)) };
}

/** The same list for people who may not know the companies. */
export async function pseudonymousList(tx: Transaction, query: WeeklyListQuery, reader: Reader): Promise<PseudonymousList> {
  const { rows, scope, frame } = await readList(tx, query, reader, true);
  return { ...frame, items: rows.map((row) => pseudonymousItem(row, scope.week, reader)) };
}

/** The week that a single lead is shown as a part of. */
export async function listWeek(tx: Transaction): Promise<string> {
  return (await scopeOf(tx, undefined)).week;
}
