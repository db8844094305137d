import type { EntityManager } from 'typeorm';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { transactionClient } from './transaction-client.js';
import { WordTable } from './word-table.js';

/** `PGCOPY\n\377\r\n\0`, four bytes of flags, four of the length of what follows them. */
const HEADER = 19;
/** Where another row would count its fields. */
const END = -1;

/**
 * One row of a query, its fields by their place from 0. It is the same object for every row, so nothing of a row is in memory
 * but what was taken from it. A field that is null must not be read: ask `isNull` first, or use `number` and `word`.
 */
export class CopiedRow {
  private bytes: Buffer = Buffer.alloc(0);
  private readonly start: Int32Array;
  private readonly length: Int32Array;
  private readonly words: WordTable[];

  constructor(private readonly fields: number) {
    this.start = new Int32Array(fields);
    this.length = new Int32Array(fields);
    this.words = Array.from({ length: fields }, () => new WordTable());
  }

  isNull(field: number): boolean {
    return this.length[field] < 0;
  }

  /** Of type `integer` or `double precision`. */
  number(field: number): number | null {
    const at = this.start[field];
    if (this.length[field] === 8) return this.bytes.readDoubleBE(at);
    return this.length[field] < 0 ? null : this.bytes.readInt32BE(at);
  }

  boolean(field: number): boolean {
    return this.bytes[this.start[field]] === 1;
  }

  text(field: number): string {
    return this.bytes.toString('utf8', this.start[field], this.start[field] + this.length[field]);
  }

  /** A text of which few different ones are expected: one string for each, however many rows have it. */
  word(field: number): string | null {
    return this.length[field] < 0 ? null : this.words[field].find(this.bytes, this.start[field], this.length[field]);
  }

  /** The bytes of a field, of a uuid for instance, as a key to find equals by. */
  key(field: number): string {
    return this.bytes.toString('latin1', this.start[field], this.start[field] + this.length[field]);
  }

  /** @returns where the row after this one begins, or null when the bytes end before this one does; `END` when it is the mark of the end */
  move(bytes: Buffer, from: number): number | null {
    if (from + 2 > bytes.length) return null;
    const fields = bytes.readInt16BE(from);
    if (fields === END) return END;
    if (fields !== this.fields) throw new Error(`found ${fields} columns, expected ${this.fields}`);
    let at = from + 2;
    for (let field = 0; field < fields; field += 1) {
      if (at + 4 > bytes.length) return null;
      const length = bytes.readInt32BE(at);
      this.start[field] = at + 4;
      this.length[field] = length;
      at += 4 + Math.max(0, length);
    }
    if (at > bytes.length) return null;
    this.bytes = bytes;
    return at;
  }
}

/**
 * Rows of a query in PostgreSQL's binary form, for reading by the hundred thousand: a third of the time of rows as objects, and
 * no garbage. COPY takes no parameters: they are written into the query as literals.
 * @param parameters texts, and lists of texts, for `$1`, `$2`…; cast them in the query
 * @param take called for each row; the row is another one as soon as it returns
 * @throws the driver's error, with PostgreSQL's code; what `take` throws, once all rows have come
 */
export async function copyRows(
  entities: EntityManager, query: string, parameters: readonly (string | readonly string[])[], fields: number, take: (row: CopiedRow) => void,
): Promise<void> {
  const client = await transactionClient(entities, 'Rows are copied');
  const filled = query.replace(/\$(\d+)/g, (_, number: string) => literal(parameters[Number(number) - 1]));
  const reader = new RowReader(fields, take);
  let failure: Error | null = null;
  for await (const chunk of client.query(copyTo(`COPY (${filled}) TO STDOUT (FORMAT binary)`, { highWaterMark: 1 << 18 })) as AsyncIterable<Buffer>) {
    // The connection is of use again only when all of it is read.
    if (failure !== null) continue;
    try {
      reader.read(chunk);
    } catch (error) {
      failure = error as Error;
    }
  }
  if (failure !== null) throw failure;
}

/** Finds the rows in what comes, wherever it is cut. */
class RowReader {
  private readonly row: CopiedRow;
  private rest: Buffer = Buffer.alloc(0);
  /** Where in the rest the next row begins. */
  private at = HEADER;

  constructor(
    fields: number,
    private readonly take: (row: CopiedRow) => void,
  ) {
    this.row = new CopiedRow(fields);
  }

  read(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let { at } = this;
    for (let next = at > bytes.length ? null : this.row.move(bytes, at); next !== null && next !== END; next = this.row.move(bytes, at)) {
      this.take(this.row);
      at = next;
    }
    const read = Math.min(at, bytes.length);
    this.rest = bytes.subarray(read);
    this.at = at - read;
  }
}

function literal(value: string | readonly string[]): string {
  return pg.escapeLiteral(typeof value === 'string' ? value : `{${value.map((text) => JSON.stringify(text)).join(',')}}`);
}
