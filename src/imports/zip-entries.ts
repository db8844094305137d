import { createInflateRaw } from 'node:zlib';
import { UnreadableFile } from './csv-rows.js';

/** One file inside a ZIP archive, still packed. */
export interface ZipEntry {
  name: string;
  /** 0 stored, 8 deflated. */
  method: 0 | 8;
  packed: Buffer;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** A workbook has a few dozen files; an archive of many thousands is something else. */
const MOST_ENTRIES = 10_000;

function broken(what: string): UnreadableFile {
  return new UnreadableFile(`found a damaged workbook (${what}); expected an .xlsx file as a spreadsheet program saves it`);
}

/**
 * The files of a ZIP archive by its central directory, nothing unpacked.
 * @throws UnreadableFile where the archive contradicts itself
 */
export function readZip(archive: Buffer): ZipEntry[] {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || end + 22 > archive.length || archive.readUInt32LE(end) !== END) throw broken('no end of archive: is the file whole?');
  const count = archive.readUInt16LE(end + 10);
  if (count > MOST_ENTRIES) throw broken(`${count} files in it`);
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== CENTRAL) throw broken('directory');
    const flags = archive.readUInt16LE(at + 8);
    const method = archive.readUInt16LE(at + 10);
    const size = archive.readUInt32LE(at + 20);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    if (flags & 1) throw new UnreadableFile('found a workbook protected by a password; expected one without');
    if (local + 30 > archive.length || archive.readUInt32LE(local) !== LOCAL) throw broken(name);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    if (start + size > archive.length) throw broken(name);
    if (method === 0 || method === 8) entries.push({ name, method, packed: archive.subarray(start, start + size) });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

/**
 * The bytes of a file, piece by piece.
 * @param most bytes that it may unpack to: a small archive can hold a file as large as one likes
 */
export async function* unpack(entry: ZipEntry, most: number): AsyncGenerator<Buffer> {
  if (entry.method === 0) {
    if (entry.packed.length > most) throw tooLarge(entry.name, most);
    yield entry.packed;
    return;
  }
  const inflate = createInflateRaw();
  inflate.end(entry.packed);
  let size = 0;
  try {
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > most) throw tooLarge(entry.name, most);
      yield piece;
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw broken(entry.name);
  } finally {
    inflate.destroy();
  }
}

function tooLarge(name: string, most: number): UnreadableFile {
  return new UnreadableFile(`found more than ${Math.round(most / 2 ** 20)} MiB in ${name}; expected less: save the rows as CSV or part them into several files`);
}

/** An archive of these files and no others, in this order, as a reader from front to back wants it: sizes before the bytes. */
export function* writeZip(entries: readonly ZipEntry[]): Generator<Buffer> {
  for (const { name, method, packed } of entries) {
    const nameBytes = Buffer.from(name, 'utf8');
    const header = Buffer.alloc(30);
    header.writeUInt32LE(LOCAL, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(method, 8);
    header.writeUInt32LE(packed.length, 18);
    header.writeUInt16LE(nameBytes.length, 26);
    yield Buffer.concat([header, nameBytes]);
    for (let at = 0; at < packed.length; at += 65_536) yield packed.subarray(at, at + 65_536);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  yield end;
}
