import { loadKnowledge } from '../../config/load-config.js';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { FailRun } from '../../src/matching/fail-run.js';
import { PublishRun } from '../../src/matching/publish-run.js';
import { ReplayRun } from '../../src/matching/replay-run.js';
import { RequestRun } from '../../src/matching/request-run.js';
import { RunMemory } from '../../src/matching/run-memory.js';
import { ScoreRun } from '../../src/matching/score-run.js';
import { SelectRun } from '../../src/matching/select-run.js';
import { StartRun } from '../../src/matching/start-run.js';
import { type Context, systemContext } from '../../src/platform/context.js';
import type { UnitOfWork } from '../../src/platform/postgres/unit-of-work.js';
import type { Knowledge } from '../../src/resources/knowledge.js';
import { openTestDatabase, type TestDatabase } from './database.js';
import { type MadeFlow, makeFlow, makePerson, makeTerritory } from './world.js';

/** A database with everything that makes weekly lists, signed in as the worker. */
export interface RunWorld {
  database: TestDatabase;
  knowledge: Knowledge;
  requestRun: RequestRun;
  startRun: StartRun;
  scoreRun: ScoreRun;
  selectRun: SelectRun;
  publishRun: PublishRun;
  failRun: FailRun;
  replayRun: ReplayRun;
  close(): Promise<void>;
}

export async function openRunWorld(): Promise<RunWorld> {
  const database = await openTestDatabase();
  const knowledge = loadKnowledge();
  return { database, knowledge, ...runActions(database.worker, knowledge), close: () => database.close() };
}

export function runActions(worker: UnitOfWork, knowledge: Knowledge) {
  const memory = new RunMemory();
  return {
    requestRun: new RequestRun(worker), startRun: new StartRun(worker, knowledge, memory), scoreRun: new ScoreRun(worker, memory), selectRun: new SelectRun(worker, memory),
    publishRun: new PublishRun(worker, memory), failRun: new FailRun(worker, memory), replayRun: new ReplayRun(worker),
  };
}

export interface RunTerritory {
  territoryId: string;
  slug: string;
  system: Context;
  advisor: Context & { personId: string };
}

/** A territory with the default policy and one advisor. */
export async function makeRunTerritory(database: TestDatabase, slug: string): Promise<RunTerritory> {
  const territoryId = await makeTerritory(database, slug);
  await prepareTerritory(database.admin, territoryId, database.clock.now());
  const advisor = await makePerson(database, territoryId, ['advisor']);
  return { territoryId, slug, system: systemContext(territoryId), advisor };
}

/** An output and an input that suit each other: the same category, near, the same quantity. `ref` gives `ref-o` and `ref-i`. */
export async function makeGoodPair(
  database: TestDatabase, territoryId: string, ref: string, fields: { category?: string; output?: Record<string, unknown>; input?: Record<string, unknown> } = {},
): Promise<{ output: MadeFlow; input: MadeFlow }> {
  const { category = 'straw', output = {}, input = {} } = fields;
  return {
    output: await makeFlow(database, territoryId, { ref: `${ref}-o`, direction: 'output', category, hazardous: false, ...output }),
    input: await makeFlow(database, territoryId, { ref: `${ref}-i`, direction: 'input', category, hazardous: false, ...input }),
  };
}

/** All steps of a run, one after the other, as the queue delivers them. */
export async function goThrough(world: Omit<RunWorld, 'database' | 'knowledge' | 'close'>, context: Context, runId: string): Promise<void> {
  await world.startRun.execute(context, { runId });
  await world.scoreRun.execute(context, { runId });
  await world.selectRun.execute(context, { runId });
  await world.publishRun.execute(context, { runId });
}

/** Asks for a run and goes through it. */
export async function publishList(world: RunWorld, context: Context): Promise<string> {
  const { runId } = await world.requestRun.execute(context, { cause: 'demand' });
  await goThrough(world, context, runId);
  return runId;
}

export interface PublishedLead {
  rank: number | null;
  kind: string;
  output: string;
  input: string;
  status: string;
  assignedTo: string | null;
  candidateId: string;
  pairId: string;
  points: number;
  runId: string;
}

/** Leads of a run, or of a territory, as the database holds them. */
export async function leadsOf(database: TestDatabase, where: { runId?: string; territoryId?: string; status?: string }): Promise<PublishedLead[]> {
  const { rows } = await database.admin.query<PublishedLead>(
    `SELECT c.rank, c.kind, fo.ref AS output, fi.ref AS input, s.status, s.assigned_to AS "assignedTo", c.id AS "candidateId", c.pair_id AS "pairId", c.points, c.run_id AS "runId"
       FROM candidate c JOIN candidate_state s ON s.candidate_id = c.id JOIN pair p ON p.id = c.pair_id
       JOIN flow fo ON fo.id = p.output_flow_id JOIN flow fi ON fi.id = p.input_flow_id
      WHERE ($1::uuid IS NULL OR c.run_id = $1) AND ($2::uuid IS NULL OR c.territory_id = $2) AND ($3::text IS NULL OR s.status = $3)
      ORDER BY c.published_at, c.rank`, [where.runId ?? null, where.territoryId ?? null, where.status ?? null]);
  return rows;
}
