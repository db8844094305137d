import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { Env } from '../../config/env.js';
import { describeImport, importFile } from '../imports/import-file.js';
import { type ImportErrorRow, importErrors, type ImportReport, importReport } from '../imports/imports.queries.js';
import { StartImport } from '../imports/start-import.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { type CommandHouse, inHouse, until } from './open-house.js';
import { UsageError } from './usage-error.js';

/** Errors that a terminal can show; all of them are kept with the import. */
const ERRORS_SHOWN = 200;

type Outcome = { report: ImportReport; errors: ImportErrorRow[] };
interface Options {
  kind: string | null;
  mapping: string | null;
  onProgress: (progress: { rowsRead: number; rowsTotal: number | null }) => void;
}

/** `maillon import FILE…`: hands the files in, one after the other, and reports what became of the rows. */
export async function importCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { territory: { type: 'string' }, kind: { type: 'string' }, mapping: { type: 'string' } } });
  if (positionals.length === 0) throw new UsageError('import needs at least one file.');
  const missing = positionals.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new UsageError(`There is no file ${missing.join(', ')}.`);
  await inHouse(values.territory, async (house) => {
    for (const file of positionals) {
      const options: Options = { kind: values.kind ?? null, mapping: values.mapping ?? null, onProgress: showProgress(basename(file)) };
      const outcome = house.worker ? await readHere(house, file, options) : await readByWorker(house, file, options);
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
      process.stdout.write(`${describeImport(outcome).join('\n')}\n`);
      if (outcome.report.state === 'failed') process.exitCode = 1;
    }
  });
}

function showProgress(name: string): Options['onProgress'] {
  return ({ rowsRead, rowsTotal }) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${rowsRead} of ${rowsTotal ?? '?'} rows `);
  };
}

async function readHere({ api, worker, context }: CommandHouse, file: string, options: Options): Promise<Outcome> {
  const reader = worker ?? api;
  return importFile({ api: api.get(UnitOfWork), worker: reader.get(UnitOfWork), knowledge: api.get(Knowledge), env: api.get(Env) }, context, { file, ...options });
}

async function readByWorker({ api, context }: CommandHouse, file: string, { kind, mapping, onProgress }: Options): Promise<Outcome> {
  const { importId } = await api.get(StartImport).execute(context, { fileName: basename(file), kind, mappingName: mapping, stream: createReadStream(file) });
  const unitOfWork = api.get(UnitOfWork);
  const report = await until(async () => {
    const now = await unitOfWork.read(context, (tx) => importReport(tx, importId));
    onProgress(now);
    return now.state === 'done' || now.state === 'failed' ? now : null;
  });
  const { rows } = await unitOfWork.read(context, (tx) => importErrors(tx, importId, { limit: ERRORS_SHOWN }));
  return { report, errors: rows };
}
