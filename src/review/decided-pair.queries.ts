import type { PairRadius } from '../matching/pair-block.js';
import { flowFacts, type StandingFacts } from '../matching/pair-block-facts.queries.js';
import { hardReachKm } from '../matching/pair-block-radius.js';
import { type Policy, parsePolicy } from '../matching/policy.js';
import { localDayOf } from '../platform/iso-week.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import { reasonOf } from './reasons.js';
import type { Verdict } from './review.entities.js';
import type { DecidedPair } from './suppression.js';

export interface PairNow extends DecidedPair {
  output: StandingFacts;
  input: StandingFacts;
}

/** @throws Problem 404 */
export async function timeZoneOf(tx: Transaction): Promise<string> {
  const [territory] = await tx.sql<{ timeZone: string }>('SELECT time_zone AS "timeZone" FROM territory WHERE id = $1', [tx.context.territoryId]);
  if (territory === undefined) throw notFound('territory');
  return territory.timeZone;
}

/** The policy that counts now. @throws when the territory was never prepared */
export async function activePolicy(tx: Transaction): Promise<Policy> {
  const [active] = await tx.sql<{ version: number; document: unknown }>(
    "SELECT version, document FROM policy_version WHERE territory_id = $1 AND state = 'active'", [tx.context.territoryId]);
  if (active === undefined) throw new Error('The territory has no active policy; it was not prepared');
  return parsePolicy(active.document, `policy version ${active.version}`);
}

/**
 * The two flows as they stand, with what a block compares later.
 * @param facts of the two flows, where this territory alone may not see both
 * @throws Problem 409 when one of them may not be seen any more (its territory has ended the agreement)
 */
export async function readPairNow(tx: Transaction, knowledge: Knowledge, candidate: { outputFlowId: string; inputFlowId: string; distanceKm: number | null }, facts?: Map<string, StandingFacts>): Promise<PairNow> {
  facts ??= await flowFacts(tx, [candidate.outputFlowId, candidate.inputFlowId]);
  const [output, input] = [facts.get(candidate.outputFlowId), facts.get(candidate.inputFlowId)];
  if (output === undefined || input === undefined) throw new Problem(409, 'flow-gone', 'One of the two flows may not be seen any more; its territory has ended the agreement.');
  return { output, input, distanceKm: candidate.distanceKm, radius: radiusOf(knowledge, output, input), policy: await activePolicy(tx), catalogue: knowledge.catalogue };
}

function radiusOf(knowledge: Knowledge, output: StandingFacts, input: StandingFacts): PairRadius | null {
  const [from, to] = [knowledge.category(output.category), knowledge.category(input.category)];
  if (from === undefined || to === undefined) return null;
  return {
    baseKm: hardReachKm(from, to, output.quantity, input.quantity), outputCategory: from.slug, outputFamily: from.family,
    reach: input.reach as PairRadius['reach'],
  };
}

export interface DecisionRow {
  id: string;
  verdict: Verdict;
  reason: string | null;
  comment: string | null;
  snoozeUntil: string | null;
  decidedAt: Date;
  personId: string;
  personName: string;
}

/** Columns of a decision `d` with its person `p`. */
export const DECISION_COLUMNS = `d.id, d.verdict, d.reason, d.comment, d.snooze_until::text AS "snoozeUntil", d.decided_at AS "decidedAt", d.person_id AS "personId",
  coalesce(p.name, '–') AS "personName"`;

/** The decision that counts for a candidate, or null. */
export async function standingDecision(tx: Transaction, candidateId: string): Promise<DecisionRow | null> {
  const [row] = await tx.sql<DecisionRow>(
    `SELECT ${DECISION_COLUMNS} FROM standing_decision s JOIN decision d ON d.territory_id = s.territory_id AND d.id = s.decision_id LEFT JOIN person p ON p.id = d.person_id
     WHERE s.territory_id = $1 AND s.candidate_id = $2`, [tx.context.territoryId, candidateId]);
  return row ?? null;
}

/**
 * Refuses a version that is not the one on screen, and says who has decided what meanwhile; of a decision for a discreet
 * reason, only that the pair was discussed, and the day.
 * @throws Problem 412
 */
export async function refuseStale(tx: Transaction, candidate: { id: string; version: number; status: string }, expected: number): Promise<void> {
  if (candidate.version === expected) return;
  const standing = await standingDecision(tx, candidate.id);
  // What was said about people is for the one who said it; to everybody else the pair was discussed on a day.
  const hidden = standing !== null && standing.personId !== tx.context.personId && standing.reason !== null && reasonOf(standing.reason)?.discreet === true;
  const what = standing === null
    ? `This lead has changed since you were shown it (it is ${candidate.status} now); load it again.`
    : hidden
      ? `This lead was discussed on ${localDayOf(standing.decidedAt, await timeZoneOf(tx))}; load it again.`
      : `This lead was decided meanwhile: ${standing.verdict} by ${standing.personName} on ${standing.decidedAt.toISOString()}; load it again.`;
  throw new Problem(412, 'stale', what, [{ field: 'If-Match', code: hidden ? 'discussed' : (standing?.verdict ?? candidate.status), found: `"${expected}"`, expected: `"${candidate.version}"` }]);
}
