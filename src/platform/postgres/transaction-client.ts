import type pg from 'pg';
import type { EntityManager } from 'typeorm';

/** The driver's own client of a transaction, for what TypeORM has no way to ask. @param doing what needs one, for the error @throws outside a transaction */
export async function transactionClient(entities: EntityManager, doing: string): Promise<pg.ClientBase> {
  const client = (await entities.queryRunner?.connect()) as pg.ClientBase | undefined;
  if (client === undefined) throw new Error(`${doing} inside a transaction only`);
  return client;
}
