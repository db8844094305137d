import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QueueReminders } from '../../../src/introductions/queue-reminders.js';
import { retryAfterMs } from '../../../src/introductions/send-company-mail.js';
import { systemContext } from '../../../src/platform/context.js';
import { WithdrawDecision } from '../../../src/review/withdraw-decision.js';
import { type IntroductionWorld, openIntroductionWorld } from '../../support/introduction-world.js';
import { refusal, Steps } from '../../support/introduction-steps.js';
import { makePerson } from '../../support/world.js';

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

describe('an approval is refused, and nothing half done,', () => {
  it('of a text with a field left open, which it names', async () => {
    const lead = await Steps.open(world);
    await lead.edit('output', { body: 'Bonjour [[nom]],\n[[lien-de-reponse]]' });
    await expect(lead.approve('output')).rejects.toMatchObject({ status: 422, errors: [{ field: 'body', code: 'field-left-open', found: 'nom' }] });
    expect(await lead.message('output')).toMatchObject({ approved: false });
    expect(await sql('SELECT 1 FROM introduction_approval WHERE introduction_id = $1', [lead.id])).toEqual([]);
  });

  it.each([
    ['no place for the answer link', { body: 'Bonjour,' }, 'body', 'link-missing'],
    ['two of them', { body: '[[lien-de-reponse]] [[lien-de-reponse]]' }, 'body', 'link-misplaced'],
    ['one in the subject, where no link is made', { subject: 'Voir [[lien-de-reponse]]' }, 'subject', 'link-misplaced'],
  ])('of a text with %s', async (_what, patch, field, code) => {
    const lead = await Steps.open(world);
    await lead.edit('output', patch);
    await expect(lead.approve('output')).rejects.toMatchObject({ status: 422, errors: [expect.objectContaining({ field, code })] });
  });

  it('of a text of names with a place for an answer link, which nothing would fill', async () => {
    const lead = await Steps.open(world);
    await lead.phone('output', 'interested');
    await lead.phone('input', 'interested');
    await lead.edit('output', { body: 'Voici : [[lien-de-reponse]]' }, 'names');
    await expect(lead.approve('output', 'names')).rejects.toMatchObject({ status: 422, errors: [{ field: 'body', code: 'link-misplaced' }] });
  });

  it('of a text to nobody with an address', async () => {
    const lead = await Steps.open(world);
    await sql('UPDATE contact_person SET email = NULL WHERE id = $1', [lead.lead.contact.output.id]);
    await lead.edit('output', { contactId: lead.lead.contact.output.id });
    await expect(lead.approve('output')).rejects.toMatchObject(refusal('invalid-fields', 422, 'contactId'));
  });

  it('of another version (412), and of another text than was on screen (412)', async () => {
    const lead = await Steps.open(world);
    const { hash } = await lead.message('output');
    await lead.edit('output', { subject: 'Autre chose' });
    await expect(lead.approve('output', 'proposal', { version: 1 })).rejects.toMatchObject(refusal('stale', 412, 'If-Match'));
    await expect(lead.approve('output', 'proposal', { hash })).rejects.toMatchObject(refusal('text-changed', 412));
    expect((await lead.message('output')).approved).toBe(false);
  });

  it('while fewer than five known companies fit, until the advisor has seen it', async () => {
    const lead = await Steps.open(world, { crowd: 1 });
    await expect(lead.approve('output')).rejects.toMatchObject(refusal('few-fit', 409, 'fewAccepted'));
    await lead.approve('output', 'proposal', { fewAccepted: true });
  });

  it('of a text that names the other side, which is shown at its place', async () => {
    const lead = await Steps.open(world);
    for (const [text, kind] of [[lead.lead.companyName.input, 'name'], [lead.lead.contact.input.email, 'email'], [lead.lead.contact.input.name, 'person']] as const) {
      await lead.edit('output', { body: `Il s’agit de ${text}. [[lien-de-reponse]]` });
      const error: unknown = await lead.approve('output').then(() => null, (thrown: unknown) => thrown);
      expect(error).toMatchObject({ status: 422 });
      const { errors } = error as { errors: { field: string; code: string; found: string }[] };
      expect(errors.map(({ code }) => code).join(' ')).toContain(kind === 'name' ? 'identifies-' : `identifies-${kind}`);
      expect(errors[0]).toMatchObject({ field: 'body', found: expect.stringMatching(/\(characters \d+ to \d+\)/) as unknown });
    }
  });

  it('to anybody but the référent of that side, or who stands in', async () => {
    const lead = await Steps.open(world);
    const colleague = await makePerson(world.database, lead.lead.territoryId, ['advisor']);
    for (const who of [lead.who('input'), colleague]) await expect(lead.approve('output', 'proposal', { who })).rejects.toMatchObject(refusal('not-the-referent', 403));
    await sql('INSERT INTO absence (territory_id, person_id, from_day, to_day, delegate_id) VALUES ($1, $2, $3, $4, $5)', [lead.lead.territoryId, lead.who('output').personId, '2026-11-01', '2026-12-31', colleague.personId]);
    await expect(lead.approve('output')).rejects.toMatchObject(refusal('not-the-referent', 403));
    await lead.approve('output', 'proposal', { who: colleague });
    expect(await sql('SELECT approved_by, referent_id FROM introduction_approval WHERE introduction_id = $1', [lead.id])).toEqual([{ approved_by: colleague.personId, referent_id: lead.who('output').personId }]);
  });

  it('of the second side’s text before the first has said yes, and again once that yes was taken back', async () => {
    const lead = await Steps.open(world);
    await expect(lead.approve('input')).rejects.toMatchObject(refusal('first-yes-missing', 409));
    await lead.phone('output', 'question', { comment: 'Qui est-ce ?' });
    await expect(lead.approve('input')).rejects.toMatchObject(refusal('first-yes-missing', 409));
    await lead.phone('output', 'interested');
    await lead.phone('output', 'declined');
    await expect(lead.approve('input')).rejects.toMatchObject(refusal('first-yes-missing', 409));
    await lead.phone('output', 'interested');
    await lead.approve('input');
  });

  it('of names once a yes was taken back, by name', async () => {
    const lead = await Steps.open(world);
    await lead.phone('output', 'interested');
    await lead.phone('input', 'interested');
    await lead.phone('input', 'declined');
    for (const side of ['output', 'input'] as const) await expect(lead.approve(side, 'names')).rejects.toMatchObject(refusal('yes-taken-back', 409));
  });
});

