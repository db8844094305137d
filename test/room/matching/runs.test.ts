import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listRuns, getRun } from '../../../src/matching/runs.queries.js';
import { RequestRun } from '../../../src/matching/request-run.js';
import { systemContext } from '../../../src/platform/context.js';
import { goThrough, leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type PublishedLead, runActions, type RunTerritory, type RunWorld } from '../../support/run-world.js';
import { agreeTerritories, makeFlow, makePerson } from '../../support/world.js';

type MadePair = Awaited<ReturnType<typeof makeGoodPair>>;

let world: RunWorld;
let serial = 0;
const territory = (): Promise<RunTerritory> => makeRunTerritory(world.database, `terre-${serial += 1}`);
const admin = <Row>(sql: string, values: unknown[] = []): Promise<Row[]> => world.database.admin.query(sql, values).then(({ rows }) => rows as Row[]);
const pairsOf = (leads: readonly PublishedLead[]): string[] => leads.map((lead) => `${lead.output}>${lead.input}`);
const openPairs = async (where: { runId?: string; territoryId?: string }): Promise<string[]> => pairsOf(await leadsOf(world.database, { ...where, status: 'open' }));
const decide = async (lead: PublishedLead): Promise<void> =>
  void (await admin("UPDATE candidate_state SET status = 'decided', closed_at = $2, version = version + 1 WHERE candidate_id = $1", [lead.candidateId, world.database.clock.now()]));
const block = async (territoryId: string, pairId: string): Promise<void> =>
  void (await admin("INSERT INTO pair_block (territory_id, pair_id, kind, reason, created_at) VALUES ($1, $2, 'suppressed', 'too-far', $3)", [territoryId, pairId, world.database.clock.now()]));

beforeAll(async () => {
  world = await openRunWorld();
});
afterAll(async () => {
  await world?.close();
});

