import { type ChangedFact, describeChange, type FlowFacts } from '../flows/material-change.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import { regulatoryQuestions } from '../resources/regulatory-questions.js';
import type { Substitution } from '../resources/resource-catalogue.js';
import type { CandidateDetail, CandidateFacts, ChangesView, PseudonymousCandidate, QuestionView, ReasonCount, VerdictCount } from './candidate.dto.js';
import { type CandidateRow, candidateRows, explainedOf, type StandingRow } from './candidate-rows.queries.js';
import { reasonOf, REASONS } from './reasons.js';
import { decisionView, flowDetail, moneyAtStake, type Reader, withCoarseDistance } from './views.js';
import { delegatesToday, listItem, listWeek, pseudonymousItem } from './weekly-list.queries.js';

/** In a transaction opened with `{ across: true }`. @throws Problem 404 */
export async function readCandidate(tx: Transaction, candidateId: string): Promise<CandidateRow> {
  const [row] = await candidateRows(tx, 'AND c.id = $2', [candidateId]);
  if (row === undefined) throw notFound('candidate');
  return row;
}

/** A lead with everything its page shows. In a transaction opened with `{ across: true }`. @throws Problem 404 */
export async function candidateDetail(tx: Transaction, candidateId: string, reader: Reader): Promise<CandidateDetail> {
  const row = await readCandidate(tx, candidateId);
  return {
    ...listItem(row, await listWeek(tx), reader, await delegatesToday(tx, reader.today)), ...await candidateFacts(tx, row, reader, false),
    output: flowDetail(row.output, reader), input: flowDetail(row.input, reader), byHandReason: row.byHandReason,
  };
}

/** The same lead for people who may not know the companies. @throws Problem 404 */
export async function pseudonymousCandidate(tx: Transaction, candidateId: string, reader: Reader): Promise<PseudonymousCandidate> {
  const row = withCoarseDistance(await readCandidate(tx, candidateId));
  return { ...pseudonymousItem(row, await listWeek(tx), reader), ...await candidateFacts(tx, row, reader, true) };
}

async function candidateFacts(tx: Transaction, row: CandidateRow, reader: Reader, pseudonymous: boolean): Promise<CandidateFacts> {
  const { words, knowledge } = reader;
  const explained = explainedOf(row);
  const substitution = knowledge.catalogue.substitutions.find(({ slug }) => slug === row.substitution);
  const yieldOfOne = substitution?.yield ?? 1;
  const { thresholdPoints = null, wishNotAsked = false, ...features } = row.features;
  return {
    parts: explained === null ? [] : words.explanation.parts(explained), features, substitution: row.substitution, thresholdPoints,
    inclusionProbability: row.inclusionProbability, capsActed: row.capsActed, ring: row.ring, gatesPassed: row.gatesPassed,
    policyVersion: row.policyVersion, modelVersion: row.modelVersion,
    firstQuestion: words.explanation.firstQuestion({ questions: row.questions, wishNotAsked }),
    questions: row.questions.map((code) => ({ code, text: words.explanation.question(code) })),
    regulatory: substitution === undefined ? [] : regulatory(row, substitution, reader),
    whatWouldChange: explained === null ? '' : words.explanation.whatWouldChange(explained),
    supply: row.output.quantity === null ? null : row.output.quantity * yieldOfOne, demand: row.input.quantity,
    unit: knowledge.category(row.input.category)?.baseUnit ?? '',
    moneyAtStake: moneyAtStake(row.output, row.input, yieldOfOne, words, pseudonymous),
    ...await alikePairs(tx, row, reader),
    history: (await pairHistory(tx, row.pairId)).map((decision) => decisionView(decision, reader, pseudonymous)),
    changes: await changesSince(tx, row, reader),
  };
}

function regulatory(row: CandidateRow, substitution: Substitution, { knowledge, words }: Reader): QuestionView[] {
  const [output, input] = [knowledge.category(row.output.category), knowledge.category(row.input.category)];
  if (output === undefined || input === undefined) return [];
  const entry = row.output.wasteCode === null ? undefined : knowledge.wasteCode(row.output.wasteCode);
  return regulatoryQuestions({
    output, input, substitution, wasteCode: entry === undefined ? null : { entry, origin: row.output.wasteCodeOrigin ?? 'suggested' },
    hazardous: row.output.hazardous, receiverPermitted: row.input.hazardousPermitted, receiverHeadings: row.input.permitHeadings,
    bothInFrance: isInFrance(row.output) && isInFrance(row.input) ? true : null, regulation: knowledge.regulation,
  }).map(({ code, ...labels }) => ({ code, text: labels[words.language] }));
}

