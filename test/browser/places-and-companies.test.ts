import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { Env } from '../../config/env.js';
import { PACKAGE_ROOT } from '../../config/load-config.js';
import type { Role } from '../../src/access/access.entities.js';
import { EditCompany } from '../../src/companies/edit-company.js';
import { EditSite } from '../../src/companies/edit-site.js';
import { EditFlow } from '../../src/flows/edit-flow.js';
import { type RunningApi, startApi } from '../../src/start-api.js';
import { givePassword, TEST_PASSWORD } from '../support/http.js';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory, type RunWorld } from '../support/run-world.js';
import { makeFlow, makePerson } from '../support/world.js';
import { axeViolations, type BrowserWindow, findChromium, openWindow, startBrowser } from './browser.js';

const executable = findChromium();
const mayTry = executable !== null || process.env['MAILLON_TEST_NO_SKIP'] === '1';
if (!mayTry) process.stderr.write('Skipped: no Chromium on PATH, and CHROMIUM_PATH is not set; the map of a lead and the forms of companies were not tried in a browser.\n');

(mayTry ? describe : describe.skip)('the map of a lead, and the forms of companies, in a browser', () => {
  let world: RunWorld;
  let api: RunningApi;
  let browser: Browser;
  let territory: RunTerritory;
  let window: BrowserWindow;
  let page: Page;
  let serial = 0;

  beforeAll(async () => {
    if (executable === null) throw new Error('No Chromium on PATH, and CHROMIUM_PATH is not set; MAILLON_TEST_NO_SKIP=1 asks for one.');
    if (!existsSync(join(PACKAGE_ROOT, 'web', 'dist', 'index.html'))) throw new Error('The page is not built; npm run build makes web/dist.');
    world = await openRunWorld();
    const env = Object.assign(new Env(), { PORT: 0, SESSION_SECRET: 'x'.repeat(40) });
    api = await startApi({ env, dataSource: world.database.apiSource, clock: world.database.clock, logger: pino({ level: 'silent' }), knowledge: world.knowledge });
    browser = await startBrowser(executable);
  });
  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await world?.close();
  });
  beforeEach(async () => {
    territory = await makeRunTerritory(world.database, `lieu-${serial += 1}`);
    await makeGoodPair(world.database, territory.territoryId, 'straw', { category: 'straw', output: { referentId: territory.advisor.personId } });
    await publishList(world, territory.system);
  });
  afterEach(async () => {
    if (!window) return;
    expect(window.errors).toEqual([]);
    expect(window.origins()).toEqual([api.url]);
    await window.context.close();
  });

  const open = async (role: Role, address: string, size = { width: 1440, height: 900 }): Promise<void> => {
    const email = await givePassword(world.database, (await makePerson(world.database, territory.territoryId, [role])).personId);
    window = await openWindow(browser, { ...size, now: world.database.clock.now() });
    ({ page } = window);
    await page.goto(`${api.url}/${address}`);
    await page.getByLabel('Adresse électronique').fill(email);
    await page.getByLabel('Mot de passe').fill(TEST_PASSWORD);
    await page.keyboard.press('Enter');
  };

  it('an advisor sees where a lead lies and who else is near: the map comes when it is looked at, and the lists say all of it', async () => {
    await makeFlow(world.database, territory.territoryId, { ref: 'voisine', direction: 'output', category: 'straw', latitude: 44.0671 });
    const asked: string[] = [];
    await open('advisor', '');
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    const [lead] = await leadsOf(world.database, { territoryId: territory.territoryId });
    await page.locator('.lead-facts').waitFor();
    await page.goto(`${api.url}/#/leads/${lead.candidateId}`);
    await page.getByRole('heading', { name: 'Carte de la piste' }).waitFor();
    expect(asked.filter((path) => /territory-map|surroundings/.test(path))).toEqual([]);
    await page.getByRole('heading', { name: 'Pourquoi ce score' }).scrollIntoViewIfNeeded();
    await page.locator('.map-canvas[data-ready="yes"]').waitFor();
    await page.getByText('Autour du flux sortant : rayon usuel 30 km (trait plein), maximal 100 km (tireté)', { exact: false }).waitFor();
    const other = page.getByRole('button', { name: 'Entreprise voisine 5 km · 100 t par an' });
    await other.focus();
    await page.keyboard.press('Enter');
    expect(await other.getAttribute('aria-current')).toBe('true');
    await page.getByRole('heading', { name: /^Aucun autre besoin : / }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await window.context.close();

    await open('advisor', `#/leads/${lead.candidateId}`, { width: 390, height: 844 });
    const heading = page.getByRole('heading', { name: 'Carte de la piste' });
    await heading.scrollIntoViewIfNeeded();
    expect(await page.locator('.map-canvas').count()).toBe(0);
    await page.getByRole('button', { name: 'Voir la carte' }).click();
    await page.locator('.map-canvas[data-ready="yes"]').waitFor();
    await page.getByRole('button', { name: 'Entreprise voisine' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('who saves a company, a site or a flow after a colleague did learns who and when, keeps what was typed, and may load what stands', async () => {
    const { rows: [flow] } = await world.database.admin.query<{ id: string; companyId: string; siteId: string }>(
      `SELECT f.id, s.company_id AS "companyId", s.id AS "siteId" FROM flow f JOIN site s ON s.id = f.site_id WHERE f.territory_id = $1 AND f.ref = 'straw-o'`, [territory.territoryId]);
    const colleague = { ...territory.advisor, requestId: null };
    const later = (): void => world.database.clock.advance({ seconds: 60 });
    await open('advisor', `#/companies/${flow.companyId}`);
    /** The button as it is judged: not in the middle of saving. */
    const mayBeSaved = (): Promise<void> => page.locator('button:not([data-loading])', { hasText: 'Enregistrer mes changements' }).waitFor();
    const alert = page.getByRole('alert').filter({ hasText: 'Entre-temps' });

    await page.locator('.page-head').getByRole('button', { name: 'Modifier' }).click();
    await page.getByLabel('Nom', { exact: true }).fill('Entreprise bien nommée');
    later();
    await new EditCompany(world.database.api, world.knowledge).execute(colleague, flow.companyId, { groupRef: 'le-groupe' });
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await alert.getByText(/Entre-temps : Entreprise modifiée, par Personne .+, le .*2026/).waitFor();
    expect(await page.getByLabel('Nom', { exact: true }).inputValue()).toBe('Entreprise bien nommée');
    await mayBeSaved();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Enregistrer mes changements' }).click();
    await page.getByRole('heading', { name: 'Entreprise bien nommée' }).waitFor();
    expect((await world.database.admin.query('SELECT name, group_ref FROM company WHERE id = $1', [flow.companyId])).rows).toEqual([{ name: 'Entreprise bien nommée', group_ref: 'le-groupe' }]);

    const sites = page.getByRole('region', { name: 'Sites' });
    await sites.getByRole('button', { name: 'Modifier' }).click();
    await page.getByLabel('Adresse').fill('1 rue du Test');
    later();
    await new EditSite(world.database.api, world.knowledge).execute(colleague, flow.siteId, { address: '2 rue du Collègue' });
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.getByText('Entre-temps : Site modifié', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Charger l’état actuel' }).click();
    await alert.waitFor({ state: 'detached' });
    expect(await page.getByLabel('Adresse').inputValue()).toBe('2 rue du Collègue');
    await page.getByRole('button', { name: 'Annuler' }).click();

    await page.locator('.flow-item').getByRole('button', { name: 'Modifier' }).click();
    await page.getByLabel('Lot minimal (t par an)').fill('12,5');
    await page.getByLabel('Humidité (%)').fill('15');
    later();
    await new EditFlow(world.database.api, world.knowledge).execute(colleague, flow.id, 1, { description: 'Paille de blé' });
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.getByText('Entre-temps, ce flux a changé', { exact: false }).waitFor();
    await mayBeSaved();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Enregistrer mes changements' }).click();
    await page.getByText('lot minimal : 12,5 t par an', { exact: false }).waitFor();
    await page.getByText('Humidité : 15 %', { exact: false }).waitFor();
    expect((await world.database.admin.query('SELECT description, minimum_lot, quality FROM flow WHERE id = $1', [flow.id])).rows).toEqual([{ description: 'Paille de blé', minimum_lot: 12.5, quality: { moisture: 15 } }]);
  });

  it('a double is found by its name, looked at, and merged; what hung on it is the company\'s', async () => {
    const { rows } = await world.database.admin.query<{ id: string; name: string }>('SELECT id, name FROM company WHERE territory_id = $1 AND name = ANY($2) ORDER BY name DESC', [territory.territoryId, ['Entreprise straw-o', 'Entreprise straw-i']]);
    const [kept, double] = rows;
    await open('contributor', `#/companies/${kept.id}`, { width: 390, height: 844 });
    await page.getByRole('button', { name: 'Fusionner un doublon…' }).click();
    await page.getByLabel('Nom, commune ou SIREN du doublon').fill('straw-i');
    await page.getByRole('radio', { name: double.name }).check();
    await page.getByText('De « Entreprise straw-i » passent : 1 site, 1 flux, aucun contact, 1 engagement.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Fusionner « Entreprise straw-i »' }).click();
    await page.getByText('« Entreprise straw-i » fusionnée : 1 site et 1 flux repris.').waitFor();
    expect(await page.locator('.flow-item').count()).toBe(2);
    expect((await world.database.admin.query('SELECT merged_into_id FROM company WHERE id = $1', [double.id])).rows).toEqual([{ merged_into_id: kept.id }]);
  });
});
