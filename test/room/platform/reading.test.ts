import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { makeFlow, makePerson, makeTerritory } from '../../support/world.js';

let database: TestDatabase;
let one: Awaited<ReturnType<typeof makePerson>>;
let other: Awaited<ReturnType<typeof makePerson>>;
beforeAll(async () => {
  database = await openTestDatabase();
  one = await makePerson(database, await makeTerritory(database, 'un'), ['advisor']);
  other = await makePerson(database, await makeTerritory(database, 'deux'), ['advisor']);
  for (const [person, ref] of [[one, 'a'], [one, 'é" \\'], [other, 'z']] as const) await makeFlow(database, person.territoryId, { ref, direction: 'output', category: 'whey' });
});
afterAll(async () => {
  await database?.close();
});

describe('rows that are copied', () => {
  const copied = (query: string, parameters: (string | string[])[], fields: number, context = one): Promise<unknown[][]> => database.api.read(context, async (tx) => {
    const rows: unknown[][] = [];
    await tx.copy(query, parameters, fields, (row) => rows.push(Array.from({ length: fields }, (_, field) => (row.isNull(field) ? null : row.text(field)))));
    return rows;
  });

  it('are those that row-level security shows, and no others', async () => {
    const refs = async (context: typeof one): Promise<unknown[]> => (await copied('SELECT ref FROM flow ORDER BY ref COLLATE "C"', [], 1, context)).flat();
    expect(await refs(one)).toEqual(['a', 'é" \\']);
    expect(await refs(other)).toEqual(['z']);
  });

  it('come with every kind of value, and null apart from all of them', async () => {
    const found: unknown[] = [];
    await database.api.read(one, (tx) => tx.copy("SELECT 7, -1.5::float8, true, 'mot', NULL::int, NULL::text, ''", [], 7, (row) =>
      found.push(row.number(0), row.number(1), row.boolean(2), row.word(3), row.number(4), row.word(5), row.text(6))));
    expect(found).toEqual([7, -1.5, true, 'mot', null, null, '']);
  });

  it('are whole wherever the packets of the network end', async () => {
    const rows = await copied("SELECT n::text, repeat(chr(65 + n % 26), n % 5000) FROM generate_series(1, 3000) n", [], 2);
    expect(rows).toHaveLength(3_000);
    expect(rows.every(([n, text]) => text === String.fromCharCode(65 + (Number(n) % 26)).repeat(Number(n) % 5_000))).toBe(true);
    expect(await copied('SELECT 1 WHERE false', [], 1)).toEqual([]);
  });

  it('take parameters as values, whatever is in them', async () => {
    const odd = ["'; DROP TABLE flow; --", 'é" \\', '$1', 'a,b}', ''];
    expect(await copied('SELECT $1, unnest($2::text[])', [odd[0], odd], 2)).toEqual(odd.map((text) => [odd[0], text]));
    expect(await copied('SELECT ref FROM flow WHERE ref = ANY($1::text[])', [odd], 1)).toEqual([['é" \\']]);
  });

  it('say what is wrong with a query as other statements do, and leave the connection to others', async () => {
    await expect(copied('SELECT nothing FROM flow', [], 1)).rejects.toMatchObject({ code: '42703' });
    await expect(copied('SELECT 1 / (n - 2000) FROM generate_series(1, 3000) n', [], 1)).rejects.toMatchObject({ code: '22012' });
    await expect(copied('SELECT 1, n FROM generate_series(1, 300000) n', [], 1)).rejects.toThrow('found 2 columns, expected 1');
    expect(await copied('SELECT ref FROM flow WHERE ref = $1', ['a'], 1)).toEqual([['a']]);
  });
});

describe('prepared statements', () => {
  const refs = (context: typeof one): Promise<string[]> => database.api.read(context, async (tx) => (await tx.sql<{ ref: string }>('SELECT ref FROM flow ORDER BY ref')).map(({ ref }) => ref), { prepared: true });

  it('show each transaction the rows of its own territory, on the same connection and plan', async () => {
    for (let time = 0; time < 12; time += 1) {
      expect(await refs(one)).toHaveLength(2);
      expect(await refs(other)).toEqual(['z']);
    }
  });

  it('are prepared once a connection, planned for any parameter, and only where that was asked for', async () => {
    const asked = async (prepared: boolean): Promise<{ statement: string; plans: number }[]> => database.api.read(one, async (tx) => {
      for (let time = 0; time < 3; time += 1) expect(await tx.sql('SELECT $1::int + 1 AS n', [time])).toEqual([{ n: time + 1 }]);
      return tx.sql("SELECT statement, generic_plans::int AS plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int + 1%'");
    }, { prepared });
    expect(await asked(false)).toEqual([]);
    expect(await asked(true)).toEqual([{ statement: 'SELECT $1::int + 1 AS n', plans: 3 }]);
    expect(await database.api.read(one, (tx) => tx.sql('SHOW plan_cache_mode'))).toEqual([{ plan_cache_mode: 'auto' }]);
  });

  it('fail as other statements do', async () => {
    await expect(database.api.read(one, (tx) => tx.sql('SELECT 1 / $1::int', [0]), { prepared: true })).rejects.toMatchObject({ driverError: { code: '22012' } });
  });
});
