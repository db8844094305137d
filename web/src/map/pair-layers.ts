import type { Feature, Polygon, Position } from 'geojson';
import type { CandidateDetail } from '../api/types';
import type { components } from '../api/schema';
import { circleAround, type Place } from './places';
import type { MapLayers } from './territory-map';

export type Surroundings = components['schemas']['Surroundings'];
type Neighbour = components['schemas']['NeighbourFlow'];

/** Where the two sides of a lead are; null: one has no place. */
export function placesOfLead({ output, input }: Pick<CandidateDetail, 'output' | 'input'>): { output: Place; input: Place } | null {
  if (output.latitude === null || output.longitude === null || input.latitude === null || input.longitude === null) return null;
  return { output: [output.longitude, output.latitude], input: [input.longitude, input.latitude] };
}

/** All neighbours as they are drawn: `place` of a point is the place in this list. */
export function neighboursOf({ outputs, inputs }: Surroundings): (Neighbour & { side: 'output' | 'input' })[] {
  return [...outputs.nearest.map((flow) => ({ ...flow, side: 'output' as const })), ...inputs.nearest.map((flow) => ({ ...flow, side: 'input' as const }))];
}

/** The lead with its reach around the output, and its neighbours as far as they are known. @param distance as it is written on the line */
export function pairLayers(lead: Pick<CandidateDetail, 'output' | 'input'>, places: { output: Place; input: Place }, distance: string, around: Surroundings | null): MapLayers {
  const point = (at: Place, properties: Record<string, unknown>): Feature => ({ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties });
  const count = (side: 'output' | 'input'): Record<string, number> => ({ outputs: side === 'output' ? 1 : 0, inputs: side === 'input' ? 1 : 0 });
  const ring = (kind: 'soft' | 'hard', km: number): Feature<Polygon> => ({ type: 'Feature', properties: { kind }, geometry: { type: 'Polygon', coordinates: [circleAround(places.output, km) as Position[]] } });
  // Away from each other, so that the line's own text stays free.
  const above = places.output[1] > places.input[1] ? 'output' : 'input';
  const neighbours = around === null ? [] : neighboursOf(around);
  return {
    // The two of the lead last: on top.
    sites: { type: 'FeatureCollection', features: [
      ...neighbours.map(({ longitude, latitude, side }, place) => point([longitude, latitude], { place, ...count(side) })),
      ...(['output', 'input'] as const).map((side) => point(places[side], { main: true, ...count(side) })),
    ] },
    names: { type: 'FeatureCollection', features: (['output', 'input'] as const).map((side) => point(places[side], { name: lead[side].company, sites: 0, ...(side === above ? { above: true } : {}) })) },
    links: { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { kind: 'lead', label: distance }, geometry: { type: 'LineString', coordinates: [places.output, places.input] } }] },
    rings: { type: 'FeatureCollection', features: around?.reach ? [ring('hard', around.reach.hardKm), ring('soft', around.reach.softKm)] : [] },
  };
}
