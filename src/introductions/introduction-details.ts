import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import type { SideRow } from '../review/candidate-rows.queries.js';
import { readerOf } from '../review/weekly-list.queries.js';
import { reasonOf } from '../review/reasons.js';
import type { Reader } from '../review/views.js';
import { Wordings } from '../review/words.js';
import type { AnswerView, IntroductionDetail, MessageState, MessageView, OutcomeView, SideView, StepView } from './introductions.dto.js';
import {
  answerRows, type AnswerRow, approverOf, bothFlows, followedSides, type IntroductionRow, messageRows, type MessageRow, otherSide, readIntroduction, SIDES, standingAnswer,
} from './introductions.queries.js';
import { contactsOf, LetterDrafts } from './letter-drafts.js';
import { openFields } from './letters.js';
import { isOpen, mayFollow, NOTED_STEPS } from './mediation.js';

/** An introduction as its page shows it: of the neighbour's side across a border, only what both may know. */
@Injectable()
export class IntroductionDetails {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly wordings: Wordings,
    private readonly drafts: LetterDrafts,
  ) {}

  /** @throws Problem 404; 409 when a flow may not be seen any more */
  async read(context: Context, id: string): Promise<IntroductionDetail> {
    return this.unitOfWork.read(context, async (tx) => {
      const introduction = await readIntroduction(tx, id);
      const reader = await readerOf(tx, this.wordings, this.knowledge);
      const flows = await bothFlows(tx, introduction);
      const [messages, answers] = [await messageRows(tx, id), await answerRows(tx, id)];
      const order = [introduction.firstSide, otherSide(introduction.firstSide)];
      const sides: SideView[] = [];
      for (const side of order) sides.push(await this.side(tx, introduction, side, { flows, messages, answers, reader }));
      const [{ name }] = await tx.sql<{ name: string | null }>('SELECT (SELECT name FROM person WHERE id = $1) AS name', [introduction.mediatorId]);
      return {
        id, version: introduction.version, candidateId: introduction.territoryId === context.territoryId ? introduction.candidateId : null, step: introduction.step,
        firstSide: introduction.firstSide, firstSideReason: introduction.firstSideReason, mediator: { id: introduction.mediatorId, name: name ?? '–' },
        remindOn: introduction.remindOn, openedAt: introduction.openedAt.toISOString(), closedAt: introduction.closedAt?.toISOString() ?? null,
        sides, steps: await stepViews(tx, id), outcomes: await outcomeViews(tx, id), mayNote: NOTED_STEPS.filter((step) => mayFollow(introduction.step, step)),
      };
    }, { across: true });
  }

  private async side(tx: Transaction, introduction: IntroductionRow, side: (typeof SIDES)[number], { flows, messages, answers, reader }: { flows: Record<'output' | 'input', SideRow>; messages: MessageRow[]; answers: AnswerRow[]; reader: Reader }): Promise<SideView> {
    const flow = flows[side];
    const followed = (await followedSides(tx, introduction.id)).find((one) => one.side === side);
    const category = this.knowledge.category(flow.category);
    const own = messages.filter((message) => message.side === side);
    const mayBeAsked = isOpen(introduction.step) && (side === introduction.firstSide || own.some(({ kind, otherYesId, replacedBy }) => kind === 'proposal' && replacedBy === null && otherYesId !== null));
    const messageViews: MessageView[] = [];
    // One after the other: each may look into the other territory for a moment.
    for (const message of own) messageViews.push(await this.message(tx, introduction, message));
    const spoken = followed !== undefined && isOpen(introduction.step) ? await this.drafts.spoken(tx, introduction, side, flows, reader.words.language) : null;
    const approver = followed === undefined ? null : await approverOf(tx, flow).then((found) => found.approver, () => null);
    return {
      side, ours: followed !== undefined, territory: flow.territory, companyId: flow.companyId, company: flow.companyName, flowId: flow.flowId,
      label: category?.label[reader.words.language] ?? flow.category, description: flow.description,
      quantity: flow.quantity === null ? null : `${reader.words.number(flow.quantity)} ${category?.baseUnit ?? ''}`.trim(), wish: flow.wish,
      referent: flow.referentId === null ? null : { id: flow.referentId, name: flow.referentName ?? '–' }, mayApprove: approver !== null && approver === reader.personId,
      way: followed?.way ?? 'phone', mayBeAsked, agreementValid: followed !== undefined && await agreementValid(tx, followed.companyId, reader.today),
      fitting: spoken?.fitting ?? null, points: spoken?.points ?? [],
      contacts: followed === undefined ? [] : await contactsOf(tx, introduction.id, side),
      messages: messageViews,
      answers: answers.filter((answer) => answer.side === side).map(answerView), answer: standingAnswer(answers, side)?.answer ?? null,
    };
  }

  private async message(tx: Transaction, introduction: IntroductionRow, message: MessageRow): Promise<MessageView> {
    const editable = message.releasedAt === null && message.replacedBy === null && isOpen(introduction.step);
    const findings = editable && message.kind === 'proposal' ? await this.drafts.findings(tx, introduction, message) : [];
    const { id, kind, contactId, recipient, language, subject, body, approval, attempts, lastError, settledNote } = message;
    return {
      id, kind, state: stateOf(message), contactId, recipient, language, subject, body, textHash: message.textHash.toString('hex'),
      approval: approval === null ? null : { by: { id: approval.by, name: approval.name ?? '–' }, forReferent: approval.forReferent, at: new Date(approval.at).toISOString(), fitting: approval.fitting },
      mayBeApproved: editable && (kind === 'names' || message.side === introduction.firstSide || message.otherYesId !== null),
      releasedAt: message.releasedAt?.toISOString() ?? null, sentAt: message.sentAt?.toISOString() ?? null, attempts, lastError, settledNote,
      identifying: findings.map(({ field, identifier }) => ({ field, ...identifier })), openFields: editable ? [...openFields(subject), ...openFields(body)] : [],
    };
  }
}