describe('a release', () => {
  it('needs an approval', async () => {
    const lead = await Steps.open(world);
    await expect(lead.release('output')).rejects.toMatchObject(refusal('not-approved', 409));
    await lead.approve('output');
    await lead.edit('output', { subject: 'Autre chose' });
    await expect(lead.release('output')).rejects.toMatchObject(refusal('not-approved', 409));
  });

  it.each([
    ['opposed-to-mail', 'UPDATE contact_person SET opposed_to_mail = true WHERE email = $2 AND territory_id = $1'],
    ['no-agreement', "UPDATE confidentiality_agreement SET valid_until = '2026-11-22' WHERE territory_id = $1 AND $2 <> ''"],
    ['address-changed', "UPDATE contact_person SET email = 'autre@scierie.example' WHERE email = $2 AND territory_id = $1"],
    ['flow-not-matchable', "UPDATE flow SET withdrawn_at = now() WHERE territory_id = $1 AND direction = 'input' AND $2 <> ''"],
    ['wish-not-asked', "UPDATE flow SET wish = 'not-asked' WHERE territory_id = $1 AND direction = 'output' AND $2 <> ''"],
    ['no-contact', 'DELETE FROM contact_person WHERE email = $2 AND territory_id = $1'],
  ])('is refused with the reason (%s), and what was released before is withheld with it', async (code, change) => {
    const lead = await Steps.open(world);
    await lead.approve('output');
    await sql(change, [lead.lead.territoryId, lead.lead.contact.output.email]);
    await expect(lead.release('output')).rejects.toMatchObject({ status: 409, code: 'may-not-be-written-to', errors: [{ field: 'recipient', code }] });
    expect(await lead.message('output')).toMatchObject({ released: false });

    const late = await Steps.open(world);
    await late.approve('output');
    await late.release('output');
    await sql(change, [late.lead.territoryId, late.lead.contact.output.email]);
    expect(await late.deliver('output')).toBe('withheld');
    expect(await late.message('output')).toMatchObject({ delivery: 'withheld', error: code });
    expect(world.smtp.mails).toEqual([]);
    expect((await world.detail(late.who('output'), late.id)).sides[0].messages[0]).toMatchObject({ state: 'withheld', lastError: code });
  });
});

