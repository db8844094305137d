import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadDefaultPolicy } from '../../../config/load-config.js';
import { AccessModule } from '../../../src/access/access.module.js';
import type { Policy } from '../../../src/matching/policy.js';
import { ResourcesModule } from '../../../src/resources/resources.module.js';
import type { EvidenceBody } from '../../../src/tuning/evidence.dto.js';
import type { PolicyPreview, PreviewedPair } from '../../../src/tuning/preview.dto.js';
import { DecideCandidate } from '../../../src/review/decide-candidate.js';
import { ReviewModule } from '../../../src/review/review.module.js';
import { TuningModule } from '../../../src/tuning/tuning.module.js';
import { givePassword, openTestApi, type SignedInClient, type TestApi } from '../../support/http.js';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory, type RunWorld } from '../../support/run-world.js';
import { makePerson } from '../../support/world.js';

/** Farther one after the other; the last is 20 km away. */
const CATEGORIES = ['straw', 'whey', 'oilseed-cake', 'cardboard', 'leather-offcuts'];

let world: RunWorld;
let api: TestApi;
let territory: RunTerritory;
let analyst: SignedInClient;
let runId: string;

beforeAll(async () => {
  world = await openRunWorld();
  api = await openTestApi(world.database, [AccessModule, ResourcesModule.with(world.knowledge), ReviewModule, TuningModule]);
  territory = await makeRunTerritory(world.database, 'essai');
  for (const [at, category] of CATEGORIES.entries()) {
    await makeGoodPair(world.database, territory.territoryId, category, { category, output: { referentId: territory.advisor.personId, wish: 'yes' }, input: { latitude: 44.0221 + at * 0.045 } });
  }
  runId = await publishList(world, territory.system);
  analyst = await api.signIn(await givePassword(world.database, (await makePerson(world.database, territory.territoryId, ['analyst'])).personId));
});
afterAll(async () => {
  await api?.close();
  await world?.close();
});

const preview = async (document: object, more: object = {}): Promise<PolicyPreview> => {
  const answer = await analyst.post('/api/tuning/preview', { document, ...more });
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.anything()]);
  return answer.body as PolicyPreview;
};
const policy = loadDefaultPolicy();
const with_ = (change: Partial<Policy>): Policy => ({ ...policy, ...change });
const categoriesOf = (pairs: PreviewedPair[]): string[] => pairs.map(({ output }) => output.category).sort();

