import { kmOfChord, unitVector } from '../matching/kernel/geodesy.js';
import { slugsOf } from '../matching/read-snapshot.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { NeighbourFlows, Surroundings } from './candidate.dto.js';
import { type CandidateRow, flowSides, type SideRow } from './candidate-rows.queries.js';
import { activePolicy } from './decided-pair.queries.js';
import { flowBrief, type Reader } from './views.js';

/** Neighbours of a side that are told of; more of them are counted. */
const NEAREST = 20;

interface FoundFlow {
  id: string;
  latitude: number;
  longitude: number;
}

/**
 * Other flows of the territory that could stand in for either side of a lead: outputs of the output's category by their distance to
 * the input, and inputs of the input's category by theirs to the output. What no list may show (withdrawn, withheld, unwished, without
 * a valid agreement where the policy hides those) is not shown here either, nor is anything of another territory.
 */
export async function neighboursOfLead(tx: Transaction, row: Pick<CandidateRow, 'output' | 'input'>, reader: Reader): Promise<Pick<Surroundings, 'outputs' | 'inputs'>> {
  return { outputs: await standIns(tx, 'output', row.output, row.input, reader), inputs: await standIns(tx, 'input', row.input, row.output, reader) };
}

async function standIns(tx: Transaction, direction: 'output' | 'input', own: SideRow, other: SideRow, reader: Reader): Promise<NeighbourFlows> {
  if (other.latitude === null || other.longitude === null) return { count: 0, nearest: [] };
  const to = { latitude: other.latitude, longitude: other.longitude };
  const found = (await showableFlows(tx, direction, own, other, reader)).map((flow) => ({ ...flow, km: kmBetween(flow, to) })).sort((a, b) => a.km - b.km || (a.id < b.id ? -1 : 1));
  const near = found.slice(0, NEAREST);
  const sides = await flowSides(tx, near.map(({ id }) => id));
  return {
    count: found.length,
    nearest: near.flatMap(({ id, km, latitude, longitude }) => {
      const side = sides.get(id);
      return side === undefined ? [] : [{ ...flowBrief(side, reader), latitude, longitude, distanceKm: km }];
    }),
  };
}

/** Neither the side's own flow nor one of the other side's company, which would be no pair. */
async function showableFlows(tx: Transaction, direction: 'output' | 'input', own: SideRow, other: SideRow, { knowledge, today }: Reader): Promise<FoundFlow[]> {
  const { noAgreement } = (await activePolicy(tx)).gates;
  return tx.sql<FoundFlow>(
    `SELECT f.id, s.latitude, s.longitude FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
       JOIN company k ON k.territory_id = s.territory_id AND k.id = s.company_id
      WHERE f.territory_id = $1 AND f.direction = $2 AND f.category = ANY($3::text[]) AND f.id <> $4 AND f.withdrawn_at IS NULL AND NOT f.withheld AND f.wish IN ('yes', 'not-asked')
        AND s.latitude IS NOT NULL AND s.longitude IS NOT NULL AND coalesce(k.merged_into_id, k.id) <> $5
        AND ($6 OR EXISTS (SELECT 1 FROM confidentiality_agreement a WHERE a.territory_id = $1 AND a.company_id = coalesce(k.merged_into_id, k.id)
          AND a.signed_on <= $7::date AND (a.valid_until IS NULL OR a.valid_until >= $7::date)))`,
    [tx.context.territoryId, direction, slugsAlike(knowledge, own.category), own.flowId, other.companyId, noAgreement === 'sign-first', today]);
}

function slugsAlike(knowledge: Knowledge, slug: string): string[] {
  const category = knowledge.category(slug);
  return category === undefined ? [slug] : slugsOf(knowledge, [category]);
}

type Placed = Pick<FoundFlow, 'latitude' | 'longitude'>;

/** By the kernel's own sphere, so that it agrees with the distances of leads. */
function kmBetween(one: Placed, other: Placed): number {
  const [a, b] = [unitVector(one.latitude, one.longitude), unitVector(other.latitude, other.longitude)];
  return kmOfChord((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);
}
