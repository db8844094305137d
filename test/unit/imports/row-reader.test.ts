import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Kind, KINDS } from '../../../src/imports/columns.js';
import { FileMemory } from '../../../src/imports/file-memory.js';
import { Gazetteer } from '../../../src/imports/gazetteer.js';
import { readHeaders } from '../../../src/imports/headers.js';
import { headerIndex } from '../../../src/imports/plan-sheets.js';
import { type ReadRow, RowReader } from '../../../src/imports/row-reader.js';
import { csvLine, safeCell } from '../../../src/imports/safe-csv.js';
import { cleanCell } from '../../../src/imports/file-row.js';
import { shippedKnowledge } from '../flows/knowledge.js';

const knowledge = shippedKnowledge();
const index = headerIndex(knowledge);
const gazetteer = new Gazetteer([{ code: '82121', name: 'Montauban', department: '82', postcode: '82000', latitude: 44.0223, longitude: 1.364 }]);
const SIRET = '55210055400013';

function reader(headers: string[], kind: Kind | null = null, options: { memory?: FileMemory; geocoding?: boolean } = {}): RowReader {
  const { columns, kind: told } = readHeaders(headers, index, { kind });
  return new RowReader({ kind: told ?? 'flows', headers, columns, knowledge, gazetteer, geocoding: options.geocoding ?? false, today: '2026-11-23', memory: options.memory ?? new FileMemory() }, index.columns);
}

/** One row given by header. */
function read(cells: Record<string, string>, kind: Kind | null = null, options: { geocoding?: boolean } = {}): ReadRow {
  return reader(Object.keys(cells), kind, options).read({ number: 2, cells: Object.values(cells) });
}

const wrong = (cells: Record<string, string>, kind: Kind | null = null): string[] => read(cells, kind).errors.map(({ column, code }) => `${column} ${code}`);
const flow = (cells: Record<string, string> = {}): Record<string, string> => ({ SIRET, Sens: 'sortant', Catégorie: 'brewers-spent-grain', ...cells });

