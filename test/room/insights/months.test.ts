import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';
import { AccessModule } from '../../../src/access/access.module.js';
import type { Role } from '../../../src/access/access.entities.js';
import { InsightsModule } from '../../../src/insights/insights.module.js';
import type { CoverageBody, MonthBody } from '../../../src/insights/month.dto.js';
import { NoteAnswer } from '../../../src/introductions/note-answer.js';
import { NoteStep } from '../../../src/introductions/note-step.js';
import { RecordOutcome } from '../../../src/introductions/record-outcome.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import { DecideCandidate } from '../../../src/review/decide-candidate.js';
import { loadKnowledge } from '../../../config/load-config.js';
import { makeCandidate, makeRun } from '../../support/candidates.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { type AcceptedLead, type IntroductionWorld, openIntroductionWorld } from '../../support/introduction-world.js';
import { makeFlow, makePerson } from '../../support/world.js';

let world: IntroductionWorld;
let api: TestApi;
let lead: AcceptedLead;
let advisor: SignedInClient;

beforeAll(async () => {
  world = await openIntroductionWorld();
  api = await openTestApi(world.database, [ResourcesModule.with(loadKnowledge()), AccessModule, InsightsModule]);
  // One lead that is realised, by phone, and eleven more that are rejected.
  lead = await world.acceptedLead();
  const { output, input } = lead.referent;
  await world.database.admin.query("UPDATE flow SET category = 'straw' WHERE territory_id = $1 AND category IN ('wood-sawdust', 'animal-bedding')", [lead.territoryId]);
  const id = await world.open(lead);
  let { version } = await world.get(NoteAnswer).execute(output, id, (await world.detail(output, id)).version, { side: 'output', answer: 'interested', way: 'phone' });
  ({ version } = await world.get(NoteAnswer).execute(input, id, version, { side: 'input', answer: 'interested', way: 'phone' }));
  for (const step of ['met', 'realised'] as const) ({ version } = await world.get(NoteStep).execute(output, id, version, { step }));
  await world.get(RecordOutcome).execute(output, id, version, { quantity: 80, unit: 't', euros: 4000, co2eFactor: 100, co2eSource: 'essai', startedOn: '2026-11-05' });
  const runId = await makeRun(world.database, lead.territoryId, '2026-W47', { funnel: [{ gate: 'distance', removed: 12, exact: true }] });
  for (let at = 0; at < 11; at += 1) {
    const flow = await makeFlow(world.database, lead.territoryId, { ref: `r-${at}`, direction: 'output', category: at < 6 ? 'straw' : 'rainwater', referentId: output.personId, present_cost: 10 });
    const candidateId = await makeCandidate(world.database, lead.territoryId, { output: flow.flowId, input: lead.flows.input.flowId }, { assignedTo: output.personId, runId, week: '2026-W47', rank: at + 1 });
    await world.get(DecideCandidate).execute(output, candidateId, 1, { verdict: 'reject', reason: at < 6 ? 'too-far' : at < 9 ? 'competitors' : 'not-interested', secondsOnScreen: 90 });
  }
  advisor = await clientOf('advisor');
});
afterAll(async () => {
  await api?.close();
  await world?.close();
});

const clientOf = async (role: Role, territoryId = lead.territoryId): Promise<SignedInClient> => api.signIn(await givePassword(world.database, (await makePerson(world.database, territoryId, [role])).personId));
const month = async (who: SignedInClient, name = '2026-11'): Promise<MonthBody> => (await who.get(`/api/months/${name}`)).body as MonthBody;

