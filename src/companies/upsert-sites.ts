import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { SiteValues } from './company-draft.js';
import { applied, type BulkColumns, insertMany, newIds, type RowChange, sameIn, updateMany, type UpsertMode } from './upsert-rows.js';

export interface SiteRow extends SiteValues {
  /** Null: only a known site can be meant. */
  companyId: string | null;
}

const COLUMNS: BulkColumns<SiteRow & { id: string }> = {
  id: ['id', 'uuid'], companyId: ['company_id', 'uuid'], ref: ['ref', 'text'], siret: ['siret', 'text'], name: ['name', 'text'], naf: ['naf', 'text'],
  address: ['address', 'text'], postcode: ['postcode', 'text'], communeCode: ['commune_code', 'text'], commune: ['commune', 'text'],
  latitude: ['latitude', 'float8'], longitude: ['longitude', 'float8'], placeOrigin: ['place_origin', 'text'], permitRegime: ['permit_regime', 'text'],
  permitHeadings: ['permit_headings', 'text[]'], hazardousPermitted: ['hazardous_permitted', 'boolean'],
};
const COMPARED = (Object.keys(COLUMNS) as (keyof SiteRow | 'id')[]).filter((property): property is keyof SiteRow => property !== 'id' && property !== 'ref');
const PLACE = ['latitude', 'longitude', 'placeOrigin'] as const;

export type StandingSite = SiteRow & { id: string; companyId: string };

/** The sites of these references, locked in the order of ids. */
export async function findSites(tx: Transaction, refs: readonly string[]): Promise<Map<string, StandingSite>> {
  const rows = await tx.sql<StandingSite>(
    `SELECT id, company_id AS "companyId", ref, siret, name, naf, address, postcode, commune_code AS "communeCode", commune, latitude, longitude,
       place_origin AS "placeOrigin", permit_regime AS "permitRegime", permit_headings AS "permitHeadings", hazardous_permitted AS "hazardousPermitted"
     FROM site WHERE territory_id = $1 AND ref = ANY ($2) ORDER BY id FOR UPDATE`, [tx.context.territoryId, [...new Set(refs)]]);
  return new Map(rows.map((site) => [site.ref, site]));
}

/** The centre of a commune says less than a point that is known already, as long as the site has not moved to another commune. */
export function keepsBetterPlace(standing: Pick<SiteRow, 'latitude' | 'placeOrigin' | 'communeCode' | 'commune' | 'address'>, row: SiteRow): boolean {
  if (standing.latitude === null || row.placeOrigin === 'site' || row.placeOrigin === 'geocoded') return false;
  if (row.latitude === null) return true;
  const sameCommune = standing.communeCode === null || row.communeCode === null || standing.communeCode === row.communeCode;
  const sameAddress = standing.placeOrigin !== 'geocoded' || row.address === null || row.address === standing.address;
  return standing.placeOrigin !== 'commune' && sameCommune && sameAddress;
}

/**
 * Adds and changes many sites at once; a row that says nothing new changes nothing. Unknown ones without a company are left out.
 * A site named on the way stays with the company it has.
 * @param rows each reference once
 * @param given properties that the file has columns for; the place counts as given when coordinates or commune are
 */
export async function upsertSites(
  tx: Transaction, rows: readonly SiteRow[], given: ReadonlySet<keyof SiteRow>, mode: UpsertMode,
): Promise<Map<string, { id: string; companyId: string; change: RowChange }>> {
  const standing = await findSites(tx, rows.map((row) => row.ref));
  const result = new Map<string, { id: string; companyId: string; change: RowChange }>();
  const changed: (SiteRow & { id: string })[] = [];
  const added: (SiteRow & { companyId: string })[] = [];
  const withoutPlace = new Set([...given].filter((property) => !(PLACE as readonly string[]).includes(property)));
  for (const row of rows) {
    const site = standing.get(row.ref);
    if (!site) {
      if (row.companyId !== null) added.push({ ...row, companyId: row.companyId });
      continue;
    }
    const after = applied<SiteRow>(site, row, keepsBetterPlace(site, row) ? withoutPlace : given, mode);
    const companyId = mode === 'own' ? row.companyId ?? site.companyId : site.companyId;
    const kept = { ...after, ref: site.ref, siret: after.siret ?? site.siret, companyId, id: site.id };
    const same = sameIn<SiteRow>(COMPARED, site, kept);
    if (!same) changed.push(kept);
    result.set(row.ref, { id: site.id, companyId, change: same ? 'unchanged' : 'changed' });
  }
  const ids = await newIds(tx, added.length);
  await insertMany(tx, 'site', COLUMNS, added.map((row, index) => ({ ...row, id: ids[index] })), ['created_at', 'updated_at']);
  added.forEach((row, index) => result.set(row.ref, { id: ids[index], companyId: row.companyId, change: 'added' }));
  await updateMany(tx, 'site', COLUMNS, changed);
  return result;
}
