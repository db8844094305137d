import { PERMIT } from './kernel/snapshot.js';
import { indexOf, numberOf } from './value-index.js';

/** One site with its company (that which it was merged into, if it was) as the reading query gives it. */
export interface SiteRow {
  territory: string;
  latitude: number | null;
  longitude: number | null;
  hazardousPermitted: boolean | null;
  agreement: boolean;
  companyRef: string;
  siren: string | null;
  groupRef: string | null;
  siteRef: string;
}

/** What the arrays say of every flow of a site. */
export interface Place {
  /** Unit vector. */
  at: readonly [number, number, number];
  company: number;
  /** -1: of no group. */
  group: number;
  site: number;
  territory: number;
  permit: number;
  agreement: number;
}

/** @returns keys of companies in their order, and what each site gives to its flows, in the order of the sites given */
export function placesOf(sites: Iterable<SiteRow>, territories: readonly string[]): { companies: string[]; places: Place[] } {
  const keys = [...sites].map((site) => ({ site, company: `${site.territory}/${site.companyRef}`, key: `${site.territory}/${site.siteRef}` }));
  const companies = indexOf(keys.map(({ company }) => company));
  const siteNumbers = indexOf(keys.map(({ key }) => key)).at;
  const territoryNumbers = new Map(territories.map((slug, at) => [slug, at]));
  const groups = groupsOf(new Map(keys.map(({ company, site }) => [company, site])));
  const places = keys.map(({ site, company, key }): Place => ({
    at: unitVector(site.latitude ?? Number.NaN, site.longitude ?? Number.NaN),
    company: numberOf(companies.at, company), group: groups.get(company) ?? -1, site: numberOf(siteNumbers, key), territory: numberOf(territoryNumbers, site.territory),
    permit: site.hazardousPermitted === null ? PERMIT.unknown : site.hazardousPermitted ? PERMIT.permitted : PERMIT.notPermitted, agreement: site.agreement ? 1 : 0,
  }));
  return { companies: companies.values, places };
}

/** A firm known in two territories under one SIREN is one group, and so is whatever shares its group reference. */
function groupsOf(companies: ReadonlyMap<string, SiteRow>): Map<string, number> {
  const groupOfSiren = new Map<string, string>();
  const holders = new Map<string, number>();
  for (const { siren, groupRef } of companies.values()) {
    if (siren === null) continue;
    holders.set(siren, (holders.get(siren) ?? 0) + 1);
    const known = groupOfSiren.get(siren);
    if (groupRef !== null && (known === undefined || groupRef < known)) groupOfSiren.set(siren, groupRef);
  }
  const nameOf = ({ siren, groupRef }: SiteRow): string | null => {
    if (groupRef !== null) return `group ${groupRef}`;
    if (siren === null || (holders.get(siren) ?? 0) < 2) return null;
    const shared = groupOfSiren.get(siren);
    return shared === undefined ? `siren ${siren}` : `group ${shared}`;
  };
  const names = new Map([...companies].map(([company, row]) => [company, nameOf(row)]));
  const numbers = indexOf([...names.values()].filter((name) => name !== null)).at;
  return new Map([...names].flatMap(([company, name]): [string, number][] => (name === null ? [] : [[company, numberOf(numbers, name)]])));
}

/** Of latitude and longitude, WGS 84 degrees. */
function unitVector(latitude: number, longitude: number): readonly [number, number, number] {
  const phi = (latitude * Math.PI) / 180;
  const lambda = (longitude * Math.PI) / 180;
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}
