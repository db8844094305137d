import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AccessModule } from '../../../src/access/access.module.js';
import { advisorsPresent, delegateFor, territories } from '../../../src/access/access.queries.js';
import { ChangeRoles } from '../../../src/access/change-roles.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { makeFlow, makePerson, makeTerritory } from '../../support/world.js';

describe('the people of a territory', () => {
  let database: TestDatabase;
  let api: TestApi;
  let territoryId: string;
  let bossId: string;
  let boss: SignedInClient;
  let advisor: string;
  let colleague: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule]);
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });
  beforeEach(async () => {
    territoryId = await makeTerritory(database, `t-${randomUUID()}`);
    ({ personId: bossId } = await makePerson(database, territoryId, ['administrator']));
    ({ personId: advisor } = await makePerson(database, territoryId, ['advisor']));
    ({ personId: colleague } = await makePerson(database, territoryId, ['advisor', 'contributor']));
    boss = await api.signIn(await givePassword(database, bossId));
  });
  const trail = async (action: string): Promise<unknown[]> =>
    (await database.admin.query<{ data: unknown }>('SELECT data FROM audit_event WHERE territory_id = $1 AND action = $2', [territoryId, action])).rows.map((row) => row.data);

  it('are listed with roles and minutes, those of other territories are not', async () => {
    await makePerson(database, await makeTerritory(database, `autre-${randomUUID()}`), ['advisor']);
    const { body } = await boss.get('/api/people');
    expect(body.next).toBeNull();
    expect(body.people.map((person: { id: string }) => person.id).sort()).toEqual([bossId, advisor, colleague].sort());
    expect(body.people.find((person: { id: string }) => person.id === colleague)).toMatchObject({ roles: ['advisor', 'contributor'], weeklyMinutes: null, disabled: false, invitation: null, absences: [] });
  });

  it('are listed a hundred a page', async () => {
    for (let count = 0; count < 101; count += 1) await makePerson(database, territoryId, ['partner']);
    const first = (await boss.get('/api/people')).body as { people: { id: string }[]; next: string };
    const second = (await boss.get(`/api/people?after=${first.next}`)).body as { people: { id: string }[]; next: string | null };
    expect([first.people.length, second.people.length, second.next]).toEqual([100, 4, null]);
    expect(new Set([...first.people, ...second.people].map((person) => person.id)).size).toBe(104);
  });

  it('are invited once; a person known elsewhere keeps their name and gains the membership', async () => {
    const elsewhere = await makePerson(database, await makeTerritory(database, `ailleurs-${randomUUID()}`), ['analyst'], `${randomUUID()}@example.org`);
    const { rows: [{ email, name }] } = await database.admin.query<{ email: string; name: string }>('SELECT email, name FROM person WHERE id = $1', [elsewhere.personId]);
    const body = { email, name: 'Un autre nom', language: 'en', roles: ['advisor'], weeklyMinutes: 60 };
    expect(await boss.post('/api/people', body)).toMatchObject({ status: 201, body: { personId: elsewhere.personId } });
    expect(await boss.post('/api/people', body)).toMatchObject({ status: 409, body: { code: 'already-member' } });
    const { people } = (await boss.get('/api/people')).body as { people: { id: string }[] };
    expect(people.find((person) => person.id === elsewhere.personId)).toMatchObject({ name, language: 'fr', weeklyMinutes: 60, invitation: 'queued' });
    expect(await trail('person.invited')).toMatchObject([{ roles: ['advisor'], weeklyMinutes: 60 }]);
    const { rows } = await database.admin.query('SELECT 1 FROM staff_mail WHERE person_id = $1', [elsewhere.personId]);
    expect(rows).toHaveLength(1);
  });

  it('are not invited with wrong fields, which are named', async () => {
    const answer = await boss.post('/api/people', { email: 'no address', name: '', language: 'de', roles: ['king'], weeklyMinutes: 9999, admin: true });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-fields' } });
    const fields = (answer.body as { errors: { field: string }[] }).errors.map((error) => error.field);
    expect(new Set(fields)).toEqual(new Set(['email', 'name', 'language', 'roles', 'weeklyMinutes', 'admin']));
  });

  it('change roles, and what they may do changes with the next request', async () => {
    const client = await api.signIn(await givePassword(database, advisor));
    expect((await client.get('/api/advisors')).status).toBe(200);
    expect((await boss.put(`/api/people/${advisor}/roles`, { roles: ['analyst'] })).status).toBe(204);
    expect((await client.get('/api/advisors')).status).toBe(403);
    expect(await trail('person.roles-changed')).toEqual([{ before: ['advisor'], after: ['analyst'], weeklyMinutesBefore: null, weeklyMinutes: null }]);
    expect((await boss.put(`/api/people/${advisor}/roles`, { roles: [] })).status).toBe(204);
    expect((await client.get('/api/session')).status).toBe(401);
  });

  it('of another territory are not there', async () => {
    const foreign = await makePerson(database, await makeTerritory(database, `loin-${randomUUID()}`), ['advisor']);
    for (const id of [foreign.personId, randomUUID(), 'not-an-id']) expect(await boss.put(`/api/people/${id}/roles`, { roles: ['analyst'] })).toMatchObject({ status: 404 });
    expect((await database.admin.query('SELECT role FROM membership WHERE person_id = $1', [foreign.personId])).rows).toEqual([{ role: 'advisor' }]);
  });

  it('keep one administrator: the last stays, a disabled one does not count', async () => {
    expect(await boss.put(`/api/people/${bossId}/roles`, { roles: ['advisor'] })).toMatchObject({ status: 409, body: { code: 'last-administrator' } });
    const second = await makePerson(database, territoryId, ['administrator']);
    await database.admin.query('UPDATE person SET disabled_at = now() WHERE id = $1', [second.personId]);
    expect((await boss.put(`/api/people/${bossId}/roles`, { roles: [] })).status).toBe(409);
    await database.admin.query('UPDATE person SET disabled_at = NULL WHERE id = $1', [second.personId]);
    expect((await boss.put(`/api/people/${bossId}/roles`, { roles: [] })).status).toBe(204);
  });

  it('keep one administrator also when two remove each other at once', async () => {
    const second = await makePerson(database, territoryId, ['administrator']);
    const changeRoles = new ChangeRoles(database.api);
    const both = await Promise.allSettled([bossId, second.personId].map((personId, index, ids) =>
      changeRoles.execute({ territoryId, personId: ids[1 - index], requestId: null }, { personId, roles: ['partner'], weeklyMinutes: null })));
    expect(both.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const { rows } = await database.admin.query("SELECT 1 FROM membership WHERE territory_id = $1 AND role = 'administrator'", [territoryId]);
    expect(rows).toHaveLength(1);
  });

  it('are away with an advisor of the territory as delegate, who is found along the chain', async () => {
    const third = await makePerson(database, territoryId, ['advisor']);
    await database.admin.query("UPDATE membership SET weekly_minutes = 90 WHERE person_id = $1 AND role = 'advisor'", [third.personId]);
    expect((await boss.post(`/api/people/${advisor}/absences`, { fromDay: '2026-11-23', toDay: '2026-11-27', delegateId: colleague })).status).toBe(201);
    expect((await boss.post(`/api/people/${colleague}/absences`, { fromDay: '2026-11-27', toDay: '2026-12-04', delegateId: third.personId })).status).toBe(201);
    const on = (day: string): Promise<unknown> => database.worker.read({ territoryId, personId: null, requestId: null }, async (tx) => ({
      present: Object.fromEntries((await advisorsPresent(tx, territoryId, day)).map((one) => [one.personId, one.delegateOf])),
      minutes: (await advisorsPresent(tx, territoryId, day)).find((one) => one.personId === third.personId)?.weeklyMinutes,
      decides: await delegateFor(tx, territoryId, advisor, day),
    }));
    expect(await on('2026-11-22')).toEqual({ present: { [advisor]: [], [colleague]: [], [third.personId]: [] }, minutes: 90, decides: advisor });
    expect(await on('2026-11-23')).toEqual({ present: { [colleague]: [advisor], [third.personId]: [] }, minutes: 90, decides: colleague });
    expect(await on('2026-11-27')).toEqual({ present: { [third.personId]: [advisor, colleague].sort() }, minutes: 90, decides: third.personId });
    expect(await on('2026-11-28')).toEqual({ present: { [advisor]: [], [third.personId]: [colleague] }, minutes: 90, decides: advisor });
  });

  it('are not away on wrong days, twice at once, or with a delegate who is no other advisor of the territory', async () => {
    const foreign = await makePerson(database, await makeTerritory(database, `delegue-${randomUUID()}`), ['advisor']);
    const be = (fields: object, personId = advisor): Promise<{ status: number; body: { code: string } }> =>
      boss.post(`/api/people/${personId}/absences`, { fromDay: '2026-12-21', toDay: '2026-12-31', delegateId: null, ...fields }) as unknown as Promise<{ status: number; body: { code: string } }>;
    expect(await be({ toDay: '2026-12-20' })).toMatchObject({ status: 422, body: { code: 'days-in-wrong-order' } });
    for (const day of ['2026-02-30', '21/12/2026', '2026-12-21T00:00:00Z']) expect(await be({ fromDay: day })).toMatchObject({ status: 422, body: { code: 'invalid-fields' } });
    for (const delegateId of [advisor, bossId, foreign.personId, randomUUID()]) expect(await be({ delegateId })).toMatchObject({ status: 422, body: { code: 'delegate-no-advisor' } });
    for (const personId of [bossId, foreign.personId]) expect(await be({}, personId)).toMatchObject({ status: 404 });
    expect(await be({})).toMatchObject({ status: 201 });
    expect(await be({ fromDay: '2026-12-31', toDay: '2027-01-02' })).toMatchObject({ status: 409, body: { code: 'absence-overlaps' } });
    expect(await be({ fromDay: '2027-01-01', toDay: '2027-01-02' })).toMatchObject({ status: 201 });
  });

  it('note and remove their own absence, not another’s', async () => {
    const client = await api.signIn(await givePassword(database, advisor));
    const other = await api.signIn(await givePassword(database, colleague));
    const { absenceId } = (await client.post('/api/session/absences', { fromDay: '2026-12-21', toDay: '2026-12-31', delegateId: colleague })).body as { absenceId: string };
    expect((await client.get('/api/session/absences')).body).toEqual([{ id: absenceId, personId: advisor, fromDay: '2026-12-21', toDay: '2026-12-31', delegateId: colleague }]);
    expect((await other.delete(`/api/session/absences/${absenceId}`)).status).toBe(404);
    expect((await boss.get('/api/people')).body.people.find((person: { id: string }) => person.id === advisor).absences).toHaveLength(1);
    expect((await client.delete(`/api/session/absences/${absenceId}`)).status).toBe(204);
    expect((await client.get('/api/session/absences')).body).toEqual([]);
    expect(await trail('absence.removed')).toMatchObject([{ absenceId, delegateId: colleague }]);
  });

  it('agree with a neighbour only when both sides have signed; either ends it, and it then begins anew', async () => {
    const neighbour = await makeTerritory(database, `voisin-${randomUUID()}`);
    const { personId: theirId } = await makePerson(database, neighbour, ['administrator']);
    const theirs = await api.signIn(await givePassword(database, theirId));
    await makeFlow(database, neighbour, { ref: 'v', direction: 'output', category: 'x' });
    const across = (): Promise<number> => database.api.read({ territoryId, personId: advisor, requestId: null }, async (tx) => (await tx.sql('SELECT 1 FROM flow')).length, { across: true });
    const state = async (client: SignedInClient): Promise<unknown> => (await client.get('/api/agreements')).body[0];

    expect((await boss.put(`/api/agreements/${neighbour}`)).status).toBe(204);
    expect(await state(boss)).toMatchObject({ territoryId: neighbour, signedByUsAt: '2026-11-23T07:00:00.000Z', signedByThemAt: null, inForce: false });
    expect(await state(theirs)).toMatchObject({ territoryId, signedByUsAt: null, signedByThemAt: '2026-11-23T07:00:00.000Z', inForce: false });
    expect(await across()).toBe(0);
    expect((await theirs.put(`/api/agreements/${territoryId}`)).status).toBe(204);
    expect(await state(boss)).toMatchObject({ inForce: true });
    expect(await across()).toBe(1);
    expect((await theirs.delete(`/api/agreements/${territoryId}`)).status).toBe(204);
    expect(await state(boss)).toMatchObject({ inForce: false, endedAt: '2026-11-23T07:00:00.000Z' });
    expect(await across()).toBe(0);
    expect((await theirs.delete(`/api/agreements/${territoryId}`)).status).toBe(404);
    expect((await boss.put(`/api/agreements/${neighbour}`)).status).toBe(204);
    expect(await state(boss)).toMatchObject({ signedByThemAt: null, endedAt: null, inForce: false });
    expect(await across()).toBe(0);
    expect(await trail('agreement.signed')).toHaveLength(2);
  });

  it('cannot agree with their own territory or one that is not there, nor sign past the administrator', async () => {
    for (const id of [territoryId, randomUUID(), 'x']) expect((await boss.put(`/api/agreements/${id}`)).status).toBe(404);
    const neighbour = await makeTerritory(database, `voisin-${randomUUID()}`);
    const client = await api.signIn(await givePassword(database, advisor));
    expect((await client.put(`/api/agreements/${neighbour}`)).status).toBe(403);
    await expect(database.api.write({ territoryId, personId: advisor, requestId: null }, (tx) => tx.sql('SELECT sign_territory_agreement($1, now())', [neighbour]))).rejects.toThrow(/only an administrator/);
    await expect(database.api.write({ territoryId, personId: bossId, requestId: null }, (tx) => tx.sql('UPDATE territory_agreement SET ended_at = NULL'))).rejects.toThrow(/permission denied/);
  });

  it('see the names of all territories', async () => {
    const all = await database.api.read({ territoryId, personId: bossId, requestId: null }, (tx) => territories(tx));
    expect(all).toContainEqual({ id: territoryId, slug: expect.stringMatching(/^t-/), name: expect.any(String), timeZone: 'Europe/Paris' });
    expect((await boss.get('/api/territories')).body).toEqual(all);
  });
});
