import type pg from 'pg';
import { BANDS_A_DEGREE, boundingBox, lateralQuery, loadTable, SETTINGS } from '../engines/postgres.js';
import { squaredChord, type Table, tablesOf } from '../engines/tables.js';
import { EARTH_KM, type Work } from '../work.js';
import { WEEK } from './fill.js';

/**
 * What knowledge says of flows and pairs of categories, in a schema of its own: given to SQL for nothing, as in the kernel
 * bench. The flows' own facts it has to read from the product's tables.
 */
export async function loadWork(admin: pg.Client, work: Work): Promise<void> {
  await admin.query('CREATE SCHEMA bench');
  await admin.query('SET search_path = bench, maillon, public');
  for (const table of tablesOf(work)) await loadTable(admin, { ...table, name: table.name === 'entries' ? 'entries' : `${table.name}_known` });
  await loadTable(admin, poolsOf(work));
  await admin.query('CREATE INDEX ON entries (kind)');
  await admin.query('CREATE INDEX ON outputs_known (o)');
  await admin.query('CREATE INDEX ON inputs_known (i)');
  await admin.query('VACUUM ANALYZE entries, pools, outputs_known, inputs_known');
}

/**
 * By side and category: the largest lot that anybody on the other side asks (where one does), and how far flows may lie apart to
 * bring it together. What they bring SQL has to sum itself: it is what the product reads, too, and no knowledge.
 */
function poolsOf({ kernel: { snapshot, knowledge, catalogue } }: Work): Table {
  const indexes = new Map(knowledge.categories.map(({ slug }, at) => [slug, at]));
  const largest = (flows: typeof snapshot.outputs, category: number): number => {
    let lot = 0;
    for (let flow = 0; flow < flows.count; flow += 1) if (flows.category[flow] === category && flows.minimumLot[flow] > lot) lot = flows.minimumLot[flow];
    return lot;
  };
  const asked = [new Map<number, number>(), new Map<number, number>()];
  const ask = (side: number, category: number, lot: number): void => void asked[side].set(category, Math.max(lot, asked[side].get(category) ?? 0));
  for (const entry of catalogue.substitutions) {
    const [output, input] = [indexes.get(entry.output), indexes.get(entry.input)];
    if (output === undefined || input === undefined) continue;
    ask(0, output, largest(snapshot.inputs, input) / entry.yield);
    ask(1, input, largest(snapshot.outputs, output) * entry.yield);
  }
  const rows = asked.flatMap((side, at) => [...side].filter(([, lot]) => lot > 0).map(([category, lot]) => ({ side: at, category, lot, km: knowledge.categories[category].softDistanceKm })));
  return {
    name: 'pools', rows: rows.length,
    columns: [
      { name: 'side', type: 'integer', value: (row) => rows[row].side }, { name: 'cat', type: 'integer', value: (row) => rows[row].category },
      { name: 'asked', type: 'double precision', value: (row) => rows[row].lot }, { name: 'km', type: 'double precision', value: (row) => rows[row].km },
      { name: 'chord2', type: 'double precision', value: (row) => squaredChord(rows[row].km) },
    ],
  };
}

