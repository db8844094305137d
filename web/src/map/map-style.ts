import type { FeatureCollection } from 'geojson';
import type { StyleSpecification } from 'maplibre-gl';

/** Colours of the page's own variables, which know light and dark. */
export interface MapColours {
  ground: string;
  surface: string;
  line: string;
  ink: string;
  muted: string;
  output: string;
  input: string;
  both: string;
  lead: string;
  introduction: string;
  synergy: string;
}

export function readColours(): MapColours {
  // A canvas understands no light-dark(): the browser is asked what it comes to.
  const probe = document.createElement('i');
  document.body.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    ground: read('--ground'), surface: read('--surface'), line: read('--line-strong'), ink: read('--ink'), muted: read('--muted'), output: read('--supply'), input: read('--demand'), both: read('--map-both'),
    lead: read('--map-lead'), introduction: read('--minus'), synergy: read('--map-synergy'),
  };
  probe.remove();
  return colours;
}

/** Drawn with the machine's own letters: no style of ours names a server of glyphs. */
const FONT = ['sans-serif'];
export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Outlines and names of our own; under them the operator's tiles, where there are any. */
export function mapStyle(colours: MapColours, tiles: { url: string; credit: string | null } | null, clustered: boolean): StyleSpecification {
  const size = ['interpolate', ['linear'], ['get', 'point_count'], 2, 13, 50, 19, 1000, 28] as const;
  return {
    version: 8,
    sources: {
      ...(tiles ? { tiles: { type: 'raster', tiles: [tiles.url], tileSize: 256, attribution: tiles.credit ?? '' } } : {}),
      departements: { type: 'geojson', data: '/outlines/departements.json' },
      communes: { type: 'geojson', data: '/outlines/communes-82.json' },
      names: { type: 'geojson', data: NOTHING },
      links: { type: 'geojson', data: NOTHING },
      rings: { type: 'geojson', data: NOTHING, tolerance: 0 },
      sites: { type: 'geojson', data: NOTHING, cluster: clustered, clusterRadius: 42, clusterMaxZoom: 13, clusterProperties: { outputs: ['+', ['get', 'outputs']], inputs: ['+', ['get', 'inputs']] } },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
      ...(tiles ? [{ id: 'tiles', type: 'raster', source: 'tiles' } as const] : [{ id: 'land', type: 'fill', source: 'departements', paint: { 'fill-color': colours.surface } } as const]),
      { id: 'communes', type: 'line', source: 'communes', minzoom: 8, paint: { 'line-color': colours.line, 'line-width': 0.5, 'line-opacity': 0.6 } },
      { id: 'departements', type: 'line', source: 'departements', paint: { 'line-color': colours.line, 'line-width': 1.2 } },
      { id: 'departement-names', type: 'symbol', source: 'departements', maxzoom: 8.5, layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12 }, paint: { 'text-color': colours.muted, 'text-halo-color': colours.surface, 'text-halo-width': 1.5 } },
      { id: 'soft-ring', type: 'fill', source: 'rings', filter: ['==', ['get', 'kind'], 'soft'], paint: { 'fill-color': colours.lead, 'fill-opacity': 0.09 } },
      { id: 'soft-ring-edge', type: 'line', source: 'rings', filter: ['==', ['get', 'kind'], 'soft'], paint: { 'line-color': colours.lead, 'line-width': 1.5 } },
      { id: 'hard-ring-edge', type: 'line', source: 'rings', filter: ['==', ['get', 'kind'], 'hard'], paint: { 'line-color': colours.introduction, 'line-width': 1.5, 'line-dasharray': [4, 3] } },
      {
        id: 'links', type: 'line', source: 'links', layout: { 'line-cap': 'round' },
        paint: {
          'line-color': ['match', ['get', 'kind'], 'synergy', colours.synergy, 'introduction', colours.introduction, colours.lead],
          'line-width': ['match', ['get', 'kind'], 'synergy', 4, 'introduction', 3, 1.8], 'line-opacity': 0.85,
        },
      },
      {
        id: 'clusters', type: 'circle', source: 'sites', filter: ['has', 'point_count'],
        paint: { 'circle-radius': [...size] as never, 'circle-color': colours.surface, 'circle-stroke-width': 3, 'circle-stroke-color': ['case', ['==', ['get', 'inputs'], 0], colours.output, ['==', ['get', 'outputs'], 0], colours.input, colours.both] },
      },
      { id: 'cluster-counts', type: 'symbol', source: 'sites', filter: ['has', 'point_count'], layout: { 'text-field': ['get', 'point_count_abbreviated'], 'text-font': FONT, 'text-size': 12, 'text-allow-overlap': true }, paint: { 'text-color': colours.ink } },
      {
        id: 'sites', type: 'circle', source: 'sites', filter: ['!', ['has', 'point_count']],
        paint: { 'circle-radius': ['case', ['has', 'main'], 10, 7], 'circle-stroke-width': ['case', ['has', 'main'], 3, 1.5], 'circle-stroke-color': ['case', ['has', 'main'], colours.ink, colours.surface], 'circle-color': ['case', ['==', ['get', 'inputs'], 0], colours.output, ['==', ['get', 'outputs'], 0], colours.input, colours.both] },
      },
      { id: 'link-labels', type: 'symbol', source: 'links', layout: { 'symbol-placement': 'line-center', 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 13, 'text-rotation-alignment': 'viewport', 'text-allow-overlap': true }, paint: { 'text-color': colours.ink, 'text-halo-color': colours.surface, 'text-halo-width': 3 } },
      // Names of communes would crowd a wide view; those of two sites do not.
      { id: 'names', type: 'symbol', source: 'names', minzoom: clustered ? 8.5 : 0, layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, ...(clustered ? { 'text-variable-anchor': ['top', 'bottom', 'left', 'right'], 'text-radial-offset': 1.5, 'text-justify': 'auto' } as const : { 'text-anchor': ['case', ['has', 'above'], 'bottom', 'top'], 'text-offset': ['case', ['has', 'above'], ['literal', [0, -1.3]], ['literal', [0, 1.3]]] } as const), 'symbol-sort-key': ['get', 'sites'] }, paint: { 'text-color': colours.ink, 'text-halo-color': colours.surface, 'text-halo-width': 1.6 } },
    ],
  };
}
