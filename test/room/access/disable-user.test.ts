import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { AccessModule } from '../../../src/access/access.module.js';
import { createUser } from '../../../src/access/create-user.js';
import { disableUser } from '../../../src/access/disable-user.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, TEST_PASSWORD, type TestApi } from '../../support/http.js';
import { makePerson, makeTerritory } from '../../support/world.js';

describe('disabling a person', () => {
  let database: TestDatabase;
  let api: TestApi;
  let client: pg.PoolClient;
  let here: string;
  let there: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule]);
    client = await database.admin.connect();
    here = await makeTerritory(database, 'ici');
    there = await makeTerritory(database, 'la-bas');
  });
  afterAll(async () => {
    client?.release();
    await api?.close();
    await database?.close();
  });
  const trail = async (personId: string): Promise<(string | null)[]> => (await client.query<{ territoryId: string | null }>(
    "SELECT territory_id AS \"territoryId\" FROM audit_event WHERE action = 'person.disabled' AND subject_id = $1", [personId])).rows.map(({ territoryId }) => territoryId);
  const disable = (email: string): ReturnType<typeof disableUser> => disableUser(client, { email, now: database.clock.now() });

  it('ends their sessions, keeps them from signing in, and is in the trail of each of their territories', async () => {
    const { personId } = await makePerson(database, here, ['advisor', 'analyst'], 'partie@example.org');
    await client.query("INSERT INTO membership (territory_id, person_id, role) VALUES ($1, $2, 'advisor')", [there, personId]);
    const session = await api.signIn(await givePassword(database, personId));
    const other = await api.signIn(await givePassword(database, (await makePerson(database, here, ['advisor'])).personId));
    expect(await disable(' Partie@example.org ')).toEqual({ personId, disabled: true, withoutAdministrator: [] });
    expect((await session.get('/api/session')).status).toBe(401);
    expect((await api.anybody().post('/api/session').send({ email: 'partie@example.org', password: TEST_PASSWORD })).status).toBe(401);
    expect((await trail(personId)).sort()).toEqual([here, there].sort());
    expect((await other.get('/api/session')).status).toBe(200);
  });

  it('takes back the links that they were sent', async () => {
    const { personId } = await createUser(client, { email: 'lien@example.org', name: 'Lien', territoryId: here, roles: ['advisor'], now: database.clock.now() });
    await client.query("INSERT INTO access_token (token_hash, kind, person_id, expires_at) VALUES ('x', 'invitation', $1, $2)", [personId, new Date(database.clock.now().getTime() + 3_600_000)]);
    await disable('lien@example.org');
    expect((await client.query('SELECT 1 FROM access_token WHERE person_id = $1 AND used_at IS NULL', [personId])).rowCount).toBe(0);
  });

  it('done twice changes nothing more', async () => {
    const { personId } = await makePerson(database, here, ['advisor'], 'deux@example.org');
    await disable('deux@example.org');
    const first = (await client.query('SELECT disabled_at FROM person WHERE id = $1', [personId])).rows;
    database.clock.advance({ hours: 1 });
    expect(await disable('deux@example.org')).toMatchObject({ disabled: false });
    expect((await client.query('SELECT disabled_at FROM person WHERE id = $1', [personId])).rows).toEqual(first);
    expect(await trail(personId)).toEqual([here]);
  });

  it('says which territories have no administrator left, and notes somebody of no territory too', async () => {
    await makePerson(database, here, ['administrator'], 'chef@example.org');
    expect(await disable('chef@example.org')).toMatchObject({ withoutAdministrator: ['ici'] });
    const { personId } = await makePerson(database, here, [], 'nulle-part@example.org');
    await disable('nulle-part@example.org');
    expect(await trail(personId)).toEqual([null]);
  });

  it('of an unknown address says so', async () => {
    await expect(disable('inconnue@example.org')).rejects.toThrow('The e-mail address is "inconnue@example.org"; expected that of a person who was made or invited.');
  });
});
