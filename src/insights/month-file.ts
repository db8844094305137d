import ExcelJS from 'exceljs';
import { BYTE_ORDER_MARK, csvLine } from '../imports/safe-csv.js';
import type { Say, TableRow } from './month-table.js';

const COLUMNS = ['section', 'figure', 'value', 'low', 'high', 'of', 'unit'] as const satisfies readonly (keyof TableRow)[];
const WIDTHS: Record<(typeof COLUMNS)[number], number> = { section: 28, figure: 60, value: 18, low: 18, high: 18, of: 10, unit: 12 };

/** A workbook of one sheet: headings, then a row a figure, numbers as numbers. */
export async function monthWorkbook(rows: readonly TableRow[], title: string, say: Say): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  workbook.title = title;
  const sheet = workbook.addWorksheet(say('sheet'), { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = COLUMNS.map((key) => ({ key, header: say(`head.${key}`), width: WIDTHS[key] }));
  sheet.getRow(1).font = { bold: true };
  for (const row of rows) {
    const added = sheet.addRow(row);
    const share = row.unit === say('unit.share');
    for (const key of ['value', 'low', 'high'] as const) if (typeof row[key] === 'number') added.getCell(key).numFmt = share ? '0 %' : '#,##0.##';
  }
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** The same as CSV: UTF-8 with a byte order mark, semicolons, and the decimal sign of the language, as its spreadsheets expect. */
export function monthCsv(rows: readonly TableRow[], say: Say, language: 'fr' | 'en'): string {
  const cell = (value: string | number | null): string => {
    if (typeof value !== 'number') return value ?? '';
    const text = String(Math.round(value * 10_000) / 10_000);
    return language === 'fr' ? text.replace('.', ',') : text;
  };
  return BYTE_ORDER_MARK + csvLine(COLUMNS.map((key) => say(`head.${key}`))) + rows.map((row) => csvLine(COLUMNS.map((key) => cell(row[key])))).join('');
}
