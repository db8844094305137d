import type { FlowFacts } from '../flows/material-change.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';

/** A flow with its site, as far as a block or a decision rests on it. */
export interface StandingFacts extends FlowFacts {
  id: string;
  version: number;
  direction: 'output' | 'input';
  territoryId: string;
  withdrawn: boolean;
}

/**
 * Facts of flows as they stand, by id; those of neighbours only in a transaction opened with `{ across: true }` and while
 * both have agreed. A flow that may not be seen is missing.
 */
export async function flowFacts(tx: Transaction, flowIds: readonly string[]): Promise<Map<string, StandingFacts>> {
  const rows = await tx.sql<StandingFacts>(
    `SELECT f.id, f.version, f.direction, f.territory_id AS "territoryId", f.withdrawn_at IS NOT NULL AS withdrawn, f.category, f.quality,
       f.waste_code AS "wasteCode", f.hazardous, f.quantity, f.minimum_lot AS "minimumLot", f.months, f.wish, f.withheld, f.reach,
       f.present_outlet AS "presentOutlet", f.present_cost AS "presentCost", f.contract_ends_on::text AS "contractEndsOn", f.confirmed_on::text AS "confirmedOn",
       s.latitude, s.longitude, s.permit_regime AS "permitRegime", s.permit_headings AS "permitHeadings", s.hazardous_permitted AS "hazardousPermitted"
     FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
     WHERE f.id = ANY($2::uuid[]) AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories()))`, [tx.context.territoryId, flowIds]);
  return new Map(rows.map((row) => [row.id, row]));
}