describe('a weekly run', () => {
  it('publishes the good pairs, best first, and nothing that a gate refuses', async () => {
    const { territoryId, system, advisor } = await territory();
    const far = { latitude: 48.85, longitude: 2.35 };
    await makeGoodPair(world.database, territoryId, 'near');
    await makeGoodPair(world.database, territoryId, 'farther', { category: 'whey', input: { latitude: 44.25 } });
    await makeGoodPair(world.database, territoryId, 'paris', { category: 'oilseed-cake', input: far });
    await makeGoodPair(world.database, territoryId, 'no', { category: 'cardboard', input: { wish: 'no' } });
    await makeGoodPair(world.database, territoryId, 'seasons', { category: 'leather-offcuts', output: { months: 1 }, input: { months: 64 } });
    const runId = await publishList(world, system);

    const leads = await leadsOf(world.database, { runId });
    expect(pairsOf(leads.filter((lead) => lead.kind === 'listed'))).toEqual(['near-o>near-i', 'farther-o>farther-i']);
    expect(leads.every((lead) => lead.status === 'open' && lead.assignedTo === advisor.personId)).toBe(true);
    expect(leads.map((lead) => lead.rank)).toEqual(leads.map((_, at) => at + 1));
    const run = await world.database.worker.read(system, (tx) => getRun(tx, runId));
    expect(run).toMatchObject({ state: 'published', week: '2026-W48', attempt: 1, progress: 1, policyVersion: 1, modelVersion: 0, failure: null, leads: leads.length, budget: 10 });
    const removed = Object.fromEntries((run.funnel ?? []).map((row) => [row.gate, row.removed]));
    expect(removed).toMatchObject({ distance: 1, season: 1 });
    expect(removed['wish-no']).toBeGreaterThan(0);
    expect(run.shortfall).toMatchObject({ wanted: 8, listed: 2 });
    expect(run.listHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await admin('SELECT 1 FROM run_step WHERE run_id = $1', [runId])).toEqual([]);
  });

  it('keeps with every candidate what learning will ask for', async () => {
    const { territoryId, system } = await territory();
    await makeGoodPair(world.database, territoryId, 'a', { output: { wish: 'not-asked', version: 3 } });
    const runId = await publishList(world, system);
    const [candidate] = await admin<Record<string, unknown> & { parts: { points: number }[]; features: Record<string, unknown> }>('SELECT * FROM candidate WHERE run_id = $1', [runId]);
    expect(candidate).toMatchObject({
      kind: 'listed', rank: 1, probability: null, inclusion_probability: 1, substitution: 'straw-to-straw', distance_km: 0, output_version: 3, input_version: 1,
      policy_version: 1, model_version: 0, caps_acted: [], ring: 'local',
      features: { affinity: 1, distanceKm: 0, wishNotAsked: true, auditPool: null },
    });
    expect(candidate.parts.reduce((sum, part) => sum + part.points, 0)).toBeCloseTo(candidate['points'] as number, 9);
  });

  it('mails each advisor who got leads once, and tells the trail', async () => {
    const { territoryId, system, advisor } = await territory();
    await makePerson(world.database, territoryId, ['analyst']);
    await makeGoodPair(world.database, territoryId, 'a');
    const runId = await publishList(world, system);
    await publishList(world, system);
    const mails = await admin<{ id: string }>("SELECT id, person_id, params FROM staff_mail WHERE territory_id = $1 AND template = 'digest'", [territoryId]);
    expect(mails).toEqual([{ id: expect.anything(), person_id: advisor.personId, params: { count: 1, week: '2026-W48' } }]);
    expect(await admin("SELECT payload FROM outbox_entry WHERE name = 'staff-mail.send' AND payload ->> 'staffMailId' = $1", [mails[0].id])).toHaveLength(1);
    const trail = await admin<{ action: string }>("SELECT action FROM audit_event WHERE subject_id = $1 ORDER BY at, id", [runId]);
    expect(trail.map((event) => event.action)).toEqual(['run.requested', 'run.started', 'run.published']);
  });

  it('counts flows that it cannot place or name, and says so', async () => {
    const { territoryId, system } = await territory();
    await makeGoodPair(world.database, territoryId, 'a', { category: 'nothing-known' });
    const { siteId } = await makeFlow(world.database, territoryId, { ref: 'lost', direction: 'output', category: 'straw' });
    await admin('UPDATE site SET latitude = NULL, longitude = NULL WHERE id = $1', [siteId]);
    const runId = await publishList(world, system);
    expect(await leadsOf(world.database, { runId })).toEqual([]);
    const run = await world.database.worker.read(system, (tx) => getRun(tx, runId));
    expect(run.skipped).toEqual({ withoutPlace: 1, unknownCategory: 2, unknownAttributes: 0 });
  });

  it('gives a lead to the référent of the output\'s company, to the delegate of one who is away, else to whoever has fewest', async () => {
    const { territoryId, system, advisor } = await territory();
    const away = await makePerson(world.database, territoryId, ['advisor']);
    const stranger = await makePerson(world.database, (await territory()).territoryId, ['advisor']);
    const delegate = await makePerson(world.database, territoryId, ['advisor']);
    await admin("INSERT INTO absence (territory_id, person_id, from_day, to_day, delegate_id) VALUES ($1, $2, '2026-11-20', '2026-11-30', $3)", [territoryId, away.personId, delegate.personId]);
    await makeGoodPair(world.database, territoryId, 'mine', { output: { referentId: advisor.personId } });
    await makeGoodPair(world.database, territoryId, 'hers', { category: 'whey', output: { referentId: away.personId } });
    await makeGoodPair(world.database, territoryId, 'theirs', { category: 'oilseed-cake', output: { referentId: stranger.personId } });
    const leads = await leadsOf(world.database, { runId: await publishList(world, system) });
    const whose = new Map(leads.map((lead) => [lead.output, lead.assignedTo]));
    expect(whose.get('mine-o')).toBe(advisor.personId);
    expect(whose.get('hers-o')).toBe(delegate.personId);
    expect([advisor.personId, delegate.personId]).toContain(whose.get('theirs-o'));
  });

  it('lists nothing when no advisor is there, and says that there was no time', async () => {
    const { territoryId, system, advisor } = await territory();
    await admin("INSERT INTO absence (territory_id, person_id, from_day, to_day) VALUES ($1, $2, '2026-11-20', '2026-11-30')", [territoryId, advisor.personId]);
    await makeGoodPair(world.database, territoryId, 'a');
    const runId = await publishList(world, system);
    expect(await leadsOf(world.database, { runId })).toEqual([]);
    expect((await world.database.worker.read(system, (tx) => getRun(tx, runId))).budget).toBe(0);
  });
});

