import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Env } from '../../config/env.js';
import { ALL_ENTITIES } from '../../src/all-entities.js';
import type { Board, IntroductionDetail } from '../../src/introductions/introductions.dto.js';
import { SendCompanyMail } from '../../src/introductions/send-company-mail.js';
import { waitingMessages } from '../../src/introductions/waiting-messages.queries.js';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { seededRandom } from '../../src/matching/kernel/random.js';
import { systemContext } from '../../src/platform/context.js';
import { isPassing } from '../../src/platform/passing-trouble.js';
import { makeDataSource } from '../../src/platform/postgres/data-source.js';
import { type DatabaseRole, type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { migrateDatabase } from '../../src/platform/postgres/migrate.js';
import { UnitOfWork } from '../../src/platform/postgres/unit-of-work.js';
import { migrateQueueSchema } from '../../src/platform/queue/migrate-queue-schema.js';
import { DEMO_PASSWORD, makeTerritoryWithPeople } from '../support/demo-week.js';
import { FakeClock } from '../support/fake-clock.js';
import { expectPromise } from '../support/introduction-checks.js';
import type { Kind, Side } from '../support/introduction-model.js';
import { makeLead, messageOf, tokenIn } from '../support/introduction-world.js';
import { Insistent, Kept, killPostgres, type Target, TARGETS } from '../support/killed-house.js';
import { LINK_SECRET_FOR_TESTS, startProgram, until, Visitor } from '../support/processes.js';
import { emptyRedis, queueIsHere, redisUrlForTests } from '../support/redis.js';
import { type SmtpRecorder, startSmtpRecorder } from '../support/smtp-recorder.js';

const REDIS_DATABASE = 15;
const SEED = 20_261_126;
/** Prepared before the first kill: more than a quick machine gets through meanwhile. */
const LEADS = 80;
const LANES = 4;
/** What a killed worker left is in doubt after so long. */
const LEFT_MS = 15_000;

describe.each([{ queue: 'postgres', kills: 20 }, { queue: 'redis', kills: 8 }] as const)('with the queue on $queue, $kills kills while texts go to companies and answers come', ({ queue, kills }) => {
  if (!queueIsHere(queue)) return;

  const random = seededRandom(SEED + kills);
  const pgDir = `.data/test-introduction-kills-${randomUUID()}`;
  const insistent = new Insistent();
  const killed: Record<Target, number> = { api: 0, worker: 0, backend: 0, postmaster: 0 };
  /** Answers that somebody was told were recorded. */
  const answered: string[] = [];
  const released = new Set<string>();
  let postgres: EmbeddedPostgres;
  let admin: pg.Pool;
  let dataDir: string;
  let smtp: SmtpRecorder;
  let api: Kept, worker: Kept;
  let advisor: Visitor, anybody: Visitor;
  let leads: { id: string; lead: Awaited<ReturnType<typeof makeLead>> }[];
  let begun = 0;
  let over = false;
  let heard: () => void = () => undefined;

  /** Asked again while PostgreSQL recovers from a kill. */
  const rows = <Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> => until('PostgreSQL to answer', async () => {
    try {
      return (await admin.query<Row>(sql, parameters)).rows;
    } catch (error) {
      if (isPassing(error)) return undefined;
      throw error;
    }
  });

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ dataDir: pgDir });
    const url = (role: DatabaseRole): string => postgres.url(role);
    await migrateDatabase(url('maillon_admin'), ALL_ENTITIES);
    await migrateQueueSchema(url('maillon_admin'));
    admin = new pg.Pool({ connectionString: url('maillon_admin'), max: 2, options: '-c search_path=maillon,public -c timezone=UTC' });
    admin.on('error', () => undefined);
    dataDir = await mkdtemp(join(tmpdir(), 'maillon-introduction-kills-'));
    smtp = await startSmtpRecorder();
    // A server that takes its time, so that some kills come while it has the text and nobody knows yet.
    smtp.onArrival = async () => {
      heard();
      await pause(random() * 60);
    };
    const common = { DATA_DIR: dataDir, LOG_LEVEL: 'info', SESSION_SECRET: 'only for tests, only for tests, only for tests', LINK_SECRET: LINK_SECRET_FOR_TESTS };
    const mail = { SMTP_URL: smtp.url, MAIL_FROM: 'maillon@example.org', PUBLIC_URL: 'https://maillon.example.org', MAILER_DATABASE_URL: url('maillon_mailer') };
    const redis: Record<string, string> = queue === 'redis' ? { REDIS_URL: await emptyRedis(redisUrlForTests() ?? '', REDIS_DATABASE) } : {};
    let port = '0';
    api = new Kept(() => startProgram('src/main.ts', { ...common, PORT: port, DATABASE_URL: url('maillon_api') }), 'the API listens');
    worker = new Kept(() => startProgram('test/support/quick-worker.ts', { ...common, ...redis, ...mail, DATABASE_URL: url('maillon_worker') }), 'the worker works');
    const [{ url: address }] = await Promise.all([api.begin(), worker.begin()]);
    port = new URL(String(address)).port;

    const { territoryId, people } = await makeTerritoryWithPeople({ admin }, 'Pays d’ici', { advisor: { email: 'ada@demo.maillon.invalid', roles: ['advisor'] } });
    await prepareTerritory(admin, territoryId, new Date());
    advisor = await new Visitor(String(address)).signIn(people.advisor.email, DEMO_PASSWORD);
    anybody = new Visitor(String(address));
    const arranged = { admin, clock: new FakeClock(new Date()) };
    leads = [];
    for (let n = 0; n < LEADS; n += 1) {
      const lead = await makeLead(arranged, { n, territory: { output: territoryId, input: territoryId }, referent: { output: people.advisor.personId, input: people.advisor.personId } });
      await advisor.post(`/api/candidates/${lead.candidateId}/decisions`, { verdict: 'accept', secondsOnScreen: 30 }, { 'if-match': '"1"' });
      const opened = await advisor.post<{ id: string }>('/api/introductions', { candidateId: lead.candidateId });
      expect([opened.status, opened.text]).toEqual([201, opened.text]);
      leads.push({ id: opened.body.id, lead });
    }
  }, 120_000);
  afterAll(async () => {
    over = true;
    await Promise.all([api?.stop(), worker?.stop()]);
    await smtp?.close();
    await admin?.end();
    await postgres?.stop();
    await removeEmbeddedPostgres({ dataDir: pgDir });
    for (const folder of [pgDir, dataDir]) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const detailOf = async (id: string): Promise<IntroductionDetail> => {
    const { status, body, text } = await insistent.send(() => advisor.get<IntroductionDetail>(`/api/introductions/${id}`));
    expect([status, text]).toEqual([200, text]);
    return body;
  };
  /** An act with the version that is on screen; one that was heard before its answer was lost is refused the second time. */
  const act = async (detail: IntroductionDetail, method: string, path: string, body?: object): Promise<number> => {
    const answer = await insistent.send(() => advisor.send(method, `/api/introductions/${detail.id}${path}`, body, { 'if-match': `"${detail.version}"` }));
    if (answer.status >= 400) expect([409, 412]).toContain(answer.status);
    return answer.status;
  };

  /** Approves and releases a text, and waits a while until it is gone. */
  async function send(id: string, side: Side, kind: Kind): Promise<void> {
    for (;;) {
      const detail = await detailOf(id);
      const { id: messageId, textHash, state } = messageOf(detail, side, kind);
      if (state === 'draft') await act(detail, 'PUT', `/messages/${messageId}/approval`, { textHash, fewAccepted: true });
      else if (state === 'approved') await act(detail, 'PUT', `/messages/${messageId}/release`);
      else {
        released.add(messageId);
        break;
      }
    }
    for (let looks = 0; looks < 12 && !over; looks += 1) {
      if (!['waiting', 'put-off', 'sending'].includes(messageOf(await detailOf(id), side, kind).state)) return;
      await pause(120);
    }
  }

  /** By the link where the mail came, else on the phone; twice by some hands. */
  async function say(id: string, side: Side, email: string): Promise<void> {
    const mail = smtp.mails.findLast(({ to, text }) => to === email && text.includes('token='));
    const answerId = randomUUID();
    if (mail !== undefined && random() < 0.8) {
      const send = (): Promise<{ status: number; text: string }> => insistent.send(() => anybody.post('/api/answer-link/answer', { token: tokenIn(mail.text), answerId, answer: 'interested' }));
      const answers = await Promise.all(random() < 0.3 ? [send(), send()] : [send()]);
      expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(({ text }) => [200, text]));
      answered.push(answerId);
      return;
    }
    for (;;) {
      const detail = await detailOf(id);
      const status = await act(detail, 'POST', '/answers', { side, answer: 'interested', way: 'phone', answerId });
      if (status === 201) return void answered.push(answerId);
    }
  }

  async function keepIntroducing(): Promise<void> {
    while (!over) {
      if (begun === LEADS) {
        await pause(200);
        continue;
      }
      const { id, lead } = leads[begun];
      begun += 1;
      await send(id, 'output', 'proposal');
      await say(id, 'output', lead.contact.output.email);
      await send(id, 'input', 'proposal');
      await say(id, 'input', lead.contact.input.email);
      await Promise.all([send(id, 'output', 'names'), send(id, 'input', 'names')]);
    }
  }

  async function kill(): Promise<void> {
    // Half as many again at the worker, which has the mails in its hands.
    const order = Array.from({ length: kills }, (_, at) => (at % 6 === 5 ? 'worker' : TARGETS[at % TARGETS.length])).map((target) => ({ target, at: random() })).sort((a, b) => a.at - b.at);
    for (const { target } of order) {
      const needed = random() < 0.6 ? [api, worker] : target === 'api' ? [api] : target === 'worker' ? [worker] : [];
      await until('those to be up that shall be', async () => Promise.resolve(needed.every(({ up }) => up) || undefined));
      await pause(random() * 300);
      // Most kills aim at a text that is just arriving somewhere.
      if (random() < 0.7) {
        await Promise.race([new Promise<void>((resolve) => (heard = resolve)), pause(2_000)]);
        await pause(random() * 60);
      }
      if (target === 'api') await api.kill();
      else if (target === 'worker') await worker.kill();
      else await killPostgres(postgres, pgDir, target, random);
      killed[target] += 1;
    }
  }

  it('let every introduction go on', async () => {
    const lanes = Promise.all(Array.from({ length: LANES }, keepIntroducing));
    await Promise.race([kill(), lanes]);
    over = true;
    await lanes;
    expect(Object.values(killed).reduce((sum, count) => sum + count, 0)).toBe(kills);
    expect(insistent.repeats).toBeGreaterThan(0);
    expect(answered.length).toBeGreaterThanOrEqual(kills / 4);
  }, 200_000);

  it('leave no text in between: each is sent, or in doubt and shown as such, and none went twice', async () => {
    // Time alone does the rest: what the minutely tick would hand to the queue, here at once, after what was left has become old.
    await until('the worker and the API to be up', async () => Promise.resolve((api.up && worker.up) || undefined));
    const source = await makeDataSource({ url: postgres.url('maillon_mailer'), entities: ALL_ENTITIES, poolSize: 2 }).initialize();
    const mailer = new UnitOfWork(source, () => new Date());
    const env = Object.assign(new Env(), { SMTP_URL: smtp.url, MAIL_FROM: 'maillon@example.org', PUBLIC_URL: 'https://maillon.example.org', LINK_SECRET: LINK_SECRET_FOR_TESTS });
    const sender = new SendCompanyMail(mailer, env);
    await until('every text to have come to an end', async () => {
      for (const id of await mailer.read(systemContext(''), waitingMessages)) await sender.execute(id);
      const left = await rows("SELECT 1 FROM introduction_message WHERE released_at IS NOT NULL AND (delivery IS NULL OR delivery = 'sending')");
      if (left.length > 0) await pause(500);
      return left.length === 0 || undefined;
    }, LEFT_MS / 1_000 + 30);
    await source.destroy();

    const messages = await rows<{ id: string; introductionId: string; side: Side; kind: Kind; delivery: string; recipient: string; subject: string; body: string; approvals: number; ofThisText: boolean }>(
      `SELECT m.id, m.introduction_id AS "introductionId", m.side, m.kind, m.delivery, m.recipient, m.subject, m.body, (SELECT count(*)::int FROM introduction_approval a WHERE a.message_id = m.id) AS approvals,
         (SELECT a.text_hash = m.text_hash FROM introduction_approval a WHERE a.id = m.approval_id) AS "ofThisText" FROM introduction_message m WHERE m.released_at IS NOT NULL`);
    expect([...released].filter((id) => !messages.some((message) => message.id === id))).toEqual([]);
    const approved = new Map(messages.map((message) => [message.id, message]));
    const inDoubt = messages.filter(({ delivery }) => delivery === 'in-doubt');
    for (const { id, delivery, approvals, ofThisText } of messages) {
      const arrived = smtp.mails.filter(({ messageId }) => messageId === `<${id}@example.org>`).length;
      expect([id, approvals, ofThisText]).toEqual([id, 1, true]);
      expect([id, delivery]).toEqual([id, expect.stringMatching(/^(sent|in-doubt)$/)]);
      expect(arrived).toBeLessThanOrEqual(1);
      if (delivery === 'sent') expect([id, arrived]).toEqual([id, 1]);
    }
    const toCompanies = smtp.mails.filter(({ to }) => to.endsWith('.example'));
    for (const mail of toCompanies) {
      const message = approved.get(mail.messageId.slice(1, 37));
      const { lead } = leads.find(({ id }) => id === message?.introductionId) ?? leads[0];
      await expectPromise(admin, message?.introductionId ?? '', mail, { approved, tells: (side) => [lead.companyName[side], lead.contact[side].name, lead.contact[side].email], at: new Date() });
    }
    const { body: board } = await insistent.send(() => advisor.get<Board>('/api/introductions?closed=true'));
    const shown = board.items.filter(({ attention }) => attention === 'in-doubt').map(({ id }) => id);
    expect(new Set(shown)).toEqual(new Set(inDoubt.map(({ introductionId }) => introductionId)));
    process.stderr.write(`${queue}: kills ${JSON.stringify(killed)}, introductions ${begun}, texts released ${messages.length}, arrived ${toCompanies.length}, in doubt ${inDoubt.length} (${inDoubt.filter(({ id }) => toCompanies.some(({ messageId }) => messageId.includes(id))).length} of them had arrived), answers ${answered.length}, requests repeated ${insistent.repeats}\n`);
  }, 120_000);

  it('lose no answer, record none twice, and tell names to nobody before both have said yes', async () => {
    const kept = await rows<{ id: string }>('SELECT id FROM company_answer');
    expect(kept.map(({ id }) => id).sort()).toEqual([...answered].sort());
    expect(await rows(`SELECT m.id FROM introduction_message m JOIN company_answer o ON o.id = m.other_yes_id WHERE m.released_at < o.recorded_at`)).toEqual([]);
    expect(await rows(`SELECT m.id FROM introduction_message m JOIN company_answer o ON o.id = m.own_yes_id WHERE m.released_at < o.recorded_at`)).toEqual([]);
    expect(await rows("SELECT i.id FROM introduction i WHERE i.step = 'both' AND (SELECT count(*) FROM company_answer a WHERE a.introduction_id = i.id AND a.answer = 'interested') < 2")).toEqual([]);
    // The trail tells of each release and of each text that went, once.
    expect(await rows(`SELECT m.id FROM introduction_message m WHERE m.released_at IS NOT NULL AND
      (SELECT count(*) FROM audit_event e WHERE e.action = 'message.released' AND e.data ->> 'messageId' = m.id::text) <> 1`)).toEqual([]);
  });

  it('end no process but the one that was killed, and are nobody’s fault', () => {
    expect([api.ownEnds, worker.ownEnds]).toEqual([[], []]);
    expect([...api.errors, ...worker.errors].map((line) => line.slice(0, 700)).slice(0, 5)).toEqual([]);
    expect(insistent.faults).toEqual([]);
  });
});
