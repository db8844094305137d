import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TextDecoder } from 'node:util';
import { cleanCell, type FileRow } from './file-row.js';

/** Bytes of a file, piece by piece, from the beginning each time it is called. */
export type ByteSource = () => AsyncIterable<Uint8Array>;

export type Encoding = 'utf-8' | 'utf-16le' | 'windows-1252';

/** What a first look at a CSV file tells. */
export interface CsvShape {
  encoding: Encoding;
  separator: ',' | ';' | '\t' | '|';
  /** Lines in the file; records are fewer where a cell holds several lines. */
  lines: number;
  bytes: number;
}

/** A record longer than this is a quote that was never closed. */
const LONGEST_RECORD = 1 << 20;
/** Enough of the beginning to tell the separator. */
const SAMPLE = 64 * 1024;

/** The file as a whole cannot be read as a table: what was found, and where. */
export class UnreadableFile extends Error {}

/**
 * Reads through the file once. UTF-8 is what is valid UTF-8 to the last byte (a byte order mark is not needed);
 * UTF-16 is told by its mark; all else is Windows-1252.
 */
export async function lookAtCsv(source: ByteSource): Promise<CsvShape> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let encoding: Encoding = 'utf-8';
  let first: Buffer = Buffer.alloc(0);
  let lines = 0;
  let bytes = 0;
  let last = 10;
  for await (const piece of source()) {
    if (piece.length === 0) continue;
    if (first.length < SAMPLE) first = Buffer.concat([first, piece.subarray(0, SAMPLE - first.length)]);
    bytes += piece.length;
    last = piece[piece.length - 1];
    for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) lines += 1;
    if (encoding === 'utf-8' && !decodes(strict, piece, true)) encoding = 'windows-1252';
  }
  if (encoding === 'utf-8' && !decodes(strict, undefined, false)) encoding = 'windows-1252';
  if (first.length >= 2 && first[0] === 0xff && first[1] === 0xfe) encoding = 'utf-16le';
  if (last !== 10) lines += 1;
  const sample = new TextDecoder(encoding).decode(first, { stream: true });
  return { encoding, separator: findSeparator(sample), lines, bytes };
}

function decodes(decoder: TextDecoder, piece: Uint8Array | undefined, stream: boolean): boolean {
  try {
    decoder.decode(piece, { stream });
    return true;
  } catch {
    return false;
  }
}

/** The sign that parts the first line that holds one, outside quotes, most often; a semicolon wins a tie, since commas are French decimals. */
function findSeparator(sample: string): CsvShape['separator'] {
  const counts = { ';': 0, '\t': 0, ',': 0, '|': 0 };
  let quoted = false;
  for (const sign of sample) {
    if (sign === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (sign === '\n' || sign === '\r') {
      if (Object.values(counts).some((count) => count > 0)) break;
    } else if (sign in counts) counts[sign as keyof typeof counts] += 1;
  }
  const [best] = (Object.entries(counts) as [CsvShape['separator'], number][]).sort(([, a], [, b]) => b - a);
  return best[0];
}

async function* decoded(source: ByteSource, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of source()) {
    const text = decoder.decode(piece, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/**
 * The rows of a CSV file, from the first to the last, blank ones left out but counted.
 * @throws UnreadableFile where a quote is never closed, naming the row
 */
export async function* csvRows(source: ByteSource, { encoding, separator }: Pick<CsvShape, 'encoding' | 'separator'>): AsyncGenerator<FileRow> {
  const parser = parse({
    delimiter: separator, relax_column_count: true, relax_quotes: true, skip_empty_lines: false, max_record_size: LONGEST_RECORD, record_delimiter: ['\r\n', '\n', '\r'],
  });
  // The parser ends with the error of the reading, and the reading with the parser's: nothing is left to say here.
  const feed = pipeline(Readable.from(decoded(source, encoding)), parser).catch(() => undefined);
  let number = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      number += 1;
      const cells = record.map(cleanCell);
      if (cells.some((cell) => cell !== '')) yield { number, cells };
    }
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || !code.startsWith('CSV_')) throw error;
    throw new UnreadableFile(`row ${parser.info.records + 1}: found a quote (") that is never closed; expected every quoted cell to end with a quote (${code})`);
  } finally {
    parser.destroy();
    await feed;
  }
}
