import type { Transaction } from '../platform/postgres/unit-of-work.js';

/** What became of one row of a bulk write. */
export type RowChange = 'added' | 'changed' | 'unchanged';

/**
 * How values that are not given are taken. `own`: the rows are about this very thing, so an empty value of a given column
 * empties it. `mention`: the thing is named on the way to another, so an empty value says nothing.
 */
export type UpsertMode = 'own' | 'mention';

/** Property of a value → column and SQL type of the table. */
export type BulkColumns<Values> = { readonly [Property in keyof Values]-?: readonly [column: string, type: string] };

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `{${value.map((item) => `"${String(item).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One array of texts a column, for `unnest`; each is cast to its type in the statement. */
function arrays<Values>(columns: BulkColumns<Values>, rows: readonly Values[]): { names: string[]; types: string[]; values: (string | null)[][] } {
  const properties = Object.keys(columns) as (keyof Values & string)[];
  return {
    names: properties.map((property) => columns[property][0]),
    types: properties.map((property) => columns[property][1]),
    values: properties.map((property) => rows.map((row) => asText(row[property]))),
  };
}

function unnest(names: readonly string[], first: number): string {
  return `unnest(${names.map((_, index) => `$${first + index}::text[]`).join(', ')}) AS g(${names.join(', ')})`;
}

/**
 * Inserts many rows of the context's territory in one statement.
 * @param stamps columns that get the transaction's time
 */
export async function insertMany<Values>(tx: Transaction, table: string, columns: BulkColumns<Values>, rows: readonly Values[], stamps: readonly string[]): Promise<void> {
  if (rows.length === 0) return;
  const { names, types, values } = arrays(columns, rows);
  await tx.sql(
    `INSERT INTO ${table} (territory_id, ${[...names, ...stamps].join(', ')})
     SELECT $1, ${[...names.map((name, index) => `g.${name}::${types[index]}`), ...stamps.map(() => `$${names.length + 2}::timestamptz`)].join(', ')} FROM ${unnest(names, 2)}`,
    [tx.context.territoryId, ...values, ...(stamps.length > 0 ? [tx.now] : [])]);
}

/** Updates many rows of the context's territory by id in one statement. @param columns must have `id` */
export async function updateMany<Values extends { id: string }>(tx: Transaction, table: string, columns: BulkColumns<Values>, rows: readonly Values[]): Promise<void> {
  if (rows.length === 0) return;
  const { names, types, values } = arrays(columns, rows);
  const sets = names.flatMap((name, index) => (name === 'id' ? [] : [`${name} = g.${name}::${types[index]}`]));
  await tx.sql(
    `UPDATE ${table} t SET ${sets.join(', ')}, updated_at = $2 FROM ${unnest(names, 3)} WHERE t.territory_id = $1 AND t.id = g.id::uuid`,
    [tx.context.territoryId, tx.now, ...values]);
}

/** As many fresh keys, ordered by time. */
export async function newIds(tx: Transaction, count: number): Promise<string[]> {
  if (count === 0) return [];
  return (await tx.sql<{ id: string }>('SELECT uuidv7() AS id FROM generate_series(1, $1)', [count])).map(({ id }) => id);
}

/**
 * The values that a thing has after a row was applied to it.
 * @param given properties that the file has a column for
 */
export function applied<Values extends object>(standing: Values, row: Values, given: ReadonlySet<keyof Values>, mode: UpsertMode): Values {
  const result = { ...standing };
  for (const property of given) if (mode === 'own' || !isEmpty(row[property])) result[property] = row[property];
  return result;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Same values in each of these properties; order in lists counts, as it was written. */
export function sameIn<Values>(properties: Iterable<keyof Values>, one: Values, other: Values): boolean {
  for (const property of properties) if (asText(one[property]) !== asText(other[property])) return false;
  return true;
}
