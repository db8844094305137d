import { Injectable } from '@nestjs/common';
import { territoryDay } from '../companies/companies.queries.js';
import { insertMany } from '../companies/upsert-rows.js';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { UnreadableFile } from './csv-rows.js';
import { FileMemory } from './file-memory.js';
import { filePart, findMapping, type ImportReport, importReport } from './imports.queries.js';
import { Gazetteer } from './gazetteer.js';
import { LocateSites, type PlaceFinder } from './locate-sites.js';
import { type PlannedSheet, planSheets } from './plan-sheets.js';
import { type ReadRow, RowReader } from './row-reader.js';
import { openTables, type Table } from './table-file.js';
import { type RowOutcome, type SheetRules, writeRows } from './write-rows.js';

/** Rows written in one transaction. */
const BATCH = 1000;

/** Told after every batch. `rowsTotal` is an upper bound until the end. */
export type OnProgress = (progress: { rowsRead: number; rowsTotal: number }) => void | Promise<void>;

/** Another delivery of the same job has read on: this one has nothing left to do. */
class TakenOver extends Error {}

/** PostgreSQL refuses a value (22) or breaks a constraint (23): the rows are at fault, and one of them can be found. */
function isFaultOfRows(error: unknown): boolean {
  const code = (error as { driverError?: { code?: unknown } }).driverError?.code;
  return typeof code === 'string' && /^2[23]/.test(code);
}

/**
 * Reads a file that was handed in: batch by batch, each one transaction with the count of rows read, so that an import that
 * was killed goes on where it stopped, and of two deliveries at once only one gets on. Good rows are kept, bad ones reported.
 */
@Injectable()
export class ReadImport {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly gazetteer: Gazetteer,
    private readonly locateSites: LocateSites,
  ) {}

  /**
   * Delivered again it goes on, or does nothing when all is done.
   * @throws Problem 404; anything else is passing trouble (the database away) and leaves what was read so far
   */
  async execute(context: Context, { importId, onProgress }: { importId: string; onProgress?: OnProgress }): Promise<ImportReport> {
    try {
      const { job, today } = await this.unitOfWork.read(context, async (tx) => ({ job: await importReport(tx, importId), today: await territoryDay(tx) }));
      if (job.state === 'waiting' || job.state === 'reading') {
        const { unitOfWork, knowledge, gazetteer, locateSites } = this;
        await new Reading({ unitOfWork, knowledge, gazetteer, locateSites }, context, job, today, onProgress).run();
      }
    } catch (error) {
      if (!(error instanceof TakenOver)) throw error;
    }
    return this.unitOfWork.read(context, (tx) => importReport(tx, importId));
  }
}

interface Parts {
  unitOfWork: UnitOfWork;
  knowledge: Knowledge;
  gazetteer: Gazetteer;
  locateSites: LocateSites;
}

/** One reading of one file, from where an earlier one stopped. */
class Reading {
  private rowsRead: number;
  private rowsTotal: number;
  private readonly memory = new FileMemory();
  private readonly places: PlaceFinder;

  constructor(private readonly parts: Parts, private readonly context: Context, private readonly job: ImportReport, private readonly today: string, private readonly onProgress?: OnProgress) {
    this.rowsRead = job.rowsRead;
    this.rowsTotal = job.rowsTotal ?? 0;
    this.places = parts.locateSites.forImport(context);
  }

  async run(): Promise<void> {
    let sheets: PlannedSheet[];
    try {
      sheets = await this.open();
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      return this.end('failed', error.message);
    }
    let position = 0;
    for (const sheet of sheets) {
      if (sheet.headers.kind === null) continue;
      const trouble = await this.readSheet(sheet, sheet.headers.kind, position);
      if (trouble.failure !== null) return this.end('failed', trouble.failure);
      position = trouble.position;
    }
    await this.end('done', null);
  }

