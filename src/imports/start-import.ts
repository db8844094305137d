import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { newId } from '../companies/companies.queries.js';
import { KINDS } from './columns.js';
import { kindNamed } from './headers.js';
import { findMapping } from './imports.queries.js';
import { LARGEST_FILE } from './table-file.js';

export interface NewImport {
  /** For people; nothing is read from it. */
  fileName: string;
  /** A kind or one of its words (`flux`); null: headers and names of sheets tell. */
  kind?: string | null;
  /** A saved mapping of column names. */
  mappingName?: string | null;
  /** The file's bytes. A slow sender should be written to disk first: a transaction waits for the last byte. */
  stream: AsyncIterable<Uint8Array>;
}

const PART = 1 << 20;

/** Takes a file in, in parts, and asks for it to be read. Nothing is read from it here. */
@Injectable()
export class StartImport {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 413 when the file is larger than 50 MiB, 422 when it is empty or names an unknown kind or mapping; then nothing is kept */
  async execute(context: Context, { fileName, kind, mappingName, stream }: NewImport): Promise<{ importId: string }> {
    const wanted = kind ? kindNamed(kind) : null;
    if (kind && !wanted) {
      throw new Problem(422, 'unknown-kind', 'Unknown kind of rows.', [{ field: 'kind', code: 'unknown-kind', found: kind.slice(0, 100), expected: `one of ${KINDS.join(', ')}` }]);
    }
    return this.unitOfWork.write(context, async (tx) => {
      if (mappingName && !(await findMapping(tx, mappingName))) {
        throw new Problem(422, 'unknown-mapping', 'No mapping is saved under this name.', [{ field: 'mapping', code: 'unknown-mapping', found: mappingName.slice(0, 100), expected: 'the name of a saved mapping' }]);
      }
      const importId = await newId(tx);
      await tx.sql(
        'INSERT INTO import_job (id, territory_id, file_name, kind, mapping_name, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
        [importId, context.territoryId, shortName(fileName), wanted, mappingName || null, context.personId, tx.now]);
      const bytes = await storeParts(tx, importId, stream);
      await tx.enqueue('import.read', { territoryId: context.territoryId, importId });
      await tx.audit({ action: 'import.started', subjectType: 'import', subjectId: importId, data: { kind: wanted, mappingName: mappingName || null, bytes } });
      return { importId };
    });
  }
}

/** The name alone, however the sender's system writes paths, fit for a column of text. */
function shortName(fileName: string): string {
  const name = fileName.split(/[\\/]/).at(-1)?.replace(/[\p{Cc}\p{Cs}]/gu, '').trim() ?? '';
  return name === '' ? 'file' : name.slice(0, 200);
}

async function storeParts(tx: Transaction, importId: string, stream: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  let part = 0;
  let waiting: Uint8Array[] = [];
  let size = 0;
  const store = async (content: Buffer): Promise<void> => {
    part += 1;
    await tx.sql('INSERT INTO import_file_part (import_id, part, territory_id, bytes) VALUES ($1, $2, $3, $4)', [importId, part, tx.context.territoryId, content]);
  };
  for await (const piece of stream) {
    bytes += piece.length;
    if (bytes > LARGEST_FILE) throw new Problem(413, 'file-too-large', `The file is larger than ${LARGEST_FILE / 2 ** 20} MiB; part it into several.`);
    waiting.push(piece);
    size += piece.length;
    if (size < PART) continue;
    const content = Buffer.concat(waiting);
    let at = 0;
    for (; at + PART <= content.length; at += PART) await store(content.subarray(at, at + PART));
    waiting = [content.subarray(at)];
    size = content.length - at;
  }
  if (size > 0) await store(Buffer.concat(waiting));
  if (bytes === 0) throw new Problem(422, 'empty-file', 'The file is empty.', [{ field: 'file', code: 'empty-file', found: '0 bytes', expected: 'a CSV file or .xlsx workbook' }]);
  return bytes;
}
