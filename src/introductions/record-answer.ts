import { queueStaffMail } from '../access/queue-staff-mail.js';
import { newId } from '../companies/companies.queries.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import type { Side } from './introductions.entities.js';
import {
  type AnswerRow, answerRows, followedSide, introductionChanged, type IntroductionRow, otherSide, refuseClosed, standingAnswer, today, writeStep,
} from './introductions.queries.js';
import type { LetterDrafts } from './letter-drafts.js';
import { type AnswerKind, type AnswerWay, type Stage, stageOfAnswers } from './mediation.js';

export interface GivenAnswer {
  /** Chosen by the sender: the same one again answers what was recorded. */
  answerId?: string;
  side: Side;
  answer: AnswerKind;
  way: AnswerWay;
  /** For "not now". */
  until: string | null;
  comment: string | null;
  /** `YYYY-MM-DD`; null: today. */
  on: string | null;
  messageId: string | null;
}

/** Stages that only answers have led to: from these, answers lead back as well. */
const OF_ANSWERS: readonly Stage[] = ['prepared', 'asked', 'interested', 'both'];

/**
 * Records what a company said, in the territory that follows it, and lets follow what follows: the other side's text may be
 * approved, or may no longer; both yes, and the names are drafted. One transaction; the introduction is locked by the caller.
 * @throws Problem 409 (closed; the first side has not said yes), 404 (the neighbour's side)
 */
