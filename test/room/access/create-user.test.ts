import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { AccessModule } from '../../../src/access/access.module.js';
import { createTerritory, createUser, slugOf } from '../../../src/access/create-user.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { openTestApi, type TestApi } from '../../support/http.js';

describe('the first people of an installation', () => {
  let database: TestDatabase;
  let api: TestApi;
  let client: pg.PoolClient;
  let territoryId: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule]);
    client = await database.admin.connect();
    ({ territoryId } = await createTerritory(client, { name: 'Pays d’Épreuve', now: database.clock.now() }));
  });
  afterAll(async () => {
    client?.release();
    await api?.close();
    await database?.close();
  });
  const rows = async (sql: string): Promise<number> => (await client.query(sql)).rowCount ?? 0;
  const everything = async (): Promise<number[]> => Promise.all(['person', 'membership', 'staff_mail', 'outbox_entry', 'audit_event', 'territory'].map((table) => rows(`SELECT 1 FROM ${table}`)));

  it('come with a territory, which is made once for each slug', async () => {
    expect(slugOf('Pays d’Épreuve')).toBe('pays-d-epreuve');
    expect(await createTerritory(client, { name: 'Another name', slug: 'pays-d-epreuve', now: database.clock.now() })).toEqual({ territoryId, slug: 'pays-d-epreuve', created: false });
    expect(await createTerritory(client, { name: 'Réunion', timeZone: 'Indian/Reunion', now: database.clock.now() })).toMatchObject({ slug: 'reunion', created: true });
  });

  it('can sign in with the password given, and running it again changes nothing', async () => {
    const user = { email: 'Admin@example.org', name: 'Administrateur', territoryId, roles: ['administrator', 'advisor'] as const, weeklyMinutes: 30, password: 'douze lapins roux', now: database.clock.now() };
    expect(await createUser(client, user)).toMatchObject({ created: true, invited: false });
    const session = await api.signIn('admin@example.org', 'douze lapins roux');
    expect((await session.get('/api/session')).body).toMatchObject({ roles: ['administrator', 'advisor'], person: { email: 'admin@example.org' } });
    const before = await everything();
    expect(await createUser(client, user)).toMatchObject({ created: false, invited: false });
    expect(await everything()).toEqual(before);
    expect((await session.get('/api/session')).status).toBe(200);
  });

  it('get another password when another is given, and their sessions end', async () => {
    const session = await api.signIn('admin@example.org', 'douze lapins roux');
    await createUser(client, { email: 'admin@example.org', name: 'X', territoryId, roles: ['analyst'], password: 'treize lapins roux', now: database.clock.now() });
    expect((await session.get('/api/session')).status).toBe(401);
    const again = await api.signIn('admin@example.org', 'treize lapins roux');
    expect((await again.get('/api/session')).body).toMatchObject({ roles: ['administrator', 'advisor', 'analyst'], person: { name: 'Administrateur' } });
  });

  it('are invited when no password is given, once a week at most', async () => {
    const user = { email: 'invite@example.org', name: 'Invitée', language: 'en' as const, territoryId, roles: ['analyst'] as const, now: database.clock.now() };
    expect(await createUser(client, user)).toMatchObject({ created: true, invited: true });
    const before = await everything();
    expect(await createUser(client, user)).toMatchObject({ created: false, invited: false });
    expect(await everything()).toEqual(before);
    expect(await createUser(client, { ...user, now: new Date(user.now.getTime() + 8 * 86_400_000) })).toMatchObject({ invited: true });
    expect(await rows(`SELECT 1 FROM outbox_entry o JOIN staff_mail s ON s.id::text = o.payload ->> 'staffMailId' WHERE o.name = 'staff-mail.send' AND s.template = 'invitation'`)).toBe(2);
  });

  it('are not made from wrong words, which are named', async () => {
    const user = { email: 'a@example.org', name: 'A', territoryId, roles: ['advisor'] as const, password: 'quatorze lapins', now: database.clock.now() };
    await expect(createUser(client, { ...user, email: 'nowhere' })).rejects.toThrow('The e-mail address is "nowhere"; expected one such as');
    await expect(createUser(client, { ...user, name: ' ' })).rejects.toThrow('The name of the person is empty');
    await expect(createUser(client, { ...user, roles: [] })).rejects.toThrow('No role was given; expected one or more of advisor');
    await expect(createUser(client, { ...user, roles: ['king' as 'advisor'] })).rejects.toThrow('The role is "king"; expected one of advisor');
    await expect(createUser(client, { ...user, weeklyMinutes: 2401 })).rejects.toThrow('The minutes a week are 2401');
    await expect(createUser(client, { ...user, password: 'court' })).rejects.toMatchObject({ code: 'password-too-short' });
    await expect(createTerritory(client, { name: 'T', timeZone: 'Europe/Montauban', now: user.now })).rejects.toThrow('The time zone is "Europe/Montauban"; expected an IANA name');
    await expect(createTerritory(client, { name: 'T', slug: 'Pas Bon', now: user.now })).rejects.toThrow('The slug of the territory is "Pas Bon"');
    expect(await rows("SELECT 1 FROM person WHERE email = 'a@example.org'")).toBe(0);
  });
});
