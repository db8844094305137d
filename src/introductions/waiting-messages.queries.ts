import type { Transaction } from '../platform/postgres/unit-of-work.js';

/** Released messages of all territories that wait to be sent, or that somebody left while sending; as the mailer. Whether one is due its handler looks. */
export async function waitingMessages(tx: Transaction): Promise<string[]> {
  const rows = await tx.sql<{ id: string }>(
    "SELECT id FROM introduction_message WHERE released_at IS NOT NULL AND (delivery IS NULL OR delivery = 'sending') ORDER BY released_at LIMIT 500");
  return rows.map(({ id }) => id);
}
