import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { newId, refuseErrors } from '../companies/companies.queries.js';
import { setReviewMinutes } from '../matching/advisor-pace.js';
import { type LockedCandidate, lockCandidate, setCandidateState } from '../matching/candidate-states.js';
import { blockPair } from '../matching/pair-blocks.js';
import type { Context } from '../platform/context.js';
import { localDayOf } from '../platform/iso-week.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type FieldError, Problem } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { afterMove } from './candidate-state.js';
import { type PairNow, readPairNow, refuseStale, timeZoneOf } from './decided-pair.queries.js';
import { reasonOf } from './reasons.js';
import { medianReviewMinutes, REVIEWS_REMEMBERED } from './review-pace.js';
import { blockFor, type Judgement, SNOOZE_MONTHS_AT_MOST } from './suppression.js';

/** Characters of JSON that a screen may say of itself. */
const SHOWN_AT_MOST = 8_192;

export interface DecisionInput {
  /** Chosen by the sender: the same one again answers what was recorded, and records nothing. Absent: made here. */
  decisionId?: string;
  verdict: Judgement['verdict'];
  reason?: string | null;
  comment?: string | null;
  /** `YYYY-MM-DD` in the territory's time zone. */
  snoozeUntil?: string | null;
  secondsOnScreen?: number | null;
  /** What was on screen, in the screen's own words (QUALITY section 5). */
  shown?: Record<string, unknown>;
}

export interface RecordedDecision {
  decisionId: string;
  /** Of the candidate, after it. */
  version: number;
  /** True: it had been recorded before, this was a repetition. */
  repeated: boolean;
}

/**
 * An advisor's word on a lead: accept, reject with a reason of the closed list, snooze, or can't say. Any advisor of the
 * territory may decide, one at a time; a lead that is somebody else's is decided in their place, and the trail says so.
 */
@Injectable()
export class DecideCandidate {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /**
   * @param expected version of the candidate that was on screen
   * @throws Problem 404; 412 (somebody was faster, and who); 409 (not open; accepting a flow that may not be matched any more);
   *   422 with the fields (reason, comment, date)
   */
  async execute(context: Context, candidateId: string, expected: number, input: DecisionInput): Promise<RecordedDecision> {
    const { personId } = context;
    if (personId === null) throw new Problem(403, 'forbidden', 'Only a person decides.');
    return this.unitOfWork.write(context, async (tx) => {
      const candidate = await lockCandidate(tx, candidateId);
      const repeated = await recordedBefore(tx, candidate, personId, input);
      if (repeated) return repeated;
      await refuseStale(tx, candidate, expected);
      const next = afterMove(candidate.status, 'decide');
      if (next === null) throw new Problem(409, 'not-open', `This lead is ${candidate.status}; only an open one is decided.`);
      const timeZone = await timeZoneOf(tx);
      const judgement = readJudgement(input, tx.now, timeZone);
      const pair = await readPairNow(tx, this.knowledge, candidate);
      if (judgement.verdict === 'accept') refuseUnmatchable(pair);

      const decisionId = input.decisionId ?? await newId(tx);
      await writeDecision(tx, { decisionId, personId, candidate, judgement, input, pair });
      const version = await setCandidateState(tx, candidate.id, next);
      await blockPair(tx, candidate.pairId, decisionId, blockFor(judgement, pair, tx.now, timeZone));
      await measurePace(tx, personId);
      await tx.audit({
        action: 'candidate.decided', subjectType: 'candidate', subjectId: candidate.id,
        data: {
          decisionId, verdict: judgement.verdict, reason: judgement.reason, snoozeUntil: judgement.snoozeUntil, version,
          assignedTo: candidate.assignedTo, forAnother: candidate.assignedTo !== null && candidate.assignedTo !== personId,
        },
      });
      return { decisionId, version, repeated: false };
    }, { across: true });
  }
}

/** A decision under this id already: the answer to its first sending was lost. */
async function recordedBefore(tx: Transaction, candidate: LockedCandidate, personId: string, input: DecisionInput): Promise<RecordedDecision | null> {
  if (input.decisionId === undefined) return null;
  const [row] = await tx.sql<{ candidateId: string; personId: string; verdict: string; reason: string | null }>(
    'SELECT candidate_id AS "candidateId", person_id AS "personId", verdict, reason FROM decision WHERE territory_id = $1 AND id = $2', [tx.context.territoryId, input.decisionId]);
  if (row === undefined) return null;
  if (row.candidateId !== candidate.id || row.personId !== personId || row.verdict !== input.verdict || row.reason !== (input.reason ?? null)) {
    throw new Problem(409, 'decision-id-used', 'Another decision has this id; choose a new one for each decision.');
  }
  return { decisionId: input.decisionId, version: candidate.version, repeated: true };
}

