import { DateTime } from 'luxon';
import { delegateFor } from '../access/access.queries.js';
import { setOpenMediations } from '../matching/advisor-pace.js';
import { localDayOf } from '../platform/iso-week.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import { flowSides, type SideRow } from '../review/candidate-rows.queries.js';
import { timeZoneOf } from '../review/decided-pair.queries.js';
import type { Delivery, MessageKind, Side, Way } from './introductions.entities.js';
import { type AnswerKind, isOpen, type Stage } from './mediation.js';

export interface IntroductionRow {
  id: string;
  territoryId: string;
  partnerTerritoryId: string | null;
  candidateId: string;
  pairId: string;
  outputFlowId: string;
  inputFlowId: string;
  firstSide: Side;
  firstSideReason: string | null;
  mediatorId: string;
  step: Stage;
  remindOn: string | null;
  version: number;
  openedAt: Date;
  closedAt: Date | null;
}

const COLUMNS = `i.id, i.territory_id AS "territoryId", i.partner_territory_id AS "partnerTerritoryId", i.candidate_id AS "candidateId", i.pair_id AS "pairId",
  i.output_flow_id AS "outputFlowId", i.input_flow_id AS "inputFlowId", i.first_side AS "firstSide", i.first_side_reason AS "firstSideReason",
  i.mediator_id AS "mediatorId", i.step, i.remind_on::text AS "remindOn", i.version, i.opened_at AS "openedAt", i.closed_at AS "closedAt"`;

/** Introductions that this territory follows, its own and a neighbour's across the border. @param more SQL after the first condition; parameters from `$2` */
export async function introductionRows(tx: Transaction, more: string, parameters: readonly unknown[]): Promise<IntroductionRow[]> {
  return tx.sql<IntroductionRow>(`SELECT ${COLUMNS} FROM introduction i WHERE $1 IN (i.territory_id, i.partner_territory_id) ${more}`, [tx.context.territoryId, ...parameters]);
}

/** @throws Problem 404 */
export async function readIntroduction(tx: Transaction, id: string): Promise<IntroductionRow> {
  const [row] = await introductionRows(tx, 'AND i.id = $2', [id]);
  if (row === undefined) throw notFound('introduction');
  return row;
}

/**
 * The introduction, its row locked until the end of the transaction: everything that happens to one happens in turn.
 * @param expected version that was on screen; null: whatever it is (a company's answer, which saw none)
 * @throws Problem 404, 412 with who changed what
 */
export async function lockIntroduction(tx: Transaction, id: string, expected: number | null): Promise<IntroductionRow> {
  const [row] = await introductionRows(tx, 'AND i.id = $2 FOR UPDATE OF i', [id]);
  if (row === undefined) throw notFound('introduction');
  if (expected !== null && row.version !== expected) {
    const [last] = await tx.sql<{ name: string | null; action: string; at: Date }>(
      `SELECT p.name, a.action, a.at FROM audit_event a LEFT JOIN person p ON p.id = a.person_id
       WHERE a.territory_id = $1 AND a.subject_type = 'introduction' AND a.subject_id = $2 ORDER BY a.at DESC, a.id DESC LIMIT 1`, [tx.context.territoryId, id]);
    const what = last === undefined ? '' : ` (${last.action} by ${last.name ?? 'a company or the neighbouring territory'} on ${last.at.toISOString()})`;
    throw new Problem(412, 'stale', `This introduction has changed since you were shown it${what}; load it again.`,
      [{ field: 'If-Match', code: 'stale', found: `"${expected}"`, expected: `"${row.version}"` }]);
  }
  return row;
}

/** @throws Problem 409 when nothing more may be asked, written or answered */
export function refuseClosed(introduction: IntroductionRow): void {
  if (!isOpen(introduction.step)) throw new Problem(409, 'introduction-closed', `This introduction is ${introduction.step}; nothing more is asked or written.`);
}