/** What flows bring to a lot together: by a box around each, as the matching does. */
function poolSteps(asOfDay: number, territoryId: string, categories: readonly string[]): { suppliers: string[]; sums(part: number, parts: number): string } {
  const degrees = `a.km * ${180 / Math.PI / EARTH_KM}`;
  return {
    suppliers: [
      `CREATE UNLOGGED TABLE suppliers AS
         SELECT p.side, p.cat, substr(f.ref, 2)::int AS flow, f.quantity AS q, p.asked, p.km, p.chord2, s.latitude AS lat, s.longitude AS lon, floor(s.latitude * ${BANDS_A_DEGREE})::int2 AS band,
                cosd(s.latitude) * cosd(s.longitude) AS x, cosd(s.latitude) * sind(s.longitude) AS y, sind(s.latitude) AS z, row_number() OVER () AS number
           FROM unnest(ARRAY[${categories.map((slug) => `'${slug}'`).join(',')}]) WITH ORDINALITY AS c (slug, place) JOIN pools p ON p.cat = c.place - 1
           JOIN flow f ON f.category = c.slug AND f.direction = (ARRAY['output', 'input'])[p.side + 1] JOIN site s ON s.id = f.site_id
          WHERE f.territory_id = '${territoryId}' AND f.withdrawn_at IS NULL AND NOT f.withheld AND f.wish IN ('yes', 'not-asked') AND f.quantity > 0 AND ${hasAgreement('s.company_id', asOfDay)}
          ORDER BY p.side, p.cat, floor(s.latitude * ${BANDS_A_DEGREE}), s.longitude`,
      'CREATE INDEX ON suppliers (side, cat, band, lon)', 'ANALYZE suppliers',
    ],
    sums: (part, parts) => `
      SELECT a.side, a.flow, (
          SELECT sum(b.q) FROM suppliers b
           WHERE b.side = a.side AND b.cat = a.cat AND b.band BETWEEN floor((a.lat - ${degrees}) * ${BANDS_A_DEGREE})::int2 AND floor((a.lat + ${degrees}) * ${BANDS_A_DEGREE})::int2
             AND b.lon BETWEEN a.lon - ${degrees} / cosd(least(89, abs(a.lat) + ${degrees})) AND a.lon + ${degrees} / cosd(least(89, abs(a.lat) + ${degrees}))
             AND (a.x - b.x) ^ 2 + (a.y - b.y) ^ 2 + (a.z - b.z) ^ 2 <= a.chord2) AS pooled
        FROM suppliers a WHERE a.q < a.asked AND a.number % ${parts} = ${part}`,
  };
}

const hasAgreement = (company: string, day: number): string =>
  `EXISTS (SELECT 1 FROM confidentiality_agreement a WHERE a.company_id = ${company} AND a.signed_on <= date '1970-01-01' + ${day} AND (a.valid_until IS NULL OR a.valid_until >= date '1970-01-01' + ${day}))`;

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
    SELECT k.${number}, ${more}, k.x, k.y, k.z, s.latitude AS lat, s.longitude AS lon, f.quantity AS q, f.minimum_lot AS lot, coalesce(p.pooled, f.quantity) AS pooled, coalesce(f.months, 0) AS months,
           f.confirmed_on - date '1970-01-01' AS day, k.penalty, k.owner, k.pipe_soft, k.pipe_hard
      FROM flow f JOIN site s ON s.id = f.site_id JOIN company c ON c.id = s.company_id JOIN ${direction}s_known k ON k.${number} = substr(f.ref, 2)::int
      LEFT JOIN pooled p ON p.side = ${direction === 'output' ? 0 : 1} AND p.flow = k.${number}
     WHERE f.territory_id = '${territoryId}' AND f.direction = '${direction}' AND f.withdrawn_at IS NULL AND NOT f.withheld AND f.wish IN ('yes', 'not-asked')
       AND f.confirmed_on >= date '1970-01-01' + ${asOfDay - policy.gates.maximumAgeDays}
       AND ${hasAgreement('c.id', asOfDay)}`;
  const results: number[] = [];
  const pool = poolSteps(asOfDay, territoryId, work.kernel.snapshot.categories);
  return [
    ['pool', async (sessions) => {
      for (const session of sessions) await session.query(SETTINGS);
      for (const statement of pool.suppliers) await sessions[0].query(statement);
      await sessions[0].query('CREATE UNLOGGED TABLE pooled (side int, flow int, pooled float8)');
      await Promise.all(sessions.map((session, part) => session.query(`INSERT INTO pooled ${pool.sums(part, sessions.length)}`)));
      await sessions[0].query('ANALYZE pooled');
    }],
    ['read', async (sessions) => {
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