describe('a demand for a run', () => {
  it('is answered by the unfinished one, also when two ask at once', async () => {
    const { system } = await territory();
    const all = await Promise.all(Array.from({ length: 6 }, () => world.requestRun.execute(system, { cause: 'demand' })));
    expect(new Set(all.map((one) => one.runId)).size).toBe(1);
    expect(all.filter((one) => one.created)).toHaveLength(1);
    expect(await admin("SELECT 1 FROM outbox_entry WHERE name = 'run' AND payload ->> 'runId' = $1", [all[0].runId])).toHaveLength(1);
  });

  it('makes the next attempt of the week when the last one is finished, the schedule does not', async () => {
    const { system } = await territory();
    await publishList(world, system);
    expect(await world.requestRun.execute(system, { cause: 'schedule' })).toMatchObject({ attempt: 1, created: false });
    expect(await world.requestRun.execute(system, { cause: 'demand' })).toMatchObject({ attempt: 2, created: true });
    await expect(world.requestRun.execute(systemContext('00000000-0000-7000-8000-000000000000'), { cause: 'demand' })).rejects.toMatchObject({ status: 404 });
  });

  it('may come from the API\'s role, which can read runs but not change them', async () => {
    const { advisor, territoryId } = await territory();
    const { runId } = await new RequestRun(world.database.api).execute(advisor, { cause: 'demand' });
    await expect(world.database.api.write(advisor, (tx) => tx.sql("UPDATE run SET state = 'published' WHERE id = $1", [runId]))).rejects.toThrow(/permission denied/);
    const page = await world.database.api.read(advisor, (tx) => listRuns(tx, { limit: 10 }));
    expect(page).toMatchObject({ runs: [{ id: runId, state: 'waiting', cause: 'demand' }], next: null });
    const other = await territory();
    await expect(world.database.api.read(other.advisor, (tx) => getRun(tx, runId))).rejects.toMatchObject({ status: 404 });
    expect(territoryId).not.toBe(other.territoryId);
  });

  it('leaves pages of runs that follow each other without gap or double', async () => {
    const { system, territoryId } = await territory();
    for (let attempt = 0; attempt < 5; attempt += 1) await publishList(world, system);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await world.database.worker.read(system, (tx) => listRuns(tx, { limit: 2, ...(after === null ? {} : { after }) }));
      seen.push(...page.runs.map((run) => `${run.attempt}`));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
    expect(await admin('SELECT 1 FROM run WHERE territory_id = $1', [territoryId])).toHaveLength(5);
  });
});

