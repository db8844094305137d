import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { migrateQueueSchema } from '../../src/platform/queue/migrate-queue-schema.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { DEMO_PASSWORD, makeTerritoryWithPeople } from '../support/demo-week.js';
import { type ApprovedText, expectAsModel, expectPromise } from '../support/introduction-checks.js';
import { type Act, change, type Command, commands, goingOn, told } from '../support/introduction-commands.js';
import { type Actor, IntroductionModel, type Manner, otherOf, type Side } from '../support/introduction-model.js';
import { moreOf, requestOf } from '../support/introduction-requests.js';
import { makeLead, tokenIn } from '../support/introduction-world.js';
import { type ProgramProcess, startApiProgram, startWorkerProgram, until, Visitor } from '../support/processes.js';
import { emptyRedis, queueIsHere, redisUrlForTests } from '../support/redis.js';
import { type Manner as SmtpManner, type SmtpRecorder, startSmtpRecorder } from '../support/smtp-recorder.js';
import { agreeTerritories } from '../support/world.js';

/** A part of the given Redis that no other test uses. */
const REDIS_DATABASE = 14;
const SEQUENCES = 20;
/** Introductions that go on side by side. */
const LANES = 5;
const SEED = 20_261_126;
const DAY = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
/** What only time brings on (a retry, a process that is gone) is tried in process, where the clock is ours. */
const MANNERS: Partial<Record<Manner, SmtpManner>> = { 'hang-up': 'hang-up', 'recipient-never': { refuse: 550, at: 'recipient' }, 'text-never': { refuse: 554, at: 'text' } };
/** What belongs to all introductions of a territory is left alone: others go on meanwhile. */
const OF_ALL = ['border-closes', 'border-opens', 'away', 'back'];

interface Lead {
  id: string;
  across: boolean;
  model: IntroductionModel;
  lead: Awaited<ReturnType<typeof makeLead>>;
  approved: Map<string, ApprovedText>;
}

