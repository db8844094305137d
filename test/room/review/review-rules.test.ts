import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { prepareTerritory } from '../../../src/matching/default-policy.js';
import type { Gate } from '../../../src/matching/kernel/gates.js';
import { liftBlocks } from '../../../src/matching/lift-pair-blocks.js';
import { type ExplainedPair, PairExplainer } from '../../../src/matching/pair-explainer.js';
import { type Context, systemContext } from '../../../src/platform/context.js';
import { Problem } from '../../../src/platform/problem.js';
import { DecideCandidate } from '../../../src/review/decide-candidate.js';
import { ExpireCandidates } from '../../../src/review/expire-candidates.js';
import { MakeLead } from '../../../src/review/make-lead.js';
import { WithdrawDecision } from '../../../src/review/withdraw-decision.js';
import { makeCandidate } from '../../support/candidates.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { changed, type Command, commands, judgementOf, PAIRS, START, startFlows, startModel, withRadius } from '../../support/review-commands.js';
import { reviewKnowledge } from '../../support/review-knowledge.js';
import type { ModelCandidate, ReviewModel } from '../../support/review-model.js';
import { makeFlow, makePerson, makeTerritory } from '../../support/world.js';

const knowledge = reviewKnowledge();

/** Says what the model says, so that a lead is refused or passes its gates for the same reasons. */
class ModelExplainer extends PairExplainer {
  constructor(private readonly world: World) {
    super();
  }

  async explain(_context: Context, output: string, input: string): Promise<ExplainedPair> {
    const pair = PAIRS.findIndex((one) => this.world.flowIds[one.output] === output && this.world.flowIds[one.input] === input);
    const { model } = this.world;
    const gates: Gate[] = [...model.standingBlocks(pair).map(({ kind }) => kind), ...(model.open(pair) === undefined ? [] : ['open' as const])];
    const { rows } = await this.world.database.admin.query<{ id: string; version: number }>('SELECT id, version FROM flow WHERE id IN ($1, $2)', [output, input]);
    const versionOf = (id: string): number => rows.find((row) => row.id === id)?.version ?? 0;
    return {
      unmatchable: [], gates: gates.map((gate) => ({ gate, detail: null })), refusals: [], distanceKm: PAIRS[pair].distanceKm, reach: null, ring: 'local', thresholdPoints: 6, score: null,
      outputVersion: versionOf(output), inputVersion: versionOf(input), policyVersion: 1, modelVersion: 0,
    };
  }
}

