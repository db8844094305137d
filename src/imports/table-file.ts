import { type ByteSource, csvRows, lookAtCsv, UnreadableFile } from './csv-rows.js';
import type { FileRow } from './file-row.js';
import { isWorkbook, openWorkbook } from './xlsx-rows.js';

/** A table of a file: a CSV file is one, a workbook has one a sheet. */
export interface Table {
  /** Name of the sheet; null in a CSV file. */
  name: string | null;
  /** Rows that may come, the header too; not fewer. */
  rowsAtMost: number;
  /** From the first row on, each time it is called; blank rows are left out but counted in `number`. */
  rows(): AsyncGenerator<FileRow>;
}

/** Larger files are refused: parted they import as well. */
export const LARGEST_FILE = 50 * 2 ** 20;

/**
 * The tables of a CSV file (any encoding and separator that `lookAtCsv` tells) or an .xlsx workbook, whatever the file's name.
 * @throws UnreadableFile when the file as a whole cannot be read
 */
export async function openTables(source: ByteSource): Promise<Table[]> {
  let first = new Uint8Array(0);
  for await (const piece of source()) {
    first = Buffer.concat([first, piece.subarray(0, 8)]);
    if (first.length >= 8) break;
  }
  if (first.length === 0) throw new UnreadableFile('found an empty file; expected a header and rows');
  if (isWorkbook(first)) {
    // The directory of a workbook stands at its end: the packed file is held whole, its sheets are streamed.
    const pieces: Uint8Array[] = [];
    for await (const piece of source()) pieces.push(piece);
    return openWorkbook(Buffer.concat(pieces));
  }
  if (first[0] === 0xd0 && first[1] === 0xcf) throw new UnreadableFile('found a workbook in the old .xls format or protected by a password; expected .xlsx or .csv');
  const shape = await lookAtCsv(source);
  return [{ name: null, rowsAtMost: shape.lines, rows: () => csvRows(source, shape) }];
}
