import { Injectable } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { hashAccessToken } from '../access/make-access-token.js';
import { refuseErrors } from '../companies/companies.queries.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { isAnswerToken } from './answer-token.js';
import type { Side } from './introductions.entities.js';
import { answerRows, lockIntroduction, refuseClosed, today } from './introductions.queries.js';
import { LetterDrafts } from './letter-drafts.js';
import { LINK_PLACEHOLDER } from './letters.js';
import { isFinal, type LINK_ANSWERS } from './mediation.js';
import { answerErrors, trimmed } from './note-answer.js';
import { recordAnswer } from './record-answer.js';

/** What the page behind a link shows: the approved text as it was sent, who asks, and what was said by it so far. */
export interface AskedCompany {
  territory: string;
  /** Who approved the text: the person to turn to. */
  advisor: string;
  language: 'fr' | 'en';
  subject: string;
  body: string;
  sentOn: Date | null;
}

export interface LinkAnswer {
  token: string;
  /** Chosen by the page: the same one again answers what was recorded. */
  answerId: string;
  answer: (typeof LINK_ANSWERS)[number];
  until?: string | null;
  comment?: string | null;
}

/** One answer for every link that does not work: expired, used, altered or never ours. */
const NO_LINK = new Problem(404, 'link-not-valid', 'This link is no longer valid.');

interface Link {
  introductionId: string;
  messageId: string;
  side: Side;
  usedAt: Date | null;
}

/** A company answers by its link, without an account. Opening it answers nothing. */
@Injectable()
export class AnswerByLink {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly env: Env,
    private readonly drafts: LetterDrafts,
  ) {}

  /** @throws Problem 404, the same whatever is wrong with the link */
  async look(token: string, requestId: string | null): Promise<AskedCompany> {
    const territoryId = await this.territoryOf(token, requestId);
    return this.unitOfWork.read({ territoryId, personId: null, requestId }, async (tx) => {
      const link = await readLink(tx, token, false);
      if (link.usedAt !== null) throw NO_LINK;
      const [asked] = await tx.sql<AskedCompany & { closed: boolean }>(
        `SELECT t.name AS territory, coalesce(p.name, '') AS advisor, m.language, m.subject, m.body, m.sent_at AS "sentOn", i.closed_at IS NOT NULL AS closed
         FROM introduction_message m JOIN introduction i ON i.id = m.introduction_id JOIN territory t ON t.id = m.territory_id
         JOIN introduction_approval a ON a.id = m.approval_id LEFT JOIN person p ON p.id = a.approved_by
         WHERE m.territory_id = $1 AND m.id = $2`, [territoryId, link.messageId]);
      if (asked === undefined || asked.closed) throw NO_LINK;
      const { territory, advisor, language, subject, body, sentOn } = asked;
      // On the page the link would lead to itself; its answers stand below the text.
      return { territory, advisor, language, subject, body: body.replaceAll(LINK_PLACEHOLDER, () => this.drafts.linkWords(language)).trim(), sentOn };
    });
  }

  /** @throws Problem 404, the same whatever is wrong with the link; 422 with the fields */
  async execute(input: LinkAnswer, requestId: string | null): Promise<{ answerId: string; final: boolean }> {
    const territoryId = await this.territoryOf(input.token, requestId);
    return this.unitOfWork.write({ territoryId, personId: null, requestId }, async (tx) => {
      const { introductionId, messageId, side } = await readLink(tx, input.token, false);
      // The introduction before the link, as everywhere: two who lock in another order would wait for each other.
      const introduction = await lockIntroduction(tx, introductionId, null);
      const { usedAt } = await readLink(tx, input.token, true);
      const before = (await answerRows(tx, introductionId)).find(({ id }) => id === input.answerId);
      if (before !== undefined && before.side === side && before.answer === input.answer) return { answerId: before.id, final: isFinal(before.answer) };
      if (usedAt !== null || before !== undefined) throw NO_LINK;
      try {
        refuseClosed(introduction);
      } catch {
        throw NO_LINK;
      }
      refuseErrors(answerErrors(input, await today(tx)));
      const { answerId } = await recordAnswer(tx, this.drafts, introduction, {
        answerId: input.answerId, side, answer: input.answer, way: 'link', until: input.until ?? null, comment: trimmed(input.comment), on: null, messageId,
      });
      return { answerId, final: isFinal(input.answer) };
    }, { across: true });
  }

  private async territoryOf(token: string, requestId: string | null): Promise<string> {
    if (!isAnswerToken(token, this.env.LINK_SECRET ?? '')) throw NO_LINK;
    const [{ territoryId }] = await this.unitOfWork.read({ territoryId: '', personId: null, requestId }, (tx) =>
      tx.sql<{ territoryId: string | null }>('SELECT answer_link_territory($1, $2) AS "territoryId"', [hashAccessToken(token), tx.now]));
    if (territoryId === null) throw NO_LINK;
    return territoryId;
  }
}

async function readLink(tx: Transaction, token: string, lock: boolean): Promise<Link> {
  const [link] = await tx.sql<Link>(
    `SELECT introduction_id AS "introductionId", message_id AS "messageId", side, used_at AS "usedAt" FROM answer_link
     WHERE territory_id = $1 AND token_hash = $2 AND expires_at > $3 ${lock ? 'FOR UPDATE' : ''}`, [tx.context.territoryId, hashAccessToken(token), tx.now]);
  if (link === undefined) throw NO_LINK;
  return link;
}