describe('a row of flows', () => {
  it('is read in French, with its unit, period, months and day', () => {
    const { errors, flow: part, site, company } = read(flow({ Quantité: '1 234,5', Unité: 't', Période: 'mois', Mois: 'avril à octobre', Souhait: 'non demandé', 'Confirmé le': '02/11/2026', Dangereux: 'non', 'Coût actuel': '-12,5', Humidité: '80' }));
    expect(errors).toEqual([]);
    expect(part?.values).toMatchObject({ direction: 'output', quantity: 1234.5 * 7, quantityEntered: '1234.5 t/mois', months: 0b001111111000, wish: 'not-asked', confirmedOn: '2026-11-02', hazardous: false, presentCost: -12.5, quality: { moisture: 80 } });
    expect([site?.ref, company?.ref]).toEqual([SIRET, '552100554']);
  });

  it('may hold quantity, unit and period in one cell, and a lot in the unit of the quantity', () => {
    expect(read(flow({ Quantité: '12 t/mois', 'Lot minimal': '2' })).flow?.values).toMatchObject({ quantity: 144, minimumLot: 24 });
    expect(read(flow({ Quantité: '12', Unité: 't/an', 'Lot minimal': '500', 'Unité du lot': 'kg' })).flow?.values).toMatchObject({ quantity: 12, minimumLot: 0.5 });
  });

  it('takes the number of a day, as spreadsheets write days without a format', () => {
    expect(read(flow({ 'Confirmé le': '46328' })).flow?.values.confirmedOn).toBe('2026-11-02');
  });

  it.each([
    [{ Catégorie: 'Drêches de brasserie' }, []],
    [{ Catégorie: 'marc de café de la Lune' }, ['Catégorie unknown-category']],
    [{ Sens: 'oblique' }, ['Sens unknown-word']],
    [{ Sens: '' }, ['Sens missing']],
    [{ Quantité: 'beaucoup', Unité: 't' }, ['Quantité not-a-number']],
    [{ Quantité: '-3', Unité: 't' }, ['Quantité not-positive']],
    [{ Quantité: '9e14', Unité: 't' }, ['Quantité absurd']],
    [{ Quantité: '3' }, ['Unité unit-missing']],
    [{ Quantité: '3', Unité: 'brouettes' }, ['Unité unknown-unit']],
    [{ Quantité: '3', Unité: 't', Période: 'lustre' }, ['Période unknown-period']],
    [{ Mois: 'brumaire' }, ['Mois unknown-months']],
    [{ 'Code déchet': '99 99 99' }, ['Code déchet unknown-waste-code']],
    [{ 'Confirmé le': '31/02/2026' }, ['Confirmé le not-a-date']],
    [{ 'Confirmé le': '01/01/2030' }, ['Confirmé le in-the-future']],
    [{ Dangereux: 'peut-être' }, ['Dangereux not-yes-or-no']],
    [{ Humidité: '140' }, ['Humidité quality-range']],
    [{ SIRET: '55210055400014' }, ['SIRET siret-checksum']],
    [{ SIRET: '' }, ['SIRET missing']],
    [{ Latitude: '91', Longitude: '1' }, ['Latitude outside-the-world']],
    [{ Latitude: '44' }, ['Longitude missing']],
    [{ 'Code NAF': '99.99Z' }, ['Code NAF unknown-naf']],
    [{ Contact: 'A', Courriel: 'pas une adresse' }, ['Courriel form']],
  ])('with %j is told: %j', (cells, errors) => {
    expect(wrong(flow(cells))).toEqual(errors);
  });

  it('with an unknown category is shown categories that are near', () => {
    expect(read(flow({ Catégorie: 'marc de café de la Lune' })).errors[0].expected).toMatch(/near: [a-z-]+/);
  });

  it('without a reference is known by site, direction and category, and its place among alike ones', () => {
    const rows = reader(Object.keys(flow()));
    const cells = Object.values(flow());
    expect([2, 3].map((number) => rows.read({ number, cells }).flow?.values.ref)).toEqual([`${SIRET}/output/brewers-spent-grain`, `${SIRET}/output/brewers-spent-grain/2`]);
  });

  it('with a reference that an earlier row had is refused and says which', () => {
    const rows = reader(Object.keys(flow({ 'Référence flux': 'F1' })));
    const cells = Object.values(flow({ 'Référence flux': 'F1' }));
    expect(rows.read({ number: 2, cells }).errors).toEqual([]);
    expect(rows.read({ number: 3, cells }).errors).toEqual([{ column: 'Référence flux', code: 'said-twice', found: 'F1', expected: 'once in the file; row 2 says it first' }]);
  });

  it('brings company, site, contact and agreement along, and the first word on each point holds', () => {
    const headers = ['Entreprise', 'Commune', 'Code postal', 'Sens', 'Catégorie', 'Contact', 'Opposé aux courriels', 'Engagement signé le', 'Adresse'];
    const rows = reader(headers);
    const first = rows.read({ number: 2, cells: ['Brasserie du Pont', 'Montauban', '82000', 'sortant', 'brewers-spent-grain', 'Camille Durand', '', '15/01/2026', ''] });
    expect(first.errors).toEqual([]);
    expect(first).toMatchObject({ company: { ref: 'brasserie-du-pont', byName: true }, site: { ref: 'brasserie-du-pont/montauban', communeCode: '82121', latitude: 44.0223, placeOrigin: 'commune' }, contact: { opposedToMail: false }, agreement: { signedOn: '2026-01-15' } });
    const second = rows.read({ number: 3, cells: ['BRASSERIE DU PONT', 'Montauban', '82000', 'entrant', 'brewers-spent-grain', 'Camille Durand', 'oui', '', '3 rue du Port'] });
    expect(second).toMatchObject({ company: { name: 'Brasserie du Pont' }, site: { address: '3 rue du Port' }, contact: { opposedToMail: true }, agreement: null });
  });
});

describe('a row of sites', () => {
  it('gets the zeros back that a spreadsheet took from numbers', () => {
    const siret = '00552017600016';
    expect(read({ SIRET: siret.slice(1), Entreprise: 'a', 'Code postal': '1000', Commune: '' }).errors.map(({ code }) => code)).toEqual(read({ SIRET: siret, Entreprise: 'a', 'Code postal': '01000', Commune: '' }).errors.map(({ code }) => code));
    expect(read({ 'Référence site': 'S1', Entreprise: 'a', 'Code postal': '1000', Commune: '' }).site?.postcode).toBe('01000');
  });

  it('takes a number of zeros for none', () => {
    expect(read({ SIRET: '00000000000000', 'Référence site': 'S1', Entreprise: 'a', Latitude: '44', Longitude: '1' })).toMatchObject({ errors: [], site: { ref: 'S1', siret: null } });
  });

  it('refuses a SIRET of another company, and one whose company is none', () => {
    expect(wrong({ SIRET, SIREN: '732829320', Entreprise: 'a', Commune: '' })).toEqual(['SIRET siret-of-another-company']);
  });

  it('with a commune that nobody knows is left without a place, and says why for the case that nothing else places it', () => {
    const row = read({ SIRET, Entreprise: 'a', Commune: 'Montaubann', 'Code postal': '82000' });
    expect(row).toMatchObject({ site: { latitude: null }, placeError: { column: 'Commune', code: 'unknown-commune', found: 'Montaubann', expected: expect.stringContaining('near: Montauban') } });
    expect(read({ SIRET, Entreprise: 'a', Commune: 'Montaubann', Latitude: '44', Longitude: '1' })).toMatchObject({ site: { latitude: 44 }, placeError: null });
  });

  it('with an address is a question to the geocoder, where there is one', () => {
    const cells = { SIRET, Entreprise: 'a', Adresse: '3 rue du Port', Commune: 'Montauban', 'Code postal': '82000' };
    expect(read(cells).site?.question).toBeNull();
    expect(read(cells, null, { geocoding: true }).site).toMatchObject({ question: '3 rue du Port 82000 Montauban', placeOrigin: 'commune' });
    expect(read({ ...cells, Latitude: '44', Longitude: '1' }, null, { geocoding: true }).site?.question).toBeNull();
  });
});

