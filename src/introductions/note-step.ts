import { Injectable } from '@nestjs/common';
import { refuseErrors } from '../companies/companies.queries.js';
import { flowFacts } from '../matching/pair-block-facts.queries.js';
import { pairOf } from '../matching/insert-lead.js';
import { blockPair, endBlocks } from '../matching/pair-blocks.js';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type FieldError, Problem } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { readPairNow, timeZoneOf } from '../review/decided-pair.queries.js';
import { reasonOf } from '../review/reasons.js';
import { blockFor } from '../review/suppression.js';
import { introductionChanged, type IntroductionRow, lockIntroduction, today, writeStep } from './introductions.queries.js';
import { isDropReason, mayFollow, type NotedStep } from './mediation.js';
import { COMMENT_AT_MOST, trimmed } from './note-answer.js';

export interface StepInput {
  /** `note`: something to remember, or a reminder alone. */
  step: NotedStep | 'note';
  /** `YYYY-MM-DD`; absent: today. */
  on?: string | null;
  /** For `dropped`: one of the reasons of a rejection. */
  reason?: string | null;
  note?: string | null;
  /** Day of the next reminder; null takes it away; absent keeps it. */
  remindOn?: string | null;
}

/** Notes where a mediation has got to. A drop feeds the suppression of the pair, a synergy that runs blocks it, its end frees it. */
@Injectable()
export class NoteStep {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /** @throws Problem 404, 412, 409 (does not follow from where it is), 422 with the fields */
  async execute(context: Context, id: string, expected: number, input: StepInput): Promise<{ version: number }> {
    if (context.personId === null) throw new Problem(403, 'forbidden', 'Only a person notes a step.');
    return this.unitOfWork.write(context, async (tx) => {
      const introduction = await lockIntroduction(tx, id, expected);
      const { step } = input;
      refuseErrors(stepErrors(input, await today(tx)));
      if (step !== 'note' && !mayFollow(introduction.step, step)) throw new Problem(409, 'step-does-not-follow', `"${step}" does not follow from "${introduction.step}".`);
      await writeStep(tx, id, { step, on: input.on ?? undefined, reason: step === 'dropped' ? input.reason : null, note: trimmed(input.note) });
      const closes = step === 'dropped' || step === 'ended';
      if (closes) await recallWaiting(tx, introduction);
      if (step !== 'note') await this.blockAccordingly(tx, introduction, step, input.reason ?? '');
      const remindOn = closes ? null : input.remindOn;
      const version = await introductionChanged(tx, id, { ...(step === 'note' ? {} : { step }), ...(remindOn === undefined ? {} : { remindOn }), close: closes });
      await tx.audit({ action: step === 'note' ? 'introduction.noted' : `introduction.${step}`, subjectType: 'introduction', subjectId: id, data: { reason: step === 'dropped' ? input.reason : null, on: input.on ?? null, remindOn: remindOn ?? null, version } });
      return { version };
    }, { across: true });
  }

  /** What a step does to the pair, in every territory whose lists could show it. */
  private async blockAccordingly(tx: Transaction, introduction: IntroductionRow, step: NotedStep, reason: string): Promise<void> {
    if (step !== 'dropped' && step !== 'realised' && step !== 'ended') return;
    const [{ decisionId, distanceKm }] = await tx.asTerritory(introduction.territoryId, (home) => home.sql<{ decisionId: string; distanceKm: number | null }>(
      'SELECT d.decision_id AS "decisionId", c.distance_km AS "distanceKm" FROM standing_decision d JOIN candidate c ON c.territory_id = d.territory_id AND c.id = d.candidate_id WHERE d.territory_id = $1 AND d.candidate_id = $2',
      [introduction.territoryId, introduction.candidateId]));
    const territories = [introduction.territoryId, introduction.partnerTerritoryId].filter((one) => one !== null);
    // Each flow as its own territory sees it: an agreement between the two may have ended.
    const facts: Awaited<ReturnType<typeof flowFacts>> = new Map();
    for (const territoryId of territories) {
      for (const [id, flow] of await tx.asTerritory(territoryId, (own) => flowFacts(own, [introduction.outputFlowId, introduction.inputFlowId]))) facts.set(id, flow);
    }
    for (const territoryId of territories) {
      await tx.asTerritory(territoryId, async (own) => {
        const pairId = await pairOf(own, introduction.outputFlowId, introduction.inputFlowId);
        if (step === 'realised') return blockPair(own, pairId, decisionId, { kind: 'running', reason: null, until: null, condition: null });
        await endBlocks(own, pairId, ['introduced', 'running'], step === 'dropped' ? 'dropped' : 'synergy-ended');
        if (step === 'dropped') {
          const pair = await readPairNow(own, this.knowledge, { ...introduction, distanceKm }, facts);
          await blockPair(own, pairId, decisionId, blockFor({ verdict: 'reject', reason, snoozeUntil: null }, pair, own.now, await timeZoneOf(own)));
        }
      });
    }
  }
}

/** Nothing goes out of an introduction that is over. */
async function recallWaiting(tx: Transaction, introduction: IntroductionRow): Promise<void> {
  for (const territoryId of [introduction.territoryId, introduction.partnerTerritoryId]) {
    if (territoryId === null) continue;
    await tx.asTerritory(territoryId, (own) => own.sql(
      'UPDATE introduction_message SET released_at = NULL, released_by = NULL WHERE territory_id = $1 AND introduction_id = $2 AND released_at IS NOT NULL AND delivery IS NULL', [territoryId, introduction.id]));
  }
}

function stepErrors({ step, on, reason, note, remindOn }: StepInput, day: string): FieldError[] {
  const errors: FieldError[] = [];
  if (on && on > day) errors.push({ field: 'on', code: 'in-the-future', found: on, expected: `a day, at the latest ${day}` });
  if (step === 'dropped' && !isDropReason(reason ?? '')) errors.push({ field: 'reason', code: 'not-a-reason', found: reason ?? 'nothing', expected: 'one of GET /api/reasons' });
  if (step === 'dropped' && reasonOf(reason ?? '')?.commentRequired && trimmed(note) === null) errors.push({ field: 'note', code: 'comment-missing', found: 'nothing', expected: 'what the reason is, in your own words' });
  if (step === 'note' && trimmed(note) === null && remindOn === undefined) errors.push({ field: 'note', code: 'note-missing', found: 'nothing', expected: 'a note or a reminder' });
  if ((note ?? '').length > COMMENT_AT_MOST) errors.push({ field: 'note', code: 'too-long', found: `${(note ?? '').length} characters`, expected: `at most ${COMMENT_AT_MOST} characters` });
  if (remindOn && remindOn <= day) errors.push({ field: 'remindOn', code: 'not-a-day-to-come', found: remindOn, expected: `a day after ${day}` });
  return errors;
}
