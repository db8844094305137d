import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EditFlow } from '../../../src/flows/edit-flow.js';
import { describeImport, importFile } from '../../../src/imports/import-file.js';
import { WriteRefused } from '../../../src/imports/write-refused.js';
import { DeleteMapping, SaveMapping } from '../../../src/imports/save-mapping.js';
import { importReport, listImports } from '../../../src/imports/imports.queries.js';
import { StartImport } from '../../../src/imports/start-import.js';
import { type Context, systemContext } from '../../../src/platform/context.js';
import { Geocoder, GeocoderAway } from '../../../src/platform/geocoder.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { makePerson, makeTerritory } from '../../support/world.js';
import { importWorld, type ImportWorld, siretOf } from './import-world.js';

const SIRET = '55210055400013';
const OTHER = '73282932000074';

describe('imports', () => {
  let database: TestDatabase;
  let world: ImportWorld;
  let advisor: Context & { personId: string };
  let count = 0;

  beforeAll(async () => {
    database = await openTestDatabase();
    world = await importWorld(database);
  });
  afterAll(async () => {
    await database?.close();
  });
  beforeEach(async () => {
    count += 1;
    advisor = await makePerson(database, await makeTerritory(database, `t${count}`), ['advisor'], `claire${count}@cci.example`);
  });

  const rows = async <Row>(sql: string): Promise<Row[]> => (await database.admin.query(sql.replaceAll(/(?<!:):t\b/g, `'${advisor.territoryId}'`))).rows as Row[];
  const total = async (table: string): Promise<number> => Number((await rows<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE territory_id = :t`))[0].n);
  const counts = ({ rowsAdded, rowsChanged, rowsUnchanged, rowsRefused }: { rowsAdded: number; rowsChanged: number; rowsUnchanged: number; rowsRefused: number }): number[] => [rowsAdded, rowsChanged, rowsUnchanged, rowsRefused];

  const FLOWS = [
    'Référence flux;SIRET;Entreprise;Référent;Commune;Code postal;Sens;Catégorie;Description;Quantité;Unité;Période;Souhait;Contact;Courriel;Engagement signé le',
    `F1;${SIRET};Brasserie du Pont;;Montauban;82000;sortant;brewers-spent-grain;drêches;12,5;t;mois;oui;Camille Durand;camille@pont.example;15/01/2026`,
    `F2;${SIRET};Brasserie du Pont;;Montauban;82000;entrant;heat-low;chaleur;300;MWh;an;non demandé;Camille Durand;camille@pont.example;15/01/2026`,
    `F3;${OTHER};Ferme des Aulnes;;Albias;82350;entrant;brewers-spent-grain;drêches pour vaches;1 000;t;an;oui;;;`,
  ];
  const category = (slug: string): string => (world.knowledge.category(slug) ? slug : world.knowledge.catalogue.categories.find((one) => one.baseUnit === 'MWh')?.slug ?? '');
  const flowsFile = (): string => FLOWS.join('\n').replace('heat-low', category('heat-low'));

  describe('of one file of flows', () => {
    it('make companies, sites, contacts, agreements and flows, each flow with its first version, imported', async () => {
      const report = await world.import(advisor, flowsFile());
      expect(report).toMatchObject({ state: 'done', rowsTotal: 3, rowsRead: 3, failure: null, sheets: [{ name: null, kind: 'flows', ignored: [] }] });
      expect([counts(report), report.errors]).toEqual([[3, 0, 0, 0], []]);
      expect(await rows('SELECT ref, siren, name FROM company WHERE territory_id = :t ORDER BY ref')).toEqual([{ ref: '552100554', siren: '552100554', name: 'Brasserie du Pont' }, { ref: '732829320', siren: '732829320', name: 'Ferme des Aulnes' }]);
      expect(await rows('SELECT ref, commune_code, latitude, place_origin FROM site WHERE territory_id = :t ORDER BY ref')).toMatchObject([{ ref: SIRET, commune_code: '82121', latitude: 44.0223, place_origin: 'commune' }, { ref: OTHER, commune_code: '82002' }]);
      expect(await rows('SELECT ref, name FROM contact_person WHERE territory_id = :t')).toEqual([{ ref: 'camille@pont.example', name: 'Camille Durand' }]);
      expect(await rows('SELECT signed_on::text FROM confidentiality_agreement WHERE territory_id = :t')).toEqual([{ signed_on: '2026-01-15' }]);
      expect(await rows(`SELECT f.ref, f.quantity, f.quantity_entered, f.wish, f.confirmed_on::text, v.version, v.change, v.changed_by, v.data ->> 'companyId' = c.id::text AS whole
        FROM flow f JOIN flow_version v ON v.flow_id = f.id JOIN site s ON s.id = f.site_id JOIN company c ON c.id = s.company_id WHERE f.territory_id = :t ORDER BY f.ref LIMIT 1`)).toEqual([
        { ref: 'F1', quantity: 150, quantity_entered: '12.5 t/mois', wish: 'yes', confirmed_on: '2026-11-23', version: 1, change: 'imported', changed_by: advisor.personId, whole: true },
      ]);
      expect(await total('import_file_part')).toBe(0);
      expect((await rows<{ action: string }>("SELECT action FROM audit_event WHERE territory_id = :t ORDER BY id")).map(({ action }) => action)).toEqual(['import.started', 'import.done']);
    });

    it('come twice and change nothing, also on another day', async () => {
      await world.import(advisor, flowsFile());
      const before = await rows('SELECT * FROM flow WHERE territory_id = :t UNION ALL SELECT * FROM flow WHERE false ORDER BY 1');
      database.clock.advance({ days: 1 });
      const again = await world.import(advisor, flowsFile());
      expect(counts(again)).toEqual([0, 0, 3, 0]);
      expect(await rows('SELECT * FROM flow WHERE territory_id = :t ORDER BY 1')).toEqual(before);
      expect(await total('flow_version')).toBe(3);
      database.clock.advance({ days: -1 });
    });

    it('that changed make a new version of what changed', async () => {
      await world.import(advisor, flowsFile());
      const report = await world.import(advisor, flowsFile().replace('12,5;t;mois', '20;t;mois').replace('Albias;82350', 'Caussade;82300'));
      expect(counts(report)).toEqual([0, 2, 1, 0]);
      expect(await rows("SELECT v.version, v.change, v.data -> 'quantity' AS quantity FROM flow_version v JOIN flow f ON f.id = v.flow_id WHERE f.territory_id = :t AND f.ref = 'F1' ORDER BY 1")).toEqual([
        { version: 1, change: 'imported', quantity: 150 }, { version: 2, change: 'imported', quantity: 240 },
      ]);
      expect(await total('flow_version')).toBe(4);
      expect(await rows(`SELECT commune_code FROM site WHERE territory_id = :t AND ref = '${OTHER}'`)).toEqual([{ commune_code: '82037' }]);
    });

    it('do not undo what a person edited since, until the file says something new', async () => {
      await world.import(advisor, flowsFile());
      const [{ id }] = await rows<{ id: string }>("SELECT id FROM flow WHERE territory_id = :t AND ref = 'F1'");
      await new EditFlow(database.api, world.knowledge).execute(advisor, id, 1, { quantity: { value: 99, unit: 't', period: 'an' } });
      expect(counts(await world.import(advisor, flowsFile()))).toEqual([0, 0, 3, 0]);
      expect(await rows("SELECT quantity, version FROM flow WHERE territory_id = :t AND ref = 'F1'")).toEqual([{ quantity: 99, version: 2 }]);
      expect(counts(await world.import(advisor, flowsFile().replace('12,5', '13')))).toEqual([0, 1, 2, 0]);
      expect(await rows("SELECT quantity, version FROM flow WHERE territory_id = :t AND ref = 'F1'")).toEqual([{ quantity: 156, version: 3 }]);
      expect(counts(await world.import(advisor, flowsFile().replace('12,5', '13')))).toEqual([0, 0, 3, 0]);
    });

    it('keep what they have no column for, and empty what their own column leaves empty', async () => {
      await world.import(advisor, `${flowsFile()}`);
      await world.import(advisor, 'Référence flux;Sens;Catégorie;Quantité;Unité\nF1;sortant;brewers-spent-grain;;\n');
      expect(await rows("SELECT quantity, wish, description FROM flow WHERE territory_id = :t AND ref = 'F1'")).toEqual([{ quantity: null, wish: 'yes', description: 'drêches' }]);
    });

    it('keep their good rows and report the others by row, column, found and expected', async () => {
      const file = [...FLOWS, `F4;${SIRET};;;;;sortant;drèche de la Lune;;1;t;an;oui;;;`, `F5;${SIRET};;;;;sortant;brewers-spent-grain;;1;t;lustre;oui;;;`, 'F6;12;;;;;sortant;brewers-spent-grain;;;;;;;;',
        `F1;${SIRET};;;;;sortant;brewers-spent-grain;;;;;;;;`, `F7;${SIRET};;inconnu@cci.example;;;sortant;brewers-spent-grain;;;;;;;;`].join('\n').replace('heat-low', category('heat-low'));
      const report = await world.import(advisor, file);
      expect(counts(report)).toEqual([3, 0, 0, 5]);
      expect(report.errors.map(({ rowNumber, columnName, code, found }) => [rowNumber, columnName, code, found])).toEqual([
        [5, 'Catégorie', 'unknown-category', 'drèche de la Lune'], [6, 'Période', 'unknown-period', 'lustre'], [7, 'SIRET', 'siret-form', '12'],
        [8, 'Référence flux', 'said-twice', 'F1'], [9, 'Référent', 'unknown-advisor', 'inconnu@cci.example'],
      ]);
      expect(report.errors[0].expected).toContain('near: ');
      expect(await total('flow')).toBe(3);
    });

    it('hand the refused rows back as CSV that no spreadsheet runs, and that imports once it is mended', async () => {
      const report = await world.import(advisor, [FLOWS[0], `F1;${SIRET};=cmd();;Montauban;82000;sortant;brewers-spent-grain;"a;b";beaucoup;t;an;oui;;;`].join('\n'));
      let text = '';
      for await (const piece of await new WriteRefused(database.api).execute(advisor, report.id)) text += piece;
      const [header, line, rest] = text.split('\r\n');
      expect(header).toBe(`\ufeff${FLOWS[0]};Ligne;Erreurs`);
      expect(line).toBe(`F1;${SIRET};'=cmd();;Montauban;82000;sortant;brewers-spent-grain;"a;b";beaucoup;t;an;oui;;;;2;Quantité: beaucoup → a number`);
      expect(rest).toBe('');
      const mended = await world.import(advisor, text.replace('beaucoup;t', '5;t'));
      expect(counts(mended)).toEqual([1, 0, 0, 0]);
      expect(mended.sheets).toMatchObject([{ ignored: ['Ligne', 'Erreurs'] }]);
      expect(await rows('SELECT name FROM company WHERE territory_id = :t')).toEqual([{ name: '=cmd()' }]);
    });

    it('tell a flow that changed sides, and a flow whose site is not known', async () => {
      await world.import(advisor, flowsFile());
      const report = await world.import(advisor, `Référence flux;Référence site;Sens;Catégorie\nF1;;entrant;brewers-spent-grain\nF8;S-nulle-part;sortant;brewers-spent-grain\nF9;;sortant;brewers-spent-grain\n`);
      expect(report.errors.map(({ rowNumber, code }) => [rowNumber, code])).toEqual([[2, 'other-direction'], [3, 'unknown-site'], [4, 'missing']]);
    });
  });

  describe('of single kinds', () => {
    it('set the référent of companies by mail address, and only an advisor of this territory', async () => {
      await makePerson(database, await makeTerritory(database, `ailleurs${count}`), ['advisor'], `loin${count}@cci.example`);
      const report = await world.import(advisor, `SIREN;Entreprise;Référent\n552 100 554;Brasserie;Claire${count}@CCI.example\n732829320;Ferme;loin${count}@cci.example\n`, { kind: 'companies' });
      expect(report.errors).toMatchObject([{ rowNumber: 3, columnName: 'Référent', code: 'unknown-advisor' }]);
      expect(await rows('SELECT name, referent_id FROM company WHERE territory_id = :t')).toEqual([{ name: 'Brasserie', referent_id: advisor.personId }]);
      expect(counts(await world.import(advisor, 'SIREN;Référent\n552100554;\n', { kind: 'companies' }))).toEqual([0, 1, 0, 0]);
      expect(await rows('SELECT name, referent_id FROM company WHERE territory_id = :t')).toEqual([{ name: 'Brasserie', referent_id: null }]);
    });

    it('need a name for a company that is not known', async () => {
      expect((await world.import(advisor, 'SIREN;Groupe\n552100554;G\n', { kind: 'companies' })).errors).toMatchObject([{ columnName: 'SIREN', code: 'unknown-company' }]);
      expect((await world.import(advisor, 'SIREN;Contact\n552100554;A\n')).errors).toMatchObject([{ code: 'unknown-company', found: '552100554' }]);
    });

    it('never take an opposition to mail back', async () => {
      const file = (word: string): string => `SIREN;Entreprise;Contact;Courriel;Opposé aux courriels\n552100554;Brasserie;Camille;camille@pont.example;${word}\n`;
      await world.import(advisor, file('oui'));
      expect(counts(await world.import(advisor, file('non')))).toEqual([0, 0, 1, 0]);
      expect(await rows('SELECT opposed_to_mail FROM contact_person WHERE territory_id = :t')).toEqual([{ opposed_to_mail: true }]);
    });

    it('do not put the centre of the commune in the place of a known point, nor wander', async () => {
      await world.import(advisor, `SIRET;Entreprise;Code commune;Latitude;Longitude\n${SIRET};Brasserie;82121;44,0151;1,37902\n`);
      expect(counts(await world.import(advisor, `SIRET;Entreprise;Code commune\n${SIRET};Brasserie;82121\n`))).toEqual([0, 0, 1, 0]);
      expect(counts(await world.import(advisor, `SIRET;Entreprise;Commune\n${SIRET};Brasserie;Nulle-Part\n`))).toEqual([0, 1, 0, 0]);
      expect(await rows('SELECT latitude, place_origin, commune FROM site WHERE territory_id = :t')).toEqual([{ latitude: 44.0151, place_origin: 'site', commune: 'Nulle-Part' }]);
      expect((await world.import(advisor, `SIRET;Entreprise;Commune\n${OTHER};Ferme;Nulle-Part\n`)).errors).toMatchObject([{ columnName: 'Commune', code: 'unknown-commune', found: 'Nulle-Part' }]);
    });

    it('find a company by its name alone, unless several have it', async () => {
      await world.import(advisor, 'SIREN;Entreprise\n552100554;Brasserie du Pont\n');
      await world.import(advisor, 'Référence entreprise;Entreprise\nA;Les Frères\nB;Les Frères\n');
      const report = await world.import(advisor, 'Entreprise;Contact\nbrasserie du pont;Camille\nLes Frères;Alix\nToute Nouvelle;Noé\n');
      expect(report.errors).toMatchObject([{ rowNumber: 3, code: 'ambiguous-company' }]);
      expect(await rows('SELECT c.ref, p.name FROM contact_person p JOIN company c ON c.id = p.company_id WHERE p.territory_id = :t ORDER BY 2')).toEqual([{ ref: '552100554', name: 'Camille' }, { ref: 'toute-nouvelle', name: 'Noé' }]);
    });

    it('note synergies that run between known flows of the right sides', async () => {
      await world.import(advisor, flowsFile());
      const file = 'Flux sortant;Flux entrant;Début de la synergie\nF1;F3;01/03/2025\nF3;F1;\nF1;F77;\n';
      const report = await world.import(advisor, file);
      expect(counts(report)).toEqual([1, 0, 0, 2]);
      expect(report.errors.map(({ code, columnName }) => [columnName, code])).toEqual([['Flux sortant', 'wrong-side'], ['Flux entrant', 'wrong-side'], ['Flux entrant', 'unknown-flow']]);
      expect(counts(await world.import(advisor, file))).toEqual([0, 0, 1, 2]);
      expect(await rows('SELECT started_on::text FROM running_synergy WHERE territory_id = :t')).toEqual([{ started_on: '2025-03-01' }]);
    });

    it('lead from a merged double to its survivor', async () => {
      await world.import(advisor, 'SIREN;Entreprise\n552100554;Brasserie\n732829320;Double\n');
      await database.admin.query("UPDATE company d SET merged_into_id = s.id FROM company s WHERE d.territory_id = $1 AND s.territory_id = $1 AND d.siren = '732829320' AND s.siren = '552100554'", [advisor.territoryId]);
      await world.import(advisor, `SIRET;Entreprise;Commune;Code postal\n${OTHER};Double;Montauban;82000\n`);
      expect(await rows('SELECT c.name FROM site s JOIN company c ON c.id = s.company_id WHERE s.territory_id = :t')).toEqual([{ name: 'Brasserie' }]);
    });
  });

  describe('of workbooks', () => {
    it('read every sheet in the order in which they rest on one another, and say which sheet a bad row stands in', async () => {
      const book = new ExcelJS.Workbook();
      book.addWorksheet('Synergies').addRows([['Flux sortant', 'Flux entrant'], ['F1', 'F2']]);
      book.addWorksheet('Flux').addRows([['Référence flux', 'Référence site', 'Sens', 'Catégorie', 'Quantité', 'Unité', 'Confirmé le'],
        ['F1', 'S1', 'sortant', 'brewers-spent-grain', 12.5, 't/mois', new Date('2026-11-02')], ['F2', 'S2', 'entrant', 'brewers-spent-grain', 'peu', 't', null]]);
      book.addWorksheet('Lisez-moi').addRows([['Bonjour']]);
      book.addWorksheet('Sites').addRows([['SIRET', 'Référence site', 'Référence entreprise', 'Commune', 'Code postal'], [Number(SIRET), 'S1', 'C1', 'Montauban', 82000], [null, 'S2', 'C2', 'Albias', 82350]]);
      book.addWorksheet('Engagements').addRows([['Référence entreprise', 'Engagement signé le'], ['C1', new Date('2026-01-15')]]);
      book.addWorksheet('Contacts').addRows([['Référence entreprise', 'Nom', 'Courriel'], ['C1', 'Camille Durand', 'camille@pont.example']]);
      book.addWorksheet('Entreprises').addRows([['Référence', 'SIREN', 'Nom'], ['C1', 552100554, 'Brasserie du Pont'], ['C2', null, 'Ferme des Aulnes']]);
      const report = await world.import(advisor, Buffer.from(await book.xlsx.writeBuffer()), { fileName: 'chambre.xlsx' });
      expect(report.failure).toBeNull();
      expect(report.sheets?.map(({ name, kind }) => [name, kind])).toEqual([['Entreprises', 'companies'], ['Sites', 'sites'], ['Contacts', 'contacts'], ['Engagements', 'agreements'], ['Flux', 'flows'], ['Synergies', 'synergies'], ['Lisez-moi', null]]);
      expect(report.errors.map(({ sheet, rowNumber, columnName, code }) => [sheet, rowNumber, columnName, code])).toEqual([['Flux', 3, 'Quantité', 'not-a-number'], ['Synergies', 2, 'Flux entrant', 'unknown-flow']]);
      expect(counts(report)).toEqual([7, 0, 0, 2]);
      expect(await rows('SELECT c.ref AS company, s.ref AS site, f.quantity, f.confirmed_on::text FROM flow f JOIN site s ON s.id = f.site_id JOIN company c ON c.id = s.company_id WHERE f.territory_id = :t')).toEqual([{ company: '552100554', site: SIRET, quantity: 150, confirmed_on: '2026-11-02' }]);
      expect(counts(await world.import(advisor, Buffer.from(await book.xlsx.writeBuffer())))).toEqual([0, 0, 7, 2]);
    });
  });

  describe('of files that cannot be read', () => {
    it.each([
      ['bonjour;monde\n1;2\n', undefined, /row 1: found bonjour, monde; expected headers/],
      ['Catégorie;Quantité\na;1\n', 'flux', /row 1: no column .*, which a file of flows needs/],
      [Buffer.from('504b0304aaaa', 'hex'), undefined, /damaged workbook/],
    ])('fail with the reason and leave no bytes behind: %#', async (content, kind, reason) => {
      const report = await world.import(advisor, content, { kind });
      expect(report).toMatchObject({ state: 'failed', rowsRead: 0 });
      expect(report.failure).toMatch(reason);
      expect(await total('import_file_part')).toBe(0);
    });

    it('keep the rows before a quote that is never closed', async () => {
      const lines = Array.from({ length: 100 }, (_, index) => `${siretOf(index)};E${index};82121`);
      const report = await world.import(advisor, `SIRET;Entreprise;Code commune\n${lines.join('\n')}\n"${SIRET};x;82121\n`);
      expect(report.state).toBe('failed');
      expect(report.failure).toMatch(/row 102: found a quote/);
      expect(await total('site')).toBe(report.rowsAdded);
      expect(report.rowsAdded).toBeGreaterThan(50);
    });

    it('are refused at the door when empty, too large, of an unknown kind or with an unknown mapping; nothing is kept', async () => {
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) yield Buffer.alloc(1 << 20, 'a;');
      }
      await expect(world.start(advisor, '')).rejects.toMatchObject({ status: 422, code: 'empty-file' });
      await expect(new StartImport(database.api).execute(advisor, { fileName: 'x', stream: endless() })).rejects.toMatchObject({ status: 413 });
      await expect(world.start(advisor, 'a', { kind: 'bidules' })).rejects.toMatchObject({ status: 422, code: 'unknown-kind' });
      await expect(world.start(advisor, 'a', { mapping: 'jamais' })).rejects.toMatchObject({ status: 422, code: 'unknown-mapping' });
      expect([await total('import_job'), await total('import_file_part'), await total('outbox_entry')]).toEqual([0, 0, 0]);
    });
  });

  describe('with a saved mapping', () => {
    it('read other column names, once saved and used again by its name', async () => {
      const save = new SaveMapping(database.api, world.knowledge);
      await expect(save.execute(advisor, { name: 'agence', columns: { etab: 'sirett' } })).rejects.toMatchObject({ errors: [{ field: 'columns.etab', code: 'unknown-column', expected: expect.stringContaining('near: siret') }] });
      await save.execute(advisor, { name: 'agence', kind: 'sites', columns: { 'N° étab.': 'siret', boite: 'Entreprise', insee_com: 'commune_code', Commune: '-' } });
      const report = await world.import(advisor, `n etab;BOITE;insee-com;Commune\n${SIRET};Brasserie;82121;n'importe quoi\n`, { mapping: 'agence' });
      expect([counts(report), report.errors]).toEqual([[1, 0, 0, 0], []]);
      expect(report.sheets).toMatchObject([{ kind: 'sites', ignored: ['Commune'] }]);
      await new DeleteMapping(database.api).execute(advisor, 'agence');
      await expect(new DeleteMapping(database.api).execute(advisor, 'agence')).rejects.toMatchObject({ status: 404 });
    });
  });

  describe('with a geocoder', () => {
    /** Answers from a list; counts what it is asked. */
    class StubGeocoder extends Geocoder {
      asked: string[] = [];
      constructor(private readonly answers: Record<string, [number, number] | null>, private readonly away = false) {
        super('http://geocoder.invalid');
      }
      override async locate(question: string): Promise<{ latitude: number; longitude: number; score: number } | null> {
        this.asked.push(question);
        if (this.away) throw new GeocoderAway('away');
        const answer = this.answers[question];
        return answer ? { latitude: answer[0], longitude: answer[1], score: 0.9 } : null;
      }
    }
    const file = `SIRET;Entreprise;Adresse;Code postal;Commune\n${SIRET};Brasserie;3 rue du Port;82000;Montauban\n${OTHER};Ferme;Lieu-dit Perdu;82999;Nulle-Part\n`;

    it('place a site by its address, ask each address once, and not again when the file comes again', async () => {
      const geocoder = new StubGeocoder({ '3 rue du Port 82000 Montauban': [44.01, 1.35] });
      const report = await world.import(advisor, file, { geocoder });
      expect(report.errors).toMatchObject([{ rowNumber: 3, columnName: 'Commune', code: 'unknown-commune' }]);
      expect(await rows('SELECT latitude, place_origin FROM site WHERE territory_id = :t')).toEqual([{ latitude: 44.01, place_origin: 'geocoded' }]);
      geocoder.asked = [];
      expect(counts(await world.import(advisor, file, { geocoder }))).toEqual([0, 0, 1, 1]);
      expect(geocoder.asked).toEqual(['Lieu-dit Perdu 82999 Nulle-Part']);
    });

    it('that is away place sites at the centre of their commune', async () => {
      const geocoder = new StubGeocoder({}, true);
      expect(counts(await world.import(advisor, file, { geocoder }))).toEqual([1, 0, 0, 1]);
      expect(await rows('SELECT place_origin FROM site WHERE territory_id = :t')).toEqual([{ place_origin: 'commune' }]);
    });
  });

  describe('from the command line', () => {
    it('run in one process, with their progress, and are told in lines', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'import-'));
      const file = join(folder, 'flux.csv');
      writeFileSync(file, [...FLOWS.slice(0, 2), `F9;${SIRET};;;;;sortant;lune;;;;;;;;`].join('\n'));
      const parts = { api: database.api, worker: database.worker, knowledge: world.knowledge, env: {} };
      const progress: number[] = [];
      const done = await importFile(parts, { ...advisor, personId: null }, { file, onProgress: ({ rowsRead }) => void progress.push(rowsRead) });
      expect(progress).toEqual([2]);
      expect(describeImport(done)).toEqual([
        'flux.csv: 2 rows read, 1 added, 0 changed, 0 unchanged, 1 refused',
        expect.stringMatching(/^flux\.csv, row 3, column Catégorie: found lune; expected the slug or the name of a resource category/),
      ]);
      rmSync(folder, { recursive: true });
      await expect(importFile(parts, advisor, { file })).rejects.toMatchObject({ status: 422, code: 'no-file' });
    });
  });

  describe('of another territory', () => {
    it('are not seen, read or handed back', async () => {
      const report = await world.import(advisor, flowsFile());
      const stranger = await makePerson(database, await makeTerritory(database, `autre${count}`), ['advisor']);
      await expect(database.api.read(stranger, (tx) => importReport(tx, report.id))).rejects.toMatchObject({ status: 404 });
      await expect(world.reader().execute(systemContext(stranger.territoryId), { importId: report.id })).rejects.toMatchObject({ status: 404 });
      await expect(new WriteRefused(database.api).execute(stranger, report.id)).rejects.toMatchObject({ status: 404 });
      expect((await database.api.read(stranger, (tx) => listImports(tx, { limit: 10 }))).rows).toEqual([]);
      expect((await world.import(stranger, flowsFile())).rowsAdded).toBe(3);
      expect(await total('flow')).toBe(3);
    });

    it('page by page the newest come first', async () => {
      for (const name of ['a.csv', 'b.csv', 'c.csv']) {
        await world.import(advisor, 'SIREN;Entreprise\n552100554;Brasserie\n', { fileName: name });
        database.clock.advance({ seconds: 1 });
      }
      const first = await database.api.read(advisor, (tx) => listImports(tx, { limit: 2 }));
      expect(first.rows.map(({ fileName }) => fileName)).toEqual(['c.csv', 'b.csv']);
      const second = await database.api.read(advisor, (tx) => listImports(tx, { limit: 2, after: first.next ?? '' }));
      expect([second.rows.map(({ fileName }) => fileName), second.next]).toEqual([['a.csv'], null]);
    });
  });
});
