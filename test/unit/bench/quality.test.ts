import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { quality } from '../../../bench/quality.js';
import { readTrack } from '../../../bench/quality-track.js';

const SITES = `site_id,name,naf,lat,lon,case
S1,Brasserie,1105Z,44.00,1.30,secret
S2,Élevage,0146Z,44.05,1.35,secret
S3,Méthanisation,3821Z,44.30,1.60,secret
S4,Verrerie,2313Z,44.10,1.40,secret
S5,Loin,2313Z,48.80,2.30,secret
`;
const FLOWS = `flow_id,site_id,direction,category,text_fr,text_en,ewc,ewc_hazardous,quantity,unit,judged
F1,S1,output,byproduct,drêches de brasserie,spent grain,,,1200,t/an,1
F2,S1,output,energy,chaleur fatale à 70 °C,,,,,,1
F3,S4,output,waste,déchets de verre,,20 01 02,0,,,1
F4,S5,output,waste,déchets de verre,,200102,0,,,1
N1,S2,need,material,"matière première pour aliments du bétail — engraissement",,,,,,1
N2,S3,need,material,biodéchets pour méthanisation,,,,,,1
N3,S4,need,material,calcin pour four verrier,,,,,,1
N4,S1,need,material,,,,,,,1
`;

/**
 * Exchanges of all trades as parks and programmes tell them, and pairs that law or trade keeps apart, in words of ours and with the waste codes that people give; written
 * before looking at what the knowledge makes of them.
 */
const EXCHANGES: Record<string, string>[] = parse(readFileSync(new URL('../../fixtures/exchanges.csv', import.meta.url), 'utf8'), { columns: true });

/** A track where each exchange lies alone, its two sites 6 km apart. */
function lonely(): { sites: string; flows: string } {
  const quoted = (...cells: (string | number)[]): string => cells.map((cell) => JSON.stringify(String(cell)).replaceAll('\\"', '""')).join(',');
  const sites = ['site_id,name,naf,lat,lon'];
  const flows = ['flow_id,site_id,direction,category,text_fr,text_en,ewc,ewc_hazardous,quantity,unit'];
  EXCHANGES.forEach((row, at) => {
    const [latitude, longitude] = [2 * (at % 20), 4 * Math.floor(at / 20)];
    sites.push(quoted(`S${at}`, '', row.output_naf, latitude, longitude), quoted(`T${at}`, '', row.need_naf, latitude + 0.05, longitude));
    flows.push(quoted(`O${at}`, `S${at}`, 'output', row.output_kind, row.output_fr, row.output_en, row.waste_code, '', '', ''));
    flows.push(quoted(`N${at}`, `T${at}`, 'need', row.need_kind, row.need_fr, row.need_en, '', '', '', ''));
  });
  return { sites: sites.join('\n'), flows: flows.join('\n') };
}

