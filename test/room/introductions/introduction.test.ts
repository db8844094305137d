import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Context } from '../../../src/platform/context.js';
import { board } from '../../../src/introductions/board.queries.js';
import { AnswerByLink } from '../../../src/introductions/answer-by-link.js';
import { ApproveMessage } from '../../../src/introductions/approve-message.js';
import { NoteStep } from '../../../src/introductions/note-step.js';
import { RecordOutcome } from '../../../src/introductions/record-outcome.js';
import { ReleaseMessage } from '../../../src/introductions/release-message.js';
import { Knowledge } from '../../../src/resources/knowledge.js';
import { type IntroductionWorld, messageOf, openIntroductionWorld, sideOf, tokenIn } from '../../support/introduction-world.js';

let world: IntroductionWorld;
beforeAll(async () => {
  world = await openIntroductionWorld();
});
afterAll(async () => {
  await world?.close();
});

/** Approves and releases a side's text, as its référent. */
async function send(who: Context, id: string, side: 'output' | 'input', kind: 'proposal' | 'names' = 'proposal'): Promise<void> {
  const before = await world.detail(who, id);
  const { id: messageId, textHash } = messageOf(before, side, kind);
  const { version } = await world.get(ApproveMessage).execute(who, id, messageId, before.version, { textHash });
  await world.get(ReleaseMessage).execute(who, id, messageId, version);
  expect(await world.deliver()).toEqual({ [messageId]: 'sent' });
}

describe.each([false, true])('an introduction, across a border: %s', (across) => {
  it('asks the first company, then the second, then tells both who the other is, each with the very text that was approved', async () => {
    const lead = await world.acceptedLead({ across });
    const { output: ada, input: bruno } = lead.referent;
    const id = await world.open(lead);
    expect(await world.open(lead)).toBe(id);
    let detail = await world.detail(ada, id);
    expect(detail).toMatchObject({ step: 'prepared', firstSide: 'output' });
    const first = messageOf(detail, 'output');
    expect(first.identifying).toEqual([]);
    expect(first.openFields).toEqual([]);
    expect(sideOf(detail, 'output').fitting).toBeGreaterThanOrEqual(5);
    for (const name of ['Quillebeuf', 'Tessandier', 'haras.example']) expect(first.body).not.toContain(name);
    world.smtp.mails.length = 0;

    await send(ada, id, 'output');
    expect(world.smtp.mails).toHaveLength(1);
    const [mail] = world.smtp.mails;
    expect(mail).toMatchObject({ to: lead.contact.output.email, subject: first.subject, messageId: `<${first.id}@example.org>` });
    const token = tokenIn(mail.text);
    expect(mail.text.trim()).toBe(first.body.replace('[[lien-de-reponse]]', `https://maillon.example.org/#/answer?token=${token}`).trim());

    const asked = await world.get(AnswerByLink).look(token, null);
    expect(asked.subject).toBe(first.subject);
    expect(asked.body).toBe(first.body.replace('[[lien-de-reponse]]', '(par les boutons au bas de cette page)').trim());
    expect((await world.detail(ada, id)).step).toBe('asked');
    const answerId = randomUUID();
    expect(await world.get(AnswerByLink).execute({ token, answerId, answer: 'interested' }, null)).toEqual({ answerId, final: true });
    expect(await world.get(AnswerByLink).execute({ token, answerId, answer: 'interested' }, null)).toEqual({ answerId, final: true });
    await expect(world.get(AnswerByLink).execute({ token, answerId: randomUUID(), answer: 'no-more-mail' }, null)).rejects.toMatchObject({ code: 'link-not-valid' });

    detail = await world.detail(bruno, id);
    expect(detail.step).toBe('interested');
    await send(bruno, id, 'input');
    expect(world.smtp.mails[1].to).toBe(lead.contact.input.email);
    await world.get(AnswerByLink).execute({ token: tokenIn(world.smtp.mails[1].text), answerId: randomUUID(), answer: 'interested' }, null);
    detail = await world.detail(ada, id);
    expect(detail.step).toBe('both');
    expect(messageOf(detail, 'output', 'names').body).toContain(lead.companyName.input);
    await send(ada, id, 'output', 'names');
    await send(bruno, id, 'input', 'names');
    expect(world.smtp.mails.map(({ to }) => to)).toEqual([lead.contact.output.email, lead.contact.input.email, lead.contact.output.email, lead.contact.input.email]);
    expect(world.smtp.mails[3].text).toContain(lead.contact.output.email);

    const ofCompany = (companyId: string, flags = { mine: false, closed: true }) => world.database.api.read(ada, (tx) => board(tx, world.get(Knowledge), { ...flags, companyId }), { across: true });
    const [mine, theirs] = [sideOf(detail, 'output'), sideOf(detail, 'input')].map(({ companyId }) => companyId);
    expect((await ofCompany(mine)).items.map((item) => item.id)).toEqual([id]);
    // Across a border the other company is not this territory's to ask for.
    expect((await ofCompany(theirs)).items.map((item) => item.id)).toEqual(across ? [] : [id]);
    expect((await ofCompany(randomUUID())).items).toEqual([]);
    let { version } = await world.detail(ada, id);
    for (const step of ['met', 'trial', 'realised'] as const) ({ version } = await world.get(NoteStep).execute(ada, id, version, { step }));
    ({ version } = await world.get(RecordOutcome).execute(ada, id, version, { quantity: 80, unit: 't', euros: 4000, co2eFactor: 120, co2eSource: 'Base Empreinte, ADEME', startedOn: '2026-11-01' }));
    ({ version } = await world.get(RecordOutcome).execute(ada, id, version, { quantity: 60, unit: 't', euros: 4000, co2eFactor: 120, co2eSource: 'Base Empreinte, ADEME', startedOn: '2026-11-01' }));
    const blocks = async (): Promise<unknown[]> => (await world.database.admin.query(
      'SELECT b.kind FROM pair_block b JOIN pair p ON p.id = b.pair_id WHERE p.output_flow_id = $1 AND b.lifted_at IS NULL ORDER BY b.territory_id, b.kind', [lead.flows.output.flowId])).rows;
    expect(await blocks()).toHaveLength(across ? 4 : 2);
    detail = await world.detail(bruno, id);
    expect(detail.outcomes.map(({ co2eTonnes, superseded }) => [co2eTonnes, superseded])).toEqual([[7.2, false], [9.6, true]]);
    await world.get(NoteStep).execute(ada, id, version, { step: 'ended' });
    expect(await blocks()).toEqual([]);
  });
});