/** Writes what changed and counts the version on. @returns the new version */
export async function introductionChanged(tx: Transaction, id: string, change: { step?: Stage; remindOn?: string | null; close?: boolean; mediatorId?: string } = {}): Promise<number> {
  const [row] = await tx.sql<{ version: number; mediatorId: string; territoryId: string }>(
    `UPDATE introduction SET version = version + 1, step = coalesce($2, step), remind_on = CASE WHEN $3 THEN $4::date ELSE remind_on END,
       closed_at = CASE WHEN $5 THEN $6::timestamptz ELSE closed_at END, mediator_id = coalesce($7::uuid, mediator_id)
     WHERE id = $1 RETURNING version, mediator_id AS "mediatorId", territory_id AS "territoryId"`,
    [id, change.step ?? null, change.remindOn !== undefined, change.remindOn ?? null, change.close === true, tx.now, change.mediatorId ?? null]);
  if (change.close || change.step === 'realised' || change.mediatorId) await tx.asTerritory(row.territoryId, (home) => countMediations(home, row.mediatorId));
  return row.version;
}

/** Counts what an advisor has open, for the budget of the next list; a synergy that runs takes no more time. */
export async function countMediations(tx: Transaction, personId: string): Promise<void> {
  const [{ count }] = await tx.sql<{ count: number }>(
    "SELECT count(*)::integer AS count FROM introduction WHERE territory_id = $1 AND mediator_id = $2 AND closed_at IS NULL AND step <> 'realised'", [tx.context.territoryId, personId]);
  await setOpenMediations(tx, personId, count);
}

export const SIDES = ['output', 'input'] as const satisfies readonly Side[];

export function otherSide(side: Side): Side {
  return side === 'output' ? 'input' : 'output';
}

/** One company of an introduction as its own territory knows it. */
export interface FollowedSide {
  side: Side;
  territoryId: string;
  flowId: string;
  companyId: string;
  way: Way;
}

/** The sides that this territory follows: both, or one across a border. */
export async function followedSides(tx: Transaction, introductionId: string): Promise<FollowedSide[]> {
  return tx.sql<FollowedSide>(
    `SELECT s.side, s.territory_id AS "territoryId", s.flow_id AS "flowId", coalesce(k.merged_into_id, k.id) AS "companyId", s.way
     FROM introduction_side s JOIN company k ON k.territory_id = s.territory_id AND k.id = s.company_id
     WHERE s.territory_id = $1 AND s.introduction_id = $2 ORDER BY s.side DESC`, [tx.context.territoryId, introductionId]);
}

/** @throws Problem 404 when the side is the neighbour's to follow */
export async function followedSide(tx: Transaction, introductionId: string, side: Side): Promise<FollowedSide> {
  const found = (await followedSides(tx, introductionId)).find((one) => one.side === side);
  if (found === undefined) throw notFound('side of this introduction that your territory follows');
  return found;
}

/** Both flows as they stand. Needs `{ across: true }`. @throws Problem 409 when one may not be seen any more */
export async function bothFlows(tx: Transaction, introduction: Pick<IntroductionRow, 'outputFlowId' | 'inputFlowId'>): Promise<Record<Side, SideRow>> {
  const flows = await flowsSeen(tx, introduction);
  if (flows === null) throw new Problem(409, 'flow-gone', 'One of the two flows may not be seen any more; its territory has ended the agreement.');
  return flows;
}

/** The same, or null when one may not be seen any more. */
export async function flowsSeen(tx: Transaction, introduction: Pick<IntroductionRow, 'outputFlowId' | 'inputFlowId'>): Promise<Record<Side, SideRow> | null> {
  const rows = await flowSides(tx, [introduction.outputFlowId, introduction.inputFlowId]);
  const [output, input] = [rows.get(introduction.outputFlowId), rows.get(introduction.inputFlowId)];
  return output === undefined || input === undefined ? null : { output, input };
}

export interface MessageRow {
  id: string;
  territoryId: string;
  introductionId: string;
  side: Side;
  kind: MessageKind;
  contactId: string | null;
  recipient: string;
  language: 'fr' | 'en';
  subject: string;
  body: string;
  textHash: Buffer;
  approvalId: string | null;
  otherYesId: string | null;
  ownYesId: string | null;
  releasedAt: Date | null;
  delivery: Delivery | null;
  attempts: number;
  lastError: string | null;
  sentAt: Date | null;
  settled: 'arrived' | 'bounced' | 'given-up' | null;
  settledNote: string | null;
  replacedBy: string | null;
  approval: { by: string; name: string | null; forReferent: string | null; at: string; fitting: number | null } | null;
}