export async function recordAnswer(tx: Transaction, drafts: LetterDrafts, introduction: IntroductionRow, given: GivenAnswer): Promise<{ answerId: string; version: number; repeated: boolean }> {
  const before = given.answerId === undefined ? undefined : (await answerRows(tx, introduction.id)).find(({ id }) => id === given.answerId);
  if (before !== undefined) {
    if (before.side !== given.side || before.answer !== given.answer) throw new Problem(409, 'answer-id-used', 'Another answer has this id; choose a new one for each answer.');
    return { answerId: before.id, version: introduction.version, repeated: true };
  }
  refuseClosed(introduction);
  const { side } = given;
  const followed = await followedSide(tx, introduction.id, side);
  const standing = await standingOfBoth(tx, introduction, side);
  const isFirst = side === introduction.firstSide;
  const restsOn = isFirst ? null : standing.other?.answer === 'interested' ? standing.other.id : await yesAskedOn(tx, introduction.id, side);
  if (!isFirst && restsOn === null) throw new Problem(409, 'first-yes-missing', 'The other side is asked first; this one is told nothing before its yes.');
  const answerId = given.answerId ?? await newId(tx);
  await tx.sql(
    `INSERT INTO company_answer (id, territory_id, introduction_id, side, other_side, first_side, other_yes_id, answer, way, noted_by, message_id, until, comment, given_on, introduction_version, recorded_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [answerId, tx.context.territoryId, introduction.id, side, otherSide(side), introduction.firstSide, restsOn, given.answer, given.way,
      given.way === 'link' ? null : tx.context.personId, given.messageId, given.until, given.comment, given.on ?? await today(tx), introduction.version + 1, tx.now]);
  if (given.answer !== 'question') await tx.sql('UPDATE answer_link SET used_at = $4 WHERE territory_id = $1 AND introduction_id = $2 AND side = $3 AND used_at IS NULL', [tx.context.territoryId, introduction.id, side, tx.now]);
  if (given.answer === 'no-more-mail') await opposeMail(tx, introduction.id, side, given.messageId);

  const step = given.answer === 'question' ? await askedBy(tx, introduction, side) : await letFollow(tx, drafts, introduction, given, answerId, standing.other);
  const version = await introductionChanged(tx, introduction.id, { step, ...(given.answer === 'not-now' ? { remindOn: given.until } : {}) });
  await tx.audit({ action: 'company.answered', subjectType: 'introduction', subjectId: introduction.id, data: { answerId, side, answer: given.answer, way: given.way, until: given.until, version } });
  if (given.way === 'link') await tellReferent(tx, introduction, followed.companyId);
  return { answerId, version, repeated: false };
}

/** The other side's standing answer, wherever it is kept. */
async function standingOfBoth(tx: Transaction, introduction: IntroductionRow, side: Side): Promise<{ other: AnswerRow | null }> {
  const other = otherSide(side);
  const kept = await tx.asTerritory(await territoryOf(tx, introduction, side), (there) => answerRows(there, introduction.id));
  return { other: standingAnswer(kept, other) };
}

/** Territory that follows the other side: the partner's or home's across a border, else this one. */
async function territoryOf(tx: Transaction, introduction: IntroductionRow, side: Side): Promise<string> {
  if (introduction.partnerTerritoryId === null) return tx.context.territoryId;
  await followedSide(tx, introduction.id, side);
  return tx.context.territoryId === introduction.territoryId ? introduction.partnerTerritoryId : introduction.territoryId;
}

/** The first side's yes that a text to the second rested on when it left: a company that was asked is heard, whatever the first says since. */
async function yesAskedOn(tx: Transaction, introductionId: string, side: Side): Promise<string | null> {
  const [asked] = await tx.sql<{ yesId: string }>(
    `SELECT other_yes_id AS "yesId" FROM introduction_message WHERE territory_id = $1 AND introduction_id = $2 AND side = $3 AND kind = 'proposal' AND delivery IN ('sending', 'sent', 'in-doubt')
       AND other_yes_id IS NOT NULL ORDER BY id DESC LIMIT 1`, [tx.context.territoryId, introductionId, side]);
  return asked?.yesId ?? null;
}

async function askedBy(tx: Transaction, introduction: IntroductionRow, side: Side): Promise<Stage> {
  if (introduction.step !== 'prepared') return introduction.step;
  await writeStep(tx, introduction.id, { step: 'asked', side });
  return 'asked';
}

/** @returns the stage after it */
async function letFollow(tx: Transaction, drafts: LetterDrafts, introduction: IntroductionRow, given: GivenAnswer, answerId: string, other: AnswerRow | null): Promise<Stage> {
  const { side } = given;
  const there = await territoryOf(tx, introduction, side);
  const yes = given.answer === 'interested';
  // Texts that rest on this side's word and are not on their way: may be approved from now on; or are approved no more, and called back.
  await tx.asTerritory(there, (own) => restText(own, introduction.id, otherSide(side), 'other_yes_id', yes ? answerId : null));
  await restText(tx, introduction.id, side, 'own_yes_id', yes ? answerId : null);
  const [first, second] = side === introduction.firstSide ? [given.answer, other?.answer ?? null] : [other?.answer ?? null, given.answer];
  const stage = stageOfAnswers(first, second);
  if (yes && other?.answer === 'interested') await drafts.writeNames(tx, introduction, { side, yesId: answerId, otherYesId: other.id, there });
  if (introduction.step === 'prepared') await writeStep(tx, introduction.id, { step: 'asked', side, on: given.on ?? undefined });
  if (!OF_ANSWERS.includes(introduction.step)) return introduction.step;
  if (stage !== introduction.step && (stage === 'interested' || stage === 'both')) await writeStep(tx, introduction.id, { step: stage, side, on: given.on ?? undefined });
  return stage;
}

/**
 * Lets a side's waiting texts rest on another yes, or on none: what was approved and released rested on the former one and counts no more.
 * A text of names keeps the yes that was taken back, which the database refuses to approve or to send.
 */
async function restText(tx: Transaction, introductionId: string, side: Side, column: 'other_yes_id' | 'own_yes_id', yesId: string | null): Promise<void> {
  // Both in one statement: with its approval, a text that rests on no standing yes may not even be called back.
  await tx.sql(
    `UPDATE introduction_message SET approval_id = NULL, released_at = NULL, released_by = NULL, ${column} = CASE WHEN kind = 'proposal' THEN $4::uuid ELSE coalesce($4::uuid, ${column}) END
     WHERE territory_id = $1 AND introduction_id = $2 AND side = $3 AND delivery IS NULL AND replaced_by IS NULL AND (kind = 'names'${column === 'other_yes_id' ? ' OR side <> first_side' : ''})`,
    [tx.context.territoryId, introductionId, side, yesId]);
}

/** "Do not write to me again" holds for the person who was written to, and for the address, wherever the territory knows it. */
async function opposeMail(tx: Transaction, introductionId: string, side: Side, messageId: string | null): Promise<void> {
  const opposed = await tx.sql<{ id: string }>(
    `UPDATE contact_person c SET opposed_to_mail = true, updated_at = $5 FROM introduction_message m
     WHERE c.territory_id = $1 AND m.territory_id = $1 AND m.introduction_id = $2 AND m.side = $3 AND m.id = coalesce($4::uuid, m.id) AND (c.id = m.contact_id OR (m.recipient <> '' AND lower(c.email) = lower(m.recipient))) AND NOT c.opposed_to_mail
     RETURNING c.id`, [tx.context.territoryId, introductionId, side, messageId, tx.now]);
  for (const { id } of opposed) await tx.audit({ action: 'contact.opposed-to-mail', subjectType: 'contact', subjectId: id, data: { introductionId } });
}

/** A mail to whoever follows the company, and to whoever follows the introduction where that is a colleague. */
async function tellReferent(tx: Transaction, introduction: IntroductionRow, companyId: string): Promise<void> {
  const [company] = await tx.sql<{ referentId: string | null }>('SELECT referent_id AS "referentId" FROM company WHERE territory_id = $1 AND id = $2', [tx.context.territoryId, companyId]);
  if (company === undefined) throw notFound('company');
  const whom = new Set([company.referentId, ...(introduction.territoryId === tx.context.territoryId ? [introduction.mediatorId] : [])].filter((id) => id !== null));
  for (const personId of whom) await queueStaffMail(tx, personId, 'company-answered', { introductionId: introduction.id });
}
