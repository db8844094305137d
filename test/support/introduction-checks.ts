import { expect } from '@jest/globals';
import type pg from 'pg';
import { type IntroductionModel, type Kind, otherOf, type Side, type TextKind } from './introduction-model.js';
import { tokenIn } from './introduction-world.js';
import type { RecordedMail } from './smtp-recorder.js';

const PLACE = '[[lien-de-reponse]]';

/** What was on file when somebody approved it. */
export interface ApprovedText {
  recipient: string;
  subject: string;
  body: string;
}

/** A text of each kind; of the odd one, every line is one that mail programs like to change. */
export function bodyOf(text: TextKind, kind: Kind, leak: string): string {
  const link = kind === 'proposal' ? `Répondre : ${PLACE}` : '';
  switch (text) {
    case 'plain': return `Texte simple.\n${link}`;
    case 'odd': return `Texte étrange 🪵 — « œ » =C3=A9\n.\n..deux\nFrom ici\n\n\n   trois espaces \n-- \n${'long '.repeat(120)}\n>cité\n${link}\n\tfin`;
    case 'open-field': return `Bonjour [[nom]],\n${link}`;
    case 'no-link': return 'Sans lien.';
    case 'leaks': return `Fuite : ${leak}\n${link}`;
    case 'draft': return '';
  }
}

function kindOf(body: string): TextKind {
  for (const [word, kind] of [['Texte simple', 'plain'], ['Texte étrange', 'odd'], ['Sans lien', 'no-link'], ['Fuite', 'leaks'], ['[[', 'open-field']] as const) if (body.replace(PLACE, '').includes(word)) return kind;
  return 'draft';
}

/**
 * What arrived, against what the database and the record of approvals say at that moment, without any model.
 * @param is `approved` by message; `tells`: words by which a side is told
 */
export async function expectPromise(admin: pg.Pool, id: string, mail: RecordedMail, is: { approved: Map<string, ApprovedText>; tells: (side: Side) => string[]; at: Date }): Promise<void> {
  const messageId = /^<(.*)@example\.org>$/.exec(mail.messageId)?.[1] ?? '';
  const text = is.approved.get(messageId);
  const body = text?.body.replace(PLACE, `https://maillon.example.org/#/answer?token=${tokenIn(mail.text)}`);
  // SMTP ends a text with a line break, whether it had one or not.
  const ended = (words: string | undefined): string => (words ?? '').replace(/\n*$/, '\n');
  expect({ to: mail.to, subject: mail.subject, text: ended(mail.text) }).toEqual({ to: text?.recipient, subject: text?.subject, text: ended(body) });
  const { rows: [now] } = await admin.query<{ kind: Kind; side: Side; first: Side; firstYes: boolean; bothYes: boolean; opposed: boolean; agreed: boolean; border: boolean; times: number }>(
    `WITH said AS (SELECT side, (array_agg(answer ORDER BY introduction_version DESC))[1] = 'interested' AS yes FROM company_answer WHERE introduction_id = $1 AND answer <> 'question' GROUP BY side)
     SELECT m.kind, m.side, i.first_side AS first, EXISTS (SELECT 1 FROM said WHERE side = i.first_side AND yes) AS "firstYes", (SELECT count(*) = 2 FROM said WHERE yes) AS "bothYes",
       (SELECT bool_or(c.opposed_to_mail) FROM contact_person c WHERE c.territory_id = m.territory_id AND c.email = m.recipient) AS opposed,
       EXISTS (SELECT 1 FROM confidentiality_agreement g WHERE g.company_id = s.company_id AND (g.valid_until IS NULL OR g.valid_until >= $3::date)) AS agreed,
       i.partner_territory_id IS NULL OR EXISTS (SELECT 1 FROM territory_agreement b WHERE i.territory_id IN (b.territory_a_id, b.territory_b_id) AND b.ended_at IS NULL) AS border
     FROM introduction_message m JOIN introduction i ON i.id = m.introduction_id JOIN introduction_side s ON s.introduction_id = i.id AND s.side = m.side WHERE m.introduction_id = $1 AND m.id = $2`,
    [id, messageId, is.at]);
  expect({ opposed: now.opposed, agreed: now.agreed, border: now.border }).toEqual({ opposed: false, agreed: true, border: true });
  if (now.side !== now.first) expect(now.firstYes).toBe(true);
  if (now.kind === 'names') expect(now.bothYes).toBe(true);
  else for (const word of is.tells(otherOf(now.side))) expect(`${mail.subject}\n${mail.text}`.toLowerCase()).not.toContain(word.toLowerCase());
}

/** Everything that counts, as the model and as the database have it. */
export async function expectAsModel(admin: pg.Pool, id: string, model: IntroductionModel, contact: Record<Side, { id: string }>): Promise<void> {
  const { rows: [introduction] } = await admin.query(
    `SELECT step, first_side AS first, version, closed_at IS NOT NULL AS closed, (SELECT count(*)::int FROM company_answer a WHERE a.introduction_id = i.id) AS answers,
       (SELECT count(*)::int FROM introduction_approval a WHERE a.introduction_id = i.id) AS approvals, (SELECT count(*)::int FROM outcome o WHERE o.introduction_id = i.id) AS outcomes FROM introduction i WHERE i.id = $1`, [id]);
  expect(introduction).toEqual({ step: model.stage, first: model.firstSide, version: model.version, closed: model.closed, answers: model.answers.length, approvals: model.approvals, outcomes: model.outcomes });
  const { rows: messages } = await admin.query<{ body: string; replaced: boolean }>(
    `SELECT side, kind, body, contact_id IS NOT NULL AS "hasContact", recipient, approval_id IS NOT NULL AS approved, other_yes_id IS NOT NULL AS "otherYes", own_yes_id IS NOT NULL AS "ownYes", released_at IS NOT NULL AS released,
       delivery, attempts, CASE WHEN delivery = 'withheld' THEN last_error END AS "withheldFor", settled, replaced_by IS NOT NULL AS replaced FROM introduction_message WHERE introduction_id = $1`, [id]);
  const lines = (list: object[]): string[] => list.map((one) => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
  expect(lines(messages.map(({ body, ...message }) => ({ ...message, text: kindOf(body) })))).toEqual(lines(model.messages.map(({ since: _since, releasedAt: _releasedAt, ...message }) => ({
    ...message, otherYes: message.otherYes !== null, ownYes: message.ownYes !== null, released: message.released !== null,
  }))));
  const { rows: contacts } = await admin.query<object>('SELECT id, opposed_to_mail AS opposed FROM contact_person WHERE id = ANY($1::uuid[])', [(['output', 'input'] as const).map((side) => contact[side].id)]);
  expect(lines(contacts)).toEqual(lines((['output', 'input'] as const).map((side) => ({ id: contact[side].id, opposed: model.facts[side].opposed }))));
}
