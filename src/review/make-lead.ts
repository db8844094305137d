import { Injectable } from '@nestjs/common';
import { newId, refuseErrors } from '../companies/companies.queries.js';
import { insertLead } from '../matching/insert-lead.js';
import { type Gate, GATES_NEVER_PASSED } from '../matching/kernel/gates.js';
import { flowFacts } from '../matching/pair-block-facts.queries.js';
import { type ExplainedPair, PairExplainer } from '../matching/pair-explainer.js';
import type { Context } from '../platform/context.js';
import { isoWeekOf } from '../platform/iso-week.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type FieldError, Problem } from '../platform/problem.js';
import { timeZoneOf } from './decided-pair.queries.js';

export interface LeadInput {
  outputFlowId: string;
  inputFlowId: string;
  /** Why: kept with the lead. */
  reason: string;
  /** Gates to take it past: each one that fails has to be named, so that nobody passes one unseen. */
  gatesPassed?: string[];
  /** Chosen by the sender: the same one again answers the lead that was made. */
  leadId?: string;
}

/** Gates that say "somebody has dealt with it already": there is nothing to take past them. */
const ALREADY: readonly Gate[] = ['open', 'introduced', 'running'];

/**
 * A lead made by hand from any output and input, with a reason, also past a gate that is a matter of opinion; never past
 * the law, a company's wish, its signature or a border. It counts against no budget and never as the ranking's success.
 */
@Injectable()
export class MakeLead {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly explainer: PairExplainer,
  ) {}

  /**
   * @throws Problem 404 (a flow that is not there), 409 (on the list, introduced or running already; a flow has just changed),
   *   422 (no reason; a gate that was not named or that nobody may pass)
   */
  async execute(context: Context, input: LeadInput): Promise<{ id: string; version: number }> {
    const { personId } = context;
    if (personId === null) throw new Problem(403, 'forbidden', 'Only a person makes a lead.');
    if (input.reason.trim() === '') refuseErrors([{ field: 'reason', code: 'reason-missing', found: 'nothing', expected: 'why this lead is worth a look' }]);
    const made = input.leadId === undefined ? null : await this.unitOfWork.read(context, (tx) => madeBefore(tx, input));
    if (made !== null) return made;
    const explained = await this.explainer.explain(context, input.outputFlowId, input.inputFlowId);
    const gatesPassed = passedGates(explained, input.gatesPassed ?? []);
    return this.unitOfWork.write(context, async (tx) => {
      const id = input.leadId ?? await newId(tx);
      const again = await madeBefore(tx, { ...input, leadId: id });
      if (again !== null) return again;
      const wishNotAsked = await readWish(tx, input, explained);
      const week = isoWeekOf(tx.now, await timeZoneOf(tx));
      const { pairId } = await insertLead(tx, {
        candidateId: id, outputFlowId: input.outputFlowId, inputFlowId: input.inputFlowId, week, reason: input.reason.trim(), gatesPassed, assignedTo: personId, explained, wishNotAsked,
      });
      await tx.audit({ action: 'lead.made', subjectType: 'candidate', subjectId: id, data: { pairId, gatesPassed, points: explained.score?.points ?? null } });
      return { id, version: 1 };
    }, { across: true });
  }
}

/** The lead that an earlier sending of the same request made. */
async function madeBefore(tx: Transaction, { leadId, outputFlowId, inputFlowId }: LeadInput): Promise<{ id: string; version: number } | null> {
  const [row] = await tx.sql<{ version: number; same: boolean }>(
    `SELECT s.version, c.kind = 'by-hand' AND p.output_flow_id = $3 AND p.input_flow_id = $4 AS same
     FROM candidate c JOIN candidate_state s ON s.territory_id = c.territory_id AND s.candidate_id = c.id JOIN pair p ON p.territory_id = c.territory_id AND p.id = c.pair_id
     WHERE c.territory_id = $1 AND c.id = $2`, [tx.context.territoryId, leadId, outputFlowId, inputFlowId]);
  if (row === undefined) return null;
  if (!row.same) throw new Problem(409, 'lead-id-used', 'Another lead has this id; choose a new one for each lead.');
  return { id: leadId ?? '', version: row.version };
}

/** @returns the failing gates, all named by the sender. @throws Problem 409, 422 */
function passedGates(explained: ExplainedPair, named: readonly string[]): Gate[] {
  const [gone] = explained.unmatchable;
  if (gone !== undefined) throw new Problem(409, 'flow-not-matchable', `The ${gone.side} cannot be matched: ${gone.why}.`);
  const failing = explained.gates.map(({ gate }) => gate);
  const already = failing.find((gate) => ALREADY.includes(gate));
  if (already !== undefined) throw new Problem(409, `already-${already}`, `This pair is ${already === 'open' ? 'on the list' : already} already.`);
  const errors: FieldError[] = explained.gates.flatMap(({ gate, detail }): FieldError[] => {
    const found = detail === null ? gate : `${gate}: ${detail}`;
    if (GATES_NEVER_PASSED.includes(gate)) return [{ field: 'gatesPassed', code: 'gate-never-passed', found, expected: 'a pair that does not fail it: nobody takes a lead past this gate' }];
    return named.includes(gate) ? [] : [{ field: 'gatesPassed', code: 'gate-not-named', found, expected: `"${gate}" among the gates to take the lead past` }];
  });
  refuseErrors(errors);
  return failing;
}

/** @returns whether either company was not asked yet. @throws Problem 409 when a flow has changed since it was looked at */
async function readWish(tx: Transaction, input: LeadInput, explained: ExplainedPair): Promise<boolean> {
  const facts = await flowFacts(tx, [input.outputFlowId, input.inputFlowId]);
  const [output, need] = [facts.get(input.outputFlowId), facts.get(input.inputFlowId)];
  if (output?.version !== explained.outputVersion || need?.version !== explained.inputVersion) throw new Problem(409, 'flow-changed', 'One of the flows has just changed; try again.');
  return output?.wish === 'not-asked' || need?.wish === 'not-asked';
}