describe('the steps of a run', () => {
  it('change nothing more when delivered again, one after the other or at once', async () => {
    const { territoryId, system } = await territory();
    await makeGoodPair(world.database, territoryId, 'a');
    await makeGoodPair(world.database, territoryId, 'b', { category: 'whey' });
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    const steps = [world.startRun, world.scoreRun, world.selectRun, world.publishRun];
    for (const step of steps) {
      await Promise.all([step.execute(system, { runId }), step.execute(system, { runId })]);
      await step.execute(system, { runId });
    }
    const state = () => admin(
      `SELECT (SELECT count(*) FROM candidate WHERE run_id = $1) AS candidates, (SELECT count(*) FROM candidate_state WHERE territory_id = $2) AS states,
         (SELECT count(*) FROM pair WHERE territory_id = $2) AS pairs, (SELECT count(*) FROM staff_mail WHERE territory_id = $2) AS mails,
         (SELECT count(*) FROM audit_event WHERE subject_id = $1::text) AS events, (SELECT row_to_json(r) FROM run r WHERE id = $1) AS run`, [runId, territoryId]);
    const before = await state();
    expect(before[0]).toMatchObject({ candidates: '2', states: '2', pairs: '2', mails: '1', events: '3' });
    for (const step of steps) await step.execute(system, { runId });
    expect(await state()).toEqual(before);
  });

  it('may each be done by another process than the one before, and give the list that one process gives', async () => {
    const { territoryId, system } = await territory();
    for (const ref of ['a', 'b', 'c']) await makeGoodPair(world.database, territoryId, ref);
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    const process = (): ReturnType<typeof runActions> => runActions(world.database.worker, world.knowledge);
    await process().startRun.execute(system, { runId });
    await process().scoreRun.execute(system, { runId });
    await process().selectRun.execute(system, { runId });
    await process().publishRun.execute(system, { runId });
    expect(await leadsOf(world.database, { territoryId })).not.toEqual([]);
    expect(await world.replayRun.execute(system, { runId })).toMatchObject({ same: true });
    // In one process, which knows what it made itself.
    const again = await world.requestRun.execute(system, { cause: 'demand' });
    await goThrough(world, system, again.runId);
    expect(await world.replayRun.execute(system, { runId: again.runId })).toMatchObject({ same: true });
    // Ranks go on from earlier attempts of the week: the pairs are what must be equal.
    const pairsOf = (id: string) => admin('SELECT pair_id, z, points FROM candidate WHERE run_id = $1 ORDER BY rank', [id]);
    expect(await pairsOf(again.runId)).toEqual(await pairsOf(runId));
  });

  it('do not take up what another process kept of the same run: its reading counts', async () => {
    const { territoryId, system } = await territory();
    await makeGoodPair(world.database, territoryId, 'a');
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    const [one, other] = [runActions(world.database.worker, world.knowledge), runActions(world.database.worker, world.knowledge)];
    await Promise.all([one.startRun.execute(system, { runId }), other.startRun.execute(system, { runId })]);
    await makeGoodPair(world.database, territoryId, 'b');
    await Promise.all([one.scoreRun.execute(system, { runId }), other.scoreRun.execute(system, { runId })]);
    await goThrough(other, system, runId);
    expect(await admin('SELECT 1 FROM candidate WHERE run_id = $1', [runId])).toHaveLength(1);
    expect(await one.replayRun.execute(system, { runId })).toMatchObject({ same: true });
  });

  it('refuse to run before their turn', async () => {
    const { system } = await territory();
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    for (const step of [world.scoreRun, world.selectRun, world.publishRun]) await expect(step.execute(system, { runId })).rejects.toThrow(/waiting/);
  });

  it('do nothing once the run has failed, which publishes nothing and lets another be asked for', async () => {
    const { territoryId, system } = await territory();
    await makeGoodPair(world.database, territoryId, 'a');
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    await world.startRun.execute(system, { runId });
    await world.scoreRun.execute(system, { runId });
    await world.failRun.execute(system, { runId, failure: 'run.select: RangeError' });
    await world.failRun.execute(system, { runId, failure: 'again' });
    await goThrough(world, system, runId);
    expect(await leadsOf(world.database, { territoryId })).toEqual([]);
    expect(await admin('SELECT 1 FROM run_step WHERE run_id = $1', [runId])).toEqual([]);
    expect(await world.database.worker.read(system, (tx) => getRun(tx, runId))).toMatchObject({ state: 'failed', failure: 'run.select: RangeError' });
    expect(await world.requestRun.execute(system, { cause: 'demand' })).toMatchObject({ attempt: 2, created: true });
  });

  it('leave a published run published when failing comes too late', async () => {
    const { system } = await territory();
    const runId = await publishList(world, system);
    await world.failRun.execute(system, { runId, failure: 'late' });
    expect(await world.database.worker.read(system, (tx) => getRun(tx, runId))).toMatchObject({ state: 'published', failure: null });
  });

  it('are done as the worker\'s role', async () => {
    const { system } = await territory();
    expect(await world.database.worker.read(system, (tx) => tx.sql('SELECT current_user AS role'))).toEqual([{ role: 'maillon_worker' }]);
  });
});

