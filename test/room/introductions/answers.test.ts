import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { newAnswerToken } from '../../../src/introductions/answer-token.js';
import { IntroductionsController } from '../../../src/introductions/introductions.controller.js';
import { NoteAnswer } from '../../../src/introductions/note-answer.js';
import { NoteWish } from '../../../src/introductions/note-wish.js';
import { refusal, Steps } from '../../support/introduction-steps.js';
import { type IntroductionWorld, LINK_SECRET, openIntroductionWorld } from '../../support/introduction-world.js';

let world: IntroductionWorld;
beforeAll(async () => {
  world = await openIntroductionWorld();
});
beforeEach(() => {
  world.smtp.mails.length = 0;
  world.smtp.manners.length = 0;
});
afterAll(async () => {
  await world?.close();
});

const sql = async <Row extends object>(query: string, parameters: unknown[] = []): Promise<Row[]> => (await world.database.admin.query<Row>(query, parameters)).rows;

describe('answers', () => {
  it('of a first side that takes its yes back call the second side’s waiting text back', async () => {
    const lead = await Steps.open(world);
    await lead.phone('output', 'interested');
    await lead.approve('input');
    await lead.release('input');
    await lead.phone('output', 'not-now', { until: '2027-01-15' });
    expect(await lead.message('input')).toMatchObject({ released: false, approved: false, delivery: null });
    expect(await world.deliver()).toEqual({});
    expect(world.smtp.mails).toEqual([]);
  });

  it('that say yes once more leave the second side’s waiting text to be approved once more, and sendable', async () => {
    const lead = await Steps.open(world);
    await lead.phone('output', 'interested');
    await lead.approve('input');
    await lead.release('input');
    await lead.phone('output', 'interested');
    expect(await lead.message('input')).toMatchObject({ released: false, approved: false });
    expect(await lead.send('input')).toBe('sent');
  });

  it('that say yes once more after a text came back let another be written', async () => {
    const lead = await Steps.open(world);
    await lead.phone('output', 'interested');
    await lead.send('input');
    await lead.settle('input', 'bounced');
    await lead.phone('output', 'interested');
    await lead.settle('input', 'write-again');
    expect(await lead.send('input')).toBe('sent');
  });

  it.each(['interested', 'no-more-mail'] as const)('of a second side that was asked (%s) are heard although the first has taken its yes back', async (answer) => {
    const lead = await Steps.open(world);
    await lead.phone('output', 'interested');
    await lead.send('input');
    await lead.phone('output', 'declined');
    await lead.link('input', answer);
    expect(await lead.introduction()).toMatchObject({ step: 'asked' });
    expect(await sql('SELECT opposed_to_mail FROM contact_person WHERE id = $1', [lead.lead.contact.input.id])).toEqual([{ opposed_to_mail: answer === 'no-more-mail' }]);
    expect(await sql("SELECT 1 FROM introduction_message WHERE introduction_id = $1 AND kind = 'names'", [lead.id])).toEqual([]);
    if (answer !== 'interested') return;
    await lead.phone('output', 'interested');
    expect(await lead.introduction()).toMatchObject({ step: 'both' });
    expect(await lead.send('output', 'names')).toBe('sent');
  });

  it('"do not write to me again" hold for the person, also when their address has changed since', async () => {
    const lead = await Steps.open(world);
    await lead.send('output');
    await sql("UPDATE contact_person SET email = 'nouvelle@scierie.example' WHERE id = $1", [lead.lead.contact.output.id]);
    await lead.link('output', 'no-more-mail');
    expect(await sql('SELECT opposed_to_mail FROM contact_person WHERE id = $1', [lead.lead.contact.output.id])).toEqual([{ opposed_to_mail: true }]);
  });

  it('with the id of an answer to another introduction are refused, and recorded nowhere', async () => {
    const one = await Steps.open(world);
    const other = await Steps.openBeside(one, 9_001);
    const answerId = randomUUID();
    await one.phone('output', 'interested', { answerId });
    await expect(world.get(NoteAnswer).execute(other.who('output'), other.id, 99, { side: 'output', answer: 'interested', way: 'phone', answerId })).rejects.toMatchObject(refusal('stale', 412));
    await expect(other.phone('output', 'interested', { answerId })).rejects.toMatchObject({ driverError: { constraint: 'pk_company_answer' } });
    expect((await other.introduction()).step).toBe('prepared');
  });

  it('are refused without what they need', async () => {
    const lead = await Steps.open(world);
    await expect(lead.phone('output', 'not-now')).rejects.toMatchObject(refusal('invalid-fields', 422, 'until'));
    await expect(lead.phone('output', 'question')).rejects.toMatchObject(refusal('invalid-fields', 422, 'comment'));
    await expect(lead.phone('input', 'interested')).rejects.toMatchObject(refusal('first-yes-missing', 409));
    expect((await lead.introduction()).step).toBe('prepared');
  });

  it('about the wish open the way for a flow that was noted in passing', async () => {
    const lead = await Steps.open(world, { wish: { output: 'not-asked' } });
    await lead.approve('output');
    await expect(lead.release('output')).rejects.toMatchObject({ errors: [{ code: 'wish-not-asked' }] });
    await world.get(NoteWish).execute(lead.who('output'), lead.id, await lead.version(), { side: 'output', wish: 'yes' });
    expect(await sql('SELECT wish, version FROM flow WHERE id = $1', [lead.lead.flows.output.flowId])).toEqual([{ wish: 'yes', version: 2 }]);
    await lead.release('output');
    expect(await lead.deliver('output')).toBe('sent');
  });
});