function stateOf({ approvalId, releasedAt, delivery, attempts, settled, replacedBy }: MessageRow): MessageState {
  if (replacedBy !== null) return 'replaced';
  if (settled !== null) return settled;
  if (delivery !== null) return delivery;
  if (releasedAt !== null) return attempts > 0 ? 'put-off' : 'waiting';
  return approvalId === null ? 'draft' : 'approved';
}

function answerView({ id, answer, way, until, comment, givenOn, notedBy, notedByName, recordedAt }: AnswerRow): AnswerView {
  return { id, answer, way, until, comment, givenOn, notedBy: notedBy === null ? null : { id: notedBy, name: notedByName ?? '–' }, recordedAt: recordedAt.toISOString() };
}

async function agreementValid(tx: Transaction, companyId: string, day: string): Promise<boolean> {
  const rows = await tx.sql(
    'SELECT 1 FROM confidentiality_agreement WHERE territory_id = $1 AND company_id = $2 AND signed_on <= $3::date AND (valid_until IS NULL OR valid_until >= $3::date) LIMIT 1', [tx.context.territoryId, companyId, day]);
  return rows.length > 0;
}

/** Notes stay with the territory that wrote them, and what was said about people with the one who said it. */
async function stepViews(tx: Transaction, id: string): Promise<StepView[]> {
  const rows = await tx.sql<Omit<StepView, 'person' | 'recordedAt'> & { recordedAt: Date; personId: string | null; personName: string | null; ours: boolean }>(
    `SELECT s.territory_id = $2 AS ours, s.step, s.side, s.happened_on::text AS "happenedOn", s.reason, s.note, s.person_id AS "personId", p.name AS "personName", s.recorded_at AS "recordedAt"
     FROM mediation_step s LEFT JOIN person p ON p.id = s.person_id WHERE s.introduction_id = $1 ORDER BY s.recorded_at, s.id`, [id, tx.context.territoryId]);
  return rows.map(({ personId, personName, ours, recordedAt, ...step }) => {
    const discreet = step.reason !== null && personId !== tx.context.personId && reasonOf(step.reason)?.discreet === true;
    return { ...step, recordedAt: recordedAt.toISOString(), reason: discreet ? null : step.reason, note: ours && !discreet ? step.note : null, person: personId === null ? null : { id: personId, name: personName ?? '–' } };
  });
}

async function outcomeViews(tx: Transaction, id: string): Promise<OutcomeView[]> {
  const rows = await tx.sql<Omit<OutcomeView, 'recordedAt'> & { recordedAt: Date }>(
    `SELECT o.id, o.quantity, o.unit, o.euros, o.co2e_tonnes AS "co2eTonnes", o.co2e_factor AS "co2eFactor", o.co2e_source AS "co2eSource", o.started_on::text AS "startedOn", o.ended_on::text AS "endedOn",
       EXISTS (SELECT 1 FROM outcome later WHERE later.supersedes = o.id) AS superseded, o.recorded_at AS "recordedAt"
     FROM outcome o WHERE o.introduction_id = $1 ORDER BY o.recorded_at DESC, o.id DESC`, [id]);
  return rows.map((row) => ({ ...row, recordedAt: row.recordedAt.toISOString() }));
}