/** The same story told to the model and to the database. */
class World {
  readonly model: ReviewModel = startModel();
  readonly candidateIds: string[] = [];
  private runs = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly person: Context & { personId: string },
    readonly flowIds: string[],
  ) {}

  static async make(database: TestDatabase): Promise<World> {
    database.clock.set(START);
    const territoryId = await makeTerritory(database, `monde-${randomUUID()}`);
    await prepareTerritory(database.admin, territoryId, START);
    const person = await makePerson(database, territoryId, ['advisor']);
    const flowIds: string[] = [];
    for (const [at, facts] of startFlows().entries()) {
      const { flowId } = await makeFlow(database, territoryId, {
        ref: `f${at}`, direction: at < 2 ? 'output' : 'input', category: facts.category, quality: JSON.stringify(facts.quality), waste_code: facts.wasteCode,
        hazardous: facts.hazardous, quantity: facts.quantity, confirmed_on: facts.confirmedOn, latitude: facts.latitude ?? 0, longitude: facts.longitude ?? 0,
      });
      flowIds.push(flowId);
    }
    return new World(database, person, flowIds);
  }

  private flowsOf(pair: number): { output: string; input: string } {
    return { output: this.flowIds[PAIRS[pair].output], input: this.flowIds[PAIRS[pair].input] };
  }

  private async versionOf(candidate: ModelCandidate): Promise<number> {
    const { rows } = await this.database.admin.query<{ version: number }>('SELECT version FROM candidate_state WHERE candidate_id = $1', [this.candidateIds[candidate.id]]);
    return rows[0].version;
  }

  async apply(command: Command): Promise<void> {
    const { model, database } = this;
    model.now = new Date(model.now.getTime() + 60_000);
    database.clock.set(model.now);
    switch (command.type) {
      case 'decide': case 'withdraw': {
        const pool = command.pick % 6 === 0 ? model.candidates : model.candidates.filter(({ status }) => status === (command.type === 'decide' ? 'open' : 'decided'));
        if (pool.length === 0) return;
        const candidate = pool[command.pick % pool.length];
        const id = this.candidateIds[candidate.id];
        const version = await this.versionOf(candidate);
        if (command.type === 'decide') {
          const judgement = judgementOf(command, model.now);
          const done = model.decide(candidate, judgement);
          const action = new DecideCandidate(database.api, knowledge).execute(this.person, id, version, { ...judgement, comment: 'parce que' });
          expect(await succeeded(action, 'not-open')).toBe(done);
        } else {
          const done = model.withdraw(candidate);
          expect(await succeeded(new WithdrawDecision(database.api).execute(this.person, id, version), 'nothing-decided', 'pair-went-on')).toBe(done);
        }
        return;
      }
      case 'run': return this.run();
      case 'days': return void (model.now = new Date(model.now.getTime() + command.days * 86_400_000));
      case 'change': {
        const facts = changed(model.flows[command.flow], command.what, model.now.toISOString().slice(0, 10));
        model.flows[command.flow] = facts;
        const { rows } = await database.admin.query<{ site_id: string }>(
          'UPDATE flow SET category = $2, quality = $3, waste_code = $4, hazardous = $5, quantity = $6, months = $7, confirmed_on = $8, version = version + 1 WHERE id = $1 RETURNING site_id',
          [this.flowIds[command.flow], facts.category, JSON.stringify(facts.quality), facts.wasteCode, facts.hazardous, facts.quantity, facts.months, facts.confirmedOn]);
        await database.admin.query('UPDATE site SET latitude = $2, permit_regime = $3 WHERE id = $1', [rows[0].site_id, facts.latitude, facts.permitRegime]);
        return;
      }
      case 'radius': {
        model.policy = withRadius(model.policy, command.factor);
        await database.admin.query("UPDATE policy_version SET state = 'retired' WHERE territory_id = $1 AND state = 'active'", [this.person.territoryId]);
        await database.admin.query(
          `INSERT INTO policy_version (territory_id, version, document, state, created_at, activated_at) SELECT $1, max(version) + 1, $2, 'active', $3, $3 FROM policy_version WHERE territory_id = $1`,
          [this.person.territoryId, JSON.stringify(model.policy), model.now]);
        return;
      }
      case 'expire': {
        model.expire();
        await new ExpireCandidates(database.worker).execute(systemContext(this.person.territoryId));
        return;
      }
      case 'lead': {
        const leadId = randomUUID();
        const { output, input } = this.flowsOf(command.pair);
        const action = new MakeLead(database.api, new ModelExplainer(this)).execute(this.person, { outputFlowId: output, inputFlowId: input, reason: 'à voir', gatesPassed: ['suppressed'], leadId });
        const done = await succeeded(action, 'already-open', 'already-introduced');
        const made = model.lead(command.pair);
        expect(done).toBe(made !== null);
        if (made !== null) this.candidateIds[made.id] = leadId;
      }
    }
  }

  /** The first and the last step of a run; what is between them is a list of every free pair. */
  async run(): Promise<void> {
    const { model, database } = this;
    const { territoryId } = this.person;
    await database.worker.write(systemContext(territoryId), (tx) => liftBlocks(tx, knowledge), { across: true });
    await database.admin.query(
      `UPDATE candidate_state s SET status = 'replaced', closed_at = $3, version = s.version + 1 FROM candidate c
       WHERE s.territory_id = $1 AND c.id = s.candidate_id AND s.status = 'open' AND c.week = $2 AND c.kind <> 'by-hand'`, [territoryId, model.week, model.now]);
    const { rows: free } = await database.admin.query<{ output: string; input: string }>(
      `SELECT p.output_flow_id AS output, p.input_flow_id AS input FROM pair p WHERE p.territory_id = $1
       AND (EXISTS (SELECT 1 FROM pair_block b WHERE b.pair_id = p.id AND b.lifted_at IS NULL) OR EXISTS (SELECT 1 FROM candidate_state s WHERE s.pair_id = p.id AND s.status = 'open'))`, [territoryId]);
    const taken = new Set(free.map(({ output, input }) => `${output} ${input}`));
    const listable = PAIRS.flatMap((_, pair) => (taken.has(`${this.flowsOf(pair).output} ${this.flowsOf(pair).input}`) ? [] : [pair]));
    this.runs += 1;
    const { rows: [{ id: runId }] } = await database.admin.query<{ id: string }>(
      `INSERT INTO run (territory_id, week, attempt, state, cause, created_at, as_of, seed, code_version, published_at) VALUES ($1, $2, $3, 'published', 'demand', $4, $4, 1, 'test', $4) RETURNING id`,
      [territoryId, model.week, this.runs, model.now]);
    const listed = model.run();
    expect(listed.map(({ pair }) => pair)).toEqual(listable);
    for (const [at, candidate] of listed.entries()) {
      const flows = this.flowsOf(candidate.pair);
      const { rows: [returned] } = await database.admin.query<{ because: string | null }>(
        `SELECT (SELECT b.lifted_because FROM pair_block b JOIN pair p ON p.id = b.pair_id
           WHERE p.territory_id = $1 AND p.output_flow_id = $2 AND p.input_flow_id = $3 AND b.lifted_at IS NOT NULL AND b.lifted_because <> 'undone'
             AND NOT EXISTS (SELECT 1 FROM candidate c WHERE c.pair_id = b.pair_id AND c.published_at > b.lifted_at)
           ORDER BY b.lifted_at DESC LIMIT 1) AS because`, [territoryId, flows.output, flows.input]);
      this.candidateIds[candidate.id] = await makeCandidate(database, territoryId, flows, {
        runId, rank: at + 1, week: candidate.week, distanceKm: PAIRS[candidate.pair].distanceKm, returnedBecause: returned.because,
      });
    }
  }

  /** Everything that counts, from both. */
  async compare(): Promise<void> {
    const { model, database: { admin } } = this;
    const { territoryId } = this.person;
    const { rows: candidates } = await admin.query<Record<string, unknown>>(
      `SELECT c.id, s.status, c.week, c.kind, c.returned_because, d.verdict, d.reason, sd.verdict AS standing_verdict
       FROM candidate c JOIN candidate_state s ON s.candidate_id = c.id LEFT JOIN standing_decision sd ON sd.candidate_id = c.id LEFT JOIN decision d ON d.id = sd.decision_id
       WHERE c.territory_id = $1`, [territoryId]);
    const byId = new Map(candidates.map((row) => [row['id'], row]));
    expect(candidates.length).toBe(model.candidates.length);
    for (const candidate of model.candidates) {
      const standing = candidate.standing === null ? null : model.decisions[candidate.standing];
      expect(byId.get(this.candidateIds[candidate.id])).toEqual({
        id: this.candidateIds[candidate.id], status: candidate.status, week: candidate.week, kind: candidate.kind, returned_because: candidate.returnedBecause,
        verdict: standing?.verdict ?? null, reason: standing?.reason ?? null, standing_verdict: standing?.verdict ?? null,
      });
    }
    const { rows: [{ count }] } = await admin.query<{ count: number }>('SELECT count(*)::int AS count FROM decision WHERE territory_id = $1', [territoryId]);
    expect(count).toBe(model.decisions.length);
    const { rows: blocks } = await admin.query<Record<string, unknown>>(
      'SELECT p.output_flow_id, p.input_flow_id, b.kind, b.reason, b.until FROM pair_block b JOIN pair p ON p.id = b.pair_id WHERE b.territory_id = $1 AND b.lifted_at IS NULL', [territoryId]);
    const text = (rows: (Record<string, unknown>)[]): string[] => rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
    expect(text(blocks)).toEqual(text(model.blocks.filter(({ liftedAt }) => liftedAt === null).map(({ pair, kind, reason, until }) => ({
      output_flow_id: this.flowsOf(pair).output, input_flow_id: this.flowsOf(pair).input, kind, reason, until,
    }))));
  }
}

/** False when the action was refused for one of these reasons; anything else is thrown on. */
async function succeeded(action: Promise<unknown>, ...refusals: string[]): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (error instanceof Problem && refusals.includes(error.code)) return false;
    throw error;
  }
}

describe('review on the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(async () => {
    await database?.close();
  });

  it('does what its pure rules say, in random orders of everything that can happen', async () => {
    let decisions = 0;
    let returned = 0;
    await fc.assert(fc.asyncProperty(fc.array(commands, { minLength: 10, maxLength: 30, size: 'max' }), async (sequence) => {
      const world = await World.make(database);
      await world.run();
      for (const command of sequence) await world.apply(command);
      await world.compare();
      decisions += world.model.decisions.length;
      returned += world.model.candidates.filter(({ returnedBecause }) => returnedBecause !== null).length;
    }), { numRuns: 80, endOnFailure: true });
    // The sequences reach what they are about.
    expect(decisions).toBeGreaterThan(200);
    expect(returned).toBeGreaterThan(20);
  }, 180_000);
});