describe('rows of other kinds', () => {
  it('name their company by SIREN, SIRET, reference or name, and by what an earlier sheet of the file said', () => {
    const memory = new FileMemory();
    reader(['Référence entreprise', 'SIREN', 'Entreprise'], 'companies', { memory }).read({ number: 2, cells: ['C1', '552100554', 'Brasserie du Pont'] });
    const contacts = reader(['Référence entreprise', 'Entreprise', 'Contact'], 'contacts', { memory });
    expect(contacts.read({ number: 2, cells: ['C1', '', 'A'] }).company?.ref).toBe('552100554');
    expect(contacts.read({ number: 3, cells: ['', 'brasserie du pont', 'B'] }).company?.ref).toBe('552100554');
    expect(wrong({ Contact: 'A', SIREN: '' }, 'contacts')).toEqual(['SIREN missing']);
    expect(wrong({ Contact: 'A', SIRET: '123' }, 'contacts')).toEqual(['SIRET siret-form']);
  });

  it('tell wrong days of agreements and synergies', () => {
    expect(wrong({ SIREN: '552100554', 'Engagement signé le': '01/01/2030' })).toEqual(['Engagement signé le in-the-future']);
    expect(wrong({ SIREN: '552100554', 'Engagement signé le': '02/01/2026', "Engagement valable jusqu'au": '01/01/2026' })).toEqual(["Engagement valable jusqu'au before-signature"]);
    expect(wrong({ 'Flux sortant': 'a', 'Flux entrant': '', 'Début de la synergie': '2026-02-01', 'Fin de la synergie': '2026-01-01' })).toEqual(['Flux entrant missing', 'Fin de la synergie before-start']);
  });
});

describe('any cells', () => {
  it('in any columns are read or refused by name, never thrown at', () => {
    const words = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', SIRET, 'sortant', 'brewers-spent-grain', '12 t/an', '44,1', '82121', 'Montauban', '02/11/2026', '46328', '1e400', 'NaN', '-'));
    fc.assert(fc.property(fc.constantFrom(...KINDS), fc.array(fc.tuple(fc.constantFrom(...index.columns.map((column) => column.fr)), words), { maxLength: 20 }), fc.boolean(), (kind, cells, geocoding) => {
      const row = reader(cells.map(([header]) => header), kind, { geocoding }).read({ number: 2, cells: cells.map(([, cell]) => cleanCell(cell)) });
      for (const error of row.errors) expect([error.column, error.code, error.found, error.expected].every((text) => typeof text === 'string' && text !== '')).toBe(true);
    }), { numRuns: 120 });
  });
});

describe('a cell handed back', () => {
  it('never begins like a formula, and comes back as it was', () => {
    expect(['=1+1', '+33 5 63', '-2+3', '@SOMME(A1)', '-12,5', '+4', 'a;b', 'dit "oui"'].map(safeCell)).toEqual(["'=1+1", "'+33 5 63", "'-2+3", "'@SOMME(A1)", '"-12,5"', '+4', '"a;b"', '"dit ""oui"""']);
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }).map(cleanCell), (cell) => {
      const safe = safeCell(cell);
      expect(safe).not.toMatch(/^"?[=@]/);
      const bare = safe.startsWith('"') ? safe.slice(1, -1).replaceAll('""', '"') : safe;
      expect(cleanCell(bare)).toBe(cell);
    }));
    expect(csvLine(['a', 'b;c'])).toBe('a;"b;c"\r\n');
  });
});
