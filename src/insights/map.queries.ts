import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { MapBody, MapCategory, MapFlows, MapLink, MapSites } from './map.dto.js';

/**
 * Sites of the territory with at least one flow, and these flows; nothing of another territory. Three plain readings put together
 * here: a join of all of it is planned badly where the tables have just been filled.
 */
export async function territoryMap(tx: Transaction, knowledge: Knowledge): Promise<MapBody> {
  const own = [tx.context.territoryId];
  const companies = await tx.sql<{ id: string; name: string; mergedInto: string | null }>('SELECT id, name, merged_into_id AS "mergedInto" FROM company WHERE territory_id = $1', own);
  const places = await tx.sql<{ id: string; companyId: string; commune: string | null; longitude: number | null; latitude: number | null }>(
    'SELECT id, company_id AS "companyId", commune, longitude, latitude FROM site WHERE territory_id = $1 ORDER BY id', own);
  const stated = await tx.sql<{ id: string; siteId: string; category: string; direction: string; quantity: number | null }>(
    'SELECT id, site_id AS "siteId", category, direction, quantity FROM flow WHERE territory_id = $1 AND withdrawn_at IS NULL ORDER BY id', own);
  const companyOf = new Map(companies.map((company) => [company.id, company]));
  const withFlows = new Set(stated.map(({ siteId }) => siteId));
  const sites: MapSites = { id: [], companyId: [], company: [], commune: [], longitude: [], latitude: [] };
  const at = new Map<string, number>();
  let withoutPlace = 0;
  for (const { id, companyId, commune, longitude, latitude } of places) {
    if (!withFlows.has(id)) continue;
    if (longitude === null || latitude === null) {
      withoutPlace += 1;
      continue;
    }
    const recorded = companyOf.get(companyId);
    // Of merged doubles, the one that is left.
    const company = companyOf.get(recorded?.mergedInto ?? companyId);
    at.set(id, sites.id.length);
    sites.id.push(id);
    sites.companyId.push(company?.id ?? companyId);
    sites.company.push(company?.name ?? '–');
    sites.commune.push(commune);
    sites.longitude.push(longitude);
    sites.latitude.push(latitude);
  }
  const flows: MapFlows = { id: [], site: [], category: [], direction: [], quantity: [] };
  const categories = new Map<string, number>();
  for (const { id, siteId, category, direction, quantity } of stated) {
    const site = at.get(siteId);
    if (site === undefined) continue;
    if (!categories.has(category)) categories.set(category, categories.size);
    flows.id.push(id);
    flows.site.push(site);
    flows.category.push(categories.get(category) ?? 0);
    flows.direction.push(direction === 'output' ? 0 : 1);
    flows.quantity.push(quantity);
  }
  return { categories: [...categories.keys()].map((slug) => mapCategory(knowledge, slug)), sites, flows, withoutPlace };
}

function mapCategory(knowledge: Knowledge, slug: string): MapCategory {
  const category = knowledge.category(slug);
  return { slug, label: category?.label ?? { fr: slug, en: slug }, family: category?.family ?? null, unit: category?.baseUnit ?? '' };
}

interface LinkRow {
  id: string;
  kind: MapLink['kind'];
  category: string;
  step: string | null;
  points: number | null;
  from: string;
  to: string;
  line: number[];
}

/** An end of a link by its flow: the own territory's, or a neighbour's that both have agreed to show. */
function joinEnd(end: 'o' | 'i', flowId: string): string {
  return `JOIN LATERAL (
      SELECT f.category, s.longitude, s.latitude, k.name FROM flow f JOIN site s ON s.territory_id = f.territory_id AND s.id = f.site_id
         JOIN company own ON own.territory_id = s.territory_id AND own.id = s.company_id JOIN company k ON k.territory_id = s.territory_id AND k.id = coalesce(own.merged_into_id, own.id)
       WHERE f.id = ${flowId} AND (f.territory_id = $1 OR f.territory_id IN (SELECT agreed_territories())) AND s.longitude IS NOT NULL AND s.latitude IS NOT NULL
      OFFSET 0) ${end} ON true`;
}

const LINK = 'o.category, o.name AS "from", i.name AS "to", ARRAY[o.longitude, o.latitude, i.longitude, i.latitude] AS line';

/**
 * What may, or does, tie sites together: undecided leads, introductions that are not over, synergies that run. In a transaction
 * opened with `{ across: true }`; a link one of whose sides may not be seen (any more), or has no place, is left out.
 */
export async function mapLinks(tx: Transaction, knowledge: Knowledge, today: string): Promise<MapLink[]> {
  const { territoryId } = tx.context;
  const leads = await tx.sql<LinkRow>(
    `SELECT c.id, 'lead' AS kind, NULL AS step, c.points, ${LINK}
       FROM candidate_state st JOIN candidate c ON c.territory_id = $1 AND c.id = st.candidate_id JOIN pair p ON p.territory_id = $1 AND p.id = st.pair_id
       ${joinEnd('o', 'p.output_flow_id')} ${joinEnd('i', 'p.input_flow_id')}
      WHERE st.territory_id = $1 AND st.status = 'open' ORDER BY c.id`, [territoryId]);
  // One that runs is a synergy; one that was dropped ties nobody.
  const introductions = await tx.sql<LinkRow>(
    `SELECT n.id, CASE WHEN n.step = 'realised' THEN 'synergy' ELSE 'introduction' END AS kind, n.step, NULL::float8 AS points, ${LINK}
       FROM introduction n ${joinEnd('o', 'n.output_flow_id')} ${joinEnd('i', 'n.input_flow_id')}
      WHERE $1 IN (n.territory_id, n.partner_territory_id) AND n.step NOT IN ('dropped', 'ended') ORDER BY n.id`, [territoryId]);
  const synergies = await tx.sql<LinkRow>(
    `SELECT r.id, 'synergy' AS kind, NULL AS step, NULL::float8 AS points, ${LINK}
       FROM running_synergy r ${joinEnd('o', 'r.output_flow_id')} ${joinEnd('i', 'r.input_flow_id')}
      WHERE r.territory_id = $1 AND (r.ended_on IS NULL OR r.ended_on >= $2::date)
        AND NOT EXISTS (SELECT 1 FROM introduction n WHERE n.output_flow_id = r.output_flow_id AND n.input_flow_id = r.input_flow_id AND n.step = 'realised') ORDER BY r.id`, [territoryId, today]);
  return [...leads, ...introductions, ...synergies].map((row) => {
    const { label, family } = mapCategory(knowledge, row.category);
    return { ...row, label, family };
  });
}
