import type pg from 'pg';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { transactionClient } from './transaction-client.js';

/** By their text. One map for all connections: a connection knows for itself which of them it has prepared. */
const names = new Map<string, string>();

/** The name that a statement is prepared under, on every connection of this process. */
export function statementName(query: string): string {
  const known = names.get(query);
  if (known !== undefined) return known;
  const name = `maillon_${names.size + 1}`;
  names.set(query, name);
  return name;
}

/** Runs a statement that each connection prepares once. Of TypeORM's own ways none names a statement. @throws QueryFailedError, as the other ways do */
export async function runPrepared<Row>(entities: EntityManager, query: string, parameters: unknown[]): Promise<Row[]> {
  const client = await transactionClient(entities, 'Statements are prepared');
  try {
    return (await client.query<Row & pg.QueryResultRow>({ name: statementName(query), text: query, values: parameters })).rows;
  } catch (error) {
    throw new QueryFailedError(query, parameters, error as Error);
  }
}
