import { describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { UnreadableFile } from '../../../src/imports/csv-rows.js';
import { openTables, type Table } from '../../../src/imports/table-file.js';

/** The bytes in pieces of `size`, so that pieces end anywhere. */
function source(bytes: Uint8Array, size = 7): () => AsyncGenerator<Uint8Array> {
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
}

async function read(table: Table): Promise<[number, ...string[]][]> {
  const rows: [number, ...string[]][] = [];
  for await (const { number, cells } of table.rows()) rows.push([number, ...cells]);
  return rows;
}

async function readCsv(bytes: Uint8Array | string, size?: number): Promise<[number, ...string[]][]> {
  const [table] = await openTables(source(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, size));
  return read(table);
}

async function workbook(sheets: Record<string, unknown[][]>, arrange?: (book: ExcelJS.Workbook) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  for (const [name, rows] of Object.entries(sheets)) book.addWorksheet(name).addRows(rows);
  arrange?.(book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

describe('CSV files', () => {
  it.each([[','], [';'], ['\t'], ['|']])('are read with the separator %j', async (separator) => {
    expect(await readCsv(`nom${separator}ville\nDupré${separator}Montauban\n`)).toEqual([[1, 'nom', 'ville'], [2, 'Dupré', 'Montauban']]);
  });

  it('take a semicolon for the separator where commas are decimals', async () => {
    expect(await readCsv('quantité;prix\n1,5;2,5\n')).toEqual([[1, 'quantité', 'prix'], [2, '1,5', '2,5']]);
  });

  it('are read in UTF-8 with and without its mark, in UTF-16 with its mark, and in Windows-1252', async () => {
    const text = 'société;coût\nŒuvre;12 €\n';
    const windows = Buffer.from(text.replace('Œ', '\x8c').replace('€', '\x80'), 'latin1');
    const wanted = [[1, 'société', 'coût'], [2, 'Œuvre', '12 €']];
    expect(await readCsv(text)).toEqual(wanted);
    expect(await readCsv(`\ufeff${text}`)).toEqual(wanted);
    expect(await readCsv(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual(wanted);
    expect(await readCsv(windows)).toEqual(wanted);
  });

  it('are Windows-1252 even when the first accent stands far behind', async () => {
    const bytes = Buffer.concat([Buffer.from(`nom;ville\n${'Durand;Montauban\n'.repeat(9000)}`), Buffer.from('Dupr\xe9;Agen\n', 'latin1')]);
    const rows = await readCsv(bytes, 65_536);
    expect(rows.at(-1)).toEqual([9002, 'Dupré', 'Agen']);
  });

  it('may hold separators, line ends and quotes in quoted cells, and end lines in any way', async () => {
    expect(await readCsv('a;b\r\n"x;y";"deux\nlignes ""citées"""\r\n1;2')).toEqual([[1, 'a', 'b'], [2, 'x;y', 'deux\nlignes "citées"'], [3, '1', '2']]);
    expect(await readCsv('a;b\r1;2\r')).toEqual([[1, 'a', 'b'], [2, '1', '2']]);
  });

  it('count blank rows without giving them', async () => {
    expect(await readCsv('a;b\n\n;;\n1;2\n')).toEqual([[1, 'a', 'b'], [4, '1', '2']]);
  });

  it('keep a quote that stands in the middle of a cell', async () => {
    expect(await readCsv('a;b\n12" de long;x\n')).toEqual([[1, 'a', 'b'], [2, '12" de long', 'x']]);
  });

  it('that never close a quote are refused with the row where it stands', async () => {
    await expect(readCsv('a;b\n1;2\n"3;4\n5;6\n')).rejects.toThrow(/row 3: found a quote .* never closed/);
  });

  it('give back a formula as it was before our own files put a quote before it', async () => {
    expect(await readCsv("a;b\n'=1+1;'+33 5\n")).toEqual([[1, 'a', 'b'], [2, '=1+1', '+33 5']]);
  });
});

describe('workbooks', () => {
  it('give every sheet by name, with numbers, days, formulas and rich texts as a person sees them', async () => {
    const bytes = await workbook({
      Sites: [['SIRET', 'Jour', 'Vrai'], [62201274800977, new Date('2026-12-31'), true], [], [1234.5, { richText: [{ text: 'a' }, { text: 'b' }] }, { formula: '1+1', result: 2 }]],
      'Flux & co': [['x'], ['y']],
    });
    const tables = await openTables(source(bytes, 1000));
    expect(tables.map((table) => table.name)).toEqual(['Sites', 'Flux & co']);
    expect(await read(tables[0])).toEqual([[1, 'SIRET', 'Jour', 'Vrai'], [2, '62201274800977', '2026-12-31', 'oui'], [4, '1234.5', 'ab', '2']]);
    expect(await read(tables[0])).toHaveLength(3);
    expect(await read(tables[1])).toEqual([[1, 'x'], [2, 'y']]);
    expect(tables[0].rowsAtMost).toBeGreaterThanOrEqual(3);
  });

  it('that count days from 1904 give the same days', async () => {
    const bytes = await workbook({ a: [['jour'], [new Date('2026-12-31')]] }, (book) => (book.properties.date1904 = true));
    expect(await read((await openTables(source(bytes)))[0])).toEqual([[1, 'jour'], [2, '2026-12-31']]);
  });

  it('that are cut, empty of sheets or in the old format are refused in words', async () => {
    const bytes = await workbook({ a: [['x'], ['y']] });
    await expect(openTables(source(bytes.subarray(0, bytes.length - 40)))).rejects.toThrow(/damaged workbook/);
    await expect(openTables(source(Buffer.from('d0cf11e0a1b11ae1', 'hex')))).rejects.toThrow(/old \.xls/);
    await expect(openTables(source(new Uint8Array(0)))).rejects.toThrow(/empty file/);
  });
});

/** Reads all there is; anything but rows or an UnreadableFile is a crash. */
async function survives(bytes: Uint8Array): Promise<void> {
  try {
    for (const table of await openTables(source(bytes, 512))) await read(table);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
}

describe('any bytes at all', () => {
  it('give rows or a refusal in words, never a crash', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text))), survives), { numRuns: 150 });
  });

  it('behind the first bytes of a workbook neither', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => survives(Buffer.concat([Buffer.from('504b0304', 'hex'), bytes]))), { numRuns: 200 });
  });

  it('put into a workbook at any place neither', async () => {
    const bytes = await workbook({ Sites: [['SIRET', 'Nom'], ['1', 'a'], ['2', 'b']], Flux: [['Sens'], ['sortant']] });
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), async (changes) => {
      const changed = Buffer.from(bytes);
      for (const [at, byte] of changes) changed[at] = byte;
      await survives(changed);
    }), { numRuns: 150 });
  });

  it('as the XML of a sheet, of its texts or of its styles neither', async () => {
    const bits = fc.constantFrom('<row r="1">', '</row>', '<c r="A1" t="s">', '<c r="B2">', '<c>', '</c>', '<v>0</v>', '<v>x</v>', '<v>', '<is><t>é</t></is>', '&amp;', '&x;', '<', '<sheetData>', '</sheetData>', '<f>1</f>', 'texte', '<si><t>', '</si>');
    await fc.assert(fc.asyncProperty(fc.constantFrom('xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml', 'xl/styles.xml', 'xl/workbook.xml'), fc.array(bits, { maxLength: 20 }), async (name, parts) => {
      await survives(archiveWith(name, parts.join('')));
    }), { numRuns: 150 });
  });
});

/** A workbook of one sheet in which one file is replaced by this text. */
function archiveWith(name: string, text: string): Buffer {
  const files: Record<string, string> = {
    'xl/workbook.xml': '<workbook><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
    'xl/sharedStrings.xml': '<sst><si><t>a</t></si></sst>',
    'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>',
    [name]: text,
  };
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt32LE(data.length, 22);
    head.writeUInt16LE(path.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt32LE(offset, 42);
    local.push(head, Buffer.from(path), data);
    central.push(entry, Buffer.from(path));
    offset += 30 + path.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...central, end]);
}
