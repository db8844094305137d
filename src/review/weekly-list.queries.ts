import type { Language } from '../access/access.entities.js';
import { advisors, advisorsPresent } from '../access/access.queries.js';
import { type Page, pageOf, readCursor } from '../companies/cursor.js';
import { isoWeekOf, localDayOf } from '../platform/iso-week.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { PseudonymousItem, PseudonymousList } from './candidate.dto.js';
import { type CandidateRow, candidatesById, explainedOf, publishedRun, type RunOnList, runUnderWay } from './candidate-rows.queries.js';
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

const PAIR = 'JOIN pair p ON p.territory_id = st.territory_id AND p.id = st.pair_id';

interface ListFilters {
  /** What is looked up once for all parts of the list. */
  first: string;
  /** Tables that the conditions need beside the state `st`. */
  joins: string;
  conditions: string[];
}

/** The order of a list: undecided ones of earlier weeks first, best first; then the week's own by rank, then those made by hand. */
const LEFT_OVER = 0;
const OWN = 1;
type Bucket = typeof LEFT_OVER | typeof OWN;
/** Each in the order of an index on the state. */
const SORT: Record<Bucket, string> = { [LEFT_OVER]: 'st.negative_points', [OWN]: 'st.rank' };

/** After every week. With two ends a range is narrow in the planner's eyes also where it does not know them; with one it is a third of all rows. */
const NEVER = '9999-W99';

/** Pages come in two sizes, written into the statement: with a parameter the planner thinks of a tenth of all rows, and sorts them. */
const PAGES = [50, 100];

/** A part of the list from after a place in it, in its order, cut at the page: what lies beyond it is not read. */
function listPart(bucket: Bucket, inPart: string, { joins, conditions }: ListFilters, after: string, limit: number): string {
  return `(SELECT st.candidate_id AS id, ${bucket} AS bucket, ${SORT[bucket]}::float8 AS sort
     FROM candidate_state st ${joins} WHERE st.territory_id = $1 AND ${[inPart, ...conditions].join(' AND ')} ${after}
    ORDER BY ${SORT[bucket]}, st.candidate_id LIMIT ${limit})`;
}

/** Flows of a company, and of those that were merged into it. */
async function flowsOf(tx: Transaction, companyId: string): Promise<string[]> {
  const rows = await tx.sql<{ id: string }>(
    `SELECT f.id FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
      WHERE s.company_id IN (SELECT id FROM company WHERE id = $2 UNION ALL SELECT id FROM company WHERE merged_into_id = $2)
        AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))`, [tx.context.territoryId, companyId]);
  return rows.map(({ id }) => id);
}

async function listFilters(tx: Transaction, query: WeeklyListQuery, reader: Reader, pseudonymous: boolean, parameter: (value: unknown) => string): Promise<ListFilters> {
  const conditions: string[] = [];
  let [first, joins] = ['', ''];
  if (query.companyId !== undefined) {
    const flows = `${parameter(await flowsOf(tx, query.companyId))}::uuid[]`;
    first = `WITH pairs_of_company AS MATERIALIZED (${['output', 'input'].map((side) => `SELECT id FROM pair WHERE territory_id = $1 AND ${side}_flow_id = ANY(${flows})`).join(' UNION ALL ')}) `;
    // A test of each lead, and not a join: the list's order is kept, and its end is found early.
    conditions.push('(st.pair_id IN (SELECT id FROM pairs_of_company)) IS TRUE');
  }
  if (query.family !== undefined) {
    const slugs = reader.knowledge.catalogue.categories.filter(({ family }) => family === query.family).map(({ slug }) => slug);
    joins = PAIR;
    // Looked up lead by lead: joined, the planner goes through all flows of the territory first.
    conditions.push(`(SELECT o.category FROM flow o WHERE o.id = p.output_flow_id AND (o.territory_id = $1 OR o.territory_id IN (SELECT agreed_territories()))) = ANY(${parameter(slugs)}::text[])`);
  }
  // The distance that is shown: asked for again and again, a finer bound would tell the exact one.
  if (query.maxDistanceKm !== undefined) conditions.push(`${pseudonymous ? 'round(st.distance_km)' : 'st.distance_km'} <= ${parameter(query.maxDistanceKm)}`);
  if (query.mine === true) {
    const present = await advisorsPresent(tx, tx.context.territoryId, reader.today);
    const away = present.find(({ personId }) => personId === reader.personId)?.delegateOf ?? [];
    conditions.push(`st.assigned_to = ANY(${parameter([reader.personId, ...away])}::uuid[])`);
  }
  return { first, joins, conditions };
}

