import ExcelJS from 'exceljs';
import { Readable } from 'node:stream';
import { UnreadableFile } from './csv-rows.js';
import { cleanCell, type FileRow } from './file-row.js';
import { readZip, unpack, writeZip, type ZipEntry } from './zip-entries.js';

/** A sheet of a workbook, in the order of its tabs. */
export interface WorkbookSheet {
  name: string;
  /** Rows that hold anything, the header too; a little more where a row holds blanks only. */
  rowsAtMost: number;
  /** The rows from the first one on, blank ones left out but counted. May be asked for again. */
  rows(): AsyncGenerator<FileRow>;
}

/** Of all sheets together, unpacked, XML: about ten million cells. */
const LARGEST_SHEETS = 1 << 30;
/** The texts of a workbook are kept in memory while it is read. */
const LARGEST_TEXTS = 96 << 20;
const LARGEST_OTHER = 16 << 20;
const MOST_SHEETS = 100;
const WIDEST_ROW = 500;

/** Workbooks are ZIP archives, which begin so. */
export function isWorkbook(first: Uint8Array): boolean {
  return first.length >= 4 && first[0] === 0x50 && first[1] === 0x4b && first[2] === 0x03 && first[3] === 0x04;
}

/**
 * Opens an .xlsx workbook; every part is unpacked once to be sure of its size before anything is read from it.
 * @throws UnreadableFile when it is damaged, protected, too large, or no workbook
 */
export async function openWorkbook(archive: Buffer): Promise<WorkbookSheet[]> {
  const entries = new Map(readZip(archive).map((entry) => [entry.name.replace(/^\//, ''), entry]));
  const book = entries.get('xl/workbook.xml');
  const links = entries.get('xl/_rels/workbook.xml.rels');
  if (!book || !links) throw new UnreadableFile('found a ZIP archive without a workbook in it; expected an .xlsx or .csv file');
  const styles = entries.get('xl/styles.xml');
  const texts = entries.get('xl/sharedStrings.xml');
  if (styles) await textOf(styles);
  if (texts) await checkSize(texts, LARGEST_TEXTS);

  const targets = new Map([...(await textOf(links)).matchAll(/<(?:\w+:)?Relationship\s([^>]*)>/g)].map(([, attributes]) => [attribute(attributes, 'Id'), attribute(attributes, 'Target')]));
  const bookText = await textOf(book);
  const named = [...bookText.matchAll(/<(?:\w+:)?sheet\s([^>]*)>/g)].map(([, attributes]) => ({
    name: unescapeXml(attribute(attributes, 'name')),
    target: targets.get(attribute(attributes, '[\\w]+:id')) ?? '',
  }));
  if (named.length > MOST_SHEETS) throw new UnreadableFile(`found ${named.length} sheets; expected at most ${MOST_SHEETS}`);
  const sheets: WorkbookSheet[] = [];
  let left = LARGEST_SHEETS;
  for (const { name, target } of named) {
    const path = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
    const entry = entries.get(path);
    if (!entry || !path.includes('worksheets/')) continue;
    // A workbook of this one sheet, with what the reader needs first going first, so that it never has to put a sheet aside.
    const parts = [stored('xl/_rels/workbook.xml.rels', LINKS), stored('xl/workbook.xml', bookXml(bookText))];
    if (styles) parts.push({ ...styles, name: 'xl/styles.xml' });
    parts.push(texts ? { ...texts, name: 'xl/sharedStrings.xml' } : stored('xl/sharedStrings.xml', '<sst></sst>'), { ...entry, name: 'xl/worksheets/sheet1.xml' });
    const { rows, bytes } = await countRows(entry, left);
    left -= bytes;
    sheets.push({ name, rowsAtMost: rows, rows: () => sheetRows(parts, name) });
  }
  return sheets;
}

const LINKS = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>';

function stored(name: string, text: string): ZipEntry {
  return { name, method: 0, packed: Buffer.from(text) };
}

/** Days are counted from 1904 in some workbooks; nothing else of the book matters here. */
function bookXml(original: string): string {
  const from1904 = /<(?:\w+:)?workbookPr\s[^>]*date1904\s*=\s*["'](?:1|true)["']/.test(original);
  return `<workbook><workbookPr${from1904 ? ' date1904="1"' : ''}/><sheets><sheet name="sheet" sheetId="1" r:id="rId1"/></sheets></workbook>`;
}

async function textOf(entry: ZipEntry): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of unpack(entry, LARGEST_OTHER)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function checkSize(entry: ZipEntry, most: number): Promise<void> {
  const pieces = unpack(entry, most);
  while (!(await pieces.next()).done);
}

function attribute(attributes: string, name: string): string {
  return new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes)?.slice(1).find((value) => value !== undefined) ?? '';
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(lt|gt|quot|apos|amp));/gi, (all, decimal?: string, hex?: string, word?: string) => {
    if (word) return { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }[word.toLowerCase()] ?? all;
    const code = decimal ? Number(decimal) : parseInt(hex ?? '', 16);
    return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : '';
  });
}

async function countRows(entry: ZipEntry, most: number): Promise<{ rows: number; bytes: number }> {
  let rows = 0;
  let bytes = 0;
  let tail = '';
  for await (const piece of unpack(entry, most)) {
    bytes += piece.length;
    const text = tail + piece.toString('latin1');
    rows += text.match(/<(?:\w+:)?row[\s>]/g)?.length ?? 0;
    tail = /<[^<>\s]{0,12}$/.exec(text)?.[0] ?? '';
  }
  return { rows, bytes };
}

async function* sheetRows(parts: readonly ZipEntry[], name: string): AsyncGenerator<FileRow> {
  const input = Readable.from(writeZip(parts), { objectMode: false });
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(input, { worksheets: 'emit', sharedStrings: 'cache', styles: 'cache', hyperlinks: 'ignore', entries: 'ignore' });
  try {
    for await (const worksheet of reader) {
      for await (const row of worksheet) {
        const cells: string[] = [];
        const width = Math.min(row.cellCount, WIDEST_ROW);
        for (let column = 1; column <= width; column += 1) cells.push(cleanCell(cellText(row.findCell(column)?.value)));
        if (cells.some((cell) => cell !== '')) yield { number: row.number, cells };
      }
    }
  } catch (error) {
    throw new UnreadableFile(`sheet ${name}: found what is no sheet (${String((error as Error).message).split('\n')[0]}); expected an .xlsx file as a spreadsheet program saves it`);
  } finally {
    input.destroy();
  }
}

/** What a person sees in the cell, as text: numbers with a point, days as `2026-12-31`. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? plainNumber(value) : '';
  if (typeof value === 'boolean') return value ? 'oui' : 'non';
  if (Object.prototype.toString.call(value) === '[object Date]') {
    const time = (value as Date).getTime();
    return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(0, 10);
  }
  if (typeof value !== 'object') return '';
  const cell = value as { richText?: { text?: unknown }[]; text?: unknown; result?: unknown; formula?: unknown; error?: unknown };
  if (Array.isArray(cell.richText)) return cell.richText.map((run) => (typeof run.text === 'string' ? run.text : '')).join('');
  if (cell.error !== undefined) return String(cell.error);
  if ('formula' in cell || 'sharedFormula' in cell) return cellText(cell.result);
  return typeof cell.text === 'string' ? cell.text : cellText(cell.text);
}

/** Without an exponent, since a SIRET is a number of fourteen digits to a spreadsheet; and without the dust of binary fractions. */
function plainNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return value.toFixed(0);
  return String(Number(value.toPrecision(15)));
}
