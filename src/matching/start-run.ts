import { Injectable } from '@nestjs/common';
import { advisorsPresent } from '../access/access.queries.js';
import type { Context } from '../platform/context.js';
import { daysOfWeek, localDayOf } from '../platform/iso-week.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { activeVersions } from './active-versions.queries.js';
import { codeVersion } from './code-version.js';
import { budgetSize } from './kernel/budget.js';
import { liftBlocks } from './lift-pair-blocks.js';
import { dayNumber, positions, readBlocks, readSnapshot } from './read-snapshot.js';
import { packRunInput, type PackedInput, type RunIds, type RunSettings, writeRunInput } from './run-input.js';
import { RunMemory } from './run-memory.js';
import { isStillToDo, lockRun, readRun, type RunRow } from './run-rows.js';
import type { BuiltSnapshot, SnapshotIds } from './snapshot-rows.js';

interface Material {
  /** When it was read: what "now" means for this run. */
  asOf: Date;
  built: BuiltSnapshot;
  ids: RunIds;
  settings: RunSettings;
  policyVersion: number;
  modelVersion: number;
}

/**
 * First step of a run: lets return what may return, and writes down the whole input, once. From here on the run reads
 * nothing but that.
 */
@Injectable()
export class StartRun {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly memory: RunMemory,
  ) {}

  async execute(context: Context, { runId }: { runId: string }): Promise<void> {
    const toDo = await this.unitOfWork.write(context, async (tx) => {
      const run = await lockRun(tx, runId);
      if (!isStillToDo(run, 'waiting')) return false;
      await liftBlocks(tx, this.knowledge);
      return true;
    }, { across: true });
    if (!toDo) return;
    const material = await this.unitOfWork.read(context, async (tx) => this.readMaterial(tx, await readRun(tx, runId)), { across: true });
    const packed = await packRunInput(material.built.snapshot, material.settings, material.ids, this.knowledge);
    const kept = await this.unitOfWork.write(context, async (tx) => {
      const run = await lockRun(tx, runId);
      if (!isStillToDo(run, 'waiting')) return false;
      await this.keep(tx, run, material, packed);
      return true;
    });
    // Whoever was faster has kept another reading: that one counts.
    if (kept) this.memory.remember(runId, { input: packed.input, flows: packed.flows });
  }

  /** Everything from one state of the database. */
  private async readMaterial(tx: Transaction, run: RunRow): Promise<Material> {
    const { territoryId } = tx.context;
    const [territory] = await tx.sql<{ timeZone: string }>('SELECT time_zone AS "timeZone" FROM territory WHERE id = $1', [territoryId]);
    if (territory === undefined) throw notFound('territory');
    const day = localDayOf(tx.now, territory.timeZone);
    const { policy, policyVersion, model, modelVersion } = await activeVersions(tx);
    const built = await readSnapshot(tx, this.knowledge, day);
    const earlier = await readEarlier(tx, run.week, built.ids);
    const advisors = await readAdvisors(tx, run.week, policy.budget.weeklyMinutes);
    const size = budgetSize(advisors, policy);
    return {
      asOf: tx.now, built, ids: { ...built.ids, decided: earlier.decided }, policyVersion, modelVersion,
      settings: {
        policy, model,
        blocks: [...await readBlocks(tx, built.ids, day), ...earlier.byHand], open: earlier.open,
        asOfDay: dayNumber(day), seed: run.seed,
        budget: {
          listSize: Math.max(0, size.listSize - earlier.decidedElsewhere),
          auditSize: Math.max(0, size.auditSize - earlier.decidedAudit),
          advisors,
        },
        skipped: built.skipped,
      },
    };
  }

  private async keep(tx: Transaction, run: RunRow, { asOf, built, settings, policyVersion, modelVersion }: Material, packed: PackedInput): Promise<void> {
    const hash = await writeRunInput(tx, run.id, packed);
    await tx.sql(
      `UPDATE run SET state = 'started', as_of = $3, code_version = $4, policy_version = $5, model_version = $6, knowledge_hash = $7, progress = 0.1
        WHERE territory_id = $1 AND id = $2`,
      [tx.context.territoryId, run.id, asOf, codeVersion(), policyVersion, modelVersion, hash]);
    await tx.audit({
      action: 'run.started', subjectType: 'run', subjectId: run.id,
      data: { policyVersion, modelVersion, outputs: built.snapshot.outputs.count, inputs: built.snapshot.inputs.count, skipped: built.skipped, budget: settings.budget.listSize },
    });
  }
}

/**
 * The advisors who are there on any working day of the run's week, with their minutes of the days they are there.
 * @param week ISO week
 * @param usualMinutes of an advisor who has none of their own
 */