describe('the quality benchmark', () => {
  let folder: string;
  const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const track = (sites: string, flows: string): void => {
    file('sites.csv', sites);
    file('flows.csv', flows);
  };
  const scores = async (...more: string[]): Promise<Map<string, number>> => {
    await quality(['--data', folder, '--out', join(folder, 'scores.csv'), ...more]);
    const [header, ...rows] = readFileSync(join(folder, 'scores.csv'), 'utf8').trim().split('\n');
    expect(header).toBe('output_flow_id,need_flow_id,score');
    return new Map(rows.map((row) => row.split(',')).map(([output, need, score]) => [`${output} ${need}`, Number(score)]));
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'track-'));
    for (const way of ['log', 'table'] as const) jest.spyOn(console, way).mockImplementation(() => undefined);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    jest.restoreAllMocks();
  });

  it('scores every pair within 100 km once, with a finite score', async () => {
    track(SITES, FLOWS);
    const found = await scores();
    expect([...found.keys()].sort()).toEqual(['F1', 'F2', 'F3'].flatMap((output) => ['N1', 'N2', 'N3', 'N4'].map((need) => `${output} ${need}`)).sort());
    expect([...found.values()].every(Number.isFinite)).toBe(true);
  });

  it('puts what the gates stop below all others: heat into feed, glass into a digester, what has no words', async () => {
    track(SITES, FLOWS);
    const found = await scores();
    const passed = Math.min(...['F1 N1', 'F1 N2'].map((pair) => found.get(pair) ?? NaN));
    for (const pair of ['F2 N1', 'F2 N2', 'F3 N2', 'F1 N3', 'F1 N4']) expect(found.get(pair)).toBeLessThan(passed - 100);
  });

  it('never lets what is offered as energy become a raw material, whatever its words', async () => {
    const woods = (kind: string): string => `${FLOWS}F5,S1,output,${kind},plaquettes de bois propre,,,,,,1\nN5,S2,need,material,plaquettes de bois pour panneaux de particules,,,,,,1\n`;
    track(SITES, woods('byproduct'));
    expect((await scores()).get('F5 N5')).toBeGreaterThan(-100);
    track(SITES, woods('energy'));
    expect((await scores()).get('F5 N5')).toBeLessThan(-100);
  });

  it('lets known exchanges pass, but for one in thirty, and stops two thirds of what is kept apart', async () => {
    const { sites, flows } = lonely();
    track(sites, flows);
    const found = await scores();
    const stopped = (verdict: string): number => {
      const own = EXCHANGES.flatMap((row, at) => (row.verdict === verdict ? [found.get(`O${at} N${at}`) ?? NaN] : []));
      expect(own.length).toBeGreaterThan(50);
      return own.filter((score) => !(score > -100)).length / own.length;
    };
    expect(stopped('may pass')).toBeLessThanOrEqual(1 / 30);
    expect(stopped('kept out')).toBeGreaterThanOrEqual(2 / 3);
  });

  it('never stops a pair by gates that are switched off', async () => {
    track(SITES, FLOWS);
    const [with_, without] = [await scores(), await scores('--without', 'gates')];
    const stopped = (found: Map<string, number>): number => [...found.values()].filter((score) => score < -100).length;
    expect(stopped(without)).toBeLessThanOrEqual(stopped(with_));
    await expect(quality(['--data', folder, '--out', join(folder, 'scores.csv'), '--without', 'luck'])).rejects.toThrow(/--without: found "luck", expected one of gates/);
  });

  it('gives the same scores whatever other columns say', async () => {
    track(SITES, FLOWS);
    const before = await scores();
    track(SITES.replaceAll('secret', 'other'), FLOWS.replaceAll(',1\n', ',0\n'));
    expect(await scores()).toEqual(before);
  });

  it.each([
    ['a missing column', 'site_id,lat\nS1,44\n', FLOWS, /sites\.csv: found the columns site_id, lat, expected lon among them/],
    ['a place off the globe', SITES.replace('44.05', '144'), FLOWS, /sites\.csv, row 3, lat: found "144", expected degrees from -90 to 90/],
    ['an unknown site', SITES, FLOWS.replace('F3,S4', 'F3,S9'), /flows\.csv, row 4, site_id: found "S9", expected a site of sites\.csv/],
    ['an unknown direction', SITES, FLOWS.replace('S1,output', 'S1,sideways'), /flows\.csv, row 2, direction: found "sideways", expected one of "output", "need"/],
    ['a flow said twice', SITES, FLOWS.replace('F2,', 'F1,'), /flows\.csv, row 3, flow_id: found "F1", expected each flow once/],
    ['a broken file', SITES, `${FLOWS}F9,"S1`, /flows\.csv: .*expected a CSV file in UTF-8/],
  ])('refuses %s by file, row and column', (_name, sites, flows, message) => {
    track(sites, flows);
    expect(() => readTrack(folder)).toThrow(message);
  });

  it('needs no more than ids, place and direction', () => {
    track('site_id,lat,lon\nS1,44,1\n', 'flow_id,site_id,direction,text_en\nF1,S1,output,sawdust\n');
    expect(readTrack(folder).outputs).toMatchObject([{ id: 'F1', textFr: '', textEn: 'sawdust', wasteCode: '', hazardous: null }]);
  });
});
