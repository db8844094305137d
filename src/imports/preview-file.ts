import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { type ByteSource, UnreadableFile } from './csv-rows.js';
import { findMapping } from './imports.queries.js';
import { headerIndex, planSheets } from './plan-sheets.js';
import { openTables } from './table-file.js';

export interface SheetPreview {
  name: string | null;
  kind: string | null;
  /** What the kind needs and the headers lack. */
  missing: string[];
  columns: { header: string; column: string | null; suggestions: string[] }[];
  /** The first rows, cells by position. */
  rows: string[][];
}

const SHOWN_ROWS = 5;

/** What a file would be read as, and which columns an unknown header may mean; stores nothing. */
@Injectable()
export class PreviewFile {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /** @throws Problem 422 when the file cannot be read at all */
  async execute(context: Context, { source, kind, mappingName }: { source: ByteSource; kind?: string | null; mappingName?: string | null }): Promise<SheetPreview[]> {
    const mapping = mappingName ? await this.unitOfWork.read(context, (tx) => findMapping(tx, mappingName)) : undefined;
    const index = headerIndex(this.knowledge);
    try {
      const sheets = await planSheets(await openTables(source), this.knowledge, { kind: kind ?? mapping?.kind, mapping: mapping?.columns });
      return await Promise.all(sheets.map(async ({ table, header, headers }) => {
        const rows: string[][] = [];
        for await (const { cells } of table.rows()) {
          rows.push(cells);
          if (rows.length > SHOWN_ROWS) break;
        }
        return {
          name: table.name, kind: headers.kind, missing: headers.missing, rows: rows.slice(1),
          columns: header.map((text, position) => {
            const column = headers.columns[position]?.key ?? null;
            return { header: text, column, suggestions: column === null ? index.near(text).map(({ key }) => key) : [] };
          }),
        };
      }));
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      throw new Problem(422, 'unreadable-file', error.message);
    }
  }
}