  private async open(): Promise<PlannedSheet[]> {
    const { unitOfWork, knowledge } = this.parts;
    const mapping = await unitOfWork.read(this.context, async (tx) => (this.job.mappingName === null ? null : await findMapping(tx, this.job.mappingName)));
    if (mapping === undefined) throw new UnreadableFile(`the mapping ${this.job.mappingName} is not saved any more; expected its name to stay until the file is read`);
    const tables: Table[] = await openTables(() => this.bytes());
    const sheets = await planSheets(tables, knowledge, { kind: this.job.kind ?? mapping?.kind ?? null, mapping: mapping?.columns });
    const read = sheets.filter((sheet) => sheet.headers.kind !== null);
    this.rowsTotal = read.reduce((sum, sheet) => sum + Math.max(0, sheet.table.rowsAtMost - 1), 0);
    const noted = sheets.map(({ table, header, headers }) => ({ name: table.name, kind: headers.kind, headers: header, ignored: headers.kind === null ? [] : headers.ignored }));
    await unitOfWork.write(this.context, async (tx) => {
      const taken = await tx.sql(
        `UPDATE import_job SET state = 'reading', rows_total = $3, sheets = $4 WHERE territory_id = $1 AND id = $2 AND state IN ('waiting', 'reading') RETURNING id`,
        [this.context.territoryId, this.job.id, this.rowsTotal, JSON.stringify(noted)]);
      if (taken.length === 0) throw new TakenOver();
    });
    const missing = read.flatMap(({ table, headers }) => headers.missing.map((columns) => `${table.name === null ? '' : `sheet ${table.name}, `}row 1: no column ${columns}, which a file of ${headers.kind} needs`));
    if (missing.length > 0) throw new UnreadableFile(missing.join('; '));
    if (read.length === 0) {
      const found = sheets[0]?.header.join(', ').slice(0, 300) ?? '';
      throw new UnreadableFile(`row 1: found ${found === '' ? 'nothing' : found}; expected headers that tell companies, sites, contacts, agreements, flows or synergies (docs/import.md)`);
    }
    return read;
  }

  private async *bytes(): AsyncGenerator<Uint8Array> {
    for (let part = 1; ; part += 1) {
      const bytes = await this.parts.unitOfWork.read(this.context, (tx) => filePart(tx, this.job.id, part));
      if (!bytes) return;
      yield bytes;
    }
  }

