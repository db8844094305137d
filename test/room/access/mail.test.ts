import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ParsedMail, simpleParser } from 'mailparser';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { DataSource } from 'typeorm';
import { Env } from '../../../config/env.js';
import { AccessModule } from '../../../src/access/access.module.js';
import { queueStaffMail } from '../../../src/access/queue-staff-mail.js';
import { SendStaffMail } from '../../../src/access/send-staff-mail.js';
import { ALL_ENTITIES } from '../../../src/all-entities.js';
import { openStaffMail, type StaffMailDoor } from '../../../src/platform/mail.js';
import { makeDataSource } from '../../../src/platform/postgres/data-source.js';
import { UnitOfWork } from '../../../src/platform/postgres/unit-of-work.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, type SignedInClient, TEST_PASSWORD, type TestApi } from '../../support/http.js';
import { makePerson, makeTerritory } from '../../support/world.js';

const messagesOf = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`../../../config/messages/access.${language}.json`, import.meta.url), 'utf8')) as Record<string, string>;

describe('a mail to one of our own people', () => {
  let database: TestDatabase;
  let mailerSource: DataSource;
  let api: TestApi;
  let territoryId: string;
  let boss: SignedInClient;
  let server: SMTPServer;
  let door: StaffMailDoor;
  let send: SendStaffMail;
  let received: ParsedMail[] = [];
  let refuse: number | null = null;

  beforeAll(async () => {
    database = await openTestDatabase();
    mailerSource = await makeDataSource({ url: database.url('maillon_mailer'), entities: ALL_ENTITIES, poolSize: 2 }).initialize();
    api = await openTestApi(database, [AccessModule]);
    territoryId = await makeTerritory(database, 'montauban');
    const { personId } = await makePerson(database, territoryId, ['administrator'], 'boss@example.org');
    await givePassword(database, personId);
    boss = await api.signIn('boss@example.org');
    server = new SMTPServer({
      authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: (address, _session, done) => done(refuse === null ? null : Object.assign(new Error(`no such user ${address.address}`), { responseCode: refuse })),
      onData: (stream, _session, done) => void simpleParser(stream).then((mail) => { received.push(mail); done(); }, done),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    const env = Object.assign(new Env(), { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'maillon@example.org', PUBLIC_URL: 'https://maillon.example.org' });
    door = openStaffMail(env);
    send = new SendStaffMail(new UnitOfWork(mailerSource, () => database.clock.now()), door, env, messagesOf);
  });
  afterAll(async () => {
    door?.close();
    await new Promise<void>((resolve) => (server ? server.close(resolve) : resolve()));
    await api?.close();
    await mailerSource?.destroy();
    await database?.close();
  });
  beforeEach(() => {
    received = [];
    refuse = null;
  });

  /** Jobs that were asked for and not yet taken up here. */
  let seen = 0;
  const queued = async (): Promise<string[]> => {
    const { rows } = await database.admin.query<{ id: string; staffMailId: string }>(
      `SELECT id, payload ->> 'staffMailId' AS "staffMailId" FROM outbox_entry WHERE name = 'staff-mail.send' AND id > $1 ORDER BY id`, [seen]);
    seen = Number(rows.at(-1)?.id ?? seen);
    return rows.map((row) => row.staffMailId);
  };
  const deliver = async (): Promise<void> => {
    for (const id of await queued()) await send.execute(id);
  };
  const tokenOf = (mail: ParsedMail): string => /https:\/\/maillon\.example\.org\/#\/password\?token=([\w-]{43})\s/.exec(mail.text ?? '')?.[1] ?? 'no token';
  const redeem = (token: string, password: string): Promise<{ status: number; body: { code?: string } }> => api.anybody().post('/api/password/redeem').send({ token, password });
  const invite = async (email: string, language = 'fr'): Promise<string> => {
    const answer = await boss.post('/api/people', { email, name: 'Camille Exemple', language, roles: ['advisor'], weeklyMinutes: 45 });
    expect(answer.status).toBe(201);
    return (answer.body as { personId: string }).personId;
  };

  it('invites: the link lets one choose a password, once, and sign in with it', async () => {
    const personId = await invite('Camille@example.org');
    await deliver();
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ subject: 'Votre accès à Maillon', to: { text: 'camille@example.org' }, from: { text: 'maillon@example.org' } });
    expect(received[0].text).toContain('Bonjour Camille Exemple,');
    expect(received[0].text).toContain('« Territoire montauban »');
    expect(received[0].text).toContain('jusqu\'au 30 novembre 2026');
    const token = tokenOf(received[0]);
    const { rows: stored } = await database.admin.query<{ hex: string; kind: string; expiresAt: Date }>(`SELECT encode(token_hash, 'hex') AS hex, kind, expires_at AS "expiresAt" FROM access_token WHERE person_id = $1`, [personId]);
    expect(stored).toMatchObject([{ kind: 'invitation', expiresAt: new Date('2026-11-30T07:00:00Z') }]);
    expect(stored[0].hex).toHaveLength(64);

    expect(await redeem(token, 'court')).toMatchObject({ status: 422, body: { code: 'password-too-short' } });
    expect(await redeem(token, 'six brebis blanches')).toMatchObject({ status: 204 });
    expect(await redeem(token, 'sept brebis blanches')).toMatchObject({ status: 422, body: { code: 'link-not-valid' } });
    const client = await api.signIn('camille@example.org', 'six brebis blanches');
    expect((await client.get('/api/session')).body).toMatchObject({ roles: ['advisor'] });
  });

  it('is written in the person’s language', async () => {
    await invite('english@example.org', 'en');
    await deliver();
    expect(received[0]).toMatchObject({ subject: 'Your access to Maillon' });
    expect(received[0].text).toContain('until November 30, 2026');
  });

  it('goes once, also when its job is delivered twice, or twice at the same time', async () => {
    await invite('once@example.org');
    const [id] = await queued();
    expect((await Promise.all([send.execute(id), send.execute(id)])).sort()).toEqual(['nothing', 'sent']);
    expect(await send.execute(id)).toBe('nothing');
    expect(received).toHaveLength(1);
    const { rows } = await database.admin.query<{ state: string; sentAt: Date | null }>('SELECT state, sent_at AS "sentAt" FROM staff_mail WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'sent', sentAt: database.clock.now() }]);
    const { rows: trail } = await database.admin.query("SELECT 1 FROM audit_event WHERE action = 'staff-mail.sent' AND data ->> 'staffMailId' = $1", [id]);
    expect(trail).toHaveLength(1);
  });

  it('that the server refuses stays queued, with the reason but without the address, and goes at the next attempt', async () => {
    await invite('later@example.org');
    const [id] = await queued();
    refuse = 450;
    await expect(send.execute(id)).rejects.toThrow(`Staff mail ${id} was not sent (EENVELOPE 450).`);
    const look = async (): Promise<unknown> => (await database.admin.query('SELECT state, attempts, last_error AS error FROM staff_mail WHERE id = $1', [id])).rows[0];
    expect(await look()).toEqual({ state: 'queued', attempts: 1, error: 'EENVELOPE 450' });
    refuse = null;
    expect(await send.execute(id)).toBe('sent');
    expect(await look()).toEqual({ state: 'sent', attempts: 2, error: null });
    expect(await redeem(tokenOf(received[0]), 'huit chèvres noires')).toMatchObject({ status: 204 });
  });

  it('is given up after the twentieth refusal', async () => {
    await invite('never@example.org');
    const [id] = await queued();
    await database.admin.query('UPDATE staff_mail SET attempts = 19 WHERE id = $1', [id]);
    refuse = 450;
    await expect(send.execute(id)).rejects.toThrow('was not sent');
    expect((await database.admin.query('SELECT state, attempts FROM staff_mail WHERE id = $1', [id])).rows).toEqual([{ state: 'failed', attempts: 20 }]);
  });

  it('is not sent to a disabled person, and an unknown one is nothing', async () => {
    const personId = await invite('gone@example.org');
    await database.admin.query('UPDATE person SET disabled_at = now() WHERE id = $1', [personId]);
    expect(await send.execute((await queued())[0])).toBe('given-up');
    expect(await send.execute('019a0000-0000-7000-8000-000000000000')).toBe('nothing');
    expect(received).toEqual([]);
  });

  it('whose link would not work any more is given up, not sent: after seven days without a mailer', async () => {
    await invite('tard@example.org');
    const [id] = await queued();
    const before = database.clock.now();
    database.clock.advance({ hours: 7 * 24 });
    expect(await send.execute(id)).toBe('given-up');
    expect(await send.execute(id)).toBe('nothing');
    expect((await database.admin.query('SELECT state, last_error FROM staff_mail WHERE id = $1', [id])).rows).toEqual([{ state: 'failed', last_error: 'too-late' }]);
    expect(received).toEqual([]);
    database.clock.set(before);
  });

  it('resets a password: same answer for known and unknown addresses, an hour’s time, and all sessions end', async () => {
    const { personId } = await makePerson(database, territoryId, ['analyst'], 'oubli@example.org');
    await givePassword(database, personId);
    const session = await api.signIn('oubli@example.org');
    const ask = (email: string): Promise<{ status: number; text: string }> => api.anybody().post('/api/password/reset-request').send({ email });
    for (const email of ['Oubli@example.org', 'nobody@example.org', 'oubli@example.org']) expect(await ask(email)).toMatchObject({ status: 202, text: '' });
    await deliver();
    // The second request came within five minutes of the first: one mail.
    expect(received.map((mail) => mail.subject)).toEqual(['Nouveau mot de passe Maillon']);
    const late = tokenOf(received[0]);
    database.clock.advance({ hours: 1 });
    expect(await redeem(late, 'neuf oies grises')).toMatchObject({ status: 422, body: { code: 'link-not-valid' } });

    await ask('oubli@example.org');
    await deliver();
    expect(await redeem(tokenOf(received[1]), 'neuf oies grises')).toMatchObject({ status: 204 });
    expect((await session.get('/api/session')).status).toBe(401);
    expect((await api.anybody().post('/api/session').send({ email: 'oubli@example.org', password: TEST_PASSWORD })).status).toBe(401);
    await api.signIn('oubli@example.org', 'neuf oies grises');
  });

  it('answers an invented, a used and an expired link alike', async () => {
    const invented = await redeem('x'.repeat(43), 'dix canards bleus');
    expect(invented).toMatchObject({ status: 422, body: { code: 'link-not-valid', detail: 'This link does not work, or no longer; ask for a new one.' } });
  });

  it('refuses too many reset requests for one address, known or not', async () => {
    const ask = (): Promise<{ status: number; headers: Record<string, string> }> => api.anybody().post('/api/password/reset-request').send({ email: 'flood@example.org' });
    for (let count = 0; count < 5; count += 1) expect((await ask()).status).toBe(202);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('of Monday, queued by the worker, holds a count and no link that lets anybody in', async () => {
    const { personId } = await makePerson(database, territoryId, ['advisor'], 'lundi@example.org');
    await database.worker.write({ territoryId, personId: null, requestId: null }, (tx) => queueStaffMail(tx, personId, 'digest', { count: 9, week: '2026-W48' }));
    await deliver();
    expect(received[0]).toMatchObject({ subject: 'Votre liste de la semaine : 9 pistes' });
    expect(received[0].text).toContain('Votre liste de la semaine 2026-W48 est prête : 9 pistes vous attendent.');
    expect(received[0].text).toContain('https://maillon.example.org/');
    expect(received[0].text).not.toContain('token');
  });

  it('is sent again to somebody who lost it, but only within one’s own territory', async () => {
    const personId = await invite('perdu@example.org');
    const elsewhere = await makePerson(database, await makeTerritory(database, 'loin'), ['advisor']);
    expect((await boss.post(`/api/people/${personId}/invitation`)).status).toBe(202);
    expect((await boss.post(`/api/people/${elsewhere.personId}/invitation`)).status).toBe(404);
    await deliver();
    expect(received).toHaveLength(2);
    // Both links work until one is used.
    expect(await redeem(tokenOf(received[0]), 'onze merles noirs')).toMatchObject({ status: 204 });
    expect(await redeem(tokenOf(received[1]), 'onze merles noirs')).toMatchObject({ status: 422 });
  });

  it('keeps tokens and addresses out of the trail and the log', async () => {
    const { rows } = await database.admin.query<{ text: string }>("SELECT string_agg(data::text, ' ') AS text FROM audit_event");
    for (const text of [rows[0].text, api.log.join('\n')]) expect(text).not.toMatch(/@example\.org|brebis|token=|[\w-]{43}/);
  });

  it('becomes a file for its owner’s eyes only where no server is set, the same file when sent twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'maillon-mail-'));
    try {
      const files = openStaffMail(Object.assign(new Env(), { DATA_DIR: folder }));
      for (let count = 0; count < 2; count += 1) await files.send({ id: 'm1', to: 'camille@example.org', subject: 'Écoute', text: 'à bientôt\n' });
      expect(readdirSync(join(folder, 'outbox'))).toEqual(['m1.eml']);
      const file = join(folder, 'outbox', 'm1.eml');
      expect(statSync(file).mode & 0o077).toBe(0);
      expect(await simpleParser(readFileSync(file))).toMatchObject({ subject: 'Écoute', text: 'à bientôt\n', messageId: '<m1@localhost>' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