describe('another attempt of the week', () => {
  it('replaces what is undecided, and only that; a decided pair keeps its place', async () => {
    const { territoryId, system } = await territory();
    for (const [ref, category] of [['a', 'straw'], ['b', 'whey'], ['c', 'oilseed-cake']]) await makeGoodPair(world.database, territoryId, ref, { category });
    const first = await publishList(world, system);
    await decide((await leadsOf(world.database, { runId: first }))[1]);
    await makeGoodPair(world.database, territoryId, 'd', { category: 'cardboard' });
    const second = await publishList(world, system);

    expect((await leadsOf(world.database, { runId: first })).map((lead) => lead.status)).toEqual(['replaced', 'decided', 'replaced']);
    expect(pairsOf(await leadsOf(world.database, { runId: second }))).toEqual(['d-o>d-i', 'a-o>a-i', 'c-o>c-i']);
    const [{ settings }] = await admin<{ settings: { open: unknown[] } }>('SELECT settings FROM run_input WHERE run_id = $1', [second]);
    expect(settings.open).toHaveLength(1);
  });

  it('leaves a list of an earlier week open and shows none of its pairs twice', async () => {
    const { territoryId, system } = await territory();
    await makeGoodPair(world.database, territoryId, 'a');
    const first = await publishList(world, system);
    world.database.clock.advance({ days: 7 });
    try {
      await makeGoodPair(world.database, territoryId, 'b', { category: 'whey' });
      const second = await publishList(world, system);
      expect(await openPairs({ runId: first })).toEqual(['a-o>a-i']);
      expect(pairsOf(await leadsOf(world.database, { runId: second }))).toEqual(['b-o>b-i']);
      expect((await world.database.worker.read(system, (tx) => getRun(tx, second))).shortfall).toMatchObject({ wanted: 7 });
    } finally {
      world.database.clock.advance({ days: -7 });
    }
  });

  it('leaves out what was decided, blocked or opened by hand while it was under way', async () => {
    const { territoryId, system } = await territory();
    for (const [ref, category] of [['a', 'straw'], ['b', 'whey'], ['c', 'oilseed-cake'], ['d', 'cardboard']]) await makeGoodPair(world.database, territoryId, ref, { category });
    const first = await leadsOf(world.database, { runId: await publishList(world, system) });
    const lead = (ref: string): PublishedLead => first.find((one) => one.output === `${ref}-o`) as PublishedLead;
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    await world.startRun.execute(system, { runId });
    await world.scoreRun.execute(system, { runId });
    await decide(lead('a'));
    await decide(lead('b'));
    await block(territoryId, lead('b').pairId);
    await admin("UPDATE candidate_state SET status = 'expired' WHERE candidate_id = $1", [lead('c').candidateId]);
    const [{ id }] = await admin<{ id: string }>(
      `INSERT INTO candidate (territory_id, pair_id, kind, week, features, parts, questions, caps_acted, output_version, input_version, published_at)
       VALUES ($1, $2, 'by-hand', '2026-W48', '{}', '[]', '[]', '[]', 1, 1, now()) RETURNING id`, [territoryId, lead('c').pairId]);
    await admin("INSERT INTO candidate_state (candidate_id, territory_id, pair_id, status) VALUES ($1, $2, $3, 'open')", [id, territoryId, lead('c').pairId]);
    await world.selectRun.execute(system, { runId });
    await world.publishRun.execute(system, { runId });
    expect(pairsOf(await leadsOf(world.database, { runId }))).toEqual(['d-o>d-i']);
    const [event] = await admin<{ data: unknown }>("SELECT data FROM audit_event WHERE subject_id = $1 AND action = 'run.published'", [runId]);
    expect(event.data).toMatchObject({ overtaken: 3, listed: 1 });
  });

  it.each([
    ['began to run', (pair: MadePair, id: string) => admin('INSERT INTO running_synergy (territory_id, output_flow_id, input_flow_id) VALUES ($1, $2, $3)', [id, pair.output.flowId, pair.input.flowId])],
    ['had its output withdrawn', (pair: MadePair) => admin('UPDATE flow SET withdrawn_at = now() WHERE id = $1', [pair.output.flowId])],
    ['had its input withheld', (pair: MadePair) => admin('UPDATE flow SET withheld = true WHERE id = $1', [pair.input.flowId])],
    ['has a company that wants no contact any more', (pair: MadePair) => admin("UPDATE flow SET wish = 'no' WHERE id = $1", [pair.output.flowId])],
    ['has a company whose wish is not known any more', (pair: MadePair) => admin('UPDATE flow SET wish = NULL WHERE id = $1', [pair.input.flowId])],
  ])('leaves out a pair that %s while it was under way', async (_what, change) => {
    const { territoryId, system } = await territory();
    const gone = await makeGoodPair(world.database, territoryId, 'a');
    await makeGoodPair(world.database, territoryId, 'b', { category: 'whey' });
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    for (const step of [world.startRun, world.scoreRun, world.selectRun]) await step.execute(system, { runId });
    await change(gone, territoryId);
    await world.publishRun.execute(system, { runId });
    expect(pairsOf(await leadsOf(world.database, { runId }))).toEqual(['b-o>b-i']);
  });

  it('lists a pair whose exchange ended before the day of publication', async () => {
    const { territoryId, system } = await territory();
    const { output, input } = await makeGoodPair(world.database, territoryId, 'a');
    const { runId } = await world.requestRun.execute(system, { cause: 'demand' });
    for (const step of [world.startRun, world.scoreRun, world.selectRun]) await step.execute(system, { runId });
    await admin("INSERT INTO running_synergy (territory_id, output_flow_id, input_flow_id, ended_on) VALUES ($1, $2, $3, '2026-11-01')", [territoryId, output.flowId, input.flowId]);
    await world.publishRun.execute(system, { runId });
    expect(pairsOf(await leadsOf(world.database, { runId }))).toEqual(['a-o>a-i']);
  });

  it('leaves out a pair across a border whose agreement was ended while it was under way', async () => {
    const [here, there] = [await territory(), await territory()];
    await makeFlow(world.database, here.territoryId, { ref: 'o', direction: 'output', category: 'straw', hazardous: false });
    await makeFlow(world.database, there.territoryId, { ref: 'i', direction: 'input', category: 'straw', hazardous: false });
    await agreeTerritories(world.database, here.territoryId, there.territoryId);
    await makeGoodPair(world.database, here.territoryId, 'b', { category: 'whey' });
    const { runId } = await world.requestRun.execute(here.system, { cause: 'demand' });
    for (const step of [world.startRun, world.scoreRun, world.selectRun]) await step.execute(here.system, { runId });
    await admin('UPDATE territory_agreement SET ended_at = now() WHERE $1 IN (territory_a_id, territory_b_id)', [here.territoryId]);
    await world.publishRun.execute(here.system, { runId });
    expect(pairsOf(await leadsOf(world.database, { runId }))).toEqual(['b-o>b-i']);
  });

  it('says of a pair that was away what brought it back', async () => {
    const { territoryId, system } = await territory();
    await makeGoodPair(world.database, territoryId, 'a');
    const [lead] = await leadsOf(world.database, { runId: await publishList(world, system) });
    await decide(lead);
    await admin("INSERT INTO pair_block (territory_id, pair_id, kind, reason, until, created_at) VALUES ($1, $2, 'suppressed', 'snooze', '2026-11-29', $3)", [territoryId, lead.pairId, world.database.clock.now()]);
    expect(await leadsOf(world.database, { runId: await publishList(world, system) })).toEqual([]);
    world.database.clock.advance({ days: 7 });
    try {
      const runId = await publishList(world, system);
      expect(await admin('SELECT returned_because FROM candidate WHERE run_id = $1', [runId])).toEqual([{ returned_because: expect.stringContaining('date-reached') }]);
    } finally {
      world.database.clock.advance({ days: -7 });
    }
  });
});