describe.each(['postgres', 'redis'] as const)('introductions through HTTP, with the queue on %s', (queue) => {
  if (!queueIsHere(queue)) return;

  let database: TestDatabase;
  let dataDir: string;
  let smtp: SmtpRecorder;
  let programs: ProgramProcess[];
  let home: string, neighbour: string;
  let visitors: Record<Exclude<Actor, 'input'> | 'here' | 'there', Visitor>;
  let referents: Record<'output' | 'here' | 'there', string>;
  const counts: Record<string, number> = {};
  /** Bodies of links that do not work: one and the same. */
  const dead = new Set<string>();

  beforeAll(async () => {
    database = await openTestDatabase();
    database.clock.set(new Date());
    await migrateQueueSchema(database.url('maillon_admin'));
    dataDir = await mkdtemp(join(tmpdir(), 'maillon-introductions-'));
    smtp = await startSmtpRecorder();
    const of = (name: string): { email: string; roles: ['advisor'] } => ({ email: `${name}@demo.maillon.invalid`, roles: ['advisor'] });
    const ours = await makeTerritoryWithPeople(database, 'Pays d’ici', {
      output: of('ada'), here: of('bruno'), delegate: of('dora'), colleague: of('carl'),
      analyst: { email: 'ines@demo.maillon.invalid', roles: ['analyst'] }, contributor: { email: 'theo@demo.maillon.invalid', roles: ['contributor'] },
    });
    const theirs = await makeTerritoryWithPeople(database, 'Pays voisin', { there: of('nadia') });
    const elsewhere = await makeTerritoryWithPeople(database, 'Pays lointain', { stranger: of('ailleurs') });
    [home, neighbour] = [ours.territoryId, theirs.territoryId];
    for (const territoryId of [home, neighbour, elsewhere.territoryId]) await prepareTerritory(database.admin, territoryId, new Date());
    await agreeTerritories(database, home, neighbour);
    referents = { output: ours.people.output.personId, here: ours.people.here.personId, there: theirs.people.there.personId };
    const redis: Record<string, string> = queue === 'redis' ? { REDIS_URL: await emptyRedis(redisUrlForTests() ?? '', REDIS_DATABASE) } : {};
    const [api, worker] = await Promise.all([
      startApiProgram({ DATA_DIR: dataDir, DATABASE_URL: database.url('maillon_api') }),
      startWorkerProgram({
        DATA_DIR: dataDir, ...redis, DATABASE_URL: database.url('maillon_worker'), MAILER_DATABASE_URL: database.url('maillon_mailer'),
        SMTP_URL: smtp.url, MAIL_FROM: 'maillon@example.org', PUBLIC_URL: 'https://maillon.example.org',
      }),
    ]);
    programs = [api, worker];
    expect(await worker.logged('the worker works')).toMatchObject({ queue });
    const people = { ...ours.people, ...theirs.people, ...elsewhere.people };
    visitors = Object.fromEntries(await Promise.all(Object.entries(people).map(async ([key, { email }]) => [key, await new Visitor(api.url).signIn(email, DEMO_PASSWORD)]))) as typeof visitors;
  }, 120_000);
  afterAll(async () => {
    const codes = await Promise.all((programs ?? []).map((program) => program.terminate()));
    await smtp?.close();
    await database?.close();
    await rm(dataDir, { recursive: true, force: true });
    expect(codes).toEqual([0, 0]);
    // Level ERROR means that somebody must act; nobody had to.
    expect(programs.flatMap((program) => program.said().split('\n').filter((line) => line.includes('"level":50')))).toEqual([]);
  });

  const visitorOf = ({ across }: Lead, who: Actor): Visitor => (who === 'input' ? visitors[across ? 'there' : 'here'] : visitors[who]);
  const companyMails = (): number => smtp.mails.filter(({ to }) => to.endsWith('.example')).length;
  const mailsOf = ({ lead }: Lead): SmtpRecorder['mails'] => smtp.mails.filter(({ messageId, to }) => messageId.endsWith('@example.org>') && !to.endsWith('.invalid') && to.includes(`-${lead.contact.output.email.split('@')[0].split('-')[1]}@`));
  const rows = async <Row extends object>(query: string, parameters: unknown[]): Promise<Row[]> => (await database.admin.query<Row>(query, parameters)).rows;

  async function begin(n: number, across: boolean): Promise<Lead> {
    const lead = await makeLead(database, { n, territory: { output: home, input: across ? neighbour : home }, referent: { output: referents.output, input: across ? referents.there : referents.here } });
    // Both addresses bear the number of the sequence, also when they change.
    const accepted = await visitors.output.post(`/api/candidates/${lead.candidateId}/decisions`, { verdict: 'accept', secondsOnScreen: 30 }, { 'if-match': '"1"' });
    expect([accepted.status, accepted.text]).toEqual([201, accepted.text]);
    const opened = await visitors.output.post<{ id: string }>('/api/introductions', { candidateId: lead.candidateId });
    expect([opened.status, opened.text]).toEqual([201, opened.text]);
    return { id: opened.body.id, across, lead, approved: new Map(), model: new IntroductionModel(across, { output: lead.contact.output.email, input: lead.contact.input.email }, Date.now()) };
  }

  async function standing({ id }: Lead, act: Act): Promise<{ id: string; hash: string }> {
    if (!('kind' in act)) return { id: '', hash: '' };
    const [row] = await rows<{ id: string; hash: string }>("SELECT id, encode(text_hash, 'hex') AS hash FROM introduction_message WHERE introduction_id = $1 AND side = $2 AND kind = $3 AND replaced_by IS NULL", [id, act.side, act.kind]);
    return row ?? { id: randomUUID(), hash: '0'.repeat(64) };
  }

  async function act(one: Lead, who: Actor, what: Act, stale: boolean, manner: Manner): Promise<void> {
    const { model, lead } = one;
    const message = await standing(one, what);
    const side = 'side' in what ? what.side : 'output';
    const { method, path, body } = requestOf(what, { id: one.id, messageId: message.id, hash: message.hash, contactId: lead.contact[side].id, leak: tells(one, otherOf(side)).slice(0, 2).join(', '), day: DAY, answerId: randomUUID() });
    const smtpManner = MANNERS[manner];
    const to = model.messages.find((text) => text.side === side && !text.replaced && 'kind' in what && text.kind === what.kind)?.recipient ?? '';
    if (what.type === 'release' && smtpManner !== undefined) smtp.mannerTo.set(to, smtpManner);
    const answer = await visitorOf(one, who).send<{ code?: string }>(method, path, body, { 'if-match': `"${model.version + (stale ? 1_000 : 0)}"` });
    const expected = told(model, who, what, stale);
    counts[`${what.type} ${answer.body.code ?? 'ok'}`] = (counts[`${what.type} ${answer.body.code ?? 'ok'}`] ?? 0) + 1;
    if ((answer.body.code ?? 'ok') !== expected) throw new Error(`${JSON.stringify(what)} by ${who}: ${answer.status} ${answer.text} instead of ${expected}`);
    expect(answer.status >= 400).toBe(expected !== 'ok');
    if (expected === 'ok' && what.type === 'approve') {
      const [text] = await rows<ApprovedText>('SELECT recipient, subject, body FROM introduction_message WHERE id = $1', [message.id]);
      one.approved.set(message.id, text);
    }
    if (expected === 'ok' && what.type === 'release') await delivered(one, smtpManner === undefined ? 'take' : manner);
    smtp.mannerTo.delete(to);
    await expectAsModel(database.admin, one.id, model, lead.contact);
  }

  /** The worker takes the text on by itself; here somebody waits until it has, and looks at what arrived. */
  async function delivered(one: Lead, manner: Manner): Promise<void> {
    const before = one.model.mails.length;
    for (const at of one.model.waiting()) one.model.deliver(at, manner);
    await until('the mailer to have done with it', async () => {
      const left = await rows("SELECT 1 FROM introduction_message WHERE introduction_id = $1 AND released_at IS NOT NULL AND (delivery IS NULL OR delivery = 'sending')", [one.id]);
      return left.length === 0 || undefined;
    });
    const mails = mailsOf(one);
    expect(mails.map(({ kept }) => kept)).toEqual(one.model.mails.map(({ kept }) => kept));
    for (const mail of mails.slice(before)) {
      await expectPromise(database.admin, one.id, mail, { approved: one.approved, tells: (side) => tells(one, side), at: new Date() });
      expect(mails.filter(({ messageId, kept }) => kept && messageId === mail.messageId).length).toBeLessThanOrEqual(1);
    }
  }

  function tells({ lead: { companyName, contact } }: Lead, side: Side): string[] {
    return [companyName[side], contact[side].name, contact[side].email, '05 63 00 00 01'];
  }

  async function byLink(one: Lead, { pick, answer, token, twice }: Extract<Command, { type: 'link' }>): Promise<void> {
    const known = one.model.mails.flatMap(({ link }, at) => (link === null ? [] : [{ link, text: mailsOf(one)[at].text }]));
    if (known.length === 0) return;
    const chosen = known[pick % known.length];
    const real = tokenIn(chosen.text);
    const input = { token: token === 'good' ? real : token === 'altered' ? `${real.slice(0, -1)}${real.endsWith('A') ? 'B' : 'A'}` : `${'A'.repeat(43)}.${'B'.repeat(43)}`, answerId: randomUUID(), answer, ...moreOf(answer, DAY) };
    const anybody = new Visitor(visitors.output.url);
    await anybody.post('/api/answer-link/look', { token: input.token });
    await expectAsModel(database.admin, one.id, one.model, one.lead.contact);
    const said = await anybody.post<{ code?: string }>('/api/answer-link/answer', input);
    const expected = one.model.answerByLink(token === 'good' ? chosen.link : null, answer);
    counts[`link ${said.body.code ?? 'ok'}`] = (counts[`link ${said.body.code ?? 'ok'}`] ?? 0) + 1;
    expect([said.status, said.body.code ?? 'ok']).toEqual(expected === 'ok' ? [200, 'ok'] : [404, expected]);
    if (expected !== 'ok') dead.add(said.text);
    if (twice && expected === 'ok') expect((await anybody.post('/api/answer-link/answer', input)).text).toBe(said.text);
    await expectAsModel(database.admin, one.id, one.model, one.lead.contact);
  }

  async function changed({ model, lead }: Lead): Promise<void> {
    for (const side of ['output', 'input'] as const) {
      const { email, opposed, agreement, wish, withdrawn } = model.facts[side];
      await rows('UPDATE contact_person SET email = $2, opposed_to_mail = $3 WHERE id = $1', [lead.contact[side].id, email, opposed]);
      await rows('UPDATE confidentiality_agreement SET valid_until = $2 WHERE company_id = $1', [lead.flows[side].companyId, agreement ? null : '2026-01-02']);
      await rows('UPDATE flow SET wish = $2, withdrawn_at = $3 WHERE id = $1', [lead.flows[side].flowId, wish, withdrawn ? new Date() : null]);
    }
  }

  async function tellStory(n: number, across: boolean, sequence: readonly Command[]): Promise<void> {
    const one = await begin(n, across);
    for (const command of sequence) {
      one.model.now = Date.now();
      if (command.type === 'act') await act(one, command.who, command.act, command.stale, 'take');
      if (command.type === 'send' || command.type === 'yes') for (const { who, act: what } of goingOn(one.model, command)) await act(one, who, what, false, command.type === 'send' ? command.manner : 'take');
      if (command.type === 'link') await byLink(one, command);
      // Addresses are told apart by the sequence's number; another one would be nobody's.
      if (command.type === 'change' && !OF_ALL.includes(command.what) && command.what !== 'address') {
        change(one.model, command);
        await changed(one);
      }
    }
    expect(mailsOf(one)).toHaveLength(one.model.mails.length);
  }

  it(`keep promise P1 in ${SEQUENCES} random orders of what people of all roles and the mail server do`, async () => {
    const sequences = fc.sample(fc.tuple(fc.boolean(), fc.array(commands, { minLength: 10, maxLength: 24, size: 'max' })), { numRuns: SEQUENCES, seed: SEED });
    const left = sequences.entries();
    await Promise.all(Array.from({ length: LANES }, async () => {
      for (const [n, [across, sequence]] of left) await tellStory(n, across, sequence);
    }));
    process.stderr.write(`${queue}: ${SEQUENCES} sequences, ${companyMails()} mails to companies, ${JSON.stringify(counts)}\n`);
    for (const what of ['release ok', 'answer ok', 'link ok', 'link link-not-valid', 'approve forbidden', 'approve not-found']) expect([what, (counts[what] ?? 0) > 0]).toEqual([what, true]);
    expect(companyMails()).toBeGreaterThan(15);
    expect(dead.size).toBe(1);
  }, 240_000);
});