/** A postcode or a commune is one of the French gazetteer; a site with coordinates only may lie anywhere. */
function isInFrance({ postcode, commune }: CandidateRow['output']): boolean {
  return postcode !== null || commune !== null;
}

/** What was decided on other pairs of the same substitution, in this territory: numbers, never companies; reasons about people are not told. */
async function alikePairs(tx: Transaction, row: CandidateRow, { words }: Reader): Promise<{ alike: VerdictCount[]; alikeReasons: ReasonCount[] }> {
  const rows = await tx.sql<{ verdict: string; reason: string | null; count: number }>(
    `SELECT s.verdict, d.reason, count(*)::int AS count FROM standing_decision s
     JOIN decision d ON d.territory_id = s.territory_id AND d.id = s.decision_id JOIN candidate c ON c.territory_id = s.territory_id AND c.id = s.candidate_id
     WHERE s.territory_id = $1 AND c.substitution = $2 AND c.pair_id <> $3 GROUP BY s.verdict, d.reason`, [tx.context.territoryId, row.substitution, row.pairId]);
  const order = ['accept', 'reject', 'snooze', 'cannot-say'];
  const counts = new Map<string, number>();
  for (const { verdict, count } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + count);
  const told = rows.filter(({ reason }) => reason !== null && reasonOf(reason)?.discreet === false);
  const rankOf = (slug: string): number => REASONS.findIndex((reason) => reason.slug === slug);
  return {
    alike: order.flatMap((verdict) => (counts.has(verdict) ? [{ verdict, count: counts.get(verdict) ?? 0 }] : [])),
    alikeReasons: told.map(({ reason, count }) => ({ reason: reason ?? '', label: words.reason(reason ?? ''), count }))
      .sort((a, b) => b.count - a.count || rankOf(a.reason) - rankOf(b.reason)),
  };
}

/** Every decision on any candidate of the pair, the oldest first, what was taken back included. */
async function pairHistory(tx: Transaction, pairId: string): Promise<StandingRow[]> {
  return tx.sql<StandingRow>(
    `SELECT d.id, d.verdict, d.reason, d.comment, d.snooze_until::text AS "snoozeUntil", d.decided_at AS "decidedAt", d.person_id AS "personId", p.name AS "personName"
     FROM decision d JOIN candidate c ON c.territory_id = d.territory_id AND c.id = d.candidate_id LEFT JOIN person p ON p.id = d.person_id
     WHERE d.territory_id = $1 AND c.pair_id = $2 ORDER BY d.decided_at, d.id LIMIT 200`, [tx.context.territoryId, pairId]);
}

/** What of the two flows has changed since the pair was last shown: on an earlier list, else on this one. Site moves and permits are not versions of a flow and not told. */
async function changesSince(tx: Transaction, row: CandidateRow, { words }: Reader): Promise<ChangesView> {
  const [previous] = await tx.sql<{ outputVersion: number; inputVersion: number; publishedAt: Date }>(
    `SELECT c.output_version AS "outputVersion", c.input_version AS "inputVersion", c.published_at AS "publishedAt"
     FROM candidate c JOIN candidate_state s ON s.territory_id = c.territory_id AND s.candidate_id = c.id
     WHERE c.territory_id = $1 AND c.pair_id = $2 AND c.id <> $3 AND s.status <> 'replaced' AND c.published_at <= $4
     ORDER BY c.published_at DESC, c.id DESC LIMIT 1`, [tx.context.territoryId, row.pairId, row.id, row.publishedAt]);
  const shown = previous ?? row;
  const items = [];
  for (const side of ['output', 'input'] as const) {
    const flow = row[side];
    const version = side === 'output' ? shown.outputVersion : shown.inputVersion;
    for (const fact of await changedFacts(tx, flow.flowId, version, flow.version)) items.push({ side, fact, text: words.say(`fact.${fact}`) });
  }
  return { since: shown.publishedAt.toISOString(), items };
}

async function changedFacts(tx: Transaction, flowId: string, before: number, now: number): Promise<ChangedFact[]> {
  if (before === now) return [];
  const rows = await tx.sql<{ version: number; data: FlowFacts }>(
    'SELECT version, data FROM flow_version WHERE flow_id = $1 AND version = ANY($2::int[]) AND (territory_id = $3 OR territory_id IN (SELECT agreed_territories()))',
    [flowId, [before, now], tx.context.territoryId]);
  const [one, other] = [rows.find(({ version }) => version === before), rows.find(({ version }) => version === now)];
  return one === undefined || other === undefined ? [] : [...describeChange(one.data, other.data).facts];
}
