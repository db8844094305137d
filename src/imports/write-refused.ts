import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { importReport, refusedRows } from './imports.queries.js';
import { BYTE_ORDER_MARK, csvLine } from './safe-csv.js';

const PAGE = 500;

/** Hands the refused rows back as CSV with what is wrong with each, ready to be mended and imported again. */
@Injectable()
export class WriteRefused {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * UTF-8 with a byte order mark, semicolons; the columns of the file, then `Ligne` and `Erreurs` (and `Feuille` where the
   * file has several sheets), which an import leaves out.
   * @throws Problem 404, before the first piece
   */
  async execute(context: Context, importId: string): Promise<AsyncGenerator<string>> {
    const report = await this.unitOfWork.read(context, (tx) => importReport(tx, importId));
    const sheets = (report.sheets ?? []).filter((sheet) => sheet.kind !== null);
    const headers = [...new Set(sheets.flatMap((sheet) => sheet.headers))];
    return this.lines(context, importId, headers, sheets.length > 1);
  }

  private async *lines(context: Context, importId: string, headers: readonly string[], manySheets: boolean): AsyncGenerator<string> {
    const beside = (sheet: string | null, row: string, errors: string): string[] => [...(manySheets ? [sheet ?? ''] : []), row, errors];
    yield BYTE_ORDER_MARK + csvLine([...headers, ...beside('Feuille', 'Ligne', 'Erreurs')]);
    for (let last = '0'; ;) {
      const rows = await this.unitOfWork.read(context, (tx) => refusedRows(tx, importId, last, PAGE));
      if (rows.length === 0) return;
      yield rows.map((row) => csvLine([...headers.map((header) => row.raw[header] ?? ''), ...beside(row.sheet, String(row.rowNumber), row.errors.join(' | '))])).join('');
      last = rows[rows.length - 1].lastId;
    }
  }
}