describe('a link', () => {
  it('that is expired, used, altered, foreign or of an introduction that is over gets one same answer, opened or answered', async () => {
    const ask = async (path: 'look' | 'answer', token: string): Promise<[number, string]> => {
      const { status, text } = await world.api.anybody().post(`/api/answer-link/${path}`).send({ token, ...(path === 'answer' ? { answerId: randomUUID(), answer: 'interested' } : {}) });
      return [status, text];
    };
    const [used, expired, dropped] = [await Steps.open(world), await Steps.open(world), await Steps.open(world)];
    for (const lead of [used, expired, dropped]) await lead.send('output');
    const tokens = [used, expired, dropped].map((lead) => lead.token('output'));
    for (const token of tokens) expect((await ask('look', token))[0]).toBe(200);
    expect((await ask('answer', tokens[0]))[0]).toBe(200);
    await dropped.step(dropped.who('output'), { step: 'dropped', reason: 'too-far' });
    const start = world.database.clock.now();
    const dead: [number, string][] = [];
    for (const path of ['look', 'answer'] as const) {
      for (const token of [tokens[0], tokens[2], `${tokens[1].slice(0, -1)}${tokens[1].endsWith('A') ? 'B' : 'A'}`, newAnswerToken(LINK_SECRET), newAnswerToken('another secret of the same length.......'), 'x', '']) dead.push(await ask(path, token));
      world.database.clock.advance({ days: 31 });
      dead.push(await ask(path, tokens[1]));
      world.database.clock.set(start);
    }
    expect(new Set(dead.map((answer) => answer.join(' '))).size).toBe(1);
    expect(dead[0]).toEqual([404, JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404, code: 'link-not-valid', detail: 'This link is no longer valid.' })]);
    expect(await sql('SELECT side FROM company_answer WHERE introduction_id = ANY($1)', [[used.id, expired.id, dropped.id]])).toHaveLength(1);
  });

  it('answers nothing by being opened, however often', async () => {
    const lead = await Steps.open(world);
    await lead.send('output');
    const before = await lead.introduction();
    for (let times = 0; times < 3; times += 1) expect((await world.api.anybody().post('/api/answer-link/look').send({ token: lead.token('output') })).status).toBe(200);
    expect(await lead.introduction()).toEqual(before);
    await lead.link('output', 'interested');
  });

  it('whose answer holds a character that cannot be kept is refused by name, and still takes an answer', async () => {
    const lead = await Steps.open(world);
    await lead.send('output');
    const said = await world.api.anybody().post('/api/answer-link/answer').send({ token: lead.token('output'), answerId: randomUUID(), answer: 'question', comment: 'Combien\u0000 ?' });
    expect([said.status, (said.body as { code: string }).code]).toEqual([422, 'character-not-kept']);
    await lead.link('output', 'question', { comment: 'Combien \ud800?' });
    await lead.link('output', 'interested');
  });

  it('tells the référent by mail and on the board that the company has answered', async () => {
    const lead = await Steps.open(world);
    await lead.send('output');
    await lead.link('output', 'question', { comment: 'Combien de tonnes ?' });
    expect(await sql('SELECT template, person_id FROM staff_mail WHERE territory_id = $1', [lead.lead.territoryId])).toEqual([{ template: 'company-answered', person_id: lead.who('output').personId }]);
    expect((await world.get(IntroductionsController).board(lead.who('output'), {})).items.map(({ id, attention }) => [id, attention])).toEqual([[lead.id, 'answered']]);
  });
});
