import { Injectable } from '@nestjs/common';
import { refuseErrors } from '../companies/companies.queries.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type FieldError, Problem } from '../platform/problem.js';
import type { Side } from './introductions.entities.js';
import { daysAfter, lockIntroduction, today } from './introductions.queries.js';
import { LetterDrafts } from './letter-drafts.js';
import type { AnswerKind } from './mediation.js';
import { recordAnswer } from './record-answer.js';

/** Characters that a company or an advisor may write beside an answer. */
export const COMMENT_AT_MOST = 2_000;
/** Days that "not now" may put off at most. */
const LATEST_DAYS = 730;

export interface NotedAnswer {
  answerId?: string;
  side: Side;
  answer: AnswerKind;
  way: 'phone' | 'visit' | 'mail';
  until?: string | null;
  comment?: string | null;
  on?: string | null;
}

/** The référent phoned or visited, or the company wrote back: its answer is noted. */
@Injectable()
export class NoteAnswer {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly drafts: LetterDrafts,
  ) {}

  /** @throws Problem 404, 412, 409 (closed; the first side has not said yes), 422 with the fields */
  async execute(context: Context, id: string, expected: number, input: NotedAnswer): Promise<{ answerId: string; version: number; repeated: boolean }> {
    if (context.personId === null) throw new Problem(403, 'forbidden', 'Only a person notes an answer.');
    return this.unitOfWork.write(context, async (tx) => {
      // A repetition is answered whatever the version is by now.
      const repeated = input.answerId !== undefined && (await tx.sql('SELECT 1 FROM company_answer WHERE territory_id = $1 AND introduction_id = $2 AND id = $3', [context.territoryId, id, input.answerId])).length > 0;
      const introduction = await lockIntroduction(tx, id, repeated ? null : expected);
      const day = await today(tx);
      refuseErrors([...answerErrors(input, day), ...(input.on && input.on > day ? [{ field: 'on', code: 'in-the-future', found: input.on, expected: `a day, at the latest ${day}` }] : [])]);
      const given = { ...input, until: input.until ?? null, comment: trimmed(input.comment), on: input.on ?? null, messageId: null };
      return recordAnswer(tx, this.drafts, introduction, given);
    }, { across: true });
  }
}

/** What is wrong with an answer, whoever gives it. @param day today, in the territory's time zone */
export function answerErrors({ answer, until, comment }: { answer: AnswerKind; until?: string | null; comment?: string | null }, day: string): FieldError[] {
  const errors: FieldError[] = [];
  const last = daysAfter(day, LATEST_DAYS);
  if (answer === 'not-now' && (!until || until <= day || until > last)) errors.push({ field: 'until', code: 'not-a-day-to-come', found: until ?? 'nothing', expected: `a day after ${day} and until ${last}` });
  if (answer !== 'not-now' && until) errors.push({ field: 'until', code: 'day-unexpected', found: until, expected: 'a day for "not now" only' });
  if (answer === 'question' && trimmed(comment) === null) errors.push({ field: 'comment', code: 'comment-missing', found: 'nothing', expected: 'the question' });
  if ((comment ?? '').length > COMMENT_AT_MOST) errors.push({ field: 'comment', code: 'too-long', found: `${(comment ?? '').length} characters`, expected: `at most ${COMMENT_AT_MOST} characters` });
  return errors;
}

export function trimmed(text: string | null | undefined): string | null {
  const words = (text ?? '').trim();
  return words === '' ? null : words;
}
