import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { newId } from '../companies/companies.queries.js';
import { laterCandidate, type LockedCandidate, lockCandidate, setCandidateState } from '../matching/candidate-states.js';
import type { CandidateStatus } from '../matching/matching.entities.js';
import { flowFacts } from '../matching/pair-block-facts.queries.js';
import { undoBlock } from '../matching/pair-blocks.js';
import type { Context } from '../platform/context.js';
import { isoWeekOf } from '../platform/iso-week.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { afterMove, isExpired } from './candidate-state.js';
import type { RecordedDecision } from './decide-candidate.js';
import { activePolicy, refuseStale, standingDecision, timeZoneOf } from './decided-pair.queries.js';
import { workedWeeks } from './worked-weeks.queries.js';

/**
 * Takes the standing decision back, while nothing rests on it: the lead is open again (or expired, when its time is over
 * meanwhile), and what the decision had blocked is as before. What was said stays in the record; a row of its own says
 * that it was taken back.
 */
@Injectable()
export class WithdrawDecision {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @param withdrawalId chosen by the sender: the same one again answers what was recorded. Absent: made here.
   * @throws Problem 404; 412; 409 when nothing is decided, the pair has been shown again since, or something was made of the decision
   */
  async execute(context: Context, candidateId: string, expected: number, withdrawalId?: string): Promise<RecordedDecision & { status: CandidateStatus }> {
    const { personId } = context;
    if (personId === null) throw new Problem(403, 'forbidden', 'Only a person takes a decision back.');
    return this.unitOfWork.write(context, async (tx) => {
      const candidate = await lockCandidate(tx, candidateId);
      if (withdrawalId !== undefined && await withdrawnBefore(tx, candidate, personId, withdrawalId)) {
        return { decisionId: withdrawalId, version: candidate.version, status: candidate.status, repeated: true };
      }
      await refuseStale(tx, candidate, expected);
      const standing = await standingDecision(tx, candidate.id);
      if (afterMove(candidate.status, 'withdraw') === null || standing === null) throw new Problem(409, 'nothing-decided', `This lead is ${candidate.status}; there is no decision to take back.`);
      const later = await laterCandidate(tx, candidate);
      if (later !== null) throw new Problem(409, 'pair-went-on', `The same pair has been shown again since (it is ${later.status} there); decide there: ${later.id}.`);

      const decisionId = withdrawalId ?? await newId(tx);
      await deleteStanding(tx, candidate.id);
      await writeWithdrawal(tx, { decisionId, personId, candidate, supersedes: standing.id });
      await undoBlock(tx, standing.id);
      const status = await this.reopenedAs(tx, candidate);
      const version = await setCandidateState(tx, candidate.id, status);
      await tx.audit({ action: 'decision.withdrawn', subjectType: 'candidate', subjectId: candidate.id, data: { decisionId, supersedes: standing.id, verdict: standing.verdict, status, version } });
      return { decisionId, version, status, repeated: false };
    }, { across: true });
  }

  private async reopenedAs(tx: Transaction, candidate: LockedCandidate): Promise<CandidateStatus> {
    const thisWeek = isoWeekOf(tx.now, await timeZoneOf(tx));
    if (candidate.week >= thisWeek) return 'open';
    const { expiryWeeks } = await activePolicy(tx);
    return isExpired(candidate.week, thisWeek, await workedWeeks(tx, candidate.week), expiryWeeks) ? 'expired' : 'open';
  }
}

async function withdrawnBefore(tx: Transaction, candidate: LockedCandidate, personId: string, id: string): Promise<boolean> {
  const [row] = await tx.sql<{ mine: boolean }>(
    "SELECT candidate_id = $3 AND person_id = $4 AND verdict = 'withdraw' AS mine FROM decision WHERE territory_id = $1 AND id = $2", [tx.context.territoryId, id, candidate.id, personId]);
  if (row !== undefined && !row.mine) throw new Problem(409, 'decision-id-used', 'Another decision has this id; choose a new one for each decision.');
  return row !== undefined;
}

/** Whatever is made of a decision refers to this row and keeps it from going: once something may have been sent, there is no way back. */
async function deleteStanding(tx: Transaction, candidateId: string): Promise<void> {
  try {
    await tx.sql('DELETE FROM standing_decision WHERE territory_id = $1 AND candidate_id = $2', [tx.context.territoryId, candidateId]);
  } catch (error) {
    if (error instanceof QueryFailedError && (error.driverError as { code?: unknown }).code === '23503') {
      throw new Problem(409, 'decision-in-use', 'Something has been made of this decision already; it cannot be taken back.');
    }
    throw error;
  }
}

async function writeWithdrawal(tx: Transaction, { decisionId, personId, candidate, supersedes }: { decisionId: string; personId: string; candidate: LockedCandidate; supersedes: string }): Promise<void> {
  const facts = await flowFacts(tx, [candidate.outputFlowId, candidate.inputFlowId]);
  await tx.sql(
    `INSERT INTO decision (id, territory_id, candidate_id, person_id, verdict, supersedes, decided_at, shown, output_version, input_version, policy_version, model_version)
     SELECT $1, $2, $3, $4, 'withdraw', $5, $6, '{}', coalesce($7, d.output_version), coalesce($8, d.input_version), d.policy_version, d.model_version
     FROM decision d WHERE d.territory_id = $2 AND d.id = $5`,
    [decisionId, tx.context.territoryId, candidate.id, personId, supersedes, tx.now,
      facts.get(candidate.outputFlowId)?.version ?? null, facts.get(candidate.inputFlowId)?.version ?? null]);
}
