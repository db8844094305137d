import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '../../../src/access/access.module.js';
import { SIGN_INS_AN_EMAIL } from '../../../src/access/limit-attempts.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, TEST_PASSWORD, type TestApi } from '../../support/http.js';
import { makePerson, makeTerritory } from '../../support/world.js';

describe('a session', () => {
  let database: TestDatabase;
  let api: TestApi;
  let territoryId: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule]);
    territoryId = await makeTerritory(database, 'montauban');
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });

  const withPassword = async (email: string, roles: Parameters<typeof makePerson>[2] = ['advisor']): Promise<string> => {
    const { personId } = await makePerson(database, territoryId, roles, email);
    await givePassword(database, personId);
    return personId;
  };

  it('begins with the right password and says who one is and may do', async () => {
    const personId = await withPassword('claire@example.org', ['advisor', 'analyst']);
    const answer = await api.anybody().post('/api/session').send({ email: 'Claire@Example.org', password: TEST_PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      person: { id: personId, email: 'claire@example.org' }, language: 'fr', territory: { id: territoryId, slug: 'montauban', timeZone: 'Europe/Paris' },
      territories: [{ id: territoryId }], roles: ['advisor', 'analyst'],
    });
    expect(answer.body.permissions).toEqual(expect.arrayContaining(['list.read', 'policy.edit']));
    expect(answer.body.csrfToken).toMatch(/^[\w-]{43}$/);
    const [cookie] = answer.headers['set-cookie'] as unknown as string[];
    expect(cookie).toMatch(/^maillon\.sid=.*HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).not.toMatch(/Secure/);
    const { rows } = await database.admin.query("SELECT 1 FROM audit_event WHERE action = 'person.signed-in' AND person_id = $1 AND request_id = $2", [personId, answer.headers['x-request-id']]);
    expect(rows).toHaveLength(1);
  });

  it('does not begin for a wrong password, an unknown address, a disabled person, one who was only invited or one without territory: the same answer', async () => {
    await withPassword('juste@example.org');
    const off = await withPassword('off@example.org');
    await database.admin.query('UPDATE person SET disabled_at = now() WHERE id = $1', [off]);
    await makePerson(database, territoryId, ['advisor'], 'invited@example.org');
    const lost = await makePerson(database, territoryId, [], 'lost@example.org');
    await givePassword(database, lost.personId);
    const tries = [['juste@example.org', 'un autre mot de passe'], ['nobody@example.org', TEST_PASSWORD], ['off@example.org', TEST_PASSWORD], ['invited@example.org', TEST_PASSWORD], ['lost@example.org', TEST_PASSWORD]];
    for (const [email, password] of tries) {
      const answer = await api.anybody().post('/api/session').send({ email, password });
      expect([email, answer.status, answer.body]).toEqual([email, 401, {
        type: 'about:blank', title: 'Unauthorized', status: 401, code: 'sign-in-refused', detail: 'The e-mail address or the password is wrong.',
      }]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  it('is asked for: without one there is 401, also with a cookie that nobody gave', async () => {
    expect((await api.anybody().get('/api/session')).status).toBe(401);
    expect((await api.anybody().get('/api/session').set('Cookie', 'maillon.sid=s%3Ainvented.signature')).status).toBe(401);
  });

  it('has a new id after signing in, so that a planted one opens nothing', async () => {
    await withPassword('neuf@example.org');
    const client = await api.signIn('neuf@example.org');
    const before = (await database.admin.query<{ sid: string }>('SELECT sid FROM session')).rows.map((row) => row.sid);
    await client.agent.post('/api/session').send({ email: 'neuf@example.org', password: TEST_PASSWORD });
    const after = (await database.admin.query<{ sid: string }>('SELECT sid FROM session')).rows.map((row) => row.sid);
    expect(after.filter((sid) => !before.includes(sid))).toHaveLength(1);
    expect(before.filter((sid) => !after.includes(sid))).toHaveLength(1);
  });

  it('changes nothing without its CSRF token, or with another one', async () => {
    await withPassword('csrf@example.org');
    const client = await api.signIn('csrf@example.org');
    const other = await api.signIn('csrf@example.org');
    const bare = await client.agent.put('/api/session/language').send({ language: 'en' });
    expect([bare.status, bare.body.code]).toEqual([403, 'csrf']);
    const wrong = await client.agent.put('/api/session/language').set('X-CSRF-Token', other.csrfToken).send({ language: 'en' });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'csrf']);
    expect((await client.get('/api/session')).body).toMatchObject({ language: 'fr', csrfToken: client.csrfToken });
    expect((await client.put('/api/session/language', { language: 'en' })).status).toBe(204);
    expect((await client.get('/api/session')).body).toMatchObject({ language: 'en' });
  });

  it('does not begin from another site’s page', async () => {
    await withPassword('site@example.org');
    const from = (headers: Record<string, string>): Promise<{ status: number; body: { code?: string } }> =>
      api.anybody().post('/api/session').set(headers).send({ email: 'site@example.org', password: TEST_PASSWORD });
    for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }] as Record<string, string>[]) {
      expect(await from(headers)).toMatchObject({ status: 403, body: { code: 'csrf' } });
    }
    expect((await from({ Origin: 'http://maillon.test', Host: 'maillon.test' })).status).toBe(200);
    expect((await from({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
  });

  it('ends with signing out', async () => {
    await withPassword('bye@example.org');
    const client = await api.signIn('bye@example.org');
    expect((await client.delete('/api/session')).status).toBe(204);
    expect((await client.get('/api/session')).status).toBe(401);
  });

  it('dies when the person is taken out of the territory, or disabled', async () => {
    for (const [email, sql] of [['out@example.org', 'DELETE FROM membership WHERE person_id = $1'], ['dis@example.org', 'UPDATE person SET disabled_at = now() WHERE id = $1']]) {
      const personId = await withPassword(email);
      const client = await api.signIn(email);
      await database.admin.query(sql, [personId]);
      expect((await client.get('/api/session')).status).toBe(401);
    }
  });

  it('lasts twelve hours without a request, and an expired one opens nothing', async () => {
    await withPassword('old@example.org');
    const client = await api.signIn('old@example.org');
    const { rows: [{ hours }] } = await database.admin.query<{ hours: number }>(
      "SELECT extract(epoch FROM max(expire) - now())::int / 3600.0 AS hours FROM session s JOIN person p ON p.id::text = s.sess ->> 'personId' WHERE p.email = 'old@example.org'");
    expect(Number(hours)).toBeCloseTo(12, 1);
    await database.admin.query("UPDATE session SET expire = now() - interval '1 second' WHERE sess ->> 'personId' = (SELECT id::text FROM person WHERE email = 'old@example.org')");
    expect((await client.get('/api/session')).status).toBe(401);
  });

  it('moves to another territory of one’s own, and to no other', async () => {
    const personId = await withPassword('deux@example.org');
    const second = await makeTerritory(database, 'zone-deux');
    const foreign = await makeTerritory(database, 'ailleurs');
    await database.admin.query("INSERT INTO membership (territory_id, person_id, role) VALUES ($1, $2, 'analyst')", [second, personId]);
    const client = await api.signIn('deux@example.org');
    for (const unknown of [foreign, '019a0000-0000-7000-8000-000000000000']) {
      expect(await client.put('/api/session/territory', { territoryId: unknown })).toMatchObject({ status: 404, body: { code: 'not-found' } });
    }
    const moved = await client.put('/api/session/territory', { territoryId: second });
    expect(moved.body).toMatchObject({ territory: { id: second }, roles: ['analyst'], csrfToken: client.csrfToken });
    expect((await client.get('/api/session')).body).toMatchObject({ territory: { id: second } });
  });

  it('allows what one of the roles allows and nothing else', async () => {
    await withPassword('partner@example.org', ['partner']);
    const partner = await api.signIn('partner@example.org');
    expect((await partner.get('/api/territories')).status).toBe(200);
    for (const path of ['/api/people', '/api/advisors', '/api/session/absences']) expect(await partner.get(path)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    await withPassword('conseil@example.org');
    const advisor = await api.signIn('conseil@example.org');
    expect((await advisor.get('/api/advisors')).status).toBe(200);
    expect(await advisor.post('/api/people', {})).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('changes its password only by the present one; other sessions end, this one goes on', async () => {
    await withPassword('mdp@example.org');
    const here = await api.signIn('mdp@example.org');
    const there = await api.signIn('mdp@example.org');
    const newPassword = 'cinq vaches rousses';
    expect(await here.put('/api/session/password', { currentPassword: 'pas le bon du tout', newPassword })).toMatchObject({ status: 422, body: { code: 'current-password-wrong' } });
    expect(await here.put('/api/session/password', { currentPassword: TEST_PASSWORD, newPassword: 'court' })).toMatchObject({ status: 422, body: { code: 'password-too-short' } });
    expect((await here.put('/api/session/password', { currentPassword: TEST_PASSWORD, newPassword })).status).toBe(204);
    expect((await there.get('/api/session')).status).toBe(401);
    expect((await here.get('/api/session')).status).toBe(200);
    expect((await api.anybody().post('/api/session').send({ email: 'mdp@example.org', password: TEST_PASSWORD })).status).toBe(401);
    await api.signIn('mdp@example.org', newPassword);
  });

  it('is refused with 429 and a time to wait after many wrong passwords for one address, also with the right one then; others go on', async () => {
    await withPassword('guess@example.org');
    await withPassword('calm@example.org');
    const attempt = (email: string, password: string): Promise<{ status: number; headers: Record<string, string>; body: unknown }> => api.anybody().post('/api/session').send({ email, password });
    for (let count = 0; count < SIGN_INS_AN_EMAIL; count += 1) expect((await attempt(count % 2 ? 'GUESS@example.org' : 'guess@example.org', 'deviné au hasard')).status).toBe(401);
    const refused = await attempt('guess@example.org', TEST_PASSWORD);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-attempts', status: 429 } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect((await attempt('calm@example.org', TEST_PASSWORD)).status).toBe(200);
  });

  it('keeps passwords and addresses out of the log and the trail', async () => {
    const { rows } = await database.admin.query<{ text: string }>("SELECT coalesce(string_agg(data::text || action || subject_id, ' '), '') AS text FROM audit_event");
    for (const text of [rows[0].text, api.log.join('\n')]) {
      expect(text).not.toContain('@example.org');
      expect(text).not.toContain(TEST_PASSWORD);
      expect(text).not.toMatch(/argon2|au hasard|csrfToken/);
    }
    expect(api.log.length).toBeGreaterThan(20);
  });
});
