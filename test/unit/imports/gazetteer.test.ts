import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { communeKey, Gazetteer } from '../../../src/imports/gazetteer.js';
import { loadGazetteer } from '../../../src/imports/load-gazetteer.js';

const folder = mkdtempSync(join(tmpdir(), 'gazetteer-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'communes.csv');
  writeFileSync(path, text);
  return path;
}

const commune = (code: string, name: string, postcode: string | null = null): ConstructorParameters<typeof Gazetteer>[0][number] =>
  ({ code, name, department: code.slice(0, 2), postcode, latitude: Number(code) / 1000, longitude: 1 });
const gazetteer = new Gazetteer([
  commune('82121', 'Montauban', '82000'), commune('22158', 'Montauban', null), commune('82167', 'Saint-Étienne-de-Tulmont'), commune('82096', 'La Ville-Dieu-du-Temple'),
  commune('13055', 'Marseille'), commune('01001', 'Saint-Jean'), commune('01002', 'Saint-Jean', '01250'),
]);
const find = (code: string | null, name: string | null, postcode: string | null = null): string | object => {
  const answer = gazetteer.find({ code, name, postcode });
  return 'commune' in answer ? answer.commune.code ?? '' : answer;
};

describe('a commune', () => {
  it('is found by its INSEE code, whatever its name is written like', () => {
    expect(find('82121', 'MTAUBAN')).toBe('82121');
  });

  it('is found by its name however it is written, told apart by the postcode', () => {
    expect(find(null, 'MONTAUBAN', '82013')).toBe('82121');
    expect(find(null, 'montauban', '22330')).toBe('22158');
    expect(find(null, 'ST ETIENNE DE TULMONT', '82410')).toBe('82167');
    expect(find(null, 'Ville-Dieu du Temple')).toBe('82096');
    expect(find(null, 'MONTAUBAN CEDEX 9', '82000')).toBe('82121');
    expect(find(null, 'Marseille 15')).toBe('13055');
    expect(find(null, 'Marseille 15e Arrondissement', '13015')).toBe('13055');
    expect(find(null, 'Saint-Jean', '01250')).toBe('01002');
  });

  it('that several bear the name of is ambiguous, and says which', () => {
    expect(find(null, 'Montauban')).toEqual({ fault: 'ambiguous', near: ['Montauban (82121)', 'Montauban (22158)'] });
    expect(find(null, 'Saint-Jean', '01000')).toMatchObject({ fault: 'ambiguous' });
  });

  it('of another département is not taken for it', () => {
    expect(find(null, 'Marseille', '82000')).toMatchObject({ fault: 'unknown' });
  });

  it('that is unknown brings names that look like it', () => {
    expect(find(null, 'Montaubann', '82000')).toEqual({ fault: 'unknown', near: ['Montauban'] });
    expect(find('99999', null)).toEqual({ fault: 'unknown', near: [] });
  });

  it('has one key in all spellings', () => {
    expect(new Set(["L'Honor-de-Cos", 'L’HONOR DE COS', 'l-honor-de-cos'].map(communeKey)).size).toBe(1);
    expect(communeKey('Ste-Foy')).toBe(communeKey('Sainte Foy'));
  });
});

describe('a list of communes', () => {
  it('comes with the product for Tarn-et-Garonne, every place inside or near it', async () => {
    const shipped = await loadGazetteer();
    expect(shipped.communes.filter((one) => one.department === '82')).toHaveLength(195);
    for (const one of shipped.communes) {
      expect(one.code).toMatch(/^[0-9]{5}$/);
      expect(one.postcode ?? one.code?.slice(0, 2)).toMatch(new RegExp(`^${one.department}`));
      expect(Math.hypot((one.latitude - 44.02) * 111, (one.longitude - 1.36) * 80)).toBeLessThan(90);
    }
    expect(shipped.find({ code: null, name: 'Montauban', postcode: '82000' })).toMatchObject({ commune: { code: '82121' } });
  });

  it('may have other column names, and départements and slugs instead of codes', async () => {
    const other = await loadGazetteer(file('dep,slug,population_rounded,lat,lon\n1,ozan,500,46.3833,4.91667\n2A,ajaccio,6000,41.9,8.7\n82,montauban,60000,44.02,1.36\n2,villers-le-sec-02,200,49.8,3.5\n55,fleury-devant-douaumont,0,,\n'));
    expect(other.communes).toHaveLength(4);
    expect(other.find({ code: '01285', name: 'Ozan', postcode: null })).toMatchObject({ commune: { latitude: 46.3833 } });
    expect(other.find({ code: null, name: 'AJACCIO', postcode: '20000' })).toMatchObject({ commune: { department: '2A' } });
    expect(other.find({ code: null, name: 'Villers-le-Sec', postcode: '02240' })).toMatchObject({ commune: { latitude: 49.8 } });
  });

  it('without the columns that matter, or with a place outside the world, is refused by row', async () => {
    await expect(loadGazetteer(file('nom;lat\nOzan;46\n'))).rejects.toThrow(/GAZETTEER_FILE: row 1: .*longitude, code/);
    await expect(loadGazetteer(file('code;nom;lat;lon\n01001;Ozan;460;4\n'))).rejects.toThrow(/GAZETTEER_FILE: row 2: found 460, 4/);
  });
});