describe('an SMTP server', () => {
  it('that is away, or says "later", is tried again with growing waits, which is shown', async () => {
    const lead = await Steps.open(world);
    await world.smtp.close();
    expect(await lead.send('output')).toBe('put-off');
    await world.smtp.listen();
    const start = world.database.clock.now();
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      expect((await world.detail(lead.who('output'), lead.id)).sides[0].messages[0]).toMatchObject({ state: 'put-off', attempts: attempt });
      const wait = retryAfterMs(attempt);
      expect(wait).toBe(Math.min(60_000 * 2 ** (attempt - 1), 6 * 3_600_000));
      world.database.clock.set(new Date(world.database.clock.now().getTime() + wait - 1_000));
      expect(await lead.deliver('output')).toBe('nothing');
      world.database.clock.advance({ seconds: 1 });
      if (attempt < 9) world.smtp.manners.push({ refuse: 451, at: attempt % 2 === 0 ? 'recipient' : 'text' });
      expect(await lead.deliver('output')).toBe(attempt < 9 ? 'put-off' : 'sent');
    }
    // What arrived and was answered "later" the company has not got.
    expect((await lead.message('output')).attempts).toBe(10);
    world.database.clock.set(start);
  });

  it.each(['recipient', 'text'] as const)('that refuses the %s for good is not asked again, which is shown, and another text needs another approval', async (at) => {
    const lead = await Steps.open(world);
    world.smtp.manners.push({ refuse: 550, at });
    expect(await lead.send('output')).toBe('refused');
    expect(await lead.message('output')).toMatchObject({ delivery: 'refused', error: expect.stringContaining('550') as unknown });
    expect(await lead.deliver('output')).toBe('nothing');
    const old = await lead.message('output');
    const next = await lead.settle('output', 'write-again');
    expect(next).not.toBe(old.id);
    expect(await lead.message('output')).toMatchObject({ id: next, body: old.body, approved: false, released: false });
    await expect(lead.release('output')).rejects.toMatchObject(refusal('not-approved', 409));
    world.smtp.mails.length = 0;
    expect(await lead.send('output')).toBe('sent');
    expect(world.smtp.mails.map(({ messageId }) => messageId)).toEqual([`<${next}@example.org>`]);
  });

  it('that goes without a word leaves the text in doubt until somebody has found out', async () => {
    const lead = await Steps.open(world);
    world.smtp.manners.push('hang-up');
    expect(await lead.send('output')).toBe('in-doubt');
    expect(await lead.deliver('output')).toBe('nothing');
    expect((await world.detail(lead.who('output'), lead.id)).sides[0].messages[0]).toMatchObject({ state: 'in-doubt' });
    await lead.settle('output', 'arrived', 'proposal', 'Au téléphone');
    expect((await world.detail(lead.who('output'), lead.id)).sides[0].messages[0]).toMatchObject({ state: 'arrived', settledNote: 'Au téléphone' });
    expect(world.smtp.mails).toHaveLength(1);
  });

  it('may send a mail back, which its advisor notes; then it may be written again', async () => {
    const lead = await Steps.open(world);
    await lead.send('output');
    await expect(lead.settle('output', 'write-again')).rejects.toMatchObject(refusal('nothing-to-settle', 409));
    await lead.settle('output', 'bounced', 'proposal', 'Adresse inconnue');
    expect((await world.detail(lead.who('output'), lead.id)).sides[0].messages[0]).toMatchObject({ state: 'bounced' });
    await lead.settle('output', 'write-again');
    expect(await lead.message('output')).toMatchObject({ approved: false, released: false, delivery: null });
  });
});

describe('a decision', () => {
  const openMediations = async (lead: Steps): Promise<number> => (await sql<{ n: number }>('SELECT open_mediations AS n FROM advisor_pace WHERE territory_id = $1 AND person_id = $2', [lead.lead.territoryId, lead.who('output').personId]))[0]?.n ?? 0;
  const blocks = (lead: Steps): Promise<object[]> => sql('SELECT b.kind, b.reason FROM pair_block b JOIN pair p ON p.id = b.pair_id WHERE p.output_flow_id = $1 AND b.lifted_at IS NULL ORDER BY b.territory_id, b.kind', [lead.lead.flows.output.flowId]);
  const undo = (lead: Steps): Promise<unknown> => world.get(WithdrawDecision).execute(lead.who('output'), lead.lead.candidateId, 2);

  it.each([false, true])('taken back before anything was asked takes its introduction along and frees the pair everywhere (across a border: %s)', async (across) => {
    const lead = await Steps.open(world, { across });
    expect(await openMediations(lead)).toBe(1);
    expect(await blocks(lead)).toHaveLength(across ? 2 : 1);
    await undo(lead);
    expect(await sql('SELECT 1 FROM introduction WHERE id = $1', [lead.id])).toEqual([]);
    expect(await blocks(lead)).toEqual([]);
    expect(await openMediations(lead)).toBe(0);
  });

  it('cannot be taken back once a text was approved or a company asked', async () => {
    const [approved, asked] = [await Steps.open(world), await Steps.open(world)];
    await approved.approve('output');
    await asked.phone('output', 'question', { comment: 'Combien ?' });
    for (const lead of [approved, asked]) await expect(undo(lead)).rejects.toMatchObject(refusal('decision-in-use', 409));
  });

  it.each([false, true])('whose introduction is dropped for a reason keeps the pair away for it (across a border: %s)', async (across) => {
    const lead = await Steps.open(world, { across });
    await expect(lead.step(lead.who('output'), { step: 'dropped', reason: 'parce que' })).rejects.toMatchObject(refusal('invalid-fields', 422, 'reason'));
    await lead.step(lead.who('output'), { step: 'dropped', reason: 'too-far' });
    expect(await blocks(lead)).toEqual(Array.from({ length: across ? 2 : 1 }, () => ({ kind: 'suppressed', reason: 'too-far' })));
    expect(await openMediations(lead)).toBe(0);
    expect(await lead.introduction()).toMatchObject({ closed: true });
    await expect(lead.phone('output', 'interested')).rejects.toMatchObject(refusal('introduction-closed', 409));
    await expect(lead.approve('output')).rejects.toMatchObject(refusal('introduction-closed', 409));
  });
});

