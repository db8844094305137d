import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import type { RunDetail } from '../../src/matching/runs.dto.js';
import { migrateQueueSchema } from '../../src/platform/queue/migrate-queue-schema.js';
import type { CandidateDetail, DecisionResult, PseudonymousCandidate, PseudonymousList, WhyNotAnswer } from '../../src/review/candidate.dto.js';
import type { ListItem, WeeklyList } from '../../src/review/review.dto.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { DEMO_PASSWORD, type DemoPerson, demoLabels, demoRows, importDemo, makeTerritoryWithPeople } from '../support/demo-week.js';
import { type Answer, type ProgramProcess, startApiProgram, startWorkerProgram, until, Visitor } from '../support/processes.js';
import { emptyRedis, queueIsHere, redisUrlForTests } from '../support/redis.js';

/** A part of the given Redis that no other test uses. */
const REDIS_DATABASE = 11;
const labels = demoLabels();
type Key = 'administrator' | 'advisor' | 'colleague' | 'analyst';

describe.each(['postgres', 'redis'] as const)('the week through HTTP, with the queue on %s', (queue) => {
  if (!queueIsHere(queue)) return;

  let database: TestDatabase;
  let dataDir: string;
  let programs: ProgramProcess[];
  let territoryId: string;
  let people: Record<Key, DemoPerson>;
  let administrator: Visitor, advisor: Visitor, colleague: Visitor, analyst: Visitor, stranger: Visitor;
  /** Reference of each flow by its id. */
  let refs: Map<string, string>;
  let first: WeeklyList;
  let accepted: ListItem, rejected: ListItem, snoozed: ListItem, unsaid: ListItem, undone: ListItem;
  const acceptedId = randomUUID();

  beforeAll(async () => {
    database = await openTestDatabase();
    await migrateQueueSchema(database.url('maillon_admin'));
    dataDir = await mkdtemp(join(tmpdir(), 'maillon-week-'));
    ({ territoryId, people } = await makeTerritoryWithPeople(database, 'Pays d’essai', {
      administrator: { email: 'admin@demo.maillon.invalid', roles: ['administrator'] },
      advisor: { email: 'camille.riviere@demo.maillon.invalid', roles: ['advisor', 'contributor'] },
      colleague: { email: 'noe.lafont@demo.maillon.invalid', roles: ['advisor'] },
      analyst: { email: 'ines.delmas@demo.maillon.invalid', roles: ['analyst'] },
    }));
    const elsewhere = await makeTerritoryWithPeople(database, 'Pays voisin', { stranger: { email: 'ailleurs@demo.maillon.invalid', roles: ['advisor'] } });
    await prepareTerritory(database.admin, elsewhere.territoryId, new Date());
    const settings = { DATA_DIR: dataDir };
    const redis: Record<string, string> = queue === 'redis' ? { REDIS_URL: await emptyRedis(redisUrlForTests() ?? '', REDIS_DATABASE) } : {};
    const [api, worker] = await Promise.all([
      startApiProgram({ ...settings, DATABASE_URL: database.url('maillon_api') }),
      startWorkerProgram({ ...settings, ...redis, DATABASE_URL: database.url('maillon_worker'), MAILER_DATABASE_URL: database.url('maillon_mailer') }),
    ]);
    programs = [api, worker];
    expect(await worker.logged('the worker works')).toMatchObject({ queue });
    const enter = (email: string): Promise<Visitor> => new Visitor(api.url).signIn(email, DEMO_PASSWORD);
    [administrator, advisor, colleague, analyst, stranger] = await Promise.all([
      ...[people.administrator, people.advisor, people.colleague, people.analyst].map(({ email }) => enter(email)), enter('ailleurs@demo.maillon.invalid'),
    ]);
  }, 120_000);
  afterAll(async () => {
    const codes = await Promise.all((programs ?? []).map((program) => program.terminate()));
    await database?.close();
    await rm(dataDir, { recursive: true, force: true });
    expect(codes).toEqual([0, 0]);
    // Level ERROR means that somebody must act; nobody had to.
    expect(programs.flatMap((program) => program.said().split('\n').filter((line) => line.includes('"level":50')))).toEqual([]);
  });

  const refOf = ({ output, input }: ListItem): string => `${refs.get(output.flowId)} ${refs.get(input.flowId)}`;
  const listNow = async (): Promise<WeeklyList> => ok(await advisor.get<WeeklyList>('/api/weekly-list?limit=100'));
  const detailOf = async (id: string): Promise<CandidateDetail> => ok(await advisor.get<CandidateDetail>(`/api/candidates/${id}`));
  const decide = (who: Visitor, { id, version }: Pick<ListItem, 'id' | 'version'>, body: object): Promise<Answer<DecisionResult & { code: string }>> =>
    who.post(`/api/candidates/${id}/decisions`, { secondsOnScreen: 40, shown: { screen: 'list' }, ...body }, { 'if-match': `"${version}"` });
  const whyNot = async ({ output, input }: ListItem): Promise<WhyNotAnswer> => ok(await advisor.get<WhyNotAnswer>(`/api/why-not?output=${output.flowId}&input=${input.flowId}`));
  const runAgain = async (): Promise<RunDetail> => {
    const asked = await advisor.post<{ runId: string; created: boolean }>('/api/runs');
    expect([asked.status, asked.body.created]).toEqual([202, true]);
    return published(advisor, asked.body.runId);
  };

  it('takes the demo’s files in', async () => {
    await importDemo(advisor);
    refs = new Map();
    for (let after: string | null = ''; after !== null;) {
      const page: { rows: { id: string; ref: string }[]; next: string | null } = ok(await advisor.get(`/api/flows?limit=200${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`));
      for (const { id, ref } of page.rows) refs.set(id, ref);
      after = page.next;
    }
    expect(refs.size).toBe(demoRows('flows').length);
    expect(new Set(refs.values())).toEqual(new Set(demoRows('flows').map((row) => row['Référence flux'])));
  });

  it('publishes a list whose first ten are mostly good and never bad', async () => {
    await prepareTerritory(database.admin, territoryId, new Date());
    const asked = await advisor.post<{ runId: string }>('/api/runs');
    expect(asked.status).toBe(202);
    const run = await published(advisor, asked.body.runId);
    first = await listNow();
    expect(first.run).toMatchObject({ id: run.id, week: run.week, policyVersion: 1, modelVersion: 0 });
    const verdicts = first.items.slice(0, 10).map((item) => labels.get(refOf(item)));
    expect(verdicts.filter((label) => label === 'good').length).toBeGreaterThanOrEqual(7);
    expect(first.items.filter((item) => item.kind === 'listed' && labels.get(refOf(item)) === 'bad').map(refOf)).toEqual([]);
    expect(first.items.map((item) => item.rank)).toEqual(first.items.map((_, at) => at + 1));
    expect(first.items.length).toBeLessThanOrEqual(Number(run.budget) + 4);
    expect(new Set(first.items.map((item) => item.status))).toEqual(new Set(['open']));
  });

  it('explains each lead in points that add up, and gives no probability before there is one to give', async () => {
    const details = await Promise.all(first.items.map((item) => detailOf(item.id)));
    for (const { rank, probability, points, parts } of details) {
      expect([rank, probability]).toEqual([rank, null]);
      expect(Math.round(parts.reduce((sum, part) => sum + part.points, 0) * 1e6) / 1e6).toBeCloseTo(Number(points), 6);
      expect(parts.every((part) => part.why !== '')).toBe(true);
    }
    expect(first.expectedAccepted).toBeNull();
  });

  it('counts every pair of an output and an input once, at the gate that removed it or among those that passed', async () => {
    const run = ok(await analyst.get<RunDetail>(`/api/runs/${first.run?.id}`));
    const { rows: [{ data }] } = await database.admin.query<{ data: { pairs: number; passed: number } }>(
      "SELECT data FROM audit_event WHERE action = 'run.published' AND subject_id = $1", [run.id]);
    const removed = sum((run.funnel ?? []).map((gate) => gate.removed));
    expect(run.funnel?.every((gate) => gate.exact)).toBe(true);
    expect(removed + data.passed).toBe(data.pairs);
    expect(sum((run.histogram ?? []).map((bin) => bin.count))).toBe(data.passed);
    const ends = demoRows('flows').map((row) => row['Sens']);
    expect(data.pairs).toBeLessThanOrEqual(ends.filter((end) => end === 'sortant').length * ends.filter((end) => end === 'entrant').length);
    expect(data.pairs).toBeGreaterThan(10_000);
  });

  it('mails each advisor who got leads that the list is there', async () => {
    const mails = await until('the digests', async () => {
      const files = await readdir(join(dataDir, 'outbox')).catch(() => []);
      const texts = await Promise.all(files.filter((file) => file.endsWith('.eml')).map((file) => readFile(join(dataDir, 'outbox', file), 'utf8')));
      return texts.length === new Set(first.items.map((item) => item.assignee?.id)).size ? texts : undefined;
    });
    const receivers = mails.map((mail) => /^To: .*?([\w.]+@demo\.maillon\.invalid)/m.exec(mail)?.[1]).sort();
    expect(receivers).toEqual([people.advisor.email, people.colleague.email].filter((email) => receivers.includes(email)).sort());
    const names = demoRows('sites').map((row) => row['Entreprise']);
    expect(mails.filter((mail) => names.some((name) => mail.includes(name)))).toEqual([]);
  });

  it('records what the advisor says, once however often it is sent', async () => {
    [accepted, rejected, snoozed, unsaid, undone] = first.items;
    const answer = await decide(advisor, accepted, { decisionId: acceptedId, verdict: 'accept' });
    expect([answer.status, answer.body, answer.headers.get('etag')]).toEqual([201, { decisionId: acceptedId, version: 2, repeated: false }, '"2"']);
    expect((await decide(advisor, accepted, { decisionId: acceptedId, verdict: 'accept' })).body).toEqual({ decisionId: acceptedId, version: 2, repeated: true });
    expect((await decide(advisor, rejected, { verdict: 'reject', reason: 'too-far' })).status).toBe(201);
    expect((await decide(colleague, snoozed, { verdict: 'snooze', snoozeUntil: inDays(30) })).status).toBe(201);
    expect((await decide(colleague, unsaid, { verdict: 'cannot-say' })).status).toBe(201);
    const list = await listNow();
    expect(list.items.map((item) => item.decision?.verdict).slice(0, 4)).toEqual(['accept', 'reject', 'snooze', 'cannot-say']);
    expect(list.open).toBe(first.open - 4);
  });

  it('lets a decision be taken back, and the lead is open again', async () => {
    const made = ok(await decide(advisor, undone, { verdict: 'accept' }));
    const back = await advisor.send<{ version: number; status: string }>('DELETE', `/api/candidates/${undone.id}/decision`, undefined, { 'if-match': `"${made.version}"` });
    expect([back.status, back.body]).toMatchObject([200, { status: 'open', version: made.version + 1, repeated: false }]);
    const detail = await detailOf(undone.id);
    expect([detail.status, detail.decision]).toEqual(['open', null]);
    expect(detail.history.map((one) => one.verdict)).toEqual(['accept', 'withdraw']);
  });

  it('refuses a decision on what is not on screen any more, and one that does not say what was', async () => {
    const late = await decide(colleague, rejected, { verdict: 'accept' });
    expect([late.status, late.body.code]).toEqual([412, 'stale']);
    const blind = await advisor.post<{ code: string }>(`/api/candidates/${first.items[6].id}/decisions`, { verdict: 'accept' });
    expect([blind.status, blind.body.code]).toEqual([428, 'if-match-missing']);
    const wrong = await decide(advisor, first.items[6], { verdict: 'reject', reason: 'no such reason' });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'reason', code: 'not-a-reason' }] } });
    expect((await detailOf(first.items[6].id)).status).toBe('open');
  });

  it('shows and lends nothing to the advisor of another territory', async () => {
    for (const path of [`/api/candidates/${accepted.id}`, `/api/runs/${first.run?.id}`, `/api/flows/${accepted.output.flowId}`, `/api/why-not?output=${rejected.output.flowId}&input=${rejected.input.flowId}`]) {
      expect([path, (await stranger.get(path)).status]).toEqual([path, 404]);
    }
    expect((await decide(stranger, first.items[6], { verdict: 'accept' })).status).toBe(404);
    expect((await stranger.send('DELETE', `/api/candidates/${accepted.id}/decision`, undefined, { 'if-match': '"2"' })).status).toBe(404);
    expect(ok(await stranger.get<WeeklyList>('/api/weekly-list')).items).toEqual([]);
    expect((await detailOf(first.items[6].id)).status).toBe('open');
  });

  it('runs again, replaces only what is undecided, and does not bring the rejected pair back', async () => {
    const again = await runAgain();
    expect([again.week, again.attempt]).toEqual([first.run?.week, Number(first.run?.attempt) + 1]);
    const decided = [accepted, rejected, snoozed, unsaid];
    expect((await Promise.all(decided.map((item) => detailOf(item.id)))).map(({ status }) => status)).toEqual(['decided', 'decided', 'decided', 'decided']);
    const left = first.items.filter((item) => !decided.some((one) => one.id === item.id));
    expect(new Set((await Promise.all(left.map((item) => detailOf(item.id)))).map(({ status }) => status))).toEqual(new Set(['replaced']));
    const list = await listNow();
    const renewed = list.items.filter((item) => item.status === 'open');
    expect(renewed.length).toBeGreaterThan(0);
    expect(renewed.filter((item) => decided.some((one) => refOf(one) === refOf(item))).map(refOf)).toEqual([]);
    expect(renewed.filter((item) => item.kind === 'listed' && labels.get(refOf(item)) === 'bad').map(refOf)).toEqual([]);
    expect((await decide(advisor, left[0], { verdict: 'accept' })).status).toBe(412);
  });

  it('says why a pair is not on the list', async () => {
    expect(await whyNot(rejected)).toMatchObject({ answer: 'blocked', candidate: null, blocks: [{ kind: 'suppressed', reason: 'too-far' }] });
    expect(await whyNot(accepted)).toMatchObject({ answer: 'blocked', blocks: [{ kind: 'introduced' }] });
    const ids = new Map([...refs].map(([id, ref]) => [ref, id]));
    const solvent = ok(await advisor.get<WhyNotAnswer>(`/api/why-not?output=${ids.get('E28-S4')}&input=${ids.get('E37-E1')}`));
    expect(solvent.answer).toBe('gates');
    expect(solvent.gates.length).toBeGreaterThan(0);
    expect(solvent.text).not.toBe('');
  });

  it('brings the rejected pair back when what was wrong with it has changed, and says what has', async () => {
    const { output, input } = await detailOf(rejected.id);
    const moved = await advisor.send('PATCH', `/api/sites/${output.siteId}`, { latitude: Number(input.latitude) + 0.004, longitude: input.longitude });
    expect([moved.status, moved.text]).toEqual([204, '']);
    await runAgain();
    const back = (await listNow()).items.filter((item) => item.status === 'open' && refOf(item) === refOf(rejected));
    expect(back).toHaveLength(1);
    expect(back[0].returnedBecause).not.toBeNull();
    const { rows } = await database.admin.query<{ because: string }>('SELECT returned_because AS because FROM candidate WHERE id = $1', [back[0].id]);
    expect(rows).toEqual([{ because: 'site-moved side=output' }]);
    expect((await detailOf(back[0].id)).history.map(({ verdict, reason }) => [verdict, reason])).toEqual([['reject', 'too-far']]);
  });

  it('lets the analyst see the week, and no company in it', async () => {
    const list = ok(await analyst.get<PseudonymousList>('/api/pseudonymous/weekly-list?limit=100'));
    expect(list.items.length).toBeGreaterThan(5);
    for (const item of list.items) ok(await analyst.get<PseudonymousCandidate>(`/api/pseudonymous/candidates/${item.id}`));
    for (const path of ['/api/runs', `/api/runs/${list.run?.id}`, '/api/policies', '/api/policies/1', '/api/reasons']) ok(await analyst.get(path));
    for (const path of ['/api/weekly-list', `/api/candidates/${list.items[0].id}`, '/api/companies', '/api/flows', '/api/imports', '/api/people']) {
      expect([path, (await analyst.get(path)).status]).toEqual([path, 403]);
    }
    const told = analyst.bodies.join('\n');
    const names = demoRows('sites').map((row) => row['Entreprise']);
    const contacts = demoRows('contacts').flatMap((row) => [row['Contact'], row['Courriel']]);
    const descriptions = demoRows('flows').map((row) => row['Description']);
    expect(names.length).toBeGreaterThan(100);
    expect([...names, ...contacts, ...descriptions].filter((text) => text !== '' && told.includes(text))).toEqual([]);
    const ids = await database.admin.query<{ id: string }>('SELECT id FROM company UNION ALL SELECT id FROM site UNION ALL SELECT id FROM flow');
    expect(ids.rows.filter(({ id }) => told.includes(id))).toEqual([]);
  });

  it('keeps a trail that says who said what, when, and on which version', async () => {
    const { rows } = await database.admin.query<{ person: string; action: string; subject: string; decisionId: string; verdict: string; version: number; at: Date; decidedAt: Date; policy: number; shown: { candidate: { rank: number } }; said: string; outputVersion: number }>(
      `SELECT e.person_id AS person, e.action, e.subject_id AS subject, e.data ->> 'decisionId' AS "decisionId", e.data ->> 'verdict' AS verdict, (e.data ->> 'version')::int AS version, e.at,
              d.decided_at AS "decidedAt", d.policy_version AS policy, d.shown, d.verdict AS said, d.output_version AS "outputVersion"
         FROM audit_event e JOIN decision d ON d.id = (e.data ->> 'decisionId')::uuid AND d.candidate_id = e.subject_id::uuid
        WHERE e.territory_id = $1 AND e.action IN ('candidate.decided', 'decision.withdrawn') ORDER BY e.id`, [territoryId]);
    expect(rows.map(({ person, action, subject, said, version }) => ({ person, action, subject, said, version }))).toEqual([
      { person: people.advisor.personId, action: 'candidate.decided', subject: accepted.id, said: 'accept', version: 2 },
      { person: people.advisor.personId, action: 'candidate.decided', subject: rejected.id, said: 'reject', version: 2 },
      { person: people.colleague.personId, action: 'candidate.decided', subject: snoozed.id, said: 'snooze', version: 2 },
      { person: people.colleague.personId, action: 'candidate.decided', subject: unsaid.id, said: 'cannot-say', version: 2 },
      { person: people.advisor.personId, action: 'candidate.decided', subject: undone.id, said: 'accept', version: 2 },
      { person: people.advisor.personId, action: 'decision.withdrawn', subject: undone.id, said: 'withdraw', version: 3 },
    ]);
    expect(rows[0].decisionId).toBe(acceptedId);
    for (const { at, decidedAt, policy, outputVersion } of rows) expect([at, policy, outputVersion]).toEqual([decidedAt, 1, 1]);
    expect(rows[0].shown).toMatchObject({ candidate: { kind: 'listed', rank: 1, version: 1 }, screen: { screen: 'list' } });
    const { rows: [{ all }] } = await database.admin.query<{ all: number }>('SELECT count(*)::int AS all FROM decision');
    expect(all).toBe(rows.length);
  });

  it('leaves nothing waiting, and tells the administrator who is who', async () => {
    const waiting = await until('the outbox to be handed over', async () => {
      const { rows } = await database.admin.query('SELECT name FROM outbox_entry WHERE dispatched_at IS NULL');
      return rows.length === 0 ? rows : undefined;
    });
    expect(waiting).toEqual([]);
    expect(ok(await administrator.get<{ email: string }[]>('/api/people'))).toEqual(expect.anything());
    expect(administrator.bodies.join('')).toContain(people.analyst.email);
  });
});

function ok<Body>(answer: Answer<Body>): Body {
  if (answer.status >= 300) throw new Error(`Answered ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer.body;
}

async function published(visitor: Visitor, runId: string): Promise<RunDetail> {
  const run = await until(`run ${runId} to end`, async () => {
    const body = ok(await visitor.get<RunDetail>(`/api/runs/${runId}`));
    return body.state === 'published' || body.state === 'failed' ? body : undefined;
  });
  expect([run.state, run.failure]).toEqual(['published', null]);
  return run;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
