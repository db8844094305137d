import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AccessModule } from '../../../src/access/access.module.js';
import { prepareTerritory } from '../../../src/matching/default-policy.js';
import type { Context } from '../../../src/platform/context.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import { ReviewModule } from '../../../src/review/review.module.js';
import { makeCandidate, makeRun } from '../../support/candidates.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { reviewKnowledge } from '../../support/review-knowledge.js';
import { makeFlow, type MadeFlow, makePerson, makeTerritory } from '../../support/world.js';

const knowledge = reviewKnowledge();

describe('leads by hand, and why a pair is not on the list', () => {
  let database: TestDatabase;
  let api: TestApi;
  let territoryId: string;
  let advisor: Context & { personId: string };
  let client: SignedInClient;
  let output: MadeFlow;
  let input: MadeFlow;
  let count = 0;

  beforeAll(async () => {
    database = await openTestDatabase();
    api = await openTestApi(database, [AccessModule, ResourcesModule.with(knowledge), ReviewModule]);
    territoryId = await makeTerritory(database, 'mains');
    await prepareTerritory(database.admin, territoryId, database.clock.now());
    advisor = await makePerson(database, territoryId, ['advisor']);
    client = await api.signIn(await givePassword(database, advisor.personId));
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });
  beforeEach(async () => {
    count += 1;
    database.clock.advance({ seconds: 60 });
    output = await makeFlow(database, territoryId, { ref: `o${count}`, direction: 'output', category: 'offcuts' });
    input = await makeFlow(database, territoryId, { ref: `i${count}`, direction: 'input', category: 'fuel', quantity: 50 });
  });

  const lead = (more: object = {}) => client.post('/api/leads', { outputFlowId: output.flowId, inputFlowId: input.flowId, reason: 'Vu à la visite', ...more });
  const why = async (): Promise<Record<string, unknown>> => (await client.get(`/api/why-not?output=${output.flowId}&input=${input.flowId}`)).body as Record<string, unknown>;
  const change = (flow: MadeFlow, columns: string) => database.admin.query(`UPDATE flow SET ${columns}, version = version + 1 WHERE id = $1`, [flow.flowId]);
  const decide = (id: string, body: object, version = '"1"') => client.post(`/api/candidates/${id}/decisions`, body).set('If-Match', version);

  it('make an open candidate that counts against no budget and belongs to who made it', async () => {
    const answer = await lead();
    expect(answer.status).toBe(201);
    const { rows } = await database.admin.query('SELECT c.*, s.status, s.assigned_to FROM candidate c JOIN candidate_state s ON s.candidate_id = c.id WHERE c.id = $1', [answer.body.id]);
    expect(rows[0]).toMatchObject({
      kind: 'by-hand', run_id: null, rank: null, week: '2026-W48', by_hand_reason: 'Vu à la visite', gates_passed: [], status: 'open', assigned_to: advisor.personId,
      inclusion_probability: null, policy_version: 1, model_version: 0, substitution: 'offcuts--fuel', features: { affinity: 0.9, wishNotAsked: false },
    });
    expect(rows[0]['points']).toEqual(expect.any(Number));
    expect(await why()).toMatchObject({ answer: 'on-the-list', candidate: { id: answer.body.id, status: 'open' } });
    expect((await decide(answer.body.id, { verdict: 'accept' })).status).toBe(201);
  });

  it('stand on the page of either company, with those of its lists, the newest first, and on no other company\'s', async () => {
    const earlier = await makeCandidate(database, territoryId, { output: output.flowId, input: input.flowId }, { status: 'expired' });
    await makeCandidate(database, territoryId, { output: output.flowId, input: input.flowId }, { status: 'replaced' });
    database.clock.advance({ seconds: 60 });
    const { body: { id } } = await lead();
    for (const { companyId } of [output, input]) {
      const { body } = await client.get(`/api/companies/${companyId}/leads`).expect(200);
      expect(body).toMatchObject({ items: [{ id, kind: 'by-hand', status: 'open', output: { companyId: output.companyId } }, { id: earlier, status: 'expired' }], next: null });
    }
    const first = await client.get(`/api/companies/${output.companyId}/leads?limit=1`);
    expect((await client.get(`/api/companies/${output.companyId}/leads`).query({ limit: 1, after: first.body.next })).body).toMatchObject({ items: [{ id: earlier }], next: null });
    const other = await makeFlow(database, territoryId, { ref: `x${count}`, direction: 'output', category: 'offcuts' });
    expect((await client.get(`/api/companies/${other.companyId}/leads`)).body).toEqual({ items: [], next: null });
    const stranger = await makePerson(database, await makeTerritory(database, `autre-${count}`), ['advisor']);
    const foreign = await api.signIn(await givePassword(database, stranger.personId));
    expect((await foreign.get(`/api/companies/${output.companyId}/leads`)).body).toEqual({ items: [], next: null });
  });

  it('sent twice with the same id make one', async () => {
    const leadId = randomUUID();
    const answers = await Promise.all([lead({ leadId }), lead({ leadId })]);
    answers.push(await lead({ leadId }));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(2);
    for (const { status, body } of answers) if (status === 201) expect(body).toEqual({ id: leadId, version: 1 });
    expect((await database.admin.query('SELECT 1 FROM candidate WHERE id = $1', [leadId])).rowCount).toBe(1);
    expect((await lead({ leadId, outputFlowId: randomUUID() })).status).toBe(409);
  });

  it('need a reason, two flows of their sides that are there, and no other open lead of the pair', async () => {
    expect((await lead({ reason: '  ' })).body.errors).toMatchObject([{ field: 'reason' }]);
    expect((await lead({ outputFlowId: randomUUID() })).status).toBe(404);
    expect((await lead({ outputFlowId: input.flowId, inputFlowId: output.flowId })).status).toBe(404);
    const foreign = await makeFlow(database, await makeTerritory(database, `loin-${count}`), { ref: 'x', direction: 'input', category: 'fuel' });
    expect((await lead({ inputFlowId: foreign.flowId })).status).toBe(404);
    await lead();
    expect((await lead()).body).toMatchObject({ status: 409, code: 'already-open' });
  });

  it('go past a gate of opinion when it is named', async () => {
    await database.admin.query('UPDATE site SET latitude = 46 WHERE id = $1', [input.siteId]);
    expect(await why()).toMatchObject({ answer: 'gates', gates: [{ gate: 'distance', passable: true, detail: expect.stringMatching(/km > 60 km/), label: 'Trop loin' }] });
    const refused = await lead();
    expect(refused.body).toMatchObject({ status: 422, errors: [{ field: 'gatesPassed', code: 'gate-not-named', found: expect.stringContaining('distance') }] });
    const made = await lead({ gatesPassed: ['distance'] });
    expect(made.status).toBe(201);
    expect((await client.get(`/api/candidates/${made.body.id}`)).body).toMatchObject({ gatesPassed: ['distance'], byHandReason: 'Vu à la visite', kind: 'by-hand' });
  });

  it.each([
    ['wish-no', "wish = 'no'"],
    ['wish-unknown', 'wish = NULL'],
    ['withheld', 'withheld = true'],
  ])('never go past %s', async (gate, columns) => {
    await change(output, columns);
    const answer = await lead({ gatesPassed: [gate] });
    expect(answer.body).toMatchObject({ status: 422, errors: [{ code: 'gate-never-passed', found: gate }] });
    expect(await why()).toMatchObject({ answer: 'gates', gates: [{ gate, passable: false }] });
  });

  it('never go past a missing agreement or a hazard that the receiver may not take', async () => {
    await change(output, 'hazardous = true');
    await database.admin.query('UPDATE site SET hazardous_permitted = false WHERE id = $1', [input.siteId]);
    await database.admin.query('UPDATE confidentiality_agreement SET valid_until = signed_on WHERE company_id = $1', [input.companyId]);
    const answer = await lead({ gatesPassed: ['hazard', 'no-agreement'] });
    expect(answer.body.errors.map(({ found }: { found: string }) => found)).toEqual(['no-agreement', 'hazard']);
    expect((await database.admin.query('SELECT 1 FROM candidate c JOIN pair p ON p.id = c.pair_id WHERE p.output_flow_id = $1', [output.flowId])).rowCount).toBe(0);
  });

  it('are refused for a flow that cannot be matched at all', async () => {
    await change(input, 'withdrawn_at = now()');
    expect((await lead()).body).toMatchObject({ status: 409, code: 'flow-not-matchable' });
    expect(await why()).toMatchObject({ answer: 'unmatchable', text: expect.stringContaining('flux entrant est retiré') });
  });

  it('may take a rejected pair up again; an undone decision leaves the old rejection standing', async () => {
    const first = await makeCandidate(database, territoryId, { output: output.flowId, input: input.flowId });
    await decide(first, { verdict: 'reject', reason: 'too-small' });
    expect(await why()).toMatchObject({ answer: 'blocked', blocks: [{ kind: 'suppressed', reason: 'too-small', until: null, liftsWhen: expect.stringContaining('30 %') }] });
    database.clock.advance({ seconds: 60 });
    const { body: { id } } = await lead({ gatesPassed: ['suppressed'] });
    await decide(id, { verdict: 'reject', reason: 'too-far' });
    expect(await why()).toMatchObject({ blocks: [{ reason: 'too-far' }] });
    await client.delete(`/api/candidates/${id}/decision`).set('If-Match', '"2"');
    expect(await why()).toMatchObject({ answer: 'on-the-list', blocks: [{ reason: 'too-small' }] });
    expect((await decide(id, { verdict: 'accept' }, '"3"')).status).toBe(201);
    expect((await lead({ gatesPassed: ['suppressed', 'introduced'] })).body).toMatchObject({ status: 409, code: 'already-introduced' });
  });

  it('tell how many points a pair lacks', async () => {
    await change(input, 'quantity = 100000');
    await database.admin.query('UPDATE site SET latitude = 44.5 WHERE id = $1', [input.siteId]);
    const answer = await why();
    expect(answer).toMatchObject({ answer: 'below-threshold', thresholdPoints: 6, gates: [] });
    expect(Number(answer['missingPoints'])).toBeCloseTo(6 - Number(answer['points']), 5);
    expect(answer['parts']).toEqual(expect.arrayContaining([expect.objectContaining({ term: 'small', why: expect.any(String) })]));
  });

  it('tell of a pair that passes everything what the last run did with it', async () => {
    const own = await makeTerritory(database, `sans-${count}`);
    await prepareTerritory(database.admin, own, database.clock.now());
    const person = await makePerson(database, own, ['advisor']);
    const by = await api.signIn(await givePassword(database, person.personId));
    const [o, i] = [await makeFlow(database, own, { ref: 'o', direction: 'output', category: 'offcuts' }), await makeFlow(database, own, { ref: 'i', direction: 'input', category: 'fuel', quantity: 50 })];
    const ask = async (): Promise<Record<string, unknown>> => (await by.get(`/api/why-not?output=${o.flowId}&input=${i.flowId}`)).body as Record<string, unknown>;
    expect(await ask()).toMatchObject({ answer: 'no-run', lastWeek: null });
    database.clock.advance({ seconds: 60 });
    const run = await makeRun(database, own, '2026-W48');
    const third = await makeFlow(database, own, { ref: 'i2', direction: 'input', category: 'fuel' });
    await makeCandidate(database, own, { output: o.flowId, input: third.flowId }, { runId: run, rank: 1, points: 60 });
    expect(await ask()).toMatchObject({ answer: 'cut-by-budget', lastWeek: '2026-W48', lowestListedPoints: 60 });
    const fourth = await makeFlow(database, own, { ref: 'i3', direction: 'input', category: 'fuel' });
    await makeCandidate(database, own, { output: o.flowId, input: fourth.flowId }, { runId: run, rank: 2, points: 7 });
    expect(await ask()).toMatchObject({ answer: 'cut-by-caps', text: expect.stringContaining('flux déjà 2 fois') });
    database.clock.advance({ seconds: 60 });
    await database.admin.query('UPDATE flow SET updated_at = $2 WHERE id = $1', [o.flowId, database.clock.now()]);
    expect(await ask()).toMatchObject({ answer: 'changed-since' });
  });

  it('ask for two ids, and are for advisors', async () => {
    expect((await client.get('/api/why-not?output=x&input=y')).status).toBe(422);
    const analyst = await api.signIn(await givePassword(database, (await makePerson(database, territoryId, ['analyst'])).personId));
    expect((await analyst.get(`/api/why-not?output=${output.flowId}&input=${input.flowId}`)).status).toBe(403);
    expect((await analyst.post('/api/leads', {})).status).toBe(403);
  });
});
