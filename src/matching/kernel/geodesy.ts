import { earthRadius } from '@turf/helpers';

/** Kilometres; the sphere that turf's `distance` uses. */
export const RADIUS_KM = earthRadius / 1000;

/** Unit vector of a place given in WGS 84 degrees. */
export function unitVector(latitude: number, longitude: number): [number, number, number] {
  const phi = (latitude * Math.PI) / 180;
  const lambda = (longitude * Math.PI) / 180;
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/** Great-circle km between entry `i` of `a` and entry `j` of `b` (arrays of x, y, z), by the chord, which stays exact for near places. */
export function distanceKm(a: Float64Array, i: number, b: Float64Array, j: number): number {
  const dx = a[3 * i] - b[3 * j];
  const dy = a[3 * i + 1] - b[3 * j + 1];
  const dz = a[3 * i + 2] - b[3 * j + 2];
  return kmOfChord(dx * dx + dy * dy + dz * dz);
}

/** Great-circle km of a squared chord between two unit vectors. Never less than the chord itself: RADIUS_KM · √squared is a lower bound. */
export function kmOfChord(squared: number): number {
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(squared) / 2));
}
