import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessModule } from '../../../src/access/access.module.js';
import { CompaniesModule } from '../../../src/companies/companies.module.js';
import { ImportsModule } from '../../../src/imports/imports.module.js';
import { RECEIVED_FOLDER, sweepReceivedFiles } from '../../../src/imports/received-file.js';
import { type Context, systemContext } from '../../../src/platform/context.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { makePerson, makeTerritory } from '../../support/world.js';
import { importWorld, type ImportWorld } from './import-world.js';

const FILE = 'SIRET;Entreprise;Code commune\n55210055400013;Brasserie du Pont;82121\n12;Ferme;82121\n';

describe('the import routes', () => {
  let database: TestDatabase;
  let world: ImportWorld;
  let api: TestApi;
  let context: Context;
  let contributor: SignedInClient;
  let partner: SignedInClient;
  let stranger: SignedInClient;

  beforeAll(async () => {
    database = await openTestDatabase();
    world = await importWorld(database);
    api = await openTestApi(database, [AccessModule, ResourcesModule.with(world.knowledge), CompaniesModule, ImportsModule]);
    const here = await makeTerritory(database, 'ici');
    const enter = async (territoryId: string, role: 'contributor' | 'partner' | 'advisor'): Promise<[Context, SignedInClient]> => {
      const person = await makePerson(database, territoryId, [role]);
      return [person, await api.signIn(await givePassword(database, person.personId))];
    };
    [context, contributor] = await enter(here, 'contributor');
    [, partner] = await enter(here, 'partner');
    [, stranger] = await enter(await makeTerritory(database, 'ailleurs'), 'advisor');
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });

  const send = (client: SignedInClient, path = '/api/imports'): ReturnType<SignedInClient['get']> => client.agent.post(path).set('X-CSRF-Token', client.csrfToken);

  it('take a file in, tell how it goes, name what is wrong and hand it back', async () => {
    const started = await send(contributor).field('kind', 'sites').attach('file', Buffer.from(FILE), 'état des lieux.csv');
    expect([started.status, started.body]).toEqual([202, { importId: expect.any(String) }]);
    const { importId } = started.body as { importId: string };
    expect((await contributor.get(`/api/imports/${importId}`)).body).toMatchObject({ state: 'waiting', fileName: 'état des lieux.csv', rowsTotal: null });
    expect((await database.admin.query("SELECT payload FROM outbox_entry WHERE name = 'import.read'")).rows).toEqual([{ payload: { territoryId: context.territoryId, importId } }]);

    await world.reader().execute(systemContext(context.territoryId), { importId });
    expect((await contributor.get(`/api/imports/${importId}`)).body).toMatchObject({ state: 'done', rowsAdded: 1, rowsRefused: 1, sheets: [{ kind: 'sites' }] });
    expect((await contributor.get('/api/imports')).body).toMatchObject({ rows: [{ id: importId }], next: null });
    expect((await contributor.get(`/api/imports/${importId}/errors`)).body).toMatchObject({ rows: [{ rowNumber: 3, columnName: 'SIRET', code: 'siret-form', found: '12' }], next: null });
    const refused = await contributor.get(`/api/imports/${importId}/refused.csv`).buffer(true).parse((response, done) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece)).on('end', () => done(null, text));
    });
    expect(refused.headers['content-type']).toMatch(/^text\/csv/);
    expect(refused.body).toBe('\ufeffSIRET;Entreprise;Code commune;Ligne;Erreurs\r\n12;Ferme;82121;3;SIRET: 12 → a SIRET: fourteen digits\r\n');
    for (const path of ['', '/errors', '/refused.csv']) expect((await stranger.get(`/api/imports/${importId}${path}`)).status).toBe(404);
  });

  it('show what a file would be read as, and store nothing', async () => {
    const answer = await send(contributor, '/api/imports/preview').attach('file', Buffer.from('SIRET;Raison social;Code commune\n1;2;3\n'), 'x.csv');
    expect([answer.status, answer.body]).toMatchObject([200, [{ kind: 'sites', missing: [], rows: [['1', '2', '3']], columns: [{ header: 'SIRET', column: 'siret' }, { header: 'Raison social', column: null, suggestions: expect.arrayContaining(['company_name']) }, { column: 'commune_code' }] }]]);
    expect((await send(contributor, '/api/imports/preview').attach('file', Buffer.from('PK\x03\x04'), 'x.xlsx')).body).toMatchObject({ status: 422, code: 'unreadable-file' });
  });

  it('refuse what is no file, too large a file, an unknown kind, and who may not', async () => {
    expect((await send(contributor)).status).toBe(422);
    expect((await send(contributor).attach('file', Buffer.alloc(51 * 2 ** 20), 'x.csv')).status).toBe(413);
    expect((await send(contributor).field('kind', 'bidules').attach('file', Buffer.from(FILE), 'x.csv')).body).toMatchObject({ status: 422, errors: [{ field: 'kind' }] });
    expect((await send(partner).attach('file', Buffer.from(FILE), 'x.csv')).status).toBe(403);
    expect((await api.anybody().post('/api/imports').attach('file', Buffer.from(FILE), 'x.csv')).status).toBeGreaterThanOrEqual(401);
    expect((await partner.get('/api/imports')).status).toBe(403);
    expect((await contributor.get('/api/imports/pas-un-numero')).status).toBe(404);
    expect((await contributor.get('/api/imports/00000000-0000-7000-8000-000000000000/errors?after=x')).status).toBe(422);
  });

  it('leave no file on disk, whether it was taken in, shown, or refused for a field of the form', async () => {
    const mark = `marque-${context.territoryId}`;
    const left = async (): Promise<string[]> => {
      // Other tests receive files in the same folder at the same time: only those with our mark are ours.
      const texts = await Promise.all((await readdir(RECEIVED_FOLDER)).map((name) => readFile(join(RECEIVED_FOLDER, name), 'latin1').catch(() => '')));
      return texts.filter((text) => text.includes(mark));
    };
    const file = Buffer.from(`SIRET;Entreprise;Code commune\n;${mark};82121\n`);
    expect((await send(contributor).field('bidule', 'x').attach('file', file, 'x.csv')).body).toMatchObject({ status: 422, errors: [{ field: 'bidule' }] });
    expect(await left()).toEqual([]);
    expect((await send(contributor).field('kind', 'bidules').attach('file', file, 'x.csv')).status).toBe(422);
    expect((await send(contributor, '/api/imports/preview').attach('file', file, 'x.csv')).status).toBe(200);
    expect((await send(contributor).attach('file', file, 'x.csv')).status).toBe(202);
    expect(await left()).toEqual([]);
  });

  it('sweep what a killed process left: files older than an hour, and no others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'received-'));
    const nowMs = Date.parse('2026-11-23T08:00:00Z');
    for (const [name, minutes] of [['left', 61], ['under-way', 59]] as const) {
      await writeFile(join(folder, name), 'x');
      const changed = new Date(nowMs - minutes * 60_000);
      await utimes(join(folder, name), changed, changed);
    }
    await sweepReceivedFiles(folder, nowMs);
    expect(await readdir(folder)).toEqual(['under-way']);
    await rm(folder, { recursive: true });
  });

  it('save mappings, list them and forget them, each territory its own', async () => {
    expect((await contributor.put('/api/imports/mappings/agence', { kind: 'sites', columns: { boite: 'Entreprise' } })).status).toBe(204);
    expect((await contributor.get('/api/imports/mappings')).body).toMatchObject([{ name: 'agence', kind: 'sites', columns: { boite: 'company_name' } }]);
    expect((await stranger.get('/api/imports/mappings')).body).toEqual([]);
    expect((await contributor.put('/api/imports/mappings/agence', { columns: { boite: 'nimporte' } })).body).toMatchObject({ status: 422, errors: [{ field: 'columns.boite' }] });
    expect((await stranger.delete('/api/imports/mappings/agence')).status).toBe(404);
    expect((await contributor.delete('/api/imports/mappings/agence')).status).toBe(204);
  });

  it('tell the columns that a file may have', async () => {
    const { body } = await contributor.get('/api/imports/columns');
    expect(body).toEqual(expect.arrayContaining([expect.objectContaining({ key: 'siret', fr: 'SIRET' }), expect.objectContaining({ key: 'quality.temperature' })]));
  });
});
