import { Injectable } from '@nestjs/common';
import { newId } from '../companies/companies.queries.js';
import { lockCandidate } from '../matching/candidate-states.js';
import { pairOf } from '../matching/insert-lead.js';
import { blockPair, standingBlocks } from '../matching/pair-blocks.js';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import type { SideRow } from '../review/candidate-rows.queries.js';
import { standingDecision } from '../review/decided-pair.queries.js';
import { LetterDrafts } from './letter-drafts.js';
import { bothFlows, countMediations, introductionRows, type IntroductionRow, SIDES } from './introductions.queries.js';

/**
 * Opens the introduction of an accepted lead, with a draft for each side. Nothing is asked by it. A lead across a border is
 * opened once for both territories: the neighbour follows its own company in it, and its lists leave the pair alone.
 */
@Injectable()
export class OpenIntroduction {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly drafts: LetterDrafts,
  ) {}

  /**
   * Opened before: answers that one.
   * @throws Problem 404; 409 (not accepted; the neighbour has opened it; a flow may not be seen any more)
   */
  async execute(context: Context, candidateId: string): Promise<{ id: string; version: number }> {
    const { personId } = context;
    if (personId === null) throw new Problem(403, 'forbidden', 'Only a person opens an introduction.');
    return this.unitOfWork.write(context, async (tx) => {
      // Locked, so that it is not undone meanwhile, and opened once.
      const candidate = await lockCandidate(tx, candidateId);
      const [opened] = await introductionRows(tx, 'AND i.candidate_id = $2', [candidateId]);
      if (opened !== undefined) return { id: opened.id, version: opened.version };
      const decision = await standingDecision(tx, candidateId);
      if (decision?.verdict !== 'accept') throw new Problem(409, 'not-accepted', 'Only an accepted lead opens an introduction.');
      await refuseOpenElsewhere(tx, candidate);
      const flows = await bothFlows(tx, candidate);
      const partner = SIDES.map((side) => flows[side].territoryId).find((territoryId) => territoryId !== context.territoryId) ?? null;
      if (SIDES.every((side) => flows[side].territoryId !== context.territoryId)) throw new Problem(409, 'not-ours', 'Neither company is of your territory any more.');

      const introduction: IntroductionRow = {
        id: await newId(tx), territoryId: context.territoryId, partnerTerritoryId: partner, candidateId, pairId: candidate.pairId,
        outputFlowId: candidate.outputFlowId, inputFlowId: candidate.inputFlowId, firstSide: 'output', firstSideReason: null,
        mediatorId: mediatorOf(context.territoryId, flows) ?? personId, step: 'prepared', remindOn: null, version: 1, openedAt: tx.now, closedAt: null,
      };
      await insertIntroduction(tx, introduction, personId);
      for (const side of SIDES) {
        await tx.asTerritory(flows[side].territoryId, async (own) => {
          await own.sql('INSERT INTO introduction_side (introduction_id, side, territory_id, flow_id, company_id) VALUES ($1, $2, $3, $4, $5)',
            [introduction.id, side, own.context.territoryId, flows[side].flowId, flows[side].companyId]);
          await this.drafts.write(own, introduction, { side, kind: 'proposal', flows, otherYesId: null, ownYesId: null });
        });
      }
      if (partner !== null) await tx.asTerritory(partner, (other) => blockThere(other, introduction, decision.id));
      await countMediations(tx, introduction.mediatorId);
      await tx.audit({ action: 'introduction.opened', subjectType: 'introduction', subjectId: introduction.id, data: { candidateId, pairId: candidate.pairId, partner } });
      return { id: introduction.id, version: 1 };
    }, { across: true });
  }
}

/** The référent of the first side's company where that is ours to know, else of the other's. */
function mediatorOf(territoryId: string, flows: Record<'output' | 'input', SideRow>): string | null {
  return [flows.output, flows.input].find((flow) => flow.territoryId === territoryId && flow.referentId !== null)?.referentId ?? null;
}

/** A pair is introduced once, whichever of two neighbouring territories had it on its list. */
async function refuseOpenElsewhere(tx: Transaction, pair: { outputFlowId: string; inputFlowId: string }): Promise<void> {
  const [open] = await introductionRows(tx, 'AND i.output_flow_id = $2 AND i.input_flow_id = $3 AND i.closed_at IS NULL', [pair.outputFlowId, pair.inputFlowId]);
  if (open !== undefined) throw new Problem(409, 'introduced-already', `This pair is being introduced already: ${open.id}.`);
}

async function insertIntroduction(tx: Transaction, introduction: IntroductionRow, openedBy: string): Promise<void> {
  const { id, territoryId, partnerTerritoryId, candidateId, pairId, outputFlowId, inputFlowId, mediatorId } = introduction;
  await tx.sql(
    `INSERT INTO introduction (id, territory_id, partner_territory_id, candidate_id, pair_id, output_flow_id, input_flow_id, mediator_id, opened_by, opened_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, [id, territoryId, partnerTerritoryId, candidateId, pairId, outputFlowId, inputFlowId, mediatorId, openedBy, tx.now]);
}

/** Keeps the pair off the neighbour's lists while it is introduced here. */
async function blockThere(other: Transaction, { id, outputFlowId, inputFlowId }: IntroductionRow, decisionId: string): Promise<void> {
  const standing = await standingBlocks(other, outputFlowId, inputFlowId);
  if (standing.some(({ kind }) => kind === 'introduced')) return;
  await blockPair(other, await pairOf(other, outputFlowId, inputFlowId), decisionId, { kind: 'introduced', reason: null, until: null, condition: null });
  await other.audit({ action: 'introduction.opened', subjectType: 'introduction', subjectId: id, data: { by: 'neighbour' } });
}