/** @throws Problem 422 with the fields */
function readJudgement(input: DecisionInput, now: Date, timeZone: string): Judgement {
  const errors: FieldError[] = [];
  const refuse = (field: string, code: string, found: unknown, expected: string): void => void errors.push({ field, code, found: found === undefined || found === null ? 'nothing' : String(found).slice(0, 200), expected });
  const { verdict } = input;
  const given = (value: string | null | undefined): value is string => value !== undefined && value !== null;
  if (verdict === 'reject') {
    const reason = reasonOf(input.reason ?? '');
    if (reason === undefined) refuse('reason', 'not-a-reason', input.reason, 'one of GET /api/reasons');
    else if (reason.commentRequired && (input.comment ?? '').trim() === '') refuse('comment', 'comment-missing', input.comment, 'what the reason is, in your own words');
  } else if (given(input.reason)) refuse('reason', 'reason-unexpected', input.reason, 'a reason for a rejection only');
  if (verdict === 'snooze') {
    const today = localDayOf(now, timeZone);
    const last = localDayOf(DateTime.fromJSDate(now, { zone: timeZone }).plus({ months: SNOOZE_MONTHS_AT_MOST }).toJSDate(), timeZone);
    const day = input.snoozeUntil ?? '';
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !DateTime.fromISO(day).isValid || day <= today || day > last) {
      refuse('snoozeUntil', 'not-a-day-to-come', input.snoozeUntil, `a day after ${today} and until ${last}`);
    }
  } else if (given(input.snoozeUntil)) refuse('snoozeUntil', 'day-unexpected', input.snoozeUntil, 'a day for a snooze only');
  const shown = JSON.stringify(input.shown ?? null).length;
  if (shown > SHOWN_AT_MOST) refuse('shown', 'too-long', `${shown} characters`, `at most ${SHOWN_AT_MOST} characters of JSON`);
  refuseErrors(errors);
  return { verdict, reason: verdict === 'reject' ? (input.reason ?? null) : null, snoozeUntil: verdict === 'snooze' ? (input.snoozeUntil ?? null) : null };
}

/** An accepted lead goes on to the companies: not with a flow that was taken back meanwhile. */
function refuseUnmatchable(pair: PairNow): void {
  for (const side of ['output', 'input'] as const) {
    const { withdrawn, withheld, wish } = pair[side];
    const why = withdrawn ? 'was withdrawn' : withheld ? 'is withheld from matching' : wish === 'no' ? 'is not wished to be worked on' : wish === null ? 'bears no wish any more' : null;
    if (why !== null) throw new Problem(409, 'flow-not-matchable', `This lead cannot be accepted any more: its ${side} ${why}.`);
  }
}

interface Recording {
  decisionId: string;
  personId: string;
  candidate: LockedCandidate;
  judgement: Judgement;
  input: DecisionInput;
  pair: PairNow;
}

async function writeDecision(tx: Transaction, { decisionId, personId, candidate, judgement, input, pair }: Recording): Promise<void> {
  const { territoryId } = tx.context;
  const { kind, rank, week, points, probability, assignedTo, returnedBecause, version } = candidate;
  const shown = { candidate: { kind, rank, week, points, probability, assignedTo, returnedBecause, version }, screen: input.shown ?? null };
  const comment = (input.comment ?? '').trim();
  await tx.sql(
    `INSERT INTO decision (id, territory_id, candidate_id, person_id, verdict, reason, comment, snooze_until, decided_at, seconds_on_screen, shown,
       output_version, input_version, policy_version, model_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [decisionId, territoryId, candidate.id, personId, judgement.verdict, judgement.reason, comment === '' ? null : comment, judgement.snoozeUntil, tx.now,
      input.secondsOnScreen ?? null, JSON.stringify(shown), pair.output.version, pair.input.version, candidate.policyVersion, candidate.modelVersion]);
  await tx.sql('INSERT INTO standing_decision (candidate_id, territory_id, decision_id, verdict) VALUES ($1, $2, $3, $4)',
    [candidate.id, territoryId, decisionId, judgement.verdict]);
}

/** What a review takes this advisor, from the last ones, for the budget of the next run. */
async function measurePace(tx: Transaction, personId: string): Promise<void> {
  const rows = await tx.sql<{ seconds: number }>(
    `SELECT seconds_on_screen AS seconds FROM decision
     WHERE territory_id = $1 AND person_id = $2 AND verdict <> 'withdraw' AND seconds_on_screen IS NOT NULL ORDER BY decided_at DESC, id DESC LIMIT $3`,
    [tx.context.territoryId, personId, REVIEWS_REMEMBERED]);
  const minutes = medianReviewMinutes(rows.map(({ seconds }) => seconds));
  if (minutes !== null) await setReviewMinutes(tx, personId, minutes);
}
