import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { advisorsPresent } from '../access/access.queries.js';
import { queueStaffMails } from '../access/queue-staff-mail.js';
import type { Context } from '../platform/context.js';
import { localDayOf } from '../platform/iso-week.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { assignLeads } from './assignment.js';
import { type ListDocument, listHashOf, type ListLine } from './list-document.js';
import { reasonsForReturn } from './returned-pairs.queries.js';
import { readRunFlows, type RunFlows } from './run-input.js';
import { RunMemory } from './run-memory.js';
import { isStillToDo, lockRun, type RunRow } from './run-rows.js';

/** A lead made by hand at the same moment takes the one open place of its pair: look again, a few times. */
const TRIES = 3;

interface Lead {
  line: ListLine;
  pairId: string;
  outputVersion: number;
  inputVersion: number;
}

/**
 * Last step of a run: the list becomes candidates, in one transaction. What is undecided of earlier attempts of the week is
 * replaced; decided ones, and open ones of earlier weeks, stay. A pair that somebody decided on, blocked or opened by hand
 * while the run was under way, or that may not be shown any more, is left out, and the trail says so.
 */
@Injectable()
export class PublishRun {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly memory: RunMemory,
  ) {}

  async execute(context: Context, { runId }: { runId: string }): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // Across: the output of a lead may be the neighbour's, and its company has its référent there.
        await this.unitOfWork.write(context, (tx) => publish(tx, runId, this.memory), { across: true });
        this.memory.forget(runId);
        return;
      } catch (error) {
        const constraint = error instanceof QueryFailedError ? (error.driverError as { constraint?: unknown }).constraint : undefined;
        if (attempt === TRIES || constraint !== 'uq_candidate_state_open_pair') throw error;
      }
    }
  }
}

async function publish(tx: Transaction, runId: string, memory: RunMemory): Promise<void> {
  const run = await lockRun(tx, runId);
  if (!isStillToDo(run, 'selected')) return;
  const known = memory.of(runId);
  const document = known?.document ?? await readDocument(tx, runId);
  const flows = known?.flows ?? await readRunFlows(tx, runId);
  const replaced = await replaceUndecided(tx, run, flows.decided);
  const leads = await withPairs(tx, flows, document.list);
  const [territory] = await tx.sql<{ timeZone: string }>('SELECT time_zone AS "timeZone" FROM territory WHERE id = $1', [tx.context.territoryId]);
  const day = localDayOf(tx.now, territory.timeZone);
  const { free, overtaken } = await leaveOutOvertaken(tx, run, leads, day);
  const assigned = await assign(tx, free, day);
  await writeCandidates(tx, run, free, assigned);
  await tx.sql(
    `UPDATE run SET state = 'published', published_at = $3, progress = 1, funnel = $4, histogram = $5, shortfall = $6, list_hash = $7
      WHERE territory_id = $1 AND id = $2`,
    [tx.context.territoryId, runId, tx.now, JSON.stringify(document.funnel), JSON.stringify(document.histogram),
      document.shortfall === null ? null : JSON.stringify(document.shortfall), listHashOf(document)]);
  await tx.sql('DELETE FROM run_step WHERE territory_id = $1 AND run_id = $2', [tx.context.territoryId, runId]);
  await tx.audit({
    action: 'run.published', subjectType: 'run', subjectId: runId,
    data: {
      week: run.week, attempt: run.attempt, policyVersion: run.policyVersion, modelVersion: run.modelVersion, listed: free.length, replaced, overtaken,
      pairs: document.pairs, passed: document.passed.count, aboveThreshold: document.aboveThreshold.count, exact: document.passed.exact,
    },
  });
  await mailDigests(tx, run, assigned);
}

async function readDocument(tx: Transaction, runId: string): Promise<ListDocument> {
  const [step] = await tx.sql<{ result: Buffer }>("SELECT result FROM run_step WHERE territory_id = $1 AND run_id = $2 AND step = 'select'", [tx.context.territoryId, runId]);
  return JSON.parse((await promisify(gunzip)(step.result)).toString('utf8')) as ListDocument;
}

/**
 * A lead that was decided when the run began, and was taken back since, stays: the run has counted its place as used up and
 * does not list its pair again.
 * @returns how many leads of earlier attempts of this week went
 */