describe('another territory', () => {
  it('sees nothing of an introduction, and the neighbour its own side alone', async () => {
    const lead = await Steps.open(world, { across: true });
    const stranger = (await world.acceptedLead({ crowd: 0 })).referent.output;
    await expect(world.detail(stranger, lead.id)).rejects.toMatchObject({ status: 404 });
    await lead.send('output');
    await lead.link('output', 'question', { comment: 'Combien de tonnes ?' });
    const [home, neighbour] = [await world.detail(lead.who('output'), lead.id), await world.detail(lead.who('input'), lead.id)];
    expect(home.sides.map(({ side, ours, messages, answers, contacts }) => [side, ours, messages.length, answers.length, contacts.length])).toEqual([['output', true, 1, 1, 1], ['input', false, 0, 0, 0]]);
    expect(neighbour.sides.map(({ side, ours, messages, answers, contacts }) => [side, ours, messages.length, answers.length, contacts.length])).toEqual([['output', false, 0, 0, 0], ['input', true, 1, 0, 1]]);
    expect(JSON.stringify(neighbour)).not.toContain('Combien de tonnes');
    expect(JSON.stringify(neighbour)).not.toContain(lead.lead.contact.output.email);
    await expect(lead.approve('output', 'proposal', { who: lead.who('input') })).rejects.toMatchObject({ status: 404 });
    expect((await sql<{ n: number }>('SELECT count(*)::int AS n FROM introduction_message WHERE introduction_id = $1', [lead.id]))[0].n).toBe(2);
    const seen = await world.database.api.read(lead.who('input'), (tx) => tx.sql('SELECT side FROM introduction_message UNION ALL SELECT side FROM company_answer UNION ALL SELECT side FROM introduction_side'), { across: true });
    expect(seen).toEqual([{ side: 'input' }, { side: 'input' }]);
  });
});

describe('across a border', () => {
  it('an introduction can be dropped after the territories’ agreement has ended, and what waits is not sent', async () => {
    const lead = await Steps.open(world, { across: true });
    await lead.approve('output');
    await lead.release('output');
    await sql('UPDATE territory_agreement SET ended_at = now() WHERE $1 IN (territory_a_id, territory_b_id)', [lead.lead.territoryId]);
    expect(await lead.deliver('output')).toBe('withheld');
    await lead.step(lead.who('output'), { step: 'dropped', reason: 'too-far' });
    expect(await lead.introduction()).toMatchObject({ closed: true });
  });

  it('a company that was asked is heard after the territories’ agreement has ended, and no names follow', async () => {
    const lead = await Steps.open(world, { across: true });
    await lead.send('output');
    await lead.link('output', 'interested');
    await lead.send('input');
    await sql('UPDATE territory_agreement SET ended_at = now() WHERE $1 IN (territory_a_id, territory_b_id)', [lead.lead.territoryId]);
    await lead.link('input', 'interested');
    expect(await sql("SELECT 1 FROM introduction_message WHERE introduction_id = $1 AND kind = 'names'", [lead.id])).toEqual([]);
  });
});

describe('a reminder', () => {
  it('is mailed once for the day that was named', async () => {
    const lead = await Steps.open(world);
    await lead.step(lead.who('output'), { step: 'note', note: 'rappeler', remindOn: '2026-11-25' });
    const remind = (): Promise<number> => new QueueReminders(world.database.worker).execute(systemContext(lead.lead.territoryId));
    const start = world.database.clock.now();
    expect(await remind()).toBe(0);
    world.database.clock.set('2026-11-25T07:00:00Z');
    expect([await remind(), await remind()]).toEqual([1, 0]);
    expect(await sql('SELECT template FROM staff_mail WHERE territory_id = $1', [lead.lead.territoryId])).toEqual([{ template: 'reminder' }]);
    world.database.clock.set(start);
  });
});
