import { GATES_NEVER_PASSED } from '../matching/kernel/gates.js';
import type { ExplainedPair } from '../matching/pair-explainer.js';
import { standingBlocks, type StandingPairBlock } from '../matching/pair-blocks.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { BlockView, CandidateReference, GateView, WhyNotAnswer } from './candidate.dto.js';
import { publishedRun, type RunOnList } from './candidate-rows.queries.js';
import { reasonOf } from './reasons.js';
import type { Reader } from './views.js';

const BLOCK_GATES: readonly string[] = ['suppressed', 'introduced', 'running', 'open'];

/**
 * Why a pair is not on the list, or that it is. Asked first: is it there; can it be looked at; which gates; decided before;
 * how many points are missing; and for a pair that passes all of that, what happened to it in the last run.
 * @param explained of now
 */
export async function whyNot(tx: Transaction, outputFlowId: string, inputFlowId: string, explained: ExplainedPair, reader: Reader): Promise<WhyNotAnswer> {
  const { words } = reader;
  const candidate = await openCandidate(tx, outputFlowId, inputFlowId);
  const blocks = await standingBlocks(tx, outputFlowId, inputFlowId);
  const deciders = await decidersOf(tx, blocks);
  const blockViews = blocks.map((block) => blockView(block, block.decisionId !== null && deciders.get(block.decisionId) === reader.personId, reader));
  const gates = explained.gates.filter(({ gate }) => !BLOCK_GATES.includes(gate));
  const points = explained.score?.points ?? null;
  const missing = points === null || points >= explained.thresholdPoints ? null : round(explained.thresholdPoints - points);
  const run = await publishedRun(tx, null);
  const lowest = run === null ? null : await lowestListed(tx, run.id);

  const decide = async (): Promise<Pick<WhyNotAnswer, 'answer' | 'text'>> => {
    const say = (answer: WhyNotAnswer['answer'], values: Record<string, string | number> = {}): Pick<WhyNotAnswer, 'answer' | 'text'> => ({ answer, text: words.say(`why-not.${answer}`, values) });
    if (candidate !== null) return say('on-the-list');
    if (explained.unmatchable.length > 0) {
      return say('unmatchable', { what: explained.unmatchable.map(({ side, why }) => words.say(`unmatchable.${why}`, { side: words.say(`side.${side}`) })).join(', ') });
    }
    if (gates.length > 0) return say('gates', { count: gates.length, what: gates.map(({ gate, detail }) => `${words.explanation.gate(gate)}${detail === null ? '' : ` (${detail})`}`).join(', ') });
    if (blockViews.length > 0) return say('blocked', { what: blockViews.map(({ label, until }) => (until === null ? label : `${label} → ${words.day(until)}`)).join(', ') });
    const running = explained.gates.find(({ gate }) => BLOCK_GATES.includes(gate));
    if (running !== undefined) return say('blocked', { what: words.explanation.gate(running.gate) });
    if (missing !== null && points !== null) return say('below-threshold', { points: words.number(points), threshold: words.number(explained.thresholdPoints), missing: words.number(missing) });
    if (run === null) return say('no-run');
    if (await changedSince(tx, outputFlowId, inputFlowId, run)) return say('changed-since');
    const shownPoints = words.number(points ?? 0);
    if (lowest !== null && points !== null && points <= lowest) return say('cut-by-budget', { points: shownPoints, lowest: words.number(lowest) });
    return say('cut-by-caps', { points: shownPoints, what: await capWords(tx, run, outputFlowId, inputFlowId, explained, reader) });
  };

  return {
    ...await decide(), candidate, blocks: blockViews,
    gates: explained.gates.map(({ gate, detail }): GateView => ({ gate, label: words.explanation.gate(gate), detail, passable: !GATES_NEVER_PASSED.includes(gate) })),
    distanceKm: explained.distanceKm, points, thresholdPoints: explained.thresholdPoints, missingPoints: missing,
    parts: explained.score === null ? [] : words.explanation.parts(explained.score), lastWeek: run?.week ?? null, lowestListedPoints: lowest,
  };
}

function round(points: number): number {
  return Math.round(points * 10) / 10;
}

