import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { importReport } from '../../../src/imports/imports.queries.js';
import { type Context, systemContext } from '../../../src/platform/context.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { makePerson, makeTerritory } from '../../support/world.js';
import { importWorld, type ImportWorld, siretOf } from './import-world.js';

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
    advisor = await makePerson(database, await makeTerritory(database, `t${count}`), ['advisor']);
  });

  const total = async (table: string): Promise<number> => Number((await database.admin.query<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE territory_id = $1`, [advisor.territoryId])).rows[0].n);

  describe('that are killed or delivered twice', () => {
    const many = (from: number, to: number): string => `SIRET;Entreprise;Code commune\n${Array.from({ length: to - from }, (_, index) => `${siretOf(from + index)};Entreprise ${from + index};${index % 100 === 99 ? '99999' : '82121'}`).join('\n')}\n`;

    it('go on where they stopped: nothing is lost or doubled, whichever batch the end came after', async () => {
      const importId = await world.start(advisor, many(0, 3500));
      for (const stopAt of [1000, 2000]) {
        await expect(world.reader().execute(systemContext(advisor.territoryId), { importId, onProgress: ({ rowsRead }) => {
          if (rowsRead >= stopAt) throw new Error('killed');
        } })).rejects.toThrow('killed');
        const report = await database.api.read(advisor, (tx) => importReport(tx, importId));
        expect(report).toMatchObject({ state: 'reading', rowsRead: stopAt });
        expect(await total('site')).toBe(report.rowsAdded);
      }
      const seen: number[] = [];
      const report = await world.reader().execute(systemContext(advisor.territoryId), { importId, onProgress: ({ rowsRead, rowsTotal }) => void seen.push(rowsRead, rowsTotal) });
      expect(seen).toEqual([3000, 3500, 3500, 3500]);
      expect(report).toMatchObject({ state: 'done', rowsRead: 3500, rowsAdded: 3465, rowsRefused: 35 });
      expect([await total('site'), await total('company')]).toEqual([3465, 3465]);
      expect(Number((await database.admin.query('SELECT count(*) FROM import_error WHERE import_id = $1', [importId])).rows[0].count)).toBe(35);
      expect(await world.reader().execute(systemContext(advisor.territoryId), { importId })).toEqual(report);
    });

    it('know after a crash what rows before it said: references, repeated rows and counts of alike flows', async () => {
      const line = (index: number): string => `${index === 1500 ? 'C3' : `C${index}`};E${index};82121;sortant;brewers-spent-grain`;
      const file = `Référence entreprise;Entreprise;Code commune;Sens;Catégorie\nC0;E0;82121;sortant;brewers-spent-grain\n${Array.from({ length: 1500 }, (_, index) => line(index)).join('\n')}\n`;
      const importId = await world.start(advisor, file);
      await expect(world.reader().execute(systemContext(advisor.territoryId), { importId, onProgress: () => {
        throw new Error('killed');
      } })).rejects.toThrow('killed');
      await world.reader().execute(systemContext(advisor.territoryId), { importId });
      expect((await database.admin.query("SELECT ref FROM flow WHERE territory_id = $1 AND ref LIKE 'C0/%' ORDER BY ref", [advisor.territoryId])).rows).toEqual([{ ref: 'C0/82121/output/brewers-spent-grain' }, { ref: 'C0/82121/output/brewers-spent-grain/2' }]);
      expect([await total('flow'), await total('flow_version')]).toEqual([1501, 1501]);
    });

    it('are read once when two deliveries come at the same time', async () => {
      const importId = await world.start(advisor, many(10_000, 13_000));
      const reports = await Promise.all([1, 2, 3].map(() => world.reader().execute(systemContext(advisor.territoryId), { importId })));
      expect(reports.some(({ state }) => state === 'done')).toBe(true);
      expect(await database.api.read(advisor, (tx) => importReport(tx, importId))).toMatchObject({ state: 'done', rowsRead: 3000, rowsAdded: 2970, rowsRefused: 30 });
      expect([await total('site'), await total('company')]).toEqual([2970, 2970]);
    });

    it('lose one row, not its batch, to a rule of the database that nothing before it knew', async () => {
      await database.admin.query("ALTER TABLE site ADD CONSTRAINT ck_for_this_test CHECK (name IS DISTINCT FROM 'poison')");
      const lines = Array.from({ length: 40 }, (_, index) => `${siretOf(50_000 + index)};E;82121;${index === 17 ? 'poison' : 'site'}`);
      const report = await world.import(advisor, `SIRET;Entreprise;Code commune;Site\n${lines.join('\n')}\n`);
      await database.admin.query('ALTER TABLE site DROP CONSTRAINT ck_for_this_test');
      expect(report).toMatchObject({ state: 'done', rowsAdded: 39, rowsRefused: 1 });
      expect(report.errors).toMatchObject([{ rowNumber: 19, code: 'refused-by-database' }]);
      expect(await total('site')).toBe(39);
    });

    it('of 20,000 rows are read in batches with their progress', async () => {
      const progress: number[] = [];
      const report = await world.import(advisor, many(20_000, 40_000), { onProgress: ({ rowsRead }) => void progress.push(rowsRead) });
      expect(progress).toEqual(Array.from({ length: 20 }, (_, index) => (index + 1) * 1000));
      expect(report).toMatchObject({ state: 'done', rowsAdded: 19_800, rowsRefused: 200 });
    });
  });
});