async function readAdvisors(tx: Transaction, week: string, usualMinutes: number): Promise<RunSettings['budget']['advisors']> {
  const { territoryId } = tx.context;
  const days = workingDays(week);
  const there = new Map<string, { weeklyMinutes: number | null; days: number }>();
  for (const day of days) {
    for (const { personId, weeklyMinutes } of await advisorsPresent(tx, territoryId, day)) there.set(personId, { weeklyMinutes, days: (there.get(personId)?.days ?? 0) + 1 });
  }
  const present = [...there].sort(([one], [other]) => (one < other ? -1 : 1)).map(([personId, advisor]) => ({
    personId, weeklyMinutes: advisor.days === days.length ? advisor.weeklyMinutes : ((advisor.weeklyMinutes ?? usualMinutes) * advisor.days) / days.length,
  }));
  const paces = await tx.sql<{ personId: string; medianReviewMinutes: number | null; openMediations: number }>(
    `SELECT person_id AS "personId", median_review_minutes AS "medianReviewMinutes", open_mediations AS "openMediations"
       FROM advisor_pace WHERE territory_id = $1`, [territoryId]);
  const paceOf = new Map(paces.map((pace) => [pace.personId, pace]));
  return present.map(({ personId, weeklyMinutes }) => ({
    weeklyMinutes, medianReviewMinutes: paceOf.get(personId)?.medianReviewMinutes ?? null, openMediations: paceOf.get(personId)?.openMediations ?? 0,
  }));
}

/** Monday to Friday of an ISO week, `2026-11-23`. */
function workingDays(week: string): string[] {
  const monday = Date.parse(`${daysOfWeek(week).from}T00:00:00Z`);
  return [0, 1, 2, 3, 4].map((day) => new Date(monday + day * 86_400_000).toISOString().slice(0, 10));
}

interface Earlier {
  /** Counted into the list and its caps, and not proposed again. */
  open: { output: number; input: number }[];
  /** Open leads made by hand: not proposed again, and counted against no budget. */
  byHand: RunSettings['blocks'];
  /** Candidates of this week's earlier attempts that are decided. */
  decided: string[];
  /** Of these: how many were audit candidates, and how many have a flow that is gone. */
  decidedAudit: number;
  decidedElsewhere: number;
}

/**
 * What earlier lists leave: undecided candidates of earlier weeks, and those that were decided in an earlier attempt of this
 * week, whose place in the list is used up. The undecided ones of this week are replaced by this run and do not count.
 */
async function readEarlier(tx: Transaction, week: string, ids: SnapshotIds): Promise<Earlier> {
  const rows = await tx.sql<{ id: string; output: string; input: string; kind: 'listed' | 'audit' | 'by-hand'; status: 'open' | 'decided'; lifted: boolean }>(
    `SELECT c.id, p.output_flow_id AS output, p.input_flow_id AS input, c.kind, s.status,
            s.status = 'decided' AND EXISTS (
              SELECT 1 FROM pair_block b WHERE b.territory_id = s.territory_id AND b.pair_id = s.pair_id AND b.lifted_at >= s.closed_at
                AND b.lifted_because <> 'undone' AND b.lifted_because NOT LIKE 'superseded %') AS lifted
       FROM candidate_state s JOIN candidate c ON c.territory_id = s.territory_id AND c.id = s.candidate_id JOIN pair p ON p.territory_id = s.territory_id AND p.id = s.pair_id
      WHERE s.territory_id = $1 AND ((s.status = 'open' AND (c.week <> $2 OR c.kind = 'by-hand')) OR (s.status = 'decided' AND c.week = $2 AND c.kind <> 'by-hand'))`,
    [tx.context.territoryId, week]);
  const { output, input } = positions(ids, rows);
  const earlier: Earlier = { open: [], byHand: [], decided: [], decidedAudit: 0, decidedElsewhere: 0 };
  for (const row of rows) {
    const [at, other] = [output.get(row.output), input.get(row.input)];
    // What was decided this week and has changed since may be shown again at once; its first place stays used up.
    const known = at !== undefined && other !== undefined && !row.lifted;
    if (row.status === 'decided') {
      earlier.decided.push(row.id);
      if (row.kind === 'audit') earlier.decidedAudit += 1;
      if (!known) earlier.decidedElsewhere += 1;
    }
    if (!known) continue;
    // The kernel has one word for "somebody has dealt with this pair"; the block is the run's own and stands nowhere else.
    if (row.kind === 'by-hand') earlier.byHand.push({ output: at, input: other, kind: 'suppressed' });
    else earlier.open.push({ output: at, input: other });
  }
  earlier.open.sort((a, b) => a.output - b.output || a.input - b.input);
  earlier.byHand.sort((a, b) => a.output - b.output || a.input - b.input);
  return earlier;
}