async function replaceUndecided(tx: Transaction, run: RunRow, decided: readonly string[]): Promise<number> {
  const rows = await tx.sql(
    `UPDATE candidate_state s SET status = 'replaced', closed_at = $4, version = s.version + 1
       FROM candidate c
      WHERE s.territory_id = $1 AND s.status = 'open' AND c.territory_id = s.territory_id AND c.id = s.candidate_id
        AND c.week = $2 AND c.run_id <> $3 AND c.kind <> 'by-hand' AND c.id <> ALL($5::uuid[])
      RETURNING s.candidate_id`, [tx.context.territoryId, run.week, run.id, tx.now, decided]);
  return rows.length;
}

async function withPairs(tx: Transaction, { outputs, inputs }: RunFlows, list: readonly ListLine[]): Promise<Lead[]> {
  const found = list.map((line) => {
    const [output, input] = [outputs.get(line.output), inputs.get(line.input)];
    if (output === undefined || input === undefined) throw new Error('The list names a flow that the snapshot does not hold');
    return { line, output, input };
  });
  const parameters = [tx.context.territoryId, found.map(({ output }) => output.id), found.map(({ input }) => input.id)];
  await tx.sql(
    `INSERT INTO pair (territory_id, output_flow_id, input_flow_id) SELECT $1, o, i FROM unnest($2::uuid[], $3::uuid[]) AS given (o, i)
     ON CONFLICT DO NOTHING`, parameters);
  const rows = await tx.sql<{ id: string; output: string; input: string }>(
    `SELECT p.id, p.output_flow_id AS output, p.input_flow_id AS input
       FROM pair p JOIN unnest($2::uuid[], $3::uuid[]) AS given (o, i) ON p.output_flow_id = o AND p.input_flow_id = i
      WHERE p.territory_id = $1`, parameters);
  const idOf = new Map(rows.map((row) => [`${row.output} ${row.input}`, row.id]));
  return found.map(({ line, output, input }) => {
    const pairId = idOf.get(`${output.id} ${input.id}`);
    if (pairId === undefined) throw new Error('A pair could not be written');
    return { line, pairId, outputVersion: output.version, inputVersion: input.version };
  });
}

/**
 * Leads whose pair was blocked, decided, opened by hand or begun since the run read its input, or of which a flow is gone,
 * held back, not wished or no longer to be seen by this territory: what a company said last counts, not what the run read.
 */
async function leaveOutOvertaken(tx: Transaction, run: RunRow, leads: readonly Lead[], day: string): Promise<{ free: Lead[]; overtaken: number }> {
  const rows = await tx.sql<{ pairId: string }>(
    `SELECT pair_id AS "pairId" FROM pair_block WHERE territory_id = $1 AND pair_id = ANY($2::uuid[]) AND lifted_at IS NULL
     UNION
     SELECT pair_id FROM candidate_state WHERE territory_id = $1 AND pair_id = ANY($2::uuid[]) AND (status = 'open' OR (status = 'decided' AND closed_at >= $3))
     UNION
     SELECT p.id FROM pair p JOIN running_synergy r ON r.territory_id = p.territory_id AND r.output_flow_id = p.output_flow_id AND r.input_flow_id = p.input_flow_id
      WHERE p.territory_id = $1 AND p.id = ANY($2::uuid[]) AND (r.ended_on IS NULL OR r.ended_on >= $4::date)
     UNION
     SELECT p.id FROM pair p WHERE p.territory_id = $1 AND p.id = ANY($2::uuid[]) AND 2 > (
       SELECT count(*) FROM flow f
        WHERE f.id IN (p.output_flow_id, p.input_flow_id) AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))
          AND f.withdrawn_at IS NULL AND NOT f.withheld AND f.wish <> 'no')`,
    [tx.context.territoryId, leads.map((lead) => lead.pairId), run.asOf, day]);
  const taken = new Set(rows.map((row) => row.pairId));
  const free = leads.filter((lead) => !taken.has(lead.pairId));
  return { free, overtaken: leads.length - free.length };
}

