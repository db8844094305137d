import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { importErrors, importReport, type ImportReport } from '../imports/imports.queries.js';
import { ReadImport } from '../imports/read-import.js';
import { StartImport } from '../imports/start-import.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type CommandHouse, inHouse, until } from './open-house.js';
import { UsageError } from './usage-error.js';

/** Refused rows that are told on the screen; all of them are in the page's report. */
const ERRORS_SHOWN = 20;

/** `maillon import FILE…`: hands the files in, one after the other, and reports what became of the rows. */
export async function importCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { territory: { type: 'string' }, kind: { type: 'string' }, mapping: { type: 'string' } } });
  if (positionals.length === 0) throw new UsageError('import needs at least one file.');
  const missing = positionals.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new UsageError(`There is no file ${missing.join(', ')}.`);
  await inHouse(values.territory, async (house) => {
    for (const file of positionals) await importOne(house, file, values.kind ?? null, values.mapping ?? null);
  });
}

async function importOne({ api, worker, context }: CommandHouse, file: string, kind: string | null, mappingName: string | null): Promise<void> {
  const { importId } = await api.get(StartImport).execute(context, { fileName: basename(file), kind, mappingName, stream: createReadStream(file) });
  const show = ({ rowsRead, rowsTotal }: { rowsRead: number; rowsTotal: number | null }): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${basename(file)}: ${rowsRead} of ${rowsTotal ?? '?'} rows `);
  };
  const read = api.get(UnitOfWork);
  const report = worker
    ? await worker.get(ReadImport).execute(context, { importId, onProgress: show })
    : await until(async () => {
      const now = await read.read(context, (tx) => importReport(tx, importId));
      show(now);
      return now.state === 'done' || now.state === 'failed' ? now : null;
    });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const errors = await read.read(context, (tx) => importErrors(tx, importId, { limit: ERRORS_SHOWN }));
  process.stdout.write(`${summary(report)}\n`);
  for (const error of errors.rows) {
    process.stdout.write(`  ${error.sheet ? `${error.sheet}, ` : ''}row ${error.rowNumber}, ${error.columnName}: found ${error.found}; expected ${error.expected}\n`);
  }
  if (errors.rows.length === ERRORS_SHOWN) process.stdout.write('  … more in the report of the import (page, or GET /api/imports)\n');
  if (report.state === 'failed') process.exitCode = 1;
}

function summary(report: ImportReport): string {
  const counts = `${report.rowsAdded} added, ${report.rowsChanged} changed, ${report.rowsUnchanged} unchanged, ${report.rowsRefused} refused`;
  const ignored = (report.sheets ?? []).flatMap((sheet) => sheet.ignored);
  return [
    `${report.fileName}: ${report.rowsRead} rows: ${counts}`,
    ...(ignored.length > 0 ? [`  columns not read: ${ignored.join(', ')}`] : []),
    ...(report.failure ? [`  given up: ${report.failure}`] : []),
  ].join('\n');
}
