import type { Knowledge } from '../resources/knowledge.js';
import { type Column, COLUMNS, type Kind, KINDS, qualityColumns } from './columns.js';
import { HeaderIndex, type HeaderMapping, kindNamed, type ReadHeaders, readHeaders } from './headers.js';
import type { Table } from './table-file.js';
import { type GivenColumns, givenColumns } from './write-rows.js';

/** A table whose headers were read. */
export interface PlannedSheet {
  table: Table;
  /** As written, each once. */
  header: string[];
  headers: ReadHeaders;
  given: GivenColumns;
  /** Ours, with the quality attributes. */
  allColumns: readonly Column[];
}

/** Every column there is, given what the resource catalogue knows of quality. */
export function headerIndex(knowledge: Knowledge): HeaderIndex {
  return new HeaderIndex([...COLUMNS, ...qualityColumns(knowledge.catalogue.qualityAttributes)]);
}

/**
 * Reads the headers of all tables and puts them in the order in which they rest on one another: companies, sites, contacts,
 * agreements, flows, synergies.
 * @param options.kind for a single table: what its rows are; for a workbook: the only kind of sheet to read
 */
export async function planSheets(tables: readonly Table[], knowledge: Knowledge, options: { kind?: string | null; mapping?: HeaderMapping }): Promise<PlannedSheet[]> {
  const index = headerIndex(knowledge);
  const asked = options.kind ? kindNamed(options.kind) : null;
  const sheets: PlannedSheet[] = [];
  for (const table of tables) {
    const header = await readHeader(table);
    const kind = tables.length === 1 && asked !== null ? asked : table.name === null ? null : kindNamed(table.name);
    let headers = readHeaders(header, index, { kind, mapping: options.mapping });
    // A sheet may have a telling name and other columns ("Contacts" as a list of companies): the columns are what counts.
    if (headers.missing.length > 0 && tables.length > 1) {
      const byColumns = readHeaders(header, index, { mapping: options.mapping });
      if (byColumns.kind === null || byColumns.missing.length === 0) headers = byColumns;
    }
    if (tables.length > 1 && asked !== null && headers.kind !== asked) headers = { ...headers, kind: null };
    sheets.push({ table, header, headers, given: givenColumns(headers.columns), allColumns: index.columns });
  }
  const order = (kind: Kind | null): number => (kind === null ? KINDS.length : KINDS.indexOf(kind));
  return sheets.sort((one, other) => order(one.headers.kind) - order(other.headers.kind));
}

/** The first row; a header that is empty or stands a second time gets its position, so that a row can be told by headers. */
async function readHeader(table: Table): Promise<string[]> {
  for await (const { cells } of table.rows()) {
    const seen = new Set<string>();
    const last = cells.findLastIndex((cell) => cell !== '');
    return cells.slice(0, last + 1).map((cell, position) => {
      const header = cell === '' || seen.has(cell) ? `${cell}#${position + 1}` : cell;
      seen.add(header);
      return header;
    });
  }
  return [];
}
