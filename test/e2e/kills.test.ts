import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { ALL_ENTITIES } from '../../src/all-entities.js';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { seededRandom } from '../../src/matching/kernel/random.js';
import { type DatabaseRole, type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { migrateDatabase } from '../../src/platform/postgres/migrate.js';
import { migrateQueueSchema } from '../../src/platform/queue/migrate-queue-schema.js';
import type { WeeklyList } from '../../src/review/review.dto.js';
import { DEMO_PASSWORD, demoRows, importDemo, makeTerritoryWithPeople } from '../support/demo-week.js';
import { Insistent, Kept, killPostgres, type Target, TARGETS } from '../support/killed-house.js';
import { type Answer, LINK_SECRET_FOR_TESTS, startProgram, until, Visitor } from '../support/processes.js';
import { emptyRedis, queueIsHere, redisUrlForTests } from '../support/redis.js';

const REDIS_DATABASE = 12;
const SEED = 20_261_124;

/** A decision that a client has sent until it was answered for sure. */
interface Sent {
  candidateId: string;
  decisionId: string;
  verdict: 'accept' | 'reject' | 'snooze' | 'cannot-say' | 'withdraw';
  recorded: boolean;
}

interface Territory {
  id: string;
  advisor: Visitor;
  colleague: Visitor;
}

// 20 and more on PostgreSQL alone; some more where a Redis is given.
describe.each([{ queue: 'postgres', kills: 20 }, { queue: 'redis', kills: 8 }] as const)('with the queue on $queue, $kills kills while runs go and decisions are sent', ({ queue, kills }) => {
  if (!queueIsHere(queue)) return;

  const random = seededRandom(SEED + kills);
  /** A server of its own: killing the one that other test files share would be no kindness. */
  const pgDir = `.data/test-kills-${randomUUID()}`;
  const insistent = new Insistent();
  const sent: Sent[] = [];
  const asked = new Set<string>();
  const killed: Record<Target, number> = { api: 0, worker: 0, backend: 0, postmaster: 0 };
  let postgres: EmbeddedPostgres;
  let admin: pg.Pool;
  let dataDir: string;
  let api: Kept;
  let worker: Kept;
  let territories: Territory[];
  let over = false;
  /** Called when a decision is about to be sent. */
  let heard: () => void = () => undefined;
  /** Decisions that had been recorded when their sender heard nothing. */
  let answersLost = 0;

  const rows = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => (await admin.query<Row>(sql)).rows;

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ dataDir: pgDir });
    const url = (role: DatabaseRole): string => postgres.url(role);
    await migrateDatabase(url('maillon_admin'), ALL_ENTITIES);
    await migrateQueueSchema(url('maillon_admin'));
    admin = new pg.Pool({ connectionString: url('maillon_admin'), max: 2, options: '-c search_path=maillon,public -c timezone=UTC' });
    admin.on('error', () => undefined);
    dataDir = await mkdtemp(join(tmpdir(), 'maillon-kills-'));

    const common = { DATA_DIR: dataDir, LOG_LEVEL: 'info', SESSION_SECRET: 'only for tests, only for tests, only for tests', LINK_SECRET: LINK_SECRET_FOR_TESTS };
    const redis: Record<string, string> = queue === 'redis' ? { REDIS_URL: await emptyRedis(redisUrlForTests() ?? '', REDIS_DATABASE) } : {};
    // The first start finds a free port; the address stays the same over restarts.
    let port = '0';
    api = new Kept(() => startProgram('src/main.ts', { ...common, PORT: port, DATABASE_URL: url('maillon_api') }), 'the API listens');
    worker = new Kept(() => startProgram('test/support/quick-worker.ts', { ...common, ...redis, DATABASE_URL: url('maillon_worker') }), 'the worker works');
    const [{ url: address }] = await Promise.all([api.begin(), worker.begin()]);
    port = new URL(String(address)).port;

    territories = [];
    for (const slug of ['nord', 'sud']) {
      // The same two people in both, as the files name them; time for long lists, so that there is always something left to decide.
      const { territoryId: id, people } = await makeTerritoryWithPeople({ admin }, `Pays ${slug}`, {
        advisor: { email: 'camille.riviere@demo.maillon.invalid', roles: ['advisor'], weeklyMinutes: 400 },
        colleague: { email: 'noe.lafont@demo.maillon.invalid', roles: ['advisor'], weeklyMinutes: 400 },
      });
      const [advisor, colleague] = await Promise.all([people.advisor, people.colleague].map(async ({ email }) => {
        const visitor = await new Visitor(String(address)).signIn(email, DEMO_PASSWORD);
        expect((await visitor.send('PUT', '/api/session/territory', { territoryId: id })).status).toBe(200);
        return visitor;
      }));
      territories.push({ id, advisor, colleague });
    }
    for (const { advisor } of territories) await importDemo(advisor);
    for (const { id } of territories) await prepareTerritory(admin, id, new Date());
  }, 120_000);
  afterAll(async () => {
    over = true;
    await Promise.all([api?.stop(), worker?.stop()]);
    await admin?.end();
    await postgres?.stop();
    await removeEmbeddedPostgres({ dataDir: pgDir });
    for (const folder of [pgDir, dataDir]) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  /** Asks for run after run. */
  async function keepRunning({ advisor }: Territory): Promise<void> {
    while (!over) {
      const request = await insistent.send(() => advisor.post<{ runId: string }>('/api/runs'));
      expect([request.status, request.text]).toEqual([202, request.text]);
      asked.add(request.body.runId);
      await until('the run to end', async () => {
        const { status, body, text } = await insistent.send(() => advisor.get<{ state: string }>(`/api/runs/${request.body.runId}`));
        expect([status, text]).toEqual([200, text]);
        await pause(30);
        return body.state === 'published' || body.state === 'failed' || undefined;
      }, 150);
    }
  }

  /** Decides on what is open, and takes back some of what is decided, as somebody who does not see the kills. */
  async function keepDeciding(visitor: Visitor): Promise<void> {
    while (!over) {
      const { body } = await insistent.send(() => visitor.get<WeeklyList>('/api/weekly-list?limit=100'));
      const wanted = random() < 0.3 ? 'decided' : 'open';
      const leads = body.items.filter(({ status }) => status === wanted);
      const lead = leads[Math.floor(random() * leads.length)];
      if (lead !== undefined) await say(visitor, lead);
      await pause(20 + random() * 120);
    }
  }

  async function say(visitor: Visitor, { id, status, version }: WeeklyList['items'][number]): Promise<void> {
    heard();
    const decisionId = randomUUID();
    const headers = { 'if-match': `"${version}"` };
    if (status === 'decided') {
      const answer = await insistent.send(() => visitor.send('DELETE', `/api/candidates/${id}/decision?withdrawalId=${decisionId}`, undefined, headers));
      expect([200, 409, 412]).toContain(answer.status);
      sent.push({ candidateId: id, decisionId, verdict: 'withdraw', recorded: answer.status === 200 });
      return;
    }
    const choice = random();
    const body = choice < 0.3 ? { verdict: 'accept' as const } : choice < 0.6 ? { verdict: 'reject' as const, reason: 'too-far' }
      : choice < 0.8 ? { verdict: 'cannot-say' as const } : { verdict: 'snooze' as const, snoozeUntil: new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10) };
    const send = (): Promise<Answer<{ repeated: boolean }>> =>
      insistent.send(() => visitor.post<{ repeated: boolean }>(`/api/candidates/${id}/decisions`, { decisionId, secondsOnScreen: 30, ...body }, headers));
    // Some hands click twice.
    const answers = await Promise.all(random() < 0.2 ? [send(), send()] : [send()]);
    const [answer] = answers;
    expect([201, 409, 412]).toContain(answer.status);
    expect(answers.map(({ status: one }) => one)).toEqual(answers.map(() => answer.status));
    if (answer.status === 201 && answers.every((one) => one.body.repeated)) answersLost += 1;
    sent.push({ candidateId: id, decisionId, verdict: body.verdict, recorded: answer.status === 201 });
  }

  /** Each kind of target as often as the others, in a random order, at random moments: half of them while all are at work, the others while something else may be down still. */
  async function kill(): Promise<void> {
    const order = Array.from({ length: kills }, (_, at) => TARGETS[at % TARGETS.length]).map((target) => ({ target, at: random() })).sort((a, b) => a.at - b.at);
    await until('work to be under way everywhere', async () => Promise.resolve(sent.length > 10 || undefined));
    for (const { target } of order) {
      const needed = random() < 0.5 ? [api, worker] : target === 'api' ? [api] : target === 'worker' ? [worker] : [];
      await until('those to be up that shall be', async () => Promise.resolve(needed.every(({ up }) => up) || undefined));
      await pause(random() * 500);
      // Half of the kills aim at a decision that is just being made, the others at whatever there is.
      if (random() < 0.5) {
        await Promise.race([new Promise<void>((resolve) => (heard = resolve)), pause(1_500)]);
        await pause(random() * 25);
      }
      if (target === 'api') await api.kill();
      else if (target === 'worker') await worker.kill();
      else await killPostgres(postgres, pgDir, target, random);
      killed[target] += 1;
    }
  }

  it('let every client come to an end of its work', async () => {
    const clients = territories.flatMap((territory) => [keepRunning(territory), keepDeciding(territory.advisor), keepDeciding(territory.colleague)]);
    // A client that fails must not wait for the kills to be over.
    await Promise.race([kill(), Promise.all(clients)]);
    over = true;
    await Promise.all(clients);
    process.stderr.write(`${queue}: kills ${JSON.stringify(killed)}, runs ${asked.size}, decisions sent ${sent.length}, recorded ${sent.filter(({ recorded }) => recorded).length}, requests repeated ${insistent.repeats}, answers lost ${answersLost}\n`);
    expect(Object.values(killed).reduce((sum, count) => sum + count, 0)).toBe(kills);
    expect(insistent.repeats).toBeGreaterThan(0);
    expect(sent.filter(({ recorded }) => recorded).length).toBeGreaterThan(kills);
  }, 240_000);

  it('leave every run published or visibly failed, and nothing of it half done', async () => {
    await until('the outbox to be empty and the runs to be over', async () => {
      const left = await rows("SELECT 1 FROM outbox_entry WHERE dispatched_at IS NULL UNION ALL SELECT 1 FROM run WHERE state NOT IN ('published', 'failed')");
      return left.length === 0 || undefined;
    });
    const runs = await rows<{ id: string; state: string; failure: string | null; candidates: number; ranks: number; last: number | null; requested: number; told: number; trail: { listed?: number; overtaken?: number } | null; steps: number; hash: string | null }>(
      `SELECT r.id, r.state, r.failure, r.list_hash AS hash, count(c.id)::int AS candidates, count(DISTINCT c.rank)::int AS ranks, max(c.rank) AS last,
              (SELECT count(*)::int FROM audit_event e WHERE e.action = 'run.requested' AND e.subject_id = r.id::text) AS requested,
              (SELECT count(*)::int FROM audit_event e WHERE e.action = 'run.' || r.state AND e.subject_id = r.id::text) AS told,
              (SELECT e.data FROM audit_event e WHERE e.action = 'run.published' AND e.subject_id = r.id::text LIMIT 1) AS trail,
              (SELECT count(*)::int FROM run_step s WHERE s.run_id = r.id) AS steps
         FROM run r LEFT JOIN candidate c ON c.run_id = r.id GROUP BY r.id ORDER BY r.id`);
    expect(runs.length).toBeGreaterThanOrEqual(asked.size);
    expect([...asked].filter((id) => !runs.some((run) => run.id === id))).toEqual([]);
    for (const { id, state, failure, candidates, ranks, last, requested, told, trail, steps, hash } of runs) {
      expect([id, requested, told, steps, ranks, trail?.listed ?? 0]).toEqual([id, 1, 1, 0, candidates, candidates]);
      // What was decided while the run was under way is left out of its list, at whatever rank.
      expect(last ?? 0).toBeLessThanOrEqual(candidates + (trail?.overtaken ?? 0));
      if (state === 'published') expect([id, failure, hash]).toEqual([id, null, expect.stringMatching(/^[0-9a-f]{64}$/)]);
      else expect([id, candidates, failure]).toEqual([id, 0, expect.stringMatching(/./)]);
    }
    // Kills pass: what they interrupt is done again, and none of these runs had anything else wrong with it.
    expect(runs.filter((run) => run.state === 'failed').map((run) => run.failure)).toEqual([]);
  }, 150_000);

  it('leave one list for each territory, week and attempt, attempts without a gap, and no open pair twice', async () => {
    expect(await rows('SELECT territory_id, week, attempt FROM run GROUP BY 1, 2, 3 HAVING count(*) > 1')).toEqual([]);
    expect(await rows('SELECT territory_id, week FROM run GROUP BY 1, 2 HAVING max(attempt) <> count(*)')).toEqual([]);
    expect(await rows("SELECT territory_id, pair_id FROM candidate_state WHERE status = 'open' GROUP BY 1, 2 HAVING count(*) > 1")).toEqual([]);
    expect(await rows('SELECT run_id, pair_id FROM candidate GROUP BY 1, 2 HAVING count(*) > 1')).toEqual([]);
    expect(await rows('SELECT c.id FROM candidate c LEFT JOIN candidate_state s ON s.candidate_id = c.id WHERE s.candidate_id IS NULL')).toEqual([]);
    // Of a week, only the last attempt's leads and those taken back since are open.
    expect(await rows(`SELECT c.id FROM candidate c JOIN candidate_state s ON s.candidate_id = c.id JOIN run r ON r.id = c.run_id
      WHERE s.status = 'open' AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.candidate_id = c.id)
        AND r.attempt < (SELECT max(attempt) FROM run o WHERE o.territory_id = r.territory_id AND o.week = r.week AND o.state = 'published')`)).toEqual([]);
    const flows = await rows<{ count: number }>('SELECT count(*)::int AS count FROM flow GROUP BY territory_id');
    expect(flows.map(({ count }) => count)).toEqual(territories.map(() => demoRows('flows').length));
  });

  it('lose no decision that was answered, record none twice and none that was refused', async () => {
    const kept = await rows<{ id: string; candidateId: string; verdict: string }>('SELECT id, candidate_id AS "candidateId", verdict FROM decision');
    const byId = new Map(kept.map((row) => [row.id, row]));
    expect(byId.size).toBe(kept.length);
    expect(kept.map(({ id }) => id).sort()).toEqual(sent.filter(({ recorded }) => recorded).map(({ decisionId }) => decisionId).sort());
    for (const { decisionId, candidateId, verdict, recorded } of sent) if (recorded) expect(byId.get(decisionId)).toEqual({ id: decisionId, candidateId, verdict });
  });

  it('leave what counts in step with what was said, and a trail of exactly that', async () => {
    const trail = await rows<{ decisionId: string }>(`SELECT data ->> 'decisionId' AS "decisionId" FROM audit_event WHERE action IN ('candidate.decided', 'decision.withdrawn')`);
    expect(trail.map(({ decisionId }) => decisionId).sort()).toEqual(sent.filter(({ recorded }) => recorded).map(({ decisionId }) => decisionId).sort());
    expect(await rows(`SELECT e.id FROM audit_event e JOIN decision d ON d.id = (e.data ->> 'decisionId')::uuid
      WHERE e.action IN ('candidate.decided', 'decision.withdrawn')
        AND (e.subject_id <> d.candidate_id::text OR e.person_id <> d.person_id OR e.at <> d.decided_at OR (e.action = 'decision.withdrawn') <> (d.verdict = 'withdraw'))`)).toEqual([]);
    // The last word on each lead, in the order of its versions.
    expect(await rows(`WITH last AS (
        SELECT DISTINCT ON (d.candidate_id) d.candidate_id, d.id, d.verdict FROM decision d
          JOIN audit_event e ON e.action IN ('candidate.decided', 'decision.withdrawn') AND e.data ->> 'decisionId' = d.id::text
         ORDER BY d.candidate_id, (e.data ->> 'version')::int DESC)
      SELECT s.candidate_id FROM candidate_state s LEFT JOIN last l USING (candidate_id) LEFT JOIN standing_decision k USING (candidate_id)
       WHERE (l.id IS NOT NULL AND l.verdict <> 'withdraw') IS DISTINCT FROM (k.decision_id IS NOT NULL)
          OR k.decision_id <> l.id OR k.verdict <> l.verdict OR (k.decision_id IS NOT NULL) <> (s.status = 'decided')`)).toEqual([]);
    // What a standing decision blocks is blocked, and what was taken back is not.
    expect(await rows(`SELECT k.candidate_id FROM standing_decision k
      WHERE (SELECT count(*) FROM pair_block b WHERE b.decision_id = k.decision_id AND b.lifted_at IS NULL) <> 1`)).toEqual([]);
    expect(await rows(`SELECT b.id FROM pair_block b LEFT JOIN standing_decision k ON k.decision_id = b.decision_id
      WHERE b.lifted_at IS NULL AND b.decision_id IS NOT NULL AND k.decision_id IS NULL`)).toEqual([]);
  });

  it('end no process but the one that was killed, and are nobody’s fault', async () => {
    expect([api.ownEnds, worker.ownEnds]).toEqual([[], []]);
    expect([...api.errors, ...worker.errors].map((line) => line.slice(0, 700)).slice(0, 5)).toEqual([]);
    expect(insistent.faults).toEqual([]);
    await until('both to be up', async () => Promise.resolve((api.up && worker.up) || undefined));
    expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, null]);
  });
});