interface Place {
  id: string;
  bucket: Bucket;
  sort: number;
}

/** @throws Problem 400 for what no list gave out */
function placeOf(text: string | undefined): Place | null {
  const cursor = readCursor(text);
  if (!cursor) return null;
  const [bucket, sort] = cursor.key.split(' ').map(Number);
  if ((bucket === LEFT_OVER && Number.isFinite(sort)) || (bucket === OWN && Number.isInteger(sort) && Math.abs(sort) < 2 ** 31)) return { bucket, sort, id: cursor.id };
  throw new Problem(400, 'cursor-malformed', 'The parameter "after" is not one that a list gave out; begin with the first page.');
}

/** Where the leads of a page stand, which may be some more than asked for. */
async function readPlaces(tx: Transaction, scope: ListScope, query: WeeklyListQuery, reader: Reader, pseudonymous: boolean): Promise<Place[]> {
  const parameters: unknown[] = [tx.context.territoryId, scope.week];
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const filters = await listFilters(tx, query, reader, pseudonymous, parameter);
  const cursor = placeOf(query.after);
  const limit = 1 + (PAGES.find((size) => size >= query.limit) ?? query.limit);
  const from = scope.current ? (cursor?.bucket ?? LEFT_OVER) : OWN;
  // A list that was the last one when its cursor was given out, and no longer is, goes on with its own.
  const after = cursor === null || cursor.bucket < from ? '' : `AND (${SORT[cursor.bucket]}, st.candidate_id) > (${parameter(cursor.sort)}, ${parameter(cursor.id)}::uuid)`;
  const part = (bucket: Bucket, inPart: string): string[] => (bucket < from ? [] : [listPart(bucket, inPart, filters, bucket === from ? after : '', limit)]);
  const parts = [
    ...part(OWN, "st.week = $2 AND st.status <> 'replaced'"),
    // In the last list: what is undecided of earlier weeks, and what was made by hand in a week that has no list yet.
    ...(scope.current ? [...part(LEFT_OVER, "st.week < $2 AND st.status = 'open'"), ...part(OWN, `st.week > $2 AND st.week < '${NEVER}' AND st.status <> 'replaced'`)] : []),
  ];
  return tx.sql<Place>(`${filters.first}SELECT * FROM (${parts.join(' UNION ALL ')}) part ORDER BY bucket, sort, id LIMIT ${limit}`, parameters);
}

async function listPage(tx: Transaction, scope: ListScope, query: WeeklyListQuery, reader: Reader, pseudonymous: boolean): Promise<Page<CandidateRow>> {
  const rows: CandidateRow[] = [];
  let after = query.after;
  // Leads whose flows may not be seen any more are left out, and others take their places on the page.
  for (;;) {
    const wanted = query.limit - rows.length;
    const places = pageOf(await readPlaces(tx, scope, { ...query, after, limit: wanted }, reader, pseudonymous), wanted, ({ id, bucket, sort }) => ({ key: `${bucket} ${sort}`, id }));
    rows.push(...await candidatesById(tx, places.rows.map(({ id }) => id)));
    if (places.next === null || rows.length === query.limit) return { rows, next: places.next };
    after = places.next;
  }
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
    `SELECT count(*)::int AS open, count(probability)::int AS calibrated, sum(probability) AS expected
     FROM candidate_state WHERE territory_id = $1 AND status = 'open' AND ($3::boolean OR week = $2)`, [tx.context.territoryId, scope.week, scope.current]);
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