describe('what is never listed', () => {
  it('is a pair that was suppressed, introduced, or runs already', async () => {
    const { territoryId, system } = await territory();
    const running = await makeGoodPair(world.database, territoryId, 'running');
    const ended = await makeGoodPair(world.database, territoryId, 'ended', { category: 'oilseed-cake' });
    for (const [{ output, input }, end] of [[running, null], [ended, '2026-06-30']] as const) {
      await admin('INSERT INTO running_synergy (territory_id, output_flow_id, input_flow_id, ended_on) VALUES ($1, $2, $3, $4)', [territoryId, output.flowId, input.flowId, end]);
    }
    for (const kind of ['suppressed', 'introduced']) {
      const { output, input } = await makeGoodPair(world.database, territoryId, kind, { category: kind === 'suppressed' ? 'whey' : 'cardboard' });
      const [pair] = await admin<{ id: string }>('INSERT INTO pair (territory_id, output_flow_id, input_flow_id) VALUES ($1, $2, $3) RETURNING id', [territoryId, output.flowId, input.flowId]);
      await admin('INSERT INTO pair_block (territory_id, pair_id, kind, created_at) VALUES ($1, $2, $3, now())', [territoryId, pair.id, kind]);
    }
    const runId = await publishList(world, system);
    expect(pairsOf(await leadsOf(world.database, { runId }))).toEqual(['ended-o>ended-i']);
    const run = await world.database.worker.read(system, (tx) => getRun(tx, runId));
    const removed = Object.fromEntries((run.funnel ?? []).map((row) => [row.gate, row.removed]));
    expect(removed).toMatchObject({ running: 1, suppressed: 1, introduced: 1 });
  });

  it('is a pair across a border without an agreement that both have signed and neither has ended', async () => {
    const [here, there] = [await territory(), await territory()];
    await makeFlow(world.database, here.territoryId, { ref: 'o', direction: 'output', category: 'straw', hazardous: false });
    await makeFlow(world.database, there.territoryId, { ref: 'i', direction: 'input', category: 'straw', hazardous: false });
    expect(await leadsOf(world.database, { runId: await publishList(world, here.system) })).toEqual([]);
    await agreeTerritories(world.database, here.territoryId, there.territoryId);
    expect(pairsOf(await leadsOf(world.database, { runId: await publishList(world, here.system) }))).toEqual(['o>i']);
    await admin('UPDATE territory_agreement SET ended_at = now() WHERE $1 IN (territory_a_id, territory_b_id)', [here.territoryId]);
    expect(await leadsOf(world.database, { runId: await publishList(world, here.system) })).toEqual([]);
  });
});
