import type pg from 'pg';
import { boundingBox, lateralQuery, loadTable, SETTINGS } from '../engines/postgres.js';
import { tablesOf } from '../engines/tables.js';
import type { Work } from '../work.js';
import { WEEK } from './fill.js';

/**
 * What knowledge says of flows and pairs of categories, in a schema of its own: given to SQL for nothing, as in the kernel
 * bench. The flows' own facts it has to read from the product's tables.
 */
export async function loadWork(admin: pg.Client, work: Work): Promise<void> {
  await admin.query('CREATE SCHEMA bench');
  await admin.query('SET search_path = bench, maillon, public');
  for (const table of tablesOf(work)) await loadTable(admin, { ...table, name: table.name === 'entries' ? 'entries' : `${table.name}_known` });
  await admin.query('CREATE INDEX ON entries (kind)');
  await admin.query('CREATE INDEX ON outputs_known (o)');
  await admin.query('CREATE INDEX ON inputs_known (i)');
  await admin.query('VACUUM ANALYZE entries, outputs_known, inputs_known');
}

/** @returns the share of its work that it did, when that is not all */
type Step = [name: string, run: (sessions: pg.Client[]) => Promise<number | void>];

/** Parts of the outputs that are searched for one after the other, until the next would not fit the budget. */
const SLICES = 8;

/**
 * From the product's tables to open candidates in SQL alone: the tables and indexes of the fastest variant, a copy of what it
 * read (as the product keeps its input), its search, the best of all, rows.
 */
export function rivalSteps(work: Work, { territoryId, listSize, budgetMs }: { territoryId: string; listSize: number; budgetMs: number }): Step[] {
  const { asOfDay, policy } = work.kernel;
  const flows = (direction: 'output' | 'input', number: 'o' | 'i', more: string): string => `
    SELECT k.${number}, ${more}, k.x, k.y, k.z, s.latitude AS lat, s.longitude AS lon, f.quantity AS q, f.minimum_lot AS lot, k.pooled, coalesce(f.months, 0) AS months,
           f.confirmed_on - date '1970-01-01' AS day, k.penalty, k.owner, k.pipe_soft, k.pipe_hard
      FROM flow f JOIN site s ON s.id = f.site_id JOIN company c ON c.id = s.company_id JOIN ${direction}s_known k ON k.${number} = substr(f.ref, 2)::int
     WHERE f.territory_id = '${territoryId}' AND f.direction = '${direction}' AND f.withdrawn_at IS NULL AND NOT f.withheld AND f.wish IN ('yes', 'not-asked')
       AND f.confirmed_on >= date '1970-01-01' + ${asOfDay - policy.gates.maximumAgeDays}
       AND EXISTS (SELECT 1 FROM confidentiality_agreement a WHERE a.company_id = c.id AND a.signed_on <= date '1970-01-01' + ${asOfDay} AND (a.valid_until IS NULL OR a.valid_until >= date '1970-01-01' + ${asOfDay}))`;
  const results: number[] = [];
  return [
    ['read', async (sessions) => {
      for (const session of sessions) await session.query(SETTINGS);
      const [one, other = one] = sessions;
      await Promise.all([
        one.query(`CREATE UNLOGGED TABLE asked AS SELECT *, row_number() OVER () % ${SLICES * sessions.length} AS part FROM (${flows('output', 'o', 'k.kind, k.own_loss, NULL::int[] AS blocked')}) live`),
        other.query(`CREATE UNLOGGED TABLE inputs AS ${flows('input', 'i', 'k.cat, k.variant, k.ring2')}`),
      ]);
    }],
    ['index', async ([session]) => {
      for (const statement of boundingBox.prepare) await session.query(statement);
      await session.query('ANALYZE asked');
      await session.query('ANALYZE near');
    }],
    ['keep', async ([one, other = one]) => void (await Promise.all([one.query('CREATE TABLE kept_outputs AS TABLE asked'), other.query('CREATE TABLE kept_inputs AS TABLE inputs')]))],
    ['match', async (sessions) => {
      const from = performance.now();
      for (let done = 0; done < SLICES; done += 1) {
        if (((performance.now() - from) * (done + 1)) / Math.max(1, done) > budgetMs) return done / SLICES;
        await Promise.all(sessions.map(async (session, at) => {
          const part = done * sessions.length + at;
          await session.query(`CREATE UNLOGGED TABLE result_${part} AS ${lateralQuery(work, boundingBox, part)}`);
          results.push(part);
        }));
      }
    }],
    ['select', async ([session]) => {
      await session.query(`CREATE UNLOGGED TABLE result AS ${results.map((part) => `SELECT * FROM result_${part}`).join(' UNION ALL ')}`);
      await session.query(`CREATE UNLOGGED TABLE list AS SELECT o, i, score, row_number() OVER (ORDER BY score DESC, o, i) AS rank FROM result ORDER BY score DESC, o, i LIMIT ${listSize}`);
    }],
    ['write', async ([session]) => {
      await session.query(`INSERT INTO pair (territory_id, output_flow_id, input_flow_id)
        SELECT '${territoryId}', o.id, i.id FROM list l JOIN flow o ON o.territory_id = '${territoryId}' AND o.ref = 'O' || lpad(l.o::text, 7, '0') JOIN flow i ON i.territory_id = o.territory_id AND i.ref = 'I' || lpad(l.i::text, 7, '0')
        ON CONFLICT DO NOTHING`);
      await session.query(`INSERT INTO candidate (territory_id, pair_id, kind, rank, week, z, features, parts, questions, caps_acted, output_version, input_version, published_at)
        SELECT p.territory_id, p.id, 'listed', l.rank, '${WEEK}', l.score, '{}', '[]', '[]', '[]', 1, 1, now()
          FROM list l JOIN flow o ON o.territory_id = '${territoryId}' AND o.ref = 'O' || lpad(l.o::text, 7, '0') JOIN flow i ON i.territory_id = o.territory_id AND i.ref = 'I' || lpad(l.i::text, 7, '0')
          JOIN pair p ON p.territory_id = o.territory_id AND p.output_flow_id = o.id AND p.input_flow_id = i.id`);
      // Closed: the product's own leads of the same pairs are open already, and a pair is open once.
      await session.query(`INSERT INTO candidate_state (candidate_id, territory_id, pair_id, status, closed_at) SELECT id, territory_id, pair_id, 'replaced', now() FROM candidate WHERE territory_id = '${territoryId}' AND run_id IS NULL`);
    }],
  ];
}