/** Texts for the companies that this territory follows, the first ones first. */
export async function messageRows(tx: Transaction, introductionId: string): Promise<MessageRow[]> {
  return tx.sql<MessageRow>(
    `SELECT m.id, m.territory_id AS "territoryId", m.introduction_id AS "introductionId", m.side, m.kind, m.contact_id AS "contactId", m.recipient, m.language, m.subject, m.body,
       m.text_hash AS "textHash", m.approval_id AS "approvalId", m.other_yes_id AS "otherYesId", m.own_yes_id AS "ownYesId", m.released_at AS "releasedAt", m.delivery,
       m.attempts, m.last_error AS "lastError", m.sent_at AS "sentAt", m.settled, m.settled_note AS "settledNote", m.replaced_by AS "replacedBy",
       CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('by', a.approved_by, 'name', p.name, 'forReferent', CASE WHEN a.referent_id <> a.approved_by THEN r.name END, 'at', a.approved_at, 'fitting', a.fitting) END AS approval
     FROM introduction_message m LEFT JOIN introduction_approval a ON a.territory_id = m.territory_id AND a.id = m.approval_id
     LEFT JOIN person p ON p.id = a.approved_by LEFT JOIN person r ON r.id = a.referent_id
     WHERE m.territory_id = $1 AND m.introduction_id = $2 ORDER BY m.kind = 'names', m.side <> m.first_side, m.id`, [tx.context.territoryId, introductionId]);
}

/** A text of a followed side. @throws Problem 404 */
export async function readMessage(tx: Transaction, introductionId: string, messageId: string): Promise<MessageRow> {
  const found = (await messageRows(tx, introductionId)).find(({ id }) => id === messageId);
  if (found === undefined) throw notFound('message');
  return found;
}

export interface AnswerRow {
  id: string;
  side: Side;
  answer: AnswerKind;
  way: 'link' | 'phone' | 'visit' | 'mail';
  until: string | null;
  comment: string | null;
  givenOn: string;
  notedBy: string | null;
  notedByName: string | null;
  recordedAt: Date;
}

/** What the followed companies said, the last first. */
export async function answerRows(tx: Transaction, introductionId: string): Promise<AnswerRow[]> {
  return tx.sql<AnswerRow>(
    `SELECT a.id, a.side, a.answer, a.way, a.until::text, a.comment, a.given_on::text AS "givenOn", a.noted_by AS "notedBy", p.name AS "notedByName", a.recorded_at AS "recordedAt"
     FROM company_answer a LEFT JOIN person p ON p.id = a.noted_by WHERE a.territory_id = $1 AND a.introduction_id = $2 ORDER BY a.introduction_version DESC`,
    [tx.context.territoryId, introductionId]);
}

/** The last word of a side: a question is none. */
export function standingAnswer(answers: readonly AnswerRow[], side: Side): AnswerRow | null {
  return answers.find((answer) => answer.side === side && answer.answer !== 'question') ?? null;
}

/** Today, in the territory's time zone. */
export async function today(tx: Transaction): Promise<string> {
  return localDayOf(tx.now, await timeZoneOf(tx));
}

/** @returns the day so many days after another, `YYYY-MM-DD` */
export function daysAfter(day: string, days: number): string {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');
}

/**
 * Who approves for a company today: its référent, or the delegate while the référent is away.
 * @throws Problem 409 when nobody follows the company, or nobody is there in their place
 */
export async function approverOf(tx: Transaction, flow: SideRow): Promise<{ referentId: string; approver: string }> {
  if (flow.referentId === null) throw new Problem(409, 'no-referent', `Nobody follows ${flow.companyName}; name its référent first.`);
  const approver = await delegateFor(tx, flow.territoryId, flow.referentId, await today(tx));
  if (approver === null) throw new Problem(409, 'nobody-approves', `The référent of ${flow.companyName} is away and nobody stands in; name a delegate or another référent.`);
  return { referentId: flow.referentId, approver };
}

/** Adds a step to the trail of the mediation. */
export async function writeStep(tx: Transaction, introductionId: string, step: { step: Exclude<Stage, 'prepared'> | 'note'; side?: Side | null; on?: string; reason?: string | null; note?: string | null }): Promise<void> {
  await tx.sql(
    'INSERT INTO mediation_step (territory_id, introduction_id, step, side, happened_on, reason, note, person_id, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    [tx.context.territoryId, introductionId, step.step, step.side ?? null, step.on ?? await today(tx), step.reason ?? null, step.note ?? null, tx.context.personId, tx.now]);
}
