import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { writeFileSync } from 'node:fs';
import { loadMessages } from '../config/load-config.js';
import { AppModule, type AppParts } from '../src/app.module.js';
import { keptSecret, openEmbeddedHouse } from '../src/embedded-house.js';
import { Explanation } from '../src/matching/explanation.js';
import type { Context } from '../src/platform/context.js';
import { UnitOfWork } from '../src/platform/postgres/unit-of-work.js';
import { type CandidateRow, candidateRows, explainedOf, publishedRun, type RunOnList, type SideRow } from '../src/review/candidate-rows.queries.js';
import { DecideCandidate } from '../src/review/decide-candidate.js';
import { introduceLead, introductionText, type Told } from './introduce-lead.js';
import { type Demo, importDemo, makeDemo, publishDemoWeek } from './seed-demo.js';
import { startWorker } from './start-worker.js';

/** A database of its own, made afresh each time: the same week whatever was decided in the running one. */
const DATABASE = 'maillon_once';

interface Week {
  run: RunOnList;
  rows: CandidateRow[];
}

/**
 * The demo's week without a server: imported, run by the real worker, one lead accepted and one rejected, and what its two
 * companies would be told; printed for a reader and, into `jsonFile`, for a program.
 */
export async function printWeek(parts: Omit<AppParts, 'dataSource'>, jsonFile: string | undefined): Promise<void> {
  const { env, clock, logger } = parts;
  const house = await openEmbeddedHouse(env, logger, DATABASE);
  try {
    const demo = await makeDemo(house, env, clock.now());
    await importDemo(house, parts, demo);
    const worker = await startWorker({ ...parts, dataSource: house.worker, mailerSource: null, queue: { postgresUrl: house.url('maillon_worker') } });
    const rooms = await NestFactory.createApplicationContext(AppModule.with({ ...parts, dataSource: house.api }), { logger: false, abortOnError: false });
    try {
      const { week: isoWeek, state, failure } = await publishDemoWeek(rooms, demo);
      if (state !== 'published') throw new Error(`The list of ${isoWeek} was not published: ${failure ?? 'its run makes no progress'}`);
      const context: Context = { territoryId: demo.territoryId, personId: demo.advisor.personId, requestId: null };
      const open = await readWeek(rooms, context);
      if (open.rows.length < 2) throw new Error(`The demo's list holds ${open.rows.length} leads; two are needed to show a decision each way`);
      await rooms.get(DecideCandidate).execute(context, open.rows[0].id, open.rows[0].version, { verdict: 'accept', shown: {} });
      await rooms.get(DecideCandidate).execute(context, open.rows[1].id, open.rows[1].version, { verdict: 'reject', reason: 'better-outlet', shown: {} });
      env.LINK_SECRET ??= keptSecret(env, 'link-secret') + keptSecret(env, 'link-secret-2');
      const told = await introduceLead(rooms, new UnitOfWork(house.mailer, () => clock.now()), env, context, open.rows[0].id);
      const week = await readWeek(rooms, context);
      const words = new Explanation('fr', loadMessages('matching', 'fr'), parts.knowledge.catalogue.qualityAttributes);
      const labelOf = (side: SideRow): string => parts.knowledge.category(side.category)?.label.fr ?? side.category;
      const unitOf = (side: SideRow): string => parts.knowledge.category(side.category)?.baseUnit ?? '';
      console.log(`${asText(week, demo, words, loadMessages('review', 'fr'), labelOf, unitOf)}\n\n${introductionText(told)}`);
      if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify(asJson(week, told, demo, words, unitOf), null, 2)}\n`);
    } finally {
      await rooms.close();
      await worker.stop();
    }
  } finally {
    await house.close();
  }
}

async function readWeek(rooms: INestApplicationContext, context: Context): Promise<Week> {
  return rooms.get(UnitOfWork).read(context, async (tx) => {
    const run = await publishedRun(tx, null);
    if (run === null) throw new Error('No list was published');
    return { run, rows: await candidateRows(tx, 'AND c.run_id = $2 ORDER BY c.rank', [run.id]) };
  }, { across: true });
}

const number = new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 1 });

function asText({ run, rows }: Week, demo: Demo, words: Explanation, messages: Record<string, string>, labelOf: (side: SideRow) => string, unitOf: (side: SideRow) => string): string {
  const flow = (side: SideRow): string =>
    `${side.companyName} (${side.commune ?? '?'}) : ${side.description}, ${side.quantity === null ? 'quantité inconnue' : `${number.format(side.quantity)} ${unitOf(side)}`} [${labelOf(side)}]`;
  const lines = [`${demo.territoryName}, semaine ${run.week}, paramétrage ${run.policyVersion}`, ''];
  for (const row of rows) {
    const explained = explainedOf(row);
    const mark = row.kind === 'audit' ? ' (échantillon de contrôle)' : '';
    lines.push(`${String(row.rank).padStart(2)}. ${number.format(row.points ?? 0)} points${mark}${explained ? ` : ${words.sentence(explained)}` : ''}`);
    lines.push(`    sortant  ${flow(row.output)}`, `    entrant  ${flow(row.input)}`);
    if (explained) {
      lines.push(`    ${words.parts(explained).map((part) => `${part.label} ${part.points > 0 ? '+' : ''}${number.format(part.points)}`).join(' · ')}`);
      lines.push(`    à demander : ${words.firstQuestion(explained)}`);
    }
    if (row.decision) lines.push(`    → ${row.decision.verdict === 'accept' ? 'RETENUE' : `ÉCARTÉE : ${messages[`reason.${row.decision.reason}`] ?? row.decision.reason}`}`);
  }
  const shortfall = words.shortfall(run.shortfall, run.funnel);
  const removed = run.funnel.filter((row) => row.removed > 0).map((row) => `${words.gate(row.gate)} ${row.exact ? '' : '≈ '}${number.format(row.removed)}`).join(' · ');
  return [...lines, '', ...(shortfall ? [shortfall] : []), `Couples non retenus par critère : ${removed}`].join('\n');
}

function asJson({ run, rows }: Week, told: readonly Told[], demo: Demo, words: Explanation, unitOf: (side: SideRow) => string): unknown {
  const flow = (side: SideRow): unknown => ({
    company: side.companyName, category: side.category, text: side.description, quantity: side.quantity, unit: unitOf(side),
  });
  return {
    territory: demo.territoryName,
    week: run.week,
    policyVersion: run.policyVersion,
    funnel: run.funnel,
    list: rows.map((row) => {
      const explained = explainedOf(row);
      return {
        rank: row.rank, kind: row.kind, points: row.points, probability: row.probability, output: flow(row.output), input: flow(row.input), distanceKm: row.distanceKm,
        parts: explained ? words.parts(explained).map(({ term, points, why }) => ({ term, points, why })) : [],
      };
    }),
    decisions: rows.flatMap((row) => (row.decision ? [{ rank: row.rank, verdict: row.decision.verdict, reason: row.decision.reason }] : [])),
    introductions: told.map(({ side, to, text, state, approvedBy }) => ({ side, to, text, state, approvedBy })),
  };
}