async function assign(tx: Transaction, leads: readonly Lead[], day: string): Promise<(string | null)[]> {
  const { territoryId } = tx.context;
  const present = await advisorsPresent(tx, territoryId, day);
  const referents = await tx.sql<{ pairId: string; referentId: string | null }>(
    `SELECT p.id AS "pairId", c.referent_id AS "referentId"
       FROM pair p JOIN flow f ON f.id = p.output_flow_id JOIN site s ON s.id = f.site_id
       JOIN company own ON own.id = s.company_id JOIN company c ON c.id = coalesce(own.merged_into_id, own.id)
      WHERE p.territory_id = $1 AND p.id = ANY($2::uuid[])`, [territoryId, leads.map((lead) => lead.pairId)]);
  const loads = await tx.sql<{ personId: string; open: number }>(
    `SELECT assigned_to AS "personId", count(*)::int AS open FROM candidate_state
      WHERE territory_id = $1 AND status = 'open' AND assigned_to IS NOT NULL GROUP BY assigned_to`, [territoryId]);
  const referentOf = new Map(referents.map((row) => [row.pairId, row.referentId]));
  return assignLeads(leads.map((lead) => referentOf.get(lead.pairId) ?? null), present, new Map(loads.map((row) => [row.personId, row.open])));
}

async function writeCandidates(tx: Transaction, run: RunRow, leads: readonly Lead[], assigned: readonly (string | null)[]): Promise<void> {
  const returned = await reasonsForReturn(tx, leads.map((lead) => lead.pairId));
  const rows = leads.map(({ line, pairId, outputVersion, inputVersion }, at) => ({
    pair_id: pairId, kind: line.kind, rank: line.rank, z: line.z, points: line.points, probability: line.probability,
    inclusion_probability: line.inclusionProbability, substitution: line.substitution, distance_km: line.features.distanceKm,
    features: { ...line.features, thresholdPoints: line.thresholdPoints, auditPool: line.auditPool, wishNotAsked: line.wishNotAsked },
    parts: line.parts, questions: line.questions, caps_acted: line.capsActed, ring: line.ring,
    output_version: outputVersion, input_version: inputVersion, assigned_to: assigned[at], returned_because: returned.get(pairId) ?? null,
  }));
  await tx.sql(
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (
         pair_id uuid, kind text, rank int, z float8, points float8, probability float8, inclusion_probability float8, substitution text, distance_km float8,
         features jsonb, parts jsonb, questions jsonb, caps_acted jsonb, ring text, output_version int, input_version int, assigned_to uuid, returned_because text)
     ), made AS (
       INSERT INTO candidate (territory_id, pair_id, run_id, kind, rank, week, z, points, probability, inclusion_probability, substitution, distance_km,
         features, parts, questions, caps_acted, ring, output_version, input_version, policy_version, model_version, published_at, returned_because)
       SELECT $2, g.pair_id, $3, g.kind, g.rank, $4, g.z, g.points, g.probability, g.inclusion_probability, g.substitution, g.distance_km,
         g.features, g.parts, g.questions, g.caps_acted, g.ring, g.output_version, g.input_version, $5, $6, $7, g.returned_because
       FROM given g RETURNING id, pair_id
     )
     INSERT INTO candidate_state (candidate_id, territory_id, pair_id, status, assigned_to)
     SELECT m.id, $2, m.pair_id, 'open', g.assigned_to FROM made m JOIN given g USING (pair_id)`,
    [JSON.stringify(rows), tx.context.territoryId, run.id, run.week, run.policyVersion, run.modelVersion, tx.now]);
}

/** One mail to each advisor who got leads, for the week's first list; another attempt of the week disturbs nobody again. */
async function mailDigests(tx: Transaction, run: RunRow, assigned: readonly (string | null)[]): Promise<void> {
  const [earlier] = await tx.sql("SELECT 1 FROM run WHERE territory_id = $1 AND week = $2 AND id <> $3 AND state = 'published' LIMIT 1", [tx.context.territoryId, run.week, run.id]);
  if (earlier !== undefined) return;
  const counts = new Map<string, number>();
  for (const personId of assigned) if (personId !== null) counts.set(personId, (counts.get(personId) ?? 0) + 1);
  await queueStaffMails(tx, 'digest', [...counts].map(([personId, count]) => ({ personId, params: { count, week: run.week } })));
}
