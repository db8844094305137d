import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadDefaultPolicy, loadKnowledge } from '../../../config/load-config.js';
import { AccessModule } from '../../../src/access/access.module.js';
import { prepareTerritory } from '../../../src/matching/default-policy.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import { TuningModule } from '../../../src/tuning/tuning.module.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { makePerson, makeTerritory } from '../../support/world.js';

describe('versions of the policy', () => {
  let database: TestDatabase;
  let api: TestApi;
  let territoryId: string;
  let analyst: SignedInClient;
  let count = 0;
  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule, ResourcesModule.with(loadKnowledge()), TuningModule]);
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });
  beforeEach(async () => {
    count += 1;
    territoryId = await makeTerritory(database, `reglage-${count}`);
    await prepareTerritory(database.admin, territoryId, database.clock.now());
    analyst = await api.signIn(await givePassword(database, (await makePerson(database, territoryId, ['analyst'])).personId));
  });

  const draft = async (): Promise<{ version: number; tag: string }> => (await analyst.post('/api/policies')).body as { version: number; tag: string };
  const edit = (version: number, tag: string, document: unknown) => analyst.put(`/api/policies/${version}`, { document }).set('If-Match', `"${tag}"`);
  const activate = (version: number, tag: string, body: object = { note: 'seuil plus bas' }) => analyst.post(`/api/policies/${version}/activation`, body).set('If-Match', `"${tag}"`);
  const withThreshold = (thresholdPoints: number): object => ({ ...loadDefaultPolicy(), thresholdPoints });
  const states = async (): Promise<string[]> => {
    const { body } = await analyst.get('/api/policies');
    return body.versions.map(({ version, state }: { version: number; state: string }) => `${version} ${state}`);
  };

  it('begin with the default, active', async () => {
    expect(await states()).toEqual(['1 active']);
    const { body, headers } = await analyst.get('/api/policies/1');
    expect(body).toMatchObject({ version: 1, state: 'active', document: loadDefaultPolicy(), createdBy: null });
    expect(headers['etag']).toBe(`"${body.tag}"`);
    expect((await analyst.get('/api/policies/2')).status).toBe(404);
  });

  it('are drafted from the active one, edited, and activated with a note; the former one retires', async () => {
    const made = await draft();
    expect(made).toMatchObject({ version: 2, state: 'draft', basedOn: 1, document: loadDefaultPolicy() });
    const edited = await edit(2, made.tag, withThreshold(3));
    expect(edited.status).toBe(200);
    expect(edited.body).toMatchObject({ state: 'draft', document: { thresholdPoints: 3 } });
    expect(edited.body.tag).not.toBe(made.tag);
    expect((await activate(2, edited.body.tag, { note: '  ' })).body.errors).toMatchObject([{ field: 'note' }]);
    expect((await activate(2, edited.body.tag, {})).status).toBe(422);
    const active = await activate(2, edited.body.tag);
    expect(active.body).toMatchObject({ state: 'active', note: 'seuil plus bas', activatedAt: database.clock.now().toISOString() });
    expect(await states()).toEqual(['2 active', '1 retired']);
    const { rows } = await database.admin.query("SELECT action, data FROM audit_event WHERE territory_id = $1 AND subject_type = 'policy' ORDER BY id", [territoryId]);
    expect(rows.map(({ action }) => action)).toEqual(['policy.drafted', 'policy.edited', 'policy.activated']);
    expect(rows[2].data).toEqual({ replaces: 1, note: 'seuil plus bas' });
  });

  it('do not change once they were active, by the API or by direct SQL', async () => {
    const { body } = await analyst.get('/api/policies/1');
    expect((await edit(1, body.tag, withThreshold(3))).body).toMatchObject({ status: 409, code: 'not-a-draft' });
    expect((await activate(1, body.tag)).status).toBe(409);
    await expect(database.admin.query("UPDATE policy_version SET document = '{}' WHERE territory_id = $1", [territoryId])).rejects.toThrow(/does not change/);
  });

  it.each([
    ['thresholdPoints', { thresholdPoints: 9_999 }],
    ['weights.distance', { weights: { ...loadDefaultPolicy().weights, distance: -1 } }],
    ['gates.noAgreement', { gates: { ...loadDefaultPolicy().gates, noAgreement: 'ignore' } }],
    ['surprise', { surprise: 1 }],
    ['families.matter.hardDistanceFactor', { families: { matter: { hardDistanceFactor: 0 } } }],
    ['caps.perCompany', { caps: { ...loadDefaultPolicy().caps, perCompany: 0 } }],
  ])('refuse a document whose %s is wrong, naming it', async (field, wrong) => {
    const { version, tag } = await draft();
    const answer = await edit(version, tag, { ...loadDefaultPolicy(), ...wrong });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ field: `document.${field}`, code: 'out-of-range', found: expect.any(String), expected: expect.any(String) }]);
    expect((await analyst.get(`/api/policies/${version}`)).body.tag).toBe(tag);
  });

  it('need the draft that was on screen: 428, 400, 412', async () => {
    const { version, tag } = await draft();
    expect((await analyst.put(`/api/policies/${version}`, { document: withThreshold(1) })).status).toBe(428);
    expect((await analyst.put(`/api/policies/${version}`, { document: withThreshold(1) }).set('If-Match', '"1"')).status).toBe(400);
    await edit(version, tag, withThreshold(1));
    expect((await edit(version, tag, withThreshold(2))).status).toBe(412);
    expect((await activate(version, tag)).status).toBe(412);
  });

  it('of two drafts activated at once, one wins', async () => {
    const [one, other] = [await draft(), await draft()];
    const [first, second] = await Promise.all([edit(one.version, one.tag, withThreshold(1)), edit(other.version, other.tag, withThreshold(2))]);
    const answers = await Promise.all([activate(one.version, first.body.tag), activate(other.version, second.body.tag)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await states()).filter((state) => state.endsWith(' active')).length).toBe(1);
    const loser = answers[0].status === 409 ? { ...one, tag: first.body.tag as string } : { ...other, tag: second.body.tag as string };
    const winner = answers[0].status === 409 ? other.version : one.version;
    expect((await activate(loser.version, loser.tag)).body).toMatchObject({ code: 'active-changed', errors: [{ field: 'replaces', expected: String(winner) }] });
    expect((await activate(loser.version, loser.tag, { note: 'quand même', replaces: winner })).status).toBe(200);
  });

  it('are rolled back by a new version with the old document', async () => {
    const made = await draft();
    const edited = await edit(2, made.tag, withThreshold(3));
    await activate(2, edited.body.tag);
    const back = (body: object, to = 1) => analyst.post(`/api/policies/${to}/roll-back`, body);
    expect((await back({ note: 'trop de bruit', replaces: 1 })).status).toBe(409);
    expect((await back({ note: '', replaces: 2 })).status).toBe(422);
    expect((await back({ note: 'x', replaces: 2 }, 2)).status).toBe(409);
    expect((await back({ note: 'x', replaces: 2 }, 7)).status).toBe(404);
    const answer = await back({ note: 'trop de bruit', replaces: 2 });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ version: 3, state: 'active', basedOn: 1, note: 'trop de bruit', document: loadDefaultPolicy() });
    expect(await states()).toEqual(['3 active', '2 retired', '1 retired']);
  });

  it('are listed a page at a time, read by advisors, changed by analysts only, and kept to their territory', async () => {
    for (let at = 0; at < 3; at += 1) await draft();
    const page = await analyst.get('/api/policies?limit=3');
    expect(page.body.versions.map(({ version }: { version: number }) => version)).toEqual([4, 3, 2]);
    expect((await analyst.get(`/api/policies?limit=3&before=${page.body.next}`)).body).toMatchObject({ versions: [{ version: 1 }], next: null });
    const advisor = await api.signIn(await givePassword(database, (await makePerson(database, territoryId, ['advisor'])).personId));
    expect((await advisor.get('/api/policies/1')).status).toBe(200);
    expect((await advisor.post('/api/policies')).status).toBe(403);
    const elsewhere = await makeTerritory(database, `ailleurs-${count}`);
    const foreign = await api.signIn(await givePassword(database, (await makePerson(database, elsewhere, ['analyst'])).personId));
    expect((await foreign.get('/api/policies/2')).status).toBe(404);
    expect((await foreign.post('/api/policies')).status).toBe(409);
  });

  it('are not the worker\'s to change', async () => {
    for (const sql of ["UPDATE policy_version SET state = 'retired'", 'DELETE FROM policy_version', "INSERT INTO policy_version (territory_id, version, document, state, created_at) VALUES (uuidv7(), 9, '{}', 'active', now())"]) {
      await expect(database.workerSource.query(sql)).rejects.toThrow(/permission denied/);
    }
  });
});