describe('the preview of a policy', () => {
  it('of the active policy itself changes nothing, and makes the published list', async () => {
    const { against, runs } = await preview(policy);
    expect(against).toBe(1);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ runId, entered: [], left: [], moved: [], after: runs[0].before });
    const listed = (await leadsOf(world.database, { runId })).filter(({ kind }) => kind === 'listed');
    expect(runs[0].same.map(({ rankAfter, pointsAfter }) => [rankAfter, pointsAfter])).toEqual(listed.map(({ rank, points }) => [rank, points]));
    expect(categoriesOf(runs[0].same)).toEqual([...CATEGORIES].sort());
  });

  it('with a shorter radius for a category loses its far pairs, and says which gate took them', async () => {
    const { runs } = await preview(with_({ categories: { 'leather-offcuts': { hardDistanceFactor: 0.05 } } }));
    expect(categoriesOf(runs[0].left)).toEqual(['leather-offcuts']);
    expect(runs[0].entered).toEqual([]);
    expect(runs[0].left[0]).toMatchObject({ rankAfter: null, pointsAfter: null, verdict: null, distanceKm: 20 });
    const distance = runs[0].funnel.find(({ gate }) => gate === 'distance');
    expect(distance?.after.removed).toBe((distance?.before.removed ?? 0) + 1);
  });

  it('with a shorter soft distance for the best lead from afar moves it down, and loses nothing', async () => {
    const best = (await preview(policy)).runs[0].same.find(({ distanceKm }) => distanceKm > 0)?.output.category ?? '';
    const { runs: [other] } = await preview(with_({ categories: { [best]: { softDistanceFactor: 0.01, thresholdPoints: -100 } } }));
    expect(categoriesOf(other.left)).toEqual([]);
    expect(categoriesOf(other.moved)).toContain(best);
  });

  it('says what binds: where time is short a lower threshold brings nothing', async () => {
    const short = with_({ budget: { ...policy.budget, weeklyMinutes: 8 } });
    const { runs: [run] } = await preview(short);
    expect(run.after).toMatchObject({ listed: 4, binds: 'budget', minutes: 8 });
    expect(run.before).toMatchObject({ listed: 5, audit: expect.any(Number), binds: 'threshold' });
    const { runs: [lower] } = await preview({ ...short, thresholdPoints: 2 });
    expect(lower.after.listed).toBe(4);
  });

  it('holds a policy against any version, and counts decided pairs that would be lost or gained, unknown ones apart', async () => {
    const leads = await leadsOf(world.database, { runId });
    const lead = (category: string) => leads.find(({ output }) => output === `${category}-o`) ?? leads[0];
    const decide = api.app.get(DecideCandidate);
    await decide.execute(territory.advisor, lead('leather-offcuts').candidateId, 1, { verdict: 'accept' });
    await decide.execute(territory.advisor, lead('cardboard').candidateId, 1, { verdict: 'reject', reason: 'too-far' });
    await decide.execute(territory.advisor, lead('whey').candidateId, 1, { verdict: 'reject', reason: 'competitors' });
    const strict = with_({ thresholdPoints: 300, auditFloorPoints: -300 });
    const { runs: [run], decided } = await preview(strict);
    expect(run.left).toHaveLength(5);
    expect(decided.lost).toEqual({ accepted: 1, rejected: 2, other: 0, unknown: 2 });
    expect(decided.gained).toEqual({ accepted: 0, rejected: 0, other: 0, unknown: 0 });
    expect(decided.acceptanceBefore).toMatchObject({ successes: 1, of: 3, share: null, missing: 7 });
    const verdicts = Object.fromEntries(run.left.map(({ output, verdict, reason }) => [output.category, [verdict, reason]]));
    expect(verdicts).toMatchObject({ 'leather-offcuts': ['accept', null], cardboard: ['reject', 'too-far'], whey: ['discussed', null], straw: [null, null] });

    const { body: draft } = await analyst.post('/api/policies');
    expect((await analyst.put(`/api/policies/${draft.version}`, { document: strict }).set('If-Match', `"${draft.tag}"`)).status).toBe(200);
    const { against, runs: [back], decided: gained } = await preview(policy, { against: draft.version });
    expect(against).toBe(draft.version);
    expect(back.entered).toHaveLength(5);
    expect(gained.gained).toEqual({ accepted: 1, rejected: 2, other: 0, unknown: 2 });
    const { body } = await analyst.get(`/api/tuning/versions/${draft.version}/differences?from=1`);
    expect(body.differences.map(({ field }: { field: string }) => field)).toEqual(['auditFloorPoints', 'thresholdPoints']);
  });

  it('stays the same when flows, decisions and policies have changed since', async () => {
    const before = await preview(with_({ thresholdPoints: 20 }));
    await world.database.admin.query("UPDATE flow SET quantity = 1, withdrawn_at = now() WHERE territory_id = $1 AND direction = 'input'", [territory.territoryId]);
    expect(await preview(with_({ thresholdPoints: 20 }))).toEqual(before);
    await world.database.admin.query('UPDATE flow SET quantity = 100, withdrawn_at = NULL WHERE territory_id = $1', [territory.territoryId]);
  });

  it('shows no company', async () => {
    const text = JSON.stringify(await preview(with_({ thresholdPoints: 300, auditFloorPoints: -300 })));
    expect(text).toMatch(/Entreprise [0-9A-F]{4}-[0-9A-F]{4}/);
    for (const category of CATEGORIES) expect(text).not.toContain(`${category}-o`);
    const { rows } = await world.database.admin.query<{ id: string }>('SELECT id FROM company UNION SELECT id FROM site UNION SELECT id FROM flow');
    for (const { id } of rows) expect(text).not.toContain(id);
  });

  it('names the field of a policy that is out of range, and what an unknown version or number of runs is', async () => {
    const wrong = await analyst.post('/api/tuning/preview', { document: with_({ categories: { straw: { hardDistanceFactor: 0 } } }) });
    expect(wrong.status).toBe(422);
    expect(wrong.body.errors).toMatchObject([{ field: 'document.categories.straw.hardDistanceFactor', found: '0' }]);
    expect((await analyst.post('/api/tuning/preview', { document: policy, against: 77 })).status).toBe(404);
    expect((await analyst.post('/api/tuning/preview', { document: policy, runs: 99 })).body.errors).toMatchObject([{ field: 'runs' }]);
    const advisor = await api.signIn(await givePassword(world.database, territory.advisor.personId));
    expect((await advisor.post('/api/tuning/preview', { document: policy })).status).toBe(403);
    const other = await makeRunTerritory(world.database, 'vide');
    const elsewhere = await api.signIn(await givePassword(world.database, (await makePerson(world.database, other.territoryId, ['analyst'])).personId));
    expect((await elsewhere.post('/api/tuning/preview', { document: policy })).body).toMatchObject({ runs: [], decided: { lost: { accepted: 0 } } });
    expect((await elsewhere.get('/api/tuning/evidence')).body).toMatchObject({ weeks: [], decisions: 0, curve: [], reasons: [], reliability: { bins: [], missing: 75 } });
  });
});

describe('the evidence of decisions', () => {
  it('has curves, reasons by category with discreet ones hidden, and says what is missing for reliability', async () => {
    const body = (await analyst.get('/api/tuning/evidence?weeks=4')).body as EvidenceBody;
    expect(body).toMatchObject({ decisions: 3, reviewMinutes: 2, reviewMinutesMeasured: false, reliability: { bins: [], decisions: 0, missing: 75 } });
    expect(body.curve[0]).toMatchObject({ shown: 3, minutes: 6, accepted: 1, acceptance: { of: 3, share: null, missing: 7 } });
    expect(Object.fromEntries(body.reasons.map(({ category, reasons }) => [category, reasons]))).toEqual({
      'leather-offcuts': [], cardboard: [{ reason: 'too-far', label: 'Trop loin, transport trop cher', count: 1 }], whey: [{ reason: 'discussed', label: 'Discutée', count: 1 }],
    });
    expect(JSON.stringify(body)).not.toContain('competitors');
  });

  it('lists the categories with flows, the distances that factors act on, and how much was decided on each', async () => {
    const { body } = await analyst.get('/api/tuning/categories');
    expect(body.categories.map(({ slug, outputs, inputs, decisions }: Record<string, unknown>) => [slug, outputs, inputs, decisions])).toEqual([
      ['cardboard', 1, 1, 1], ['leather-offcuts', 1, 1, 1], ['oilseed-cake', 1, 1, 0], ['straw', 1, 1, 0], ['whey', 1, 1, 1]]);
    expect(body.categories[3].hardKm).toBe(world.knowledge.category('straw')?.hardDistanceKm);
  });
});