describe('the figures of a month', () => {
  it('keep acceptance, both interested and realised apart, and say what is too little', async () => {
    const body = await month(advisor);
    expect(body).toMatchObject({
      month: '2026-11', firstDay: '2026-11-01', lastDay: '2026-11-30', running: true, smallKeptBack: false, runs: { published: 1, failed: 0 },
      lists: [{ week: '2026-W47', listed: 11, audit: 0 }], funnel: [{ gate: 'distance', label: 'Trop loin', removed: 12, exact: true }],
      decisions: { accepted: 1, rejected: 11, snoozed: 0, cannotSay: 0 }, acceptance: { successes: 1, of: 12 }, knowablePrecision: { successes: 6, of: 12, share: 0.5 },
      bothInterested: { successes: 1, of: 1, share: null, missing: 9 }, realised: { successes: 1, of: 1, share: null }, auditAcceptance: { of: 0, missing: 10 },
      reviews: { count: 11, minutes: 1.5, goodLeadsPerHour: 0, missing: 0 }, repeatsOfRejected: 0, contactsBeforeApproval: 0,
      delays: { contact: { count: 1, medianDays: 0 }, bothInterested: { count: 1 }, realised: { count: 1 } },
      impact: { begun: { count: 1, quantities: [{ unit: 't', quantity: 80 }], euros: 4000, co2eTonnes: 8, withoutQuantity: 0 }, running: { count: 1 }, potential: { count: 0, co2eTonnes: null } },
    });
    expect(body.acceptance.low).toBeCloseTo(0.0021, 3);
    expect(body.acceptance.high).toBeCloseTo(0.3848, 3);
    expect(body.reasons.filter(({ category }) => category === null).map(({ reason, count, knowable }) => [reason, count, knowable])).toEqual([['too-far', 6, true], ['discussed', 5, false]]);
    expect(body.reasons.filter(({ category }) => category !== null).map(({ category, reason, count }) => [category, reason, count])).toEqual([['rainwater', 'discussed', 5], ['straw', 'too-far', 6]]);
    expect(body.families.map(({ family, shown, accepted, rejected, realised }) => [family, shown, accepted, rejected, realised])).toEqual([['matter', 7, 1, 6, 1], ['water', 5, 0, 5, 0]]);
  });

  it('count a rejected pair that came again before its time, and a message that left before its approval', async () => {
    const { database } = world;
    const other = await world.acceptedLead();
    const who = await clientOf('advisor', other.territoryId);
    const before = await month(who);
    expect([before.repeatsOfRejected, before.contactsBeforeApproval]).toEqual([0, 0]);
    const { rows: [pair] } = await database.admin.query<{ id: string }>('SELECT id FROM pair WHERE territory_id = $1', [other.territoryId]);
    await database.admin.query("INSERT INTO pair_block (territory_id, pair_id, kind, reason, created_at) VALUES ($1, $2, 'suppressed', 'too-far', $3::timestamptz - interval '1 hour')", [other.territoryId, pair.id, database.clock.now()]);
    expect((await month(who)).repeatsOfRejected).toBe(1);
    await database.admin.query('UPDATE pair_block SET lifted_at = created_at WHERE pair_id = $1', [pair.id]);
    expect((await month(who)).repeatsOfRejected).toBe(0);
    // What the locks of the database never let happen, done past them by the administrator.
    await world.open(other);
    await database.admin.query("SET session_replication_role = replica; UPDATE introduction_message SET sending_since = '2026-11-20' WHERE territory_id = '" + other.territoryId + "' AND side = 'output'; SET session_replication_role = origin");
    expect((await month(who)).contactsBeforeApproval).toBe(1);
  });

  it('set what was expected beside what came of it, for the leads whose probability was said, once there are enough', async () => {
    expect((await month(advisor)).expectation).toMatchObject({ expected: null, observed: { of: 0, successes: 0, share: null, missing: 10 } });
    const other = await world.acceptedLead();
    const { output } = other.referent;
    for (let at = 0; at < 10; at += 1) {
      const flow = await makeFlow(world.database, other.territoryId, { ref: `p-${at}`, direction: 'output', category: 'straw' });
      const candidateId = await makeCandidate(world.database, other.territoryId, { output: flow.flowId, input: other.flows.input.flowId }, { assignedTo: output.personId, rank: at + 1, probability: at < 5 ? 0.8 : 0.2 });
      await world.get(DecideCandidate).execute(output, candidateId, 1, at < 4 ? { verdict: 'accept' } : { verdict: 'reject', reason: 'too-far' });
    }
    const who = await clientOf('advisor', other.territoryId);
    // The accepted lead that the world begins with has no probability.
    const { acceptance, expectation } = await month(who);
    expect([acceptance.of, expectation.observed.successes, expectation.observed.of]).toEqual([11, 4, 10]);
    expect(expectation.expected).toBeCloseTo(0.5, 10);
    expect((await who.get('/api/months/2026-11/file?format=csv')).text).toContain('Part attendue des mêmes (moyenne des probabilités);"0,5";;;10;part');
    expect((await month(await clientOf('partner', other.territoryId))).expectation).toEqual({ expected: null, observed: { successes: null, of: null, share: null, low: null, high: null, missing: null } });
  });

  it('are those of that month alone, in the territory\'s own time', async () => {
    expect(await month(advisor, '2026-10')).toMatchObject({ running: false, runs: { published: 0 }, lists: [], decisions: { accepted: 0, rejected: 0 }, impact: { running: { count: 0 } } });
    const december = await month(advisor, '2026-12');
    expect([december.decisions.rejected, december.impact.begun.count, december.impact.running.count]).toEqual([0, 0, 1]);
    expect((await advisor.get('/api/months')).body).toEqual({ months: ['2026-11'] });
    const wrong = await advisor.get('/api/months/2026-13');
    expect([wrong.status, wrong.body.errors]).toEqual([422, [{ field: 'month', code: 'month', found: '2026-13', expected: 'a month such as 2026-11' }]]);
  });

  it('keep small counts back from partners, show them to analysts, and nothing to others; companies are in none', async () => {
    const partner = await month(await clientOf('partner'));
    expect(partner).toMatchObject({
      smallKeptBack: true, decisions: { accepted: null, rejected: null }, acceptance: { of: null, share: null }, reasons: [], delays: { contact: { count: null, medianDays: null } },
      impact: { begun: { count: null, quantities: [], euros: null } }, repeatsOfRejected: 0,
    });
    const analyst = await month(await clientOf('analyst'));
    expect(analyst).toEqual(await month(advisor));
    for (const body of [partner, analyst]) expect(JSON.stringify(body)).not.toMatch(/Vaucanson|Quillebeuf|Entreprise/);
    for (const role of ['contributor', 'administrator'] as const) {
      const who = await clientOf(role);
      for (const path of ['months', 'months/2026-11', 'months/2026-11/file?format=csv', 'coverage']) expect((await who.get(`/api/${path}`)).status).toBe(403);
    }
  });

  it('are the same in a workbook and as CSV, with words where there is no number', async () => {
    const csv = await advisor.get('/api/months/2026-11/file?format=csv');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="maillon-2026-11.csv"');
    expect(csv.text).toContain('Qualité;Part retenue (retenues sur retenues et écartées);"0,0833";"0,0021";"0,3848";12;part');
    expect(csv.text).toContain('Des retenues : réalisées à ce jour;trop peu de données (il en manque 9);;;1;part');
    const { body } = await advisor.get('/api/months/2026-11/file?format=xlsx').buffer(true).parse((response, done) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => done(null, Buffer.concat(parts)));
    });
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load(body);
    const rows = (workbook.getWorksheet('Mois')?.getSheetValues() ?? []) as unknown[][];
    expect(rows.length - 1).toBe(csv.text.trim().split('\r\n').length);
    expect(rows.find((row) => row?.[2] === 'Retenues')?.[3]).toBe(1);
    expect((await advisor.get('/api/months/2026-11/file?format=pdf')).status).toBe(422);
  });
});

describe('the coverage', () => {
  it('counts organisations and flows by family', async () => {
    const body = (await advisor.get('/api/coverage')).body as CoverageBody;
    expect(body).toMatchObject({ organisations: 25, withFlows: 25, underAgreement: 25, sites: 25 });
    expect(body.families).toEqual([{ family: 'matter', organisations: 20, outputs: 19, inputs: 1, fresh: 20 }, { family: 'water', organisations: 5, outputs: 5, inputs: 0, fresh: 5 }]);
  });
});
