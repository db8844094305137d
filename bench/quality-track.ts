import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A place of a track. Coordinates are WGS 84 degrees. */
export interface TrackSite {
  id: string;
  name: string;
  /** As written, with or without a dot; empty: unknown. */
  naf: string;
  latitude: number;
  longitude: number;
}

/** An output or need of a track, in its own words; empty texts are unknown. */
export interface TrackFlow {
  id: string;
  site: TrackSite;
  direction: 'output' | 'need';
  /** What the track calls its category: byproduct, waste, material, energy, water, service; another word says nothing. */
  kind: string;
  textFr: string;
  textEn: string;
  wasteCode: string;
  hazardous: boolean | null;
  /** As written: number and unit; empty: unknown. */
  quantity: string;
  unit: string;
}

export interface Track {
  outputs: TrackFlow[];
  needs: TrackFlow[];
}

/**
 * Reads `sites.csv` and `flows.csv` of a folder, and only the columns named here: a track may hold others that tell the answer.
 * Ids, place and direction must be there; any other column may be missing.
 * @throws Error with file, row, column, found and expected
 */
export function readTrack(folder: string): Track {
  const sites = new Map<string, TrackSite>();
  for (const row of readTable(folder, 'sites.csv', ['site_id', 'lat', 'lon'], ['name', 'naf'])) {
    const id = row.text('site_id', true);
    if (sites.has(id)) row.refuse('site_id', id, 'each site once');
    sites.set(id, { id, name: row.text('name'), naf: row.text('naf'), latitude: row.degrees('lat', 90), longitude: row.degrees('lon', 180) });
  }
  const track: Track = { outputs: [], needs: [] };
  const seen = new Set<string>();
  const optional = ['category', 'text_fr', 'text_en', 'ewc', 'ewc_hazardous', 'quantity', 'unit'];
  for (const row of readTable(folder, 'flows.csv', ['flow_id', 'site_id', 'direction'], optional)) {
    const id = row.text('flow_id', true);
    if (seen.has(id)) row.refuse('flow_id', id, 'each flow once');
    seen.add(id);
    const site = sites.get(row.text('site_id', true)) ?? row.refuse('site_id', row.text('site_id'), 'a site of sites.csv');
    const direction = row.choice('direction', ['output', 'need']) as TrackFlow['direction'];
    const hazardous = row.choice('ewc_hazardous', ['', '0', '1']);
    (direction === 'output' ? track.outputs : track.needs).push({
      id, site, direction, kind: row.text('category'), textFr: row.text('text_fr'), textEn: row.text('text_en'), wasteCode: row.text('ewc'),
      hazardous: hazardous === '' ? null : hazardous === '1', quantity: row.text('quantity'), unit: row.text('unit'),
    });
  }
  const byId = (a: TrackFlow, b: TrackFlow): number => (a.id < b.id ? -1 : 1);
  track.outputs.sort(byId);
  track.needs.sort(byId);
  return track;
}

class Row {
  constructor(private readonly file: string, private readonly line: number, private readonly cells: ReadonlyMap<string, string>) {}

  refuse(column: string, found: string, expected: string): never {
    throw new Error(`${this.file}, row ${this.line}, ${column}: found ${JSON.stringify(found)}, expected ${expected}`);
  }

  text(column: string, needed = false): string {
    const text = this.cells.get(column) ?? '';
    return text === '' && needed ? this.refuse(column, text, 'a value') : text;
  }

  choice(column: string, values: readonly string[]): string {
    const text = this.text(column);
    return values.includes(text) ? text : this.refuse(column, text, `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`);
  }

  degrees(column: string, limit: number): number {
    const text = this.text(column, true);
    const value = Number(text);
    return Math.abs(value) <= limit ? value : this.refuse(column, text, `degrees from -${limit} to ${limit}`);
  }
}

function readTable(folder: string, file: string, needed: readonly string[], optional: readonly string[]): Row[] {
  let records: string[][];
  try {
    records = parse(readFileSync(join(folder, file)), { bom: true, skip_empty_lines: true, trim: true, relax_column_count_more: false });
  } catch (error) {
    throw new Error(`${join(folder, file)}: ${(error as Error).message}; expected a CSV file in UTF-8`, { cause: error });
  }
  const header = records[0] ?? [];
  for (const column of needed) {
    if (!header.includes(column)) throw new Error(`${file}: found the columns ${header.join(', ') || 'none'}, expected ${column} among them`);
  }
  const kept = [...needed, ...optional].map((column) => [column, header.indexOf(column)] as const).filter(([, position]) => position >= 0);
  return records.slice(1).map((cells, at) => new Row(file, at + 2, new Map(kept.map(([column, position]) => [column, cells[position]]))));
}