async function openCandidate(tx: Transaction, outputFlowId: string, inputFlowId: string): Promise<CandidateReference | null> {
  const [row] = await tx.sql<CandidateReference>(
    `SELECT c.id, s.status, c.week FROM pair p JOIN candidate_state s ON s.territory_id = p.territory_id AND s.pair_id = p.id AND s.status = 'open'
     JOIN candidate c ON c.territory_id = s.territory_id AND c.id = s.candidate_id
     WHERE p.territory_id = $1 AND p.output_flow_id = $2 AND p.input_flow_id = $3`, [tx.context.territoryId, outputFlowId, inputFlowId]);
  return row ?? null;
}

async function decidersOf(tx: Transaction, blocks: readonly StandingPairBlock[]): Promise<Map<string, string>> {
  const ids = blocks.flatMap(({ decisionId }) => decisionId ?? []);
  const rows = await tx.sql<{ id: string; personId: string }>('SELECT id, person_id AS "personId" FROM decision WHERE territory_id = $1 AND id = ANY($2::uuid[])', [tx.context.territoryId, ids]);
  return new Map(rows.map(({ id, personId }) => [id, personId]));
}

/** @param own the reader decided it */
function blockView(block: StandingPairBlock, own: boolean, { words }: Reader): BlockView {
  const { kind, reason, since, until, condition } = block;
  const shared = { kind, since: since.toISOString(), until: until?.toISOString() ?? null, liftsWhen: condition === null ? null : words.rules(condition.anyOf) };
  if (reason === null) return { ...shared, label: words.say(`block.${kind}`), reason: null };
  const known = reasonOf(reason);
  if (known === undefined) return { ...shared, label: words.say(`block.${reason}`), reason };
  if (known.discreet && !own) return { ...shared, label: words.say('block.discussed', { day: words.day(since) }), reason: null };
  return { ...shared, label: words.reason(reason), reason };
}

async function lowestListed(tx: Transaction, runId: string): Promise<number | null> {
  const [row] = await tx.sql<{ lowest: number | null }>("SELECT min(points) AS lowest FROM candidate WHERE territory_id = $1 AND run_id = $2 AND kind = 'listed'", [tx.context.territoryId, runId]);
  return row.lowest;
}

async function changedSince(tx: Transaction, outputFlowId: string, inputFlowId: string, run: RunOnList): Promise<boolean> {
  const [row] = await tx.sql<{ changed: boolean }>(
    `SELECT bool_or(f.updated_at > r.as_of) AS changed FROM flow f, run r
     WHERE r.territory_id = $1 AND r.id = $2 AND f.id IN ($3, $4) AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))`,
    [tx.context.territoryId, run.id, outputFlowId, inputFlowId]);
  return row.changed;
}

/** Which caps may have acted: how often its companies, flows and substitution stand on the last list. */
async function capWords(tx: Transaction, run: RunOnList, outputFlowId: string, inputFlowId: string, explained: ExplainedPair, { words }: Reader): Promise<string> {
  const [{ company, flow, substitution }] = await tx.sql<{ company: number; flow: number; substitution: number }>(
    `WITH listed AS (
       SELECT p.output_flow_id AS o, p.input_flow_id AS i, c.substitution FROM candidate c JOIN pair p ON p.territory_id = c.territory_id AND p.id = c.pair_id
       WHERE c.territory_id = $1 AND c.run_id = $2
     ), owner AS (
       SELECT f.id AS flow, s.company_id AS company FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
       WHERE f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories())
     ), mine AS (SELECT company FROM owner WHERE flow IN ($3, $4))
     SELECT (SELECT count(*)::int FROM listed l WHERE EXISTS (SELECT 1 FROM owner JOIN mine USING (company) WHERE owner.flow IN (l.o, l.i))) AS company,
       (SELECT count(*)::int FROM listed WHERE o = $3 OR i = $4) AS flow,
       (SELECT count(*)::int FROM listed l WHERE l.substitution = $5) AS substitution`,
    [tx.context.territoryId, run.id, outputFlowId, inputFlowId, explained.score?.substitution ?? null]);
  const found = Object.entries({ company, flow, substitution }).filter(([, count]) => count > 0);
  return found.length === 0 ? words.say('cap.other') : found.map(([cap, count]) => words.say(`cap.${cap}`, { count })).join(', ');
}
