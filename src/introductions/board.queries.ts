import type { Language } from '../access/access.entities.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Knowledge } from '../resources/knowledge.js';
import { candidateRows, flowSides, type SideRow } from '../review/candidate-rows.queries.js';
import type { Attention, Board, BoardItem, BoardSide } from './introductions.dto.js';
import { introductionRows, today } from './introductions.queries.js';

/** Accepted leads that wait on the board to be opened: of so many days. */
const ACCEPTED_DAYS = 180;
const MOST = 500;
/** Company `$5` is on one of the sides of introduction `i` that this territory follows. */
const OF_COMPANY = `EXISTS (SELECT 1 FROM introduction_side s JOIN company k ON k.territory_id = s.territory_id AND k.id = s.company_id
  WHERE s.territory_id = $1 AND s.introduction_id = i.id AND $5::uuid IN (k.id, k.merged_into_id))`;

/**
 * Mediations, what needs somebody first: a message in doubt or refused, a company's answer since anybody last did something,
 * a day that has come, a text that could be approved. Accepted leads that nobody opened yet stand among them.
 */
export async function board(tx: Transaction, knowledge: Knowledge, { mine, closed, companyId }: { mine: boolean; closed: boolean; companyId: string | null }): Promise<Board> {
  const { personId, territoryId } = tx.context;
  const rows = await introductionRows(tx, `AND ($2::boolean OR i.closed_at IS NULL) AND (NOT $3::boolean OR i.mediator_id = $4) AND ($5::uuid IS NULL OR ${OF_COMPANY}) ORDER BY i.opened_at DESC LIMIT ${MOST}`, [closed, mine, personId, companyId]);
  const flows = await flowSides(tx, rows.flatMap(({ outputFlowId, inputFlowId }) => [outputFlowId, inputFlowId]));
  const attention = await attentions(tx, rows.map(({ id }) => id), await today(tx));
  const names = new Map((await tx.sql<{ id: string; name: string }>('SELECT id, name FROM person WHERE id = ANY($1::uuid[])', [rows.map(({ mediatorId }) => mediatorId)])).map(({ id, name }) => [id, name]));
  const [reader] = await tx.sql<{ language: Language }>('SELECT language FROM person WHERE id = $1', [personId]);
  const language = reader?.language ?? 'fr';
  const side = (flow: SideRow | undefined): BoardSide => ({ label: flow === undefined ? '–' : (knowledge.category(flow.category)?.label[language] ?? flow.category), company: flow?.companyName ?? '–' });
  const opened = rows.map((row): BoardItem => ({
    id: row.id, candidateId: row.territoryId === territoryId ? row.candidateId : null, step: row.step, output: side(flows.get(row.outputFlowId)), input: side(flows.get(row.inputFlowId)),
    mediator: { id: row.mediatorId, name: names.get(row.mediatorId) ?? '–' }, remindOn: row.remindOn, since: row.openedAt.toISOString(), attention: attention.get(row.id) ?? null,
  }));
  const accepted = companyId !== null ? [] : await candidateRows(tx,
    `AND sd.verdict = 'accept' AND d.decided_at > $2::timestamptz - interval '${ACCEPTED_DAYS} days' AND (NOT $3::boolean OR d.person_id = $4)
     AND NOT EXISTS (SELECT 1 FROM introduction n WHERE n.candidate_id = c.id) ORDER BY d.decided_at LIMIT ${MOST}`, [tx.now, mine, personId]);
  const waiting = accepted.map((row): BoardItem => ({
    id: null, candidateId: row.id, step: 'accepted', output: side(row.output), input: side(row.input), mediator: null, remindOn: null,
    since: new Date(row.decision?.decidedAt ?? row.publishedAt).toISOString(), attention: null,
  }));
  const urgency = ({ attention: why }: BoardItem): number => (why === null ? ORDER.length : ORDER.indexOf(why));
  return { items: [...opened.sort((a, b) => urgency(a) - urgency(b)), ...waiting] };
}

const ORDER: readonly Attention[] = ['in-doubt', 'refused', 'answered', 'due', 'approve'];

/** Why somebody should look at each, the most urgent alone. */
async function attentions(tx: Transaction, ids: readonly string[], day: string): Promise<Map<string, Attention>> {
  const rows = await tx.sql<{ id: string } & Record<'doubt' | 'refused' | 'answered' | 'due' | 'approve', boolean>>(
    `SELECT i.id,
       coalesce(bool_or(m.delivery = 'in-doubt' AND m.settled IS NULL), false) AS doubt,
       coalesce(bool_or(m.delivery IN ('refused', 'withheld') AND m.settled IS NULL), false) AS refused,
       EXISTS (SELECT 1 FROM company_answer a WHERE a.territory_id = $1 AND a.introduction_id = i.id AND a.way = 'link' AND a.introduction_version = i.version) AS answered,
       i.remind_on <= $3::date AS due,
       coalesce(bool_or(m.approval_id IS NULL AND m.released_at IS NULL AND i.step NOT IN ('met', 'trial', 'realised')
         AND ((m.kind = 'proposal' AND m.side <> m.first_side AND m.other_yes_id IS NOT NULL AND i.step = 'interested') OR (m.kind = 'names' AND i.step = 'both'))), false) AS approve
     FROM introduction i LEFT JOIN introduction_message m ON m.introduction_id = i.id AND m.territory_id = $1 AND m.replaced_by IS NULL
     WHERE i.id = ANY($2::uuid[]) AND i.closed_at IS NULL GROUP BY i.id`, [tx.context.territoryId, ids, day]);
  return new Map(rows.flatMap(({ id, doubt, refused, answered, due, approve }): [string, Attention][] => {
    const why = doubt ? 'in-doubt' : refused ? 'refused' : answered ? 'answered' : due ? 'due' : approve ? 'approve' : null;
    return why === null ? [] : [[id, why]];
  }));
}
