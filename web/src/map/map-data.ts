import type { Feature, FeatureCollection, LineString, Point } from 'geojson';
import type { components } from '../api/schema';

export type TerritoryMap = components['schemas']['MapBody'];
export type MapLink = components['schemas']['MapLink'];
export type LinkKind = MapLink['kind'];

export const LINK_KINDS: readonly LinkKind[] = ['lead', 'introduction', 'synergy'];

export interface MapFilter {
  direction: 'all' | 'output' | 'input';
  /** Empty: all. */
  families: readonly string[];
}

export interface ShownFlow {
  id: string;
  label: { fr: string; en: string };
  unit: string;
  output: boolean;
  quantity: number | null;
}

/** A site with the flows that the filter leaves. */
export interface ShownSite {
  id: string;
  companyId: string;
  company: string;
  commune: string | null;
  at: [number, number];
  flows: ShownFlow[];
}

/** Columns as sites, those without a flow that fits the filter left out. */
export function shownSites({ sites, flows, categories }: TerritoryMap, { direction, families }: MapFilter): ShownSite[] {
  const all = sites.id.map((id, at): ShownSite => ({
    id, companyId: sites.companyId[at], company: sites.company[at], commune: sites.commune[at] ?? null, at: [sites.longitude[at], sites.latitude[at]], flows: [],
  }));
  flows.id.forEach((id, at) => {
    const category = categories[flows.category[at]];
    const output = flows.direction[at] === 0;
    if (direction !== 'all' && (direction === 'output') !== output) return;
    if (families.length > 0 && !families.includes(category.family ?? '')) return;
    all[flows.site[at]].flows.push({ id, label: category.label, unit: category.unit, output, quantity: flows.quantity[at] ?? null });
  });
  return all.filter(({ flows: own }) => own.length > 0);
}

/** @returns points with `outputs` and `inputs` as counts, and the place of each in the list */
export function sitePoints(sites: readonly ShownSite[]): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: sites.map((site, place): Feature<Point> => ({
      type: 'Feature', geometry: { type: 'Point', coordinates: site.at },
      properties: { place, outputs: site.flows.filter(({ output }) => output).length, inputs: site.flows.filter(({ output }) => !output).length },
    })),
  };
}

/** A name for each commune, in the middle of its sites; those with more sites first. */
export function communeNames(sites: readonly ShownSite[]): FeatureCollection<Point> {
  const byName = new Map<string, [number, number][]>();
  for (const { commune, at } of sites) if (commune) byName.set(commune, [...(byName.get(commune) ?? []), at]);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    type: 'FeatureCollection',
    features: [...byName].map(([name, places]): Feature<Point> => ({
      type: 'Feature', properties: { name, sites: -places.length }, geometry: { type: 'Point', coordinates: [mean(places.map(([x]) => x)), mean(places.map(([, y]) => y))] },
    })),
  };
}

/** Lines with `kind` and the place of each in the list. */
export function linkLines(links: readonly MapLink[], { families }: MapFilter, kinds: readonly LinkKind[]): FeatureCollection<LineString> {
  return {
    type: 'FeatureCollection',
    features: links.flatMap((link, place): Feature<LineString>[] => {
      if (!kinds.includes(link.kind) || (families.length > 0 && !families.includes(link.family ?? ''))) return [];
      const [x, y, toX, toY] = link.line;
      return [{ type: 'Feature', properties: { place, kind: link.kind }, geometry: { type: 'LineString', coordinates: [[x, y], [toX, toY]] } }];
    }),
  };
}
