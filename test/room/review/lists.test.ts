import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AccessModule } from '../../../src/access/access.module.js';
import { prepareTerritory } from '../../../src/matching/default-policy.js';
import { liftBlocks } from '../../../src/matching/lift-pair-blocks.js';
import { type Context, systemContext } from '../../../src/platform/context.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import { DecideCandidate } from '../../../src/review/decide-candidate.js';
import { ReviewModule } from '../../../src/review/review.module.js';
import { FEATURES, makeCandidate, makeRun } from '../../support/candidates.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { reviewKnowledge } from '../../support/review-knowledge.js';
import { agreeTerritories, makeFlow, type MadeFlow, makePerson, makeTerritory } from '../../support/world.js';

const knowledge = reviewKnowledge();
type Person = Context & { personId: string };
interface Item { id: string; rank: number | null; week: string; fromEarlierWeek: boolean; kind: string; status: string }

describe('weekly lists', () => {
  let database: TestDatabase;
  let api: TestApi;
  let territoryId: string;
  let neighbour: string;
  let advisor: Person;
  let colleague: Person;
  let client: SignedInClient;
  let analyst: SignedInClient;
  let decide: DecideCandidate;
  const outputs: MadeFlow[] = [];
  const inputs: MadeFlow[] = [];
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule, ResourcesModule.with(knowledge), ReviewModule]);
    territoryId = await makeTerritory(database, 'listes');
    neighbour = await makeTerritory(database, 'voisin');
    await agreeTerritories(database, territoryId, neighbour);
    await prepareTerritory(database.admin, territoryId, database.clock.now());
    advisor = await makePerson(database, territoryId, ['advisor']);
    colleague = await makePerson(database, territoryId, ['advisor']);
    client = await api.signIn(await givePassword(database, advisor.personId));
    analyst = await api.signIn(await givePassword(database, (await makePerson(database, territoryId, ['analyst'])).personId));
    decide = new DecideCandidate(database.api, knowledge);
    const address = async (flow: MadeFlow): Promise<void> => void (await database.admin.query("UPDATE site SET address = '3 chemin Secret', commune = 'Montauban' WHERE id = $1", [flow.siteId]));
    for (let at = 0; at < 3; at += 1) {
      outputs.push(await makeFlow(database, territoryId, { ref: `o${at}`, direction: 'output', category: 'offcuts', referentId: advisor.personId, quantity: 100 * (at + 1), present_cost: 20, present_outlet: 'Brûleur Secret', waste_code: '030105', waste_code_origin: 'suggested' }));
      inputs.push(await makeFlow(database, territoryId, { ref: `i${at}`, direction: 'input', category: 'fuel', quantity: 40, present_cost: 30 }));
    }
    inputs.push(await makeFlow(database, neighbour, { ref: 'iv', direction: 'input', category: 'panel' }));
    outputs.push(await makeFlow(database, territoryId, { ref: 'oh', direction: 'output', category: 'heat-out' }));
    inputs.push(await makeFlow(database, territoryId, { ref: 'ih', direction: 'input', category: 'heat-in' }));
    for (const flow of outputs) await address(flow);
    const pair = (output: number, input: number): { output: string; input: string } => ({ output: outputs[output].flowId, input: inputs[input].flowId });

    const earlier = await makeRun(database, territoryId, '2026-W47');
    ids['earlier-low'] = await makeCandidate(database, territoryId, pair(0, 0), { runId: earlier, rank: 1, week: '2026-W47', points: 8, assignedTo: advisor.personId });
    ids['earlier-high'] = await makeCandidate(database, territoryId, pair(0, 1), { runId: earlier, rank: 2, week: '2026-W47', points: 30, assignedTo: colleague.personId });
    ids['earlier-decided'] = await makeCandidate(database, territoryId, pair(0, 2), { runId: earlier, rank: 3, week: '2026-W47', assignedTo: advisor.personId });
    await decide.execute(advisor, ids['earlier-decided'], 1, { verdict: 'reject', reason: 'too-far' });
    const first = await makeRun(database, territoryId, '2026-W48');
    ids['replaced'] = await makeCandidate(database, territoryId, pair(1, 0), { runId: first, rank: 1, status: 'replaced' });
    database.clock.advance({ hours: 1 });
    const second = await makeRun(database, territoryId, '2026-W48', {
      attempt: 2, funnel: [{ gate: 'distance', removed: 12, exact: false }], shortfall: { wanted: 10, listed: 3, cappedOff: { company: 2 }, bestBelowPoints: 4, thresholdPoints: 6 },
    });
    ids['one'] = await makeCandidate(database, territoryId, pair(1, 0), { runId: second, rank: 1, points: 25, assignedTo: advisor.personId, returnedBecause: 'quantity-changed side=output percent=45' });
    ids['two'] = await makeCandidate(database, territoryId, pair(1, 3), { runId: second, rank: 2, points: 22, assignedTo: colleague.personId, distanceKm: 40, substitution: 'offcuts--panel' });
    ids['heat'] = await makeCandidate(database, territoryId, pair(3, 4), { runId: second, rank: 3, points: 15, assignedTo: colleague.personId, substitution: 'heat-out--heat-in', questions: [] });
    ids['audit'] = await makeCandidate(database, territoryId, pair(2, 0), { runId: second, rank: 4, points: 2, kind: 'audit', assignedTo: advisor.personId });
    ids['by-hand'] = await makeCandidate(database, territoryId, pair(2, 1), { rank: null, kind: 'by-hand', points: null, distanceKm: 70, features: {}, parts: [], questions: [], substitution: null, assignedTo: advisor.personId });
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });

  const nameOf = (id: string): string => Object.entries(ids).find(([, known]) => known === id)?.[0] ?? id;
  const list = async (query = '', by = client): Promise<{ items: Item[]; next: string | null } & Record<string, unknown>> => {
    const answer = await by.get(`/api/weekly-list${query}`);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body as Awaited<ReturnType<typeof list>>;
  };
  const names = async (query = ''): Promise<string[]> => (await list(query)).items.map(({ id }) => nameOf(id));

  it('show what is undecided of earlier weeks first and marked, then the week by rank, then leads made by hand', async () => {
    const { items, ...frame } = await list();
    expect(items.map(({ id }) => nameOf(id))).toEqual(['earlier-high', 'earlier-low', 'one', 'two', 'heat', 'audit', 'by-hand']);
    expect(items.map(({ fromEarlierWeek }) => fromEarlierWeek)).toEqual([true, true, false, false, false, false, false]);
    expect(frame).toMatchObject({ week: '2026-W48', open: 7, next: null, minutesPerLead: 2, expectedAccepted: null, underWay: null });
    expect(frame['run']).toMatchObject({
      week: '2026-W48', attempt: 2, policyVersion: 1, funnel: [{ gate: 'distance', removed: 12, exact: false }], shortfall: { wanted: 10, listed: 3, cappedOff: { company: 2 } },
      shortfallText: expect.stringContaining('plafonds'),
    });
  });

  it('say of each lead both sides, distance, cover, whose it is, its version and a sentence in the language of the reader', async () => {
    const item = (await list()).items.find(({ id }) => id === ids['one']);
    expect(item).toMatchObject({
      rank: 1, kind: 'listed', points: 25, probability: null, distanceKm: 12, covered: 0.8, status: 'open', version: 1, decision: null, week: '2026-W48',
      returnedBecause: 'quantité changée de +45 % (flux sortant)', assignee: { id: advisor.personId },
      output: { company: 'Entreprise o1', label: 'offcuts (fr)', family: 'matter', quantity: 200, unit: 't', description: 'flux o1', territory: null, commune: 'Montauban', referent: { id: advisor.personId } },
      input: { company: 'Entreprise i0', label: 'fuel (fr)', quantity: 40 },
      sentence: expect.stringMatching(/^à 12 km, 80\s% du besoin couvert, mais code déchet non confirmé$/),
    });
    await database.admin.query("UPDATE person SET language = 'en' WHERE id = $1", [advisor.personId]);
    expect((await list()).items.find(({ id }) => id === ids['one'])).toMatchObject({ returnedBecause: 'quantity changed by +45% (output)', output: { label: 'offcuts (en)' } });
    await database.admin.query("UPDATE person SET language = 'fr' WHERE id = $1", [advisor.personId]);
  });

  it('are paged without losing or doubling a lead', async () => {
    const seen: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: { items: Item[]; next: string | null } = await list(`?limit=2${after === '' ? '' : `&after=${after}`}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    }
    expect(seen).toEqual((await list()).items.map(({ id }) => id));
    expect((await client.get('/api/weekly-list?after=nonsense')).status).toBe(400);
    expect((await client.get('/api/weekly-list?limit=0')).status).toBe(422);
  });

  it('can be narrowed to a family, a company, a distance, and to what is mine to decide', async () => {
    expect(await names('?family=energy')).toEqual(['heat']);
    expect(await names(`?companyId=${inputs[0].companyId}`)).toEqual(['earlier-low', 'one', 'audit']);
    expect(await names('?maxDistanceKm=12')).toEqual(['earlier-high', 'earlier-low', 'one', 'heat', 'audit']);
    expect(await names('?mine=true')).toEqual(['earlier-low', 'one', 'audit', 'by-hand']);
    await database.admin.query("INSERT INTO absence (territory_id, person_id, from_day, to_day, delegate_id) VALUES ($1, $2, '2026-11-23', '2026-11-27', $3)", [territoryId, colleague.personId, advisor.personId]);
    expect(await names('?mine=true')).toEqual(['earlier-high', 'earlier-low', 'one', 'two', 'heat', 'audit', 'by-hand']);
    expect((await list('?family=energy')).items[0]).toMatchObject({ assignee: { id: colleague.personId }, delegate: { id: advisor.personId } });
    await database.admin.query('DELETE FROM absence WHERE territory_id = $1', [territoryId]);
  });

  it('are paged alike when they are narrowed, and go on with their own leads when another list has become the last one', async () => {
    for (const filter of ['family=matter', `companyId=${inputs[0].companyId}`, 'maxDistanceKm=12', 'mine=true']) {
      const seen: string[] = [];
      for (let after: string | null = ''; after !== null;) {
        const page: { items: Item[]; next: string | null } = await list(`?${filter}&limit=1${after === '' ? '' : `&after=${after}`}`);
        seen.push(...page.items.map(({ id }) => nameOf(id)));
        after = page.next;
      }
      expect(seen).toEqual(await names(`?${filter}`));
    }
    const { next } = await list('?limit=1');
    expect(await names(`?week=2026-W47&after=${String(next)}`)).toEqual(['earlier-low', 'earlier-high', 'earlier-decided']);
    const rank = Buffer.from(JSON.stringify(['1 2.5', ids['one']])).toString('base64url');
    expect((await client.get(`/api/weekly-list?after=${rank}`)).status).toBe(400);
  });

  it('of a past week show what was on it, with what was decided', async () => {
    const { items, run } = await list('?week=2026-W47');
    expect(items.map(({ id }) => nameOf(id))).toEqual(['earlier-low', 'earlier-high', 'earlier-decided']);
    expect(run).toMatchObject({ week: '2026-W47', attempt: 1 });
    expect(items[2]).toMatchObject({ status: 'decided', version: 2, decision: { verdict: 'reject', reason: 'too-far', reasonLabel: 'Trop loin, transport trop cher', by: { id: advisor.personId } } });
    expect(await list('?week=2026-W30')).toMatchObject({ items: [], run: null });
    expect((await client.get('/api/weekly-list?week=48')).status).toBe(422);
  });

  it('show a neighbour\'s flow with the name of its territory, as long as both have agreed', async () => {
    expect((await list()).items.find(({ id }) => id === ids['two'])).toMatchObject({ input: { company: 'Entreprise iv', territory: 'Territoire voisin' } });
    await database.admin.query('UPDATE territory_agreement SET ended_at = now()');
    expect(await names()).not.toContain('two');
    expect((await client.get(`/api/candidates/${ids['two']}`)).status).toBe(404);
    await expect(decide.execute(colleague, ids['two'], 1, { verdict: 'accept' })).rejects.toMatchObject({ code: 'flow-gone' });
    await database.admin.query('UPDATE territory_agreement SET ended_at = NULL');
    expect(await names()).toContain('two');
  });

  it('of another territory are its own', async () => {
    await prepareTerritory(database.admin, neighbour, database.clock.now());
    const foreign = await api.signIn(await givePassword(database, (await makePerson(database, neighbour, ['advisor'])).personId));
    expect(await list('', foreign)).toMatchObject({ items: [], run: null, open: 0 });
    expect((await foreign.get(`/api/candidates/${ids['one']}`)).status).toBe(404);
  });

  it('have a page for each lead, with the waterfall, questions, money, both quantities, alike pairs and the version as ETag', async () => {
    const answer = await client.get(`/api/candidates/${ids['one']}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['etag']).toBe('"1"');
    expect(answer.body).toMatchObject({
      id: ids['one'], parts: [{ term: 'start', label: 'Point de départ', points: 32, why: expect.any(String) }, { term: 'distance', points: -12, why: expect.stringContaining('12') }],
      questions: [{ code: 'waste-code-weak', text: expect.any(String) }], firstQuestion: expect.any(String), whatWouldChange: expect.stringContaining('Distance'),
      supply: 100, demand: 40, unit: 't', thresholdPoints: 6, features: { affinity: 0.9, distanceKm: 12 },
      moneyAtStake: { amount: 2_800, output: 1_600, input: 1_200 },
      output: { address: '3 chemin Secret', presentOutlet: 'Brûleur Secret', presentCost: 20, months: 4095, provenance: 'declared', ageDays: 22, wasteCode: '030105', codeOrigin: 'suggested', wish: 'yes' },
      alike: [{ verdict: 'reject', count: 1 }], alikeReasons: [{ reason: 'too-far', count: 1 }],
    });
    expect(answer.body.regulatory.map(({ code }: { code: string }) => code)).toContain('waste-code-unconfirmed');
    expect(JSON.stringify(answer.body.alike)).not.toContain('Entreprise');
    expect((await client.get(`/api/candidates/${ids['by-hand']}`)).body).toMatchObject({ parts: [], sentence: '', points: null, rank: null });
    expect((await client.get(`/api/candidates/${randomUUID()}`)).status).toBe(404);
  });

  it('tell of a lead what was decided on its pair before, and what has changed since it was shown', async () => {
    const pair = { output: outputs[0].flowId, input: inputs[2].flowId };
    database.clock.advance({ hours: 1 });
    const version = async (flowId: string, number: number, data: object): Promise<void> => void (await database.admin.query(
      "INSERT INTO flow_version (flow_id, version, territory_id, data, change, changed_at) VALUES ($1, $2, $3, $4, 'edited', now())", [flowId, number, territoryId, JSON.stringify({ category: 'offcuts', quality: {}, months: 4095, ...data })]));
    await version(pair.output, 1, { quantity: 100 });
    await version(pair.output, 2, { quantity: 145 });
    await database.admin.query('UPDATE flow SET version = 2, quantity = 145 WHERE id = $1', [pair.output]);
    await database.admin.query("UPDATE pair_block SET lifted_at = now(), lifted_because = 'site-moved side=input' WHERE lifted_at IS NULL");
    ids['again'] = await makeCandidate(database, territoryId, pair, { week: '2026-W48', returnedBecause: 'site-moved side=input', kind: 'by-hand' });
    const { body } = await client.get(`/api/candidates/${ids['again']}`);
    expect(body).toMatchObject({ returnedBecause: 'site déplacé (flux entrant)', history: [{ verdict: 'reject', reason: 'too-far', by: { id: advisor.personId } }] });
    expect(body.changes.items).toEqual([{ side: 'output', fact: 'quantity', text: 'quantité' }]);
  });

  it('tell what was said about people to the one who said it only; to others, that the pair was discussed', async () => {
    await decide.execute(colleague, ids['again'], 1, { verdict: 'reject', reason: 'competitors', comment: 'se détestent' });
    const discussed = { verdict: 'discussed', reason: null, comment: null, by: null };
    const { body } = await client.get(`/api/candidates/${ids['again']}`);
    expect(body.decision).toMatchObject(discussed);
    expect(body.history[1]).toMatchObject(discussed);
    const own = await api.signIn(await givePassword(database, colleague.personId));
    expect((await own.get(`/api/candidates/${ids['again']}`)).body.decision).toMatchObject({ verdict: 'reject', reason: 'competitors', comment: 'se détestent' });
    const { body: alike } = await client.get(`/api/candidates/${ids['one']}`);
    expect(alike).toMatchObject({ alike: [{ verdict: 'reject', count: 2 }], alikeReasons: [{ reason: 'too-far', count: 1 }] });
    const why = await client.get(`/api/why-not?output=${outputs[0].flowId}&input=${inputs[2].flowId}`);
    expect(why.body.blocks).toMatchObject([{ reason: null, label: 'Discuté le 23 novembre 2026' }]);
    expect(why.text).not.toMatch(/competitors|oncurrent|détestent/);
  });

  it('are the same for analysts, but for names, places, contacts, descriptions and comments', async () => {
    await decide.execute(advisor, ids['heat'], 1, { verdict: 'reject', reason: 'other', comment: 'Entreprise oh dit non' });
    for (const path of ['/api/pseudonymous/weekly-list', ...Object.values(ids).map((id) => `/api/pseudonymous/candidates/${id}`)]) {
      const answer = await analyst.get(path);
      expect(answer.status).toBe(200);
      expect(answer.text).not.toMatch(/Entreprise [oi][0-9hv]|Secret|Montauban|flux [oi][0-9hv]|Personne|@/);
      for (const { companyId, flowId, siteId } of [...outputs, ...inputs]) for (const id of [companyId, flowId, siteId]) expect(answer.text).not.toContain(id);
    }
    const { body } = await analyst.get('/api/pseudonymous/weekly-list');
    const mine = (await list()).items;
    expect(body.items.map(({ id }: Item) => id)).toEqual(mine.map(({ id }) => id));
    expect(body.items[2].output).toMatchObject({ company: expect.stringMatching(/^Entreprise [0-9A-F]{4}-[0-9A-F]{4}$/), label: 'offcuts (fr)', quantity: 200 });
    expect((await analyst.get('/api/weekly-list')).status).toBe(403);
    expect((await analyst.get(`/api/candidates/${ids['one']}`)).status).toBe(403);
    expect((await client.get('/api/pseudonymous/weekly-list')).status).toBe(403);
    expect((await analyst.get('/api/reasons')).body.length).toBe(20);
  });

  it('tell analysts distances in whole km and money to two digits, however they ask, and advisors both exactly', async () => {
    const scratch = await makeTerritory(database, 'au-metre-pres');
    await prepareTerritory(database.admin, scratch, database.clock.now());
    const output = await makeFlow(database, scratch, { ref: 'om', direction: 'output', category: 'offcuts', quantity: 123, present_cost: 20.7 });
    const input = await makeFlow(database, scratch, { ref: 'im', direction: 'input', category: 'fuel', quantity: 400, present_cost: 31.3 });
    const features = { ...FEATURES, distanceKm: 12.345678 };
    const id = await makeCandidate(database, scratch, { output: output.flowId, input: input.flowId }, { runId: await makeRun(database, scratch, '2026-W48'), rank: 1, distanceKm: 12.345678, features });
    const enter = async (role: 'advisor' | 'analyst'): Promise<SignedInClient> => api.signIn(await givePassword(database, (await makePerson(database, scratch, [role])).personId));
    const [exact, coarse] = [await enter('advisor'), await enter('analyst')];

    const page = await coarse.get(`/api/pseudonymous/candidates/${id}`);
    expect(page.body).toMatchObject({ distanceKm: 12, features: { distanceKm: 12 }, sentence: expect.stringMatching(/^à 12 km/) });
    const list = await coarse.get('/api/pseudonymous/weekly-list');
    expect(list.body.items).toMatchObject([{ id, distanceKm: 12 }]);
    const own = (await exact.get(`/api/candidates/${id}`)).body;
    expect(own).toMatchObject({ distanceKm: 12.345678, features: { distanceKm: 12.345678 } });
    const { amount, output: ofOutput, input: ofInput } = own.moneyAtStake as Record<string, number>;
    expect(ofOutput).toBe(2546);
    expect(page.body.moneyAtStake).toMatchObject({ output: 2500, input: Number(ofInput.toPrecision(2)) });
    expect(page.body.moneyAtStake.amount).not.toBe(amount);
    for (const text of [page.text, list.text]) expect(text).not.toMatch(/12[.,]3|2\D?546/);
    const found = async (bound: number): Promise<number> => (await coarse.get(`/api/pseudonymous/weekly-list?maxDistanceKm=${bound}`)).body.items.length;
    expect([await found(11.9), await found(12), await found(12.3), await found(12.4)]).toEqual([0, 1, 1, 1]);
  });

  it('of data that wants looking at hold what was rejected for it, until a run finds it confirmed', async () => {
    await decide.execute(advisor, ids['earlier-low'], 1, { verdict: 'reject', reason: 'data-stale', comment: 'quantité de 2019' });
    await decide.execute(advisor, ids['earlier-high'], 1, { verdict: 'reject', reason: 'better-outlet' });
    const tasks = async (query = ''): Promise<{ tasks: { candidateId: string }[]; next: string | null }> => (await client.get(`/api/data-tasks${query}`)).body as Awaited<ReturnType<typeof tasks>>;
    const { tasks: all } = await tasks();
    expect(all.map(({ candidateId }) => nameOf(candidateId)).sort()).toEqual(['earlier-high', 'earlier-low']);
    expect(all.find(({ candidateId }) => candidateId === ids['earlier-low'])).toMatchObject({ output: { company: 'Entreprise o0' }, decision: { reason: 'data-stale', comment: 'quantité de 2019' } });
    const first = await tasks('?limit=1');
    expect([...first.tasks, ...(await tasks(`?limit=1&after=${first.next}`)).tasks].map(({ candidateId }) => candidateId)).toEqual(all.map(({ candidateId }) => candidateId));
    await database.admin.query("UPDATE flow SET confirmed_on = '2026-11-23' WHERE id = $1", [inputs[0].flowId]);
    await database.worker.write(systemContext(territoryId), (tx) => liftBlocks(tx, knowledge), { across: true });
    expect((await tasks()).tasks.map(({ candidateId }) => nameOf(candidateId))).toEqual(['earlier-high']);
  });

  it('give the reasons with one key each and what each does afterwards', async () => {
    const { body } = await client.get('/api/reasons');
    expect(body.find(({ slug }: { slug: string }) => slug === 'too-far')).toEqual({
      slug: 'too-far', key: 'd', label: 'Trop loin, transport trop cher', qualitySignal: true, factor: 'distance', commentRequired: false,
      afterwards: 'Revient quand un site change de lieu ou le rayon est réduit au moins de moitié et le couple reste dedans.',
    });
  });
});
