import { pseudonym } from '../companies/pseudonym.js';
import { sha256 } from '../matching/canonical-json.js';
import { policyVersion } from '../matching/policy-versions.js';
import type { Policy } from '../matching/policy.js';
import type { Budget, PresentAdvisor } from '../matching/kernel/budget.js';
import { readRunFlows, readRunInput, type StoredInput } from '../matching/run-input.js';
import { readRun } from '../matching/run-rows.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { reasonOf } from '../review/reasons.js';

/** A past run as a preview takes it up. */
export interface PastRun {
  runId: string;
  week: string;
  attempt: number;
  input: StoredInput;
  advisors: PresentAdvisor[];
}

/** The last published runs, newest first; attempts of a week are runs of their own, each with the input of its moment. */
export async function lastRunIds(tx: Transaction, limit: number): Promise<string[]> {
  const rows = await tx.sql<{ id: string }>(
    "SELECT id FROM run WHERE territory_id = $1 AND state = 'published' ORDER BY week DESC, attempt DESC LIMIT $2", [tx.context.territoryId, limit]);
  return rows.map(({ id }) => id);
}

/** What a run kept. @throws Problem 404; Error when the knowledge kept is damaged */
export async function pastRun(tx: Transaction, runId: string): Promise<PastRun> {
  const run = await readRun(tx, runId);
  const [kept] = await tx.sql<{ budget: Budget & { advisors: PresentAdvisor[] } }>(
    "SELECT settings -> 'budget' AS budget FROM run_input WHERE territory_id = $1 AND run_id = $2", [tx.context.territoryId, runId]);
  return { runId, week: run.week, attempt: run.attempt, input: await readRunInput(tx, run), advisors: kept?.budget.advisors ?? [] };
}

/** The policy to hold a draft against. @param version null: the active one. @throws Problem 404, 409 when there is no active one */
export async function policyAgainst(tx: Transaction, version: number | null): Promise<{ version: number; document: Policy }> {
  if (version !== null) return policyVersion(tx, version);
  const [active] = await tx.sql<{ version: number }>("SELECT version FROM policy_version WHERE territory_id = $1 AND state = 'active'", [tx.context.territoryId]);
  if (active === undefined) throw new Problem(409, 'no-active-policy', 'The territory has no active policy yet.');
  return policyVersion(tx, active.version);
}

/** What a person said of a pair last. A discreet reason shows as `discussed`, as everywhere. */
export interface KnownVerdict {
  verdict: 'accept' | 'reject' | 'snooze' | 'cannot-say' | 'discussed';
  reason: string | null;
}

/** What a run's pairs are told by: pseudonyms by natural key, and verdicts by `output input`. */
export interface PairFacts {
  pseudonymOf: ReadonlyMap<string, string>;
  /** By `output input`: the same for the same pair in every run; leads back to no flow. */
  idOf: ReadonlyMap<string, string>;
  verdictOf: ReadonlyMap<string, KnownVerdict>;
}

/**
 * Facts of pairs of a run, in a transaction opened with `{ across: true }`.
 * @param pairs by natural keys
 */
export async function pairFacts(tx: Transaction, runId: string, pairs: readonly { output: string; input: string }[]): Promise<PairFacts> {
  const { outputs, inputs } = await readRunFlows(tx, runId);
  const flowOf = new Map([...pairs.map(({ output }) => [output, outputs.get(output)?.id] as const), ...pairs.map(({ input }) => [input, inputs.get(input)?.id] as const)]);
  const owners = await tx.sql<{ flowId: string; territoryId: string; companyId: string }>(
    `SELECT f.id AS "flowId", f.territory_id AS "territoryId", coalesce(c.merged_into_id, c.id) AS "companyId"
       FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id JOIN company c ON c.territory_id = f.territory_id AND c.id = s.company_id
      WHERE f.id = ANY($2::uuid[]) AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))`, [tx.context.territoryId, [...flowOf.values()]]);
  const ownerOf = new Map(owners.map((row) => [row.flowId, pseudonym(row.territoryId, row.companyId)]));
  const verdicts = await tx.sql<{ output: string; input: string; verdict: KnownVerdict['verdict']; reason: string | null }>(
    `SELECT DISTINCT ON (p.id) p.output_flow_id AS output, p.input_flow_id AS input, d.verdict, d.reason
       FROM unnest($2::uuid[], $3::uuid[]) AS asked (output, input)
       JOIN pair p ON p.territory_id = $1 AND p.output_flow_id = asked.output AND p.input_flow_id = asked.input
       JOIN candidate c ON c.territory_id = $1 AND c.pair_id = p.id
       JOIN standing_decision s ON s.territory_id = $1 AND s.candidate_id = c.id
       JOIN decision d ON d.territory_id = $1 AND d.id = s.decision_id
      ORDER BY p.id, d.decided_at DESC`,
    [tx.context.territoryId, pairs.map(({ output }) => flowOf.get(output)), pairs.map(({ input }) => flowOf.get(input))]);
  const verdictOf = new Map(verdicts.map((row) => [`${row.output} ${row.input}`, told(row)]));
  return {
    pseudonymOf: new Map([...flowOf].map(([key, id]) => [key, ownerOf.get(id ?? '') ?? '–'])),
    idOf: new Map(pairs.map(({ output, input }) => [`${output} ${input}`, sha256(`${flowOf.get(output)} ${flowOf.get(input)}`).slice(0, 12)])),
    verdictOf: new Map(pairs.flatMap(({ output, input }): [string, KnownVerdict][] => {
      const known = verdictOf.get(`${flowOf.get(output)} ${flowOf.get(input)}`);
      return known === undefined ? [] : [[`${output} ${input}`, known]];
    })),
  };
}

function told({ verdict, reason }: KnownVerdict): KnownVerdict {
  return reason !== null && reasonOf(reason)?.discreet === true ? { verdict: 'discussed', reason: null } : { verdict, reason };
}