  /** @returns the position after the sheet, or why the file ends here; rows that were read before it broke are written */
  private async readSheet(sheet: PlannedSheet, kind: SheetRules['kind'], start: number): Promise<{ position: number; failure: string | null }> {
    const { knowledge, gazetteer, locateSites } = this.parts;
    const reader = new RowReader({
      kind, headers: sheet.header, columns: sheet.headers.columns, knowledge, gazetteer, geocoding: locateSites.on, today: this.today, memory: this.memory,
    }, sheet.allColumns);
    const rules: SheetRules = { kind, given: sheet.given, reader, createdBy: this.job.createdBy };
    let position = start;
    let failure: string | null = null;
    let batch: ReadRow[] = [];
    const write = async (): Promise<void> => {
      if (batch.length === 0) return;
      const rows = batch;
      batch = [];
      await this.places.place(rows, reader);
      await this.writeBatch(sheet, rows, rules);
      await this.onProgress?.({ rowsRead: this.rowsRead, rowsTotal: Math.max(this.rowsTotal, this.rowsRead) });
    };
    try {
      let header = true;
      for await (const row of sheet.table.rows()) {
        if (header) {
          header = false;
          continue;
        }
        position += 1;
        // Rows that an earlier reading wrote are read for what later rows may need of them, and not written again.
        const read = reader.read(row);
        if (position <= this.job.rowsRead) continue;
        batch.push(read);
        if (batch.length >= BATCH) await write();
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      failure = `${sheet.table.name === null ? '' : `sheet ${sheet.table.name}, `}${error.message}`;
    }
    await write();
    return { position, failure };
  }

  /** One transaction; where a row makes PostgreSQL refuse all of them, halves of the batch until the row stands alone. */
  private async writeBatch(sheet: PlannedSheet, rows: readonly ReadRow[], rules: SheetRules): Promise<void> {
    try {
      await this.parts.unitOfWork.write(this.context, async (tx) => this.note(tx, sheet, rows, await writeRows(await this.claim(tx), rows, rules)));
      this.rowsRead += rows.length;
    } catch (error) {
      if (!isFaultOfRows(error)) throw error;
      if (rows.length > 1) {
        const middle = Math.ceil(rows.length / 2);
        await this.writeBatch(sheet, rows.slice(0, middle), rules);
        await this.writeBatch(sheet, rows.slice(middle), rules);
        return;
      }
      const [row] = rows;
      const errors = [{ column: sheet.header[0] ?? '', code: 'refused-by-database', found: row.cells[0] ?? '', expected: 'values that the database takes; please report this row' }];
      await this.parts.unitOfWork.write(this.context, async (tx) => this.note(await this.claim(tx), sheet, rows, [{ errors }]));
      this.rowsRead += 1;
    }
  }

  /** Holds the import until the end of the transaction, if nobody has read on meanwhile. */
  private async claim(tx: Transaction): Promise<Transaction> {
    const held = await tx.sql(
      "SELECT id FROM import_job WHERE territory_id = $1 AND id = $2 AND state = 'reading' AND rows_read = $3 FOR UPDATE", [this.context.territoryId, this.job.id, this.rowsRead]);
    if (held.length === 0) throw new TakenOver();
    return tx;
  }

  private async note(tx: Transaction, sheet: PlannedSheet, rows: readonly ReadRow[], outcomes: readonly RowOutcome[]): Promise<void> {
    const count = (wanted: string): number => outcomes.filter((outcome) => ('change' in outcome ? outcome.change : 'refused') === wanted).length;
    await tx.sql(
      `UPDATE import_job SET rows_read = rows_read + $3, rows_added = rows_added + $4, rows_changed = rows_changed + $5, rows_unchanged = rows_unchanged + $6, rows_refused = rows_refused + $7
       WHERE territory_id = $1 AND id = $2`, [this.context.territoryId, this.job.id, rows.length, count('added'), count('changed'), count('unchanged'), count('refused')]);
    const errors = rows.flatMap((row, index) => {
      const outcome = outcomes[index];
      return 'errors' in outcome ? outcome.errors.map((error, order) => ({
        importId: this.job.id, sheet: sheet.table.name, rowNumber: row.number, columnName: error.column, code: error.code, found: error.found, expected: error.expected,
        raw: order === 0 ? Object.fromEntries(sheet.header.map((header, position) => [header, row.cells[position] ?? ''])) : {},
      })) : [];
    });
    await insertMany(tx, 'import_error', {
      importId: ['import_id', 'uuid'], sheet: ['sheet', 'text'], rowNumber: ['row_number', 'integer'], columnName: ['column_name', 'text'], code: ['code', 'text'],
      found: ['found', 'text'], expected: ['expected', 'text'], raw: ['raw', 'jsonb'],
    }, errors, []);
  }

  private async end(state: 'done' | 'failed', failure: string | null): Promise<void> {
    await this.parts.unitOfWork.write(this.context, async (tx) => {
      const ended = await tx.sql<{ rows_added: number; rows_changed: number; rows_unchanged: number; rows_refused: number }>(
        `UPDATE import_job SET state = $3, failure = $4, finished_at = $5, rows_total = rows_read
         WHERE territory_id = $1 AND id = $2 AND state IN ('waiting', 'reading') AND rows_read = $6 RETURNING rows_added, rows_changed, rows_unchanged, rows_refused`,
        [this.context.territoryId, this.job.id, state, failure?.slice(0, 1000) ?? null, tx.now, this.rowsRead]);
      if (ended.length === 0) throw new TakenOver();
      await tx.sql('DELETE FROM import_file_part WHERE territory_id = $1 AND import_id = $2', [this.context.territoryId, this.job.id]);
      await tx.audit({ action: `import.${state}`, subjectType: 'import', subjectId: this.job.id, data: { ...ended[0] } });
    });
  }
}
