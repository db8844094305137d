import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Env } from '../../config/env.js';
import type { Context } from '../platform/context.js';
import { Geocoder } from '../platform/geocoder.js';
import type { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import { type ImportErrorRow, importErrors, type ImportReport } from './imports.queries.js';
import { loadGazetteer } from './load-gazetteer.js';
import { LocateSites } from './locate-sites.js';
import { type OnProgress, ReadImport } from './read-import.js';
import { StartImport } from './start-import.js';

export interface ImportFileInput {
  /** Path of the file. */
  file: string;
  kind?: string | null;
  mapping?: string | null;
  onProgress?: OnProgress;
}

/** What importing in this very process needs: the two sides of the house, each with its own database role. */
export interface ImportFileParts {
  /** Signed in as maillon_api: takes the file in. */
  api: UnitOfWork;
  /** Signed in as maillon_worker: reads it. */
  worker: UnitOfWork;
  knowledge: Knowledge;
  env: Pick<Env, 'GAZETTEER_FILE' | 'GEOCODER_URL'>;
}

/** Errors that a terminal can show; all of them are kept with the import. */
const SHOWN_ERRORS = 200;
const PAUSE_MS = 1_000;

/**
 * Imports one file in this process, for the command line and the demo: the same two actions as by HTTP and worker. The job
 * that handing in asks for finds the work done.
 * @returns the report and its first errors
 * @throws Problem 422 when the file does not exist; the problems of StartImport
 */
export async function importFile(parts: ImportFileParts, context: Context, { file, kind, mapping, onProgress }: ImportFileInput): Promise<{ report: ImportReport; errors: ImportErrorRow[] }> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new Problem(422, 'no-file', `There is no file ${file}.`, [{ field: 'file', code: 'missing', found: file, expected: 'the path of a CSV file or .xlsx workbook' }]);
  const locateSites = new LocateSites(parts.worker, parts.env.GEOCODER_URL ? new Geocoder(parts.env.GEOCODER_URL) : null);
  const reader = new ReadImport(parts.worker, parts.knowledge, await loadGazetteer(parts.env.GAZETTEER_FILE), locateSites);
  const { importId } = await new StartImport(parts.api).execute(context, { fileName: basename(file), kind, mappingName: mapping, stream: createReadStream(file) });
  const system: Context = { ...context, personId: null };
  let report = await reader.execute(system, { importId, onProgress });
  // A worker may have been given the same import: whoever is behind stops, and what it did is waited for.
  while (report.state === 'waiting' || report.state === 'reading') {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    report = await reader.execute(system, { importId, onProgress });
  }
  const { rows } = await parts.worker.read(context, (tx) => importErrors(tx, importId, { limit: SHOWN_ERRORS }));
  return { report, errors: rows };
}

/** The report in lines for a terminal: what became of the rows, then `file, row, column: found …; expected …`. */
export function describeImport({ report, errors }: { report: ImportReport; errors: readonly ImportErrorRow[] }): string[] {
  const left = (report.sheets ?? []).flatMap(({ name, kind, ignored }) => (kind === null ? [`sheet ${name} left out: no kind of row recognised`] : ignored.length === 0 ? []
    : [`${name === null ? 'columns' : `sheet ${name}: columns`} not read: ${ignored.join(', ')}`]));
  const lines = [
    `${report.fileName}: ${report.rowsRead} rows read, ${report.rowsAdded} added, ${report.rowsChanged} changed, ${report.rowsUnchanged} unchanged, ${report.rowsRefused} refused`,
    ...(report.failure === null ? [] : [`${report.fileName}: given up: ${report.failure}`]),
    ...left,
    ...errors.map((error) => `${report.fileName}${error.sheet === null ? '' : `, sheet ${error.sheet}`}, row ${error.rowNumber}, column ${error.columnName}: found ${error.found}; expected ${error.expected}`),
  ];
  if (report.rowsRefused > 0 && errors.length >= SHOWN_ERRORS) lines.push('… and more; all errors are kept with the import');
  return lines;
}
