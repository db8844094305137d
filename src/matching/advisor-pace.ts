import type { Transaction } from '../platform/postgres/unit-of-work.js';

/** Keeps how many minutes a review takes an advisor, for the budget of the next run; null: not measured yet. */
export async function setReviewMinutes(tx: Transaction, personId: string, minutes: number | null): Promise<void> {
  await tx.sql(
    `INSERT INTO advisor_pace (territory_id, person_id, median_review_minutes) VALUES ($1, $2, $3)
     ON CONFLICT (territory_id, person_id) DO UPDATE SET median_review_minutes = excluded.median_review_minutes`, [tx.context.territoryId, personId, minutes]);
}

/** Keeps how many mediations an advisor has open: whoever has many gets a shorter list (MATCHING section 5). */
export async function setOpenMediations(tx: Transaction, personId: string, count: number): Promise<void> {
  await tx.sql(
    `INSERT INTO advisor_pace (territory_id, person_id, open_mediations) VALUES ($1, $2, $3)
     ON CONFLICT (territory_id, person_id) DO UPDATE SET open_mediations = excluded.open_mediations`, [tx.context.territoryId, personId, count]);
}
