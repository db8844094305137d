import { type GeoJSONSource, LngLatBounds, Map as LibreMap, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { FeatureCollection } from 'geojson';
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { mapStyle, NOTHING, readColours } from './map-style';
import type { Bounds } from './places';

// Our own file: the page's policy lets no worker come from a blob.
setWorkerUrl(workerUrl);

export interface MapLayers {
  sites: FeatureCollection;
  names: FeatureCollection;
  links: FeatureCollection;
  /** Areas of a reach; absent: none. */
  rings?: FeatureCollection;
}

export interface MapHandle {
  flyTo(at: [number, number]): void;
  fit(bounds: Bounds): void;
  /** The map as it is drawn, with this line below; null: nothing is drawn. */
  picture(credit: string): string | null;
}

interface Props {
  layers: MapLayers;
  bounds: Bounds | null;
  /** Sites that lie close together are drawn as one, with their number; else each by itself. */
  clustered: boolean;
  tiles: { url: string; credit: string | null } | null;
  label: string;
  unable: string;
  onSite(place: number): void;
  onLink?(place: number): void;
  handle: Ref<MapHandle>;
}

const FRANCE: Bounds = [-5, 42, 8.5, 51.2];
const CLOSE = 14;
/** Room for names beside the outermost sites, and for the buttons above them. */
const FIT = { padding: { top: 60, bottom: 60, left: 75, right: 75 }, maxZoom: 13 };

/** The drawn map; give it a new key to draw it anew in other colours. */
export function TerritoryMap({ layers, bounds, clustered, tiles, label, unable, onSite, onLink, handle }: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<LibreMap | null>(null);
  const latest = useRef({ layers, onSite, onLink });
  latest.current = { layers, onSite, onLink };
  const [drawable, setDrawable] = useState(true);

  useEffect(() => {
    const container = place.current;
    if (!container) return undefined;
    let made: LibreMap;
    try {
      made = new LibreMap({
        container, style: mapStyle(readColours(), tiles, clustered), bounds: new LngLatBounds(bounds ?? FRANCE), fitBoundsOptions: FIT, attributionControl: false,
        canvasContextAttributes: { preserveDrawingBuffer: true }, dragRotate: false, pitchWithRotate: false, fadeDuration: 0,
      });
    } catch {
      setDrawable(false);
      return undefined;
    }
    map.current = made;
    made.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    made.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');
    made.getCanvas().setAttribute('aria-label', label);
    made.on('load', () => {
      show(made, latest.current.layers);
      container.dataset['ready'] = 'yes';
    });
    for (const [layer, pick] of [['sites', 'onSite'], ['links', 'onLink']] as const) {
      made.on('click', layer, ({ features }) => {
        const found: unknown = features?.[0]?.properties['place'];
        if (typeof found === 'number') latest.current[pick]?.(found);
      });
    }
    made.on('click', 'clusters', ({ lngLat }) => made.easeTo({ center: lngLat, zoom: made.getZoom() + 2 }));
    for (const layer of ['sites', 'links', 'clusters']) {
      made.on('mouseenter', layer, () => void (made.getCanvas().style.cursor = 'pointer'));
      made.on('mouseleave', layer, () => void (made.getCanvas().style.cursor = ''));
    }
    return () => {
      map.current = null;
      made.remove();
    };
  }, []);

  useEffect(() => {
    if (map.current?.isStyleLoaded() || place.current?.dataset['ready']) show(map.current, layers);
  }, [layers]);

  useImperativeHandle(handle, () => ({
    flyTo: (at) => {
      // On a phone the card takes the lower half.
      const narrow = (place.current?.clientWidth ?? 0) < 560;
      map.current?.easeTo({ center: at, zoom: Math.max(map.current.getZoom(), CLOSE), offset: [0, narrow ? -(place.current?.clientHeight ?? 0) / 4 : 0] });
    },
    fit: (to) => void map.current?.fitBounds(new LngLatBounds(to), { ...FIT, animate: false }),
    picture: (credit) => (map.current ? withCredit(map.current.getCanvas(), credit) : null),
  }), []);

  if (!drawable) return <p className="map-unable" role="alert">{unable}</p>;
  return <div className="map-canvas" ref={place} />;
}

function show(map: LibreMap | null, layers: MapLayers): void {
  for (const name of ['sites', 'names', 'links', 'rings'] as const) map?.getSource<GeoJSONSource>(name)?.setData(layers[name] ?? NOTHING);
}

function withCredit(drawn: HTMLCanvasElement, credit: string): string | null {
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.drawImage(drawn, 0, 0);
  const scale = window.devicePixelRatio;
  pen.font = `${11 * scale}px sans-serif`;
  const width = pen.measureText(credit).width;
  pen.fillStyle = 'rgb(255 255 255 / 80%)';
  pen.fillRect(0, canvas.height - 18 * scale, width + 12 * scale, 18 * scale);
  pen.fillStyle = '#222';
  pen.fillText(credit, 6 * scale, canvas.height - 5 * scale);
  return canvas.toDataURL('image/png');
}
