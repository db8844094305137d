import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../config/load-config.js';
import { readNumber } from '../companies/words.js';
import { type Commune, departmentOfCode, Gazetteer } from './gazetteer.js';
import { normaliseHeader } from './headers.js';
import { openTables } from './table-file.js';

/** What other lists of communes call the columns. */
const HEADERS = {
  code: ['code', 'insee', 'code insee', 'code commune', 'code commune insee', 'com', 'citycode'],
  name: ['name', 'nom', 'commune', 'nom commune', 'slug', 'libelle', 'nom standard'],
  postcode: ['postcode', 'code postal', 'cp', 'zip'],
  department: ['department', 'dep', 'departement', 'code departement', 'dep code'],
  latitude: ['latitude', 'lat', 'latitude centre'],
  longitude: ['longitude', 'lon', 'lng', 'long', 'longitude centre'],
} as const;
type Field = keyof typeof HEADERS;

/**
 * The communes of a CSV file; without a path, those that come with the product.
 * @throws when the file lacks a column or a row of it makes no sense: a wrong list would place sites wrongly for years
 */
export async function loadGazetteer(path?: string): Promise<Gazetteer> {
  const file = path ?? join(PACKAGE_ROOT, 'config', 'gazetteer.csv');
  const [table] = await openTables(() => createReadStream(file) as AsyncIterable<Uint8Array>);
  const at: Partial<Record<Field, number>> = {};
  const communes: Commune[] = [];
  let header = true;
  for await (const { number, cells } of table.rows()) {
    if (header) {
      header = false;
      cells.forEach((cell, position) => {
        const field = (Object.keys(HEADERS) as Field[]).find((one) => at[one] === undefined && (HEADERS[one] as readonly string[]).includes(normaliseHeader(cell)));
        if (field) at[field] = position;
      });
      const missing = (['name', 'latitude', 'longitude'] as const).filter((field) => at[field] === undefined);
      if (at.code === undefined && at.department === undefined) missing.push('code' as 'name');
      if (missing.length > 0) throw new Error(`GAZETTEER_FILE: row 1: found ${cells.join(', ').slice(0, 200)}; expected the columns ${missing.join(', ')}`);
      continue;
    }
    const cell = (field: Field): string => (at[field] === undefined ? '' : cells[at[field]] ?? '').trim();
    const latitude = readNumber(cell('latitude'));
    const longitude = readNumber(cell('longitude'));
    // Lists of all communes have a few without a place, such as those destroyed in 1916.
    if (cell('name') === '' || (cell('latitude') === '' && cell('longitude') === '')) continue;
    if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
      throw new Error(`GAZETTEER_FILE: row ${number}: found ${cell('latitude')}, ${cell('longitude')}; expected latitude and longitude in degrees`);
    }
    const code = cell('code') === '' ? null : cell('code').toUpperCase().padStart(5, '0');
    const department = cell('department') !== '' ? cell('department').toUpperCase().padStart(2, '0') : code === null ? null : departmentOfCode(code);
    // Some lists tell communes of one name apart by their département: `villers-le-sec-02`.
    const suffix = department === null ? -1 : cell('name').length - department.length - 1;
    const name = suffix > 0 && /^[- ]/.test(cell('name').slice(suffix)) && cell('name').endsWith(department ?? '') ? cell('name').slice(0, suffix) : cell('name');
    communes.push({ code, name, department, postcode: cell('postcode') === '' ? null : cell('postcode').padStart(5, '0'), latitude, longitude });
  }
  return new Gazetteer(communes);
}
