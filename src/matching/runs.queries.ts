import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound } from '../platform/problem.js';
import type { RunDetail, RunsPage, RunSummary } from './runs.dto.js';

const SUMMARY = `r.id, r.week, r.attempt, r.state, r.cause, r.progress, r.failure, r.created_at AS "createdAt", r.published_at AS "publishedAt",
  r.policy_version AS "policyVersion", r.model_version AS "modelVersion",
  (SELECT count(*)::int FROM candidate c WHERE c.territory_id = r.territory_id AND c.run_id = r.id) AS leads`;

type DatesAs<T, Dates extends keyof T> = Omit<T, Dates> & { [K in Dates]: Date | Extract<T[K], null> };

/** Runs of the territory, the newest first, a page at a time. @param page.after last run of the page before */
export async function listRuns(tx: Transaction, page: { after?: string | undefined; limit: number }): Promise<RunsPage> {
  const rows = await tx.sql<DatesAs<RunSummary, 'createdAt' | 'publishedAt'>>(
    `SELECT ${SUMMARY} FROM run r
      WHERE r.territory_id = $1 AND ($2::uuid IS NULL OR (r.created_at, r.id) < (SELECT created_at, id FROM run WHERE territory_id = $1 AND id = $2))
      ORDER BY r.created_at DESC, r.id DESC LIMIT $3`, [tx.context.territoryId, page.after ?? null, page.limit + 1]);
  const runs = rows.slice(0, page.limit).map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), publishedAt: row.publishedAt?.toISOString() ?? null }));
  return { runs, next: rows.length > page.limit ? (runs.at(-1)?.id ?? null) : null };
}

/** @throws Problem 404 when there is no such run in this territory */
export async function getRun(tx: Transaction, runId: string): Promise<RunDetail> {
  const [row] = await tx.sql<DatesAs<RunDetail, 'createdAt' | 'publishedAt' | 'asOf'>>(
    `SELECT ${SUMMARY}, r.as_of AS "asOf", r.code_version AS "codeVersion", r.knowledge_hash AS "knowledgeHash", r.list_hash AS "listHash",
        r.funnel, r.histogram, r.shortfall, i.settings -> 'skipped' AS skipped, (i.settings -> 'budget' ->> 'listSize')::int AS budget
       FROM run r LEFT JOIN run_input i ON i.territory_id = r.territory_id AND i.run_id = r.id
      WHERE r.territory_id = $1 AND r.id = $2`, [tx.context.territoryId, runId]);
  if (row === undefined) throw notFound('run');
  return { ...row, createdAt: row.createdAt.toISOString(), publishedAt: row.publishedAt?.toISOString() ?? null, asOf: row.asOf.toISOString() };
}
