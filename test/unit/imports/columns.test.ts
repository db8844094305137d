import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { BARE_HEADERS, COLUMNS, KINDS, NEEDED, qualityColumns } from '../../../src/imports/columns.js';
import { HeaderIndex, kindNamed, normaliseHeader, readHeaders } from '../../../src/imports/headers.js';
import { headerIndex } from '../../../src/imports/plan-sheets.js';
import { shippedKnowledge } from '../flows/knowledge.js';

const DOCS = new URL('../../../docs/import.md', import.meta.url);
const TITLES = { company: 'Company', site: 'Site', contact: 'Contact person', agreement: 'Confidentiality agreement', flow: 'Flow', synergy: 'Synergy that runs already' } as const;
const knowledge = shippedKnowledge();
const index = headerIndex(knowledge);

function documented(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const tables = (Object.keys(TITLES) as (keyof typeof TITLES)[]).map((part) => [
    `### ${TITLES[part]}`, '', '| column | français | English | meaning | unit | example |', '| --- | --- | --- | --- | --- | --- |',
    ...COLUMNS.filter((column) => column.part === part).map((column) =>
      `| ${column.key} | ${cell(column.fr)} | ${cell(column.en)} | ${cell(column.meaning.en)} | ${cell(column.unit)} | ${cell(column.example)} |`), '',
  ].join('\n'));
  const quality = qualityColumns(knowledge.catalogue.qualityAttributes);
  return [
    ...tables, '### Quality of a flow', '', '| column | français | English | unit or values |', '| --- | --- | --- | --- |',
    ...quality.map((column) => `| ${column.key} | ${cell(column.fr)} | ${cell(column.en)} | ${cell(column.unit)} |`), '',
  ].join('\n');
}

describe('the documented columns', () => {
  it('are those that are read', () => {
    const text = readFileSync(DOCS, 'utf8');
    const [before, rest] = text.split('<!-- columns:begin -->\n');
    const [, after] = rest.split('<!-- columns:end -->');
    const wanted = `${before}<!-- columns:begin -->\n${documented()}<!-- columns:end -->${after}`;
    if (process.argv.includes('-u') || process.argv.includes('--updateSnapshot')) writeFileSync(DOCS, wanted);
    expect(readFileSync(DOCS, 'utf8')).toBe(wanted);
  });

  it('have a key, a French and an English header of their own', () => {
    for (const name of ['key', 'fr', 'en'] as const) {
      const headers = COLUMNS.map((column) => normaliseHeader(column[name]));
      expect(new Set(headers).size).toBe(headers.length);
    }
    for (const column of COLUMNS) for (const header of [column.key, column.fr, column.en]) expect([header, index.find(header)?.key]).toEqual([header, column.key]);
  });

  it('are all found by every other header that is listed for them', () => {
    for (const column of COLUMNS) for (const header of column.others) expect([header, index.find(header)?.key]).toEqual([header, column.key]);
  });

  it('are what the kinds need and the bare headers mean', () => {
    for (const kind of KINDS) {
      for (const key of [...NEEDED[kind].flat(), ...Object.values(BARE_HEADERS[kind])]) expect([key, index.column(key)?.key]).toEqual([key, key]);
    }
  });
});

describe('headers', () => {
  const read = (headers: string[], options?: Parameters<typeof readHeaders>[2]): { kind: string | null; keys: (string | null)[]; ignored: string[]; missing: string[] } => {
    const { kind, columns, ignored, missing } = readHeaders(headers, index, options);
    return { kind, keys: columns.map((column) => column?.key ?? null), ignored, missing };
  };

  it('are read without regard to case, accents, signs and language', () => {
    expect(read(['SIRET', 'code_postal', 'RÉGIME ICPE', 'Company', 'longitude']).keys).toEqual(['siret', 'postcode', 'permit_regime', 'company_name', 'longitude']);
  });

  it.each([
    [['SIREN', 'Entreprise', 'Référent'], 'companies'],
    [['SIRET', 'Entreprise', 'Commune'], 'sites'],
    [['SIREN', 'Contact', 'Courriel'], 'contacts'],
    [['SIRET', 'Nom du contact', 'mail'], 'contacts'],
    [['SIREN', 'Engagement signé le'], 'agreements'],
    [['SIRET', 'Sens', 'Catégorie', 'Quantité', 'Contact', 'Engagement signé le', 'Commune'], 'flows'],
    [['Flux sortant', 'Flux entrant'], 'synergies'],
    [['Nom', 'Commune'], 'sites'],
    [['Nom'], 'companies'],
    [['bonjour', 'tout le monde'], null],
  ])('%j tell rows of %s', (headers, kind) => {
    expect(read(headers).kind).toBe(kind);
  });

  it('that are bare mean what the kind of row tells', () => {
    expect(read(['Nom', 'SIREN'], { kind: 'companies' }).keys).toEqual(['company_name', 'siren']);
    expect(read(['Nom', 'SIREN'], { kind: 'contacts' }).keys).toEqual(['contact_name', 'siren']);
  });

  it('that are unknown, or said twice, are left out by name', () => {
    expect(read(['SIRET', 'Commune', 'Couleur préférée', 'siret'])).toMatchObject({ keys: ['siret', 'commune', null, null], ignored: ['Couleur préférée', 'siret'] });
  });

  it('that a kind needs and that are missing are named', () => {
    expect(read(['Catégorie', 'Quantité'], { kind: 'flows' }).missing).toEqual(['SIRET / Référence site / Entreprise / Référence entreprise / SIREN / Référence flux', 'Sens']);
  });

  it('follow a saved mapping, which may also leave a column out', () => {
    expect(read(['etab', 'Ville bizarre', 'Commune', 'lat'], { mapping: { Etab: 'siret', 'ville bizarre': 'commune', COMMUNE: '-', lat: '' } }).keys).toEqual(['siret', 'commune', null, null]);
  });

  it('may be the label or the slug of a quality attribute', () => {
    expect(read(['Sens', 'Catégorie', 'SIRET', 'Température', 'dry-matter', 'Qualité : Humidité']).keys.slice(3)).toEqual(['quality.temperature', 'quality.dry-matter', 'quality.moisture']);
  });

  it('that are nearly ours are suggested, never taken', () => {
    expect(index.find('Quantitée annuelle')).toBeUndefined();
    expect(index.near('Quantitée').map(({ key }) => key)).toContain('quantity');
    expect(new HeaderIndex(COLUMNS).near('zzzz')).toEqual([]);
  });

  it('of sheets are named as people name them', () => {
    expect(['Entreprises', 'ÉTABLISSEMENTS', 'flux', 'Engagements', 'Référents', 'contacts', 'Synergies', 'Feuil1'].map(kindNamed))
      .toEqual(['companies', 'sites', 'flows', 'agreements', 'companies', 'contacts', 'synergies', null]);
  });
});
