/** WGS 84 degrees. */
export type Place = [longitude: number, latitude: number];
export type Bounds = [west: number, south: number, east: number, north: number];

interface Reach {
  softKm: number;
  hardKm: number;
}

const EARTH_KM = 6371.0088;
const CORNERS = 96;
/** A circle that is so many times as wide as the lead is long would make one dot of its two sites. */
const WIDEST = 5;

/** West, south, east and north of all; null: there is nothing. */
export function boundsOf(places: readonly Place[]): Bounds | null {
  if (places.length === 0) return null;
  return places.reduce<Bounds>(([west, south, east, north], [x, y]) => [Math.min(west, x), Math.min(south, y), Math.max(east, x), Math.max(north, y)], [180, 90, -180, -90]);
}

/** Points of a great-circle distance all around a place, the first and the last the same; degrees. */
export function circleAround([longitude, latitude]: Place, km: number): Place[] {
  const radians = Math.PI / 180;
  const reach = km / EARTH_KM;
  const phi = latitude * radians;
  return Array.from({ length: CORNERS + 1 }, (_, corner): Place => {
    const bearing = ((corner % CORNERS) / CORNERS) * 2 * Math.PI;
    const to = Math.asin(Math.sin(phi) * Math.cos(reach) + Math.cos(phi) * Math.sin(reach) * Math.cos(bearing));
    const east = Math.atan2(Math.sin(bearing) * Math.sin(reach) * Math.cos(phi), Math.cos(reach) - Math.sin(phi) * Math.sin(to));
    return [longitude + east / radians, to / radians];
  });
}

/** What there is to look at: the two sites, and either circle together with them. */
export function viewsOf(places: { output: Place; input: Place }, reach: Reach | null): { sites: Bounds; soft: Bounds | null; hard: Bounds | null } {
  const both = [places.output, places.input];
  const round = (km: number | undefined): Bounds | null => (km === undefined ? null : boundsOf([...both, ...circleAround(places.output, km)]));
  const sites = boundsOf(both) ?? [0, 0, 0, 0];
  return { sites, soft: round(reach?.softKm), hard: round(reach?.hardKm) };
}

/** The view to begin with: the widest circle in which the two sites can still be told apart. */
export function firstView(places: { output: Place; input: Place }, reach: Reach | null, distanceKm: number): Bounds {
  const { sites, soft, hard } = viewsOf(places, reach);
  if (reach && hard && reach.hardKm <= WIDEST * distanceKm) return hard;
  if (reach && soft && reach.softKm <= WIDEST * distanceKm) return soft;
  return sites;
}
