import { beforeEach, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { type MadeFlow, makeFlow, makePerson, makeTerritory } from '../support/world.js';
import { axeViolations, type BrowserWindow, countPresses } from './browser.js';
import { BUILT_PAGE, inBrowser, PHONE } from './stage.js';

interface Recorded {
  direction: string;
  category: string | null;
  origin: string;
  description: string;
  quantity: number | null;
  months: number | null;
  wish: string | null;
  company: string;
  recordings: number;
}

/** The house without any list, and a copy of the page that a deployment may change. */
async function openHouse(): Promise<{ database: TestDatabase; page: string; close(): Promise<void> }> {
  const database = await openTestDatabase();
  const page = mkdtempSync(join(tmpdir(), 'maillon-page-'));
  cpSync(BUILT_PAGE, page, { recursive: true });
  return {
    database, page,
    async close() {
      rmSync(page, { recursive: true });
      await database.close();
    },
  };
}

inBrowser('capture, in a browser', 'capture was', openHouse, (stage) => {
  let territoryId: string;
  let known: MadeFlow;
  let page: Page;
  let serial = 0;

  beforeEach(async () => {
    const { database } = stage.world;
    territoryId = await makeTerritory(database, `terre-${serial += 1}`);
    await prepareTerritory(database.admin, territoryId, database.clock.now());
    known = await makeFlow(database, territoryId, { ref: 'biscuiterie', direction: 'output', category: 'straw' });
  });

  /** A contributor with a phone, at the page for capturing. */
  const begin = async ({ serviceWorker = false } = {}): Promise<BrowserWindow> => {
    const { personId } = await makePerson(stage.world.database, territoryId, ['contributor']);
    const window = await stage.open('#/capture', { size: PHONE, as: personId, serviceWorker });
    ({ page } = window);
    await page.locator('main .page-head h1').waitFor();
    return window;
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const flows = async (): Promise<Recorded[]> => (await stage.world.database.admin.query<Recorded>(
    `SELECT f.direction, f.category, f.category_origin AS origin, f.description, f.quantity, f.months, f.wish, c.name AS company,
       (SELECT count(*)::int FROM audit_event a WHERE a.action = 'flow.recorded' AND a.subject_id = f.id::text) AS recordings
     FROM flow f JOIN site s ON s.id = f.site_id JOIN company c ON c.id = s.company_id WHERE f.territory_id = $1 AND f.id <> $2 ORDER BY f.updated_at, f.id`, [territoryId, known.flowId])).rows;
  const chooseKnown = async (): Promise<void> => {
    await page.getByLabel('Entreprise').fill('biscuit');
    await button(/^Entreprise biscuiterie/).click();
    await page.getByText('Site : s-biscuiterie').waitFor();
  };
  /** What one types of a flow, and picks. */
  const describeFlow = async (): Promise<void> => {
    await page.getByLabel('De quoi s’agit-il ?').fill('Drêches de brasserie');
    await page.getByRole('radio', { name: 'Drêches de brasserie' }).check();
    await page.getByLabel('Quantité').fill('12,5');
    await page.getByLabel('Par', { exact: true }).selectOption('month');
    await button('Toute l’année').click();
    await page.getByRole('radio', { name: 'Oui' }).check();
  };

  it('suggests what French words mean, keeps an unconfirmed one as suggested, and says how many leads are near, and nothing else of them', async () => {
    await makeFlow(stage.world.database, territoryId, { ref: 'haras', direction: 'input', category: 'straw', latitude: 44.03 });
    await begin();
    const presses = await countPresses(page);
    await chooseKnown();
    await page.getByLabel('De quoi s’agit-il ?').fill('paille de blé en bottes');
    const straw = page.locator('.category-list label', { hasText: /paille/i }).first();
    await straw.getByText(/suggérée, sûre à \d+\s%/).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const [answer] = await Promise.all([page.waitForResponse(/\/near-leads$/), button('Enregistrer le flux').click()]);
    await page.getByText('1 piste à proximité').waitFor();
    // The company, and the button: everything else is typed, or may wait.
    expect(await presses()).toBe(2);
    expect(Object.keys(await answer.json() as object).sort()).toEqual(['leads', 'unmatchable', 'version']);
    expect(await page.locator('body').textContent()).not.toContain('haras');
    // Picked by a person it is no suggestion any more.
    await page.getByLabel('De quoi s’agit-il ?').fill('paille de blé en bottes');
    await straw.getByText(/suggérée/).waitFor();
    await straw.click();
    await straw.getByText(/suggérée/).waitFor({ state: 'detached' });
    await button('Enregistrer le flux').click();
    await page.locator('.outbox li').nth(1).waitFor();
    expect((await flows()).map(({ category, origin }) => `${category} ${origin}`).sort()).toEqual(['straw declared', 'straw suggested']);
  });

  it('captures a flow without a network, sends it when the network is back, and it is there once', async () => {
    const window = await begin();
    await chooseKnown();
    await window.context.setOffline(true);
    await describeFlow();
    await button('Enregistrer le flux').click();
    await page.getByText('1 flux en attente d’envoi').waitFor();
    expect(await flows()).toEqual([]);
    expect(await axeViolations(page)).toEqual([]);
    await window.context.setOffline(false);
    await page.getByText('Enregistrés à l’instant').waitFor();
    expect(await flows()).toEqual([{ direction: 'output', category: 'brewers-spent-grain', origin: 'declared', description: 'Drêches de brasserie', quantity: 150, months: 4095, wish: 'yes', company: 'Entreprise biscuiterie', recordings: 1 }]);
    await page.reload();
    await page.getByText('Rien n’attend d’être envoyé.').waitFor();
    expect(await flows()).toHaveLength(1);
  });

  it('sends again what may not have arrived, and records company, site and flow once each', async () => {
    await begin();
    // The server does what it is asked, and its answer is lost: for the company, then for the site, then for the flow.
    for (const address of ['**/api/companies', '**/api/companies/*/sites', '**/api/flows']) {
      await page.route(address, async (route) => {
        if (route.request().method() === 'POST') await route.fetch();
        await (route.request().method() === 'POST' ? route.abort() : route.continue());
      }, { times: 1 });
    }
    await page.getByLabel('Entreprise').fill('Scierie du Haut-Quercy');
    await button('Créer « Scierie du Haut-Quercy »').click();
    await page.getByLabel('Commune').fill('Caussade');
    await describeFlow();
    const send = page.locator('.outbox', { hasText: '1 flux en attente d’envoi' }).getByRole('button', { name: 'Envoyer' }).and(page.locator(':not([data-loading])'));
    for (const press of [button('Enregistrer le flux'), send, send]) await Promise.all([page.waitForEvent('requestfailed'), press.click()]);
    await send.click();
    await page.getByText('Enregistrés à l’instant').waitFor();
    expect(await flows()).toMatchObject([{ company: 'Scierie du Haut-Quercy', recordings: 1 }]);
    const { rows } = await stage.world.database.admin.query('SELECT s.commune FROM company c JOIN site s ON s.company_id = c.id WHERE c.territory_id = $1 AND c.name LIKE $2', [territoryId, 'Scierie%']);
    expect(rows).toEqual([{ commune: 'Caussade' }]);
  });

  it('says beside the field what the server refused, keeps what was typed, also over a reload, and sends it mended', async () => {
    await begin();
    await page.getByLabel('Entreprise').fill('Atelier des Cèdres');
    await button('Créer « Atelier des Cèdres »').click();
    await page.getByLabel('SIRET (si connu)').fill('12345678901234');
    await page.getByLabel('Quantité').fill('beaucoup');
    await button('Enregistrer le flux').click();
    await page.getByText('Un nombre, par exemple 1 234,5.').waitFor();
    await page.getByText('Dites ce que c’est, ou choisissez une catégorie.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await describeFlow();
    await page.reload();
    expect(await page.getByLabel('De quoi s’agit-il ?').inputValue()).toBe('Drêches de brasserie');
    await button('Enregistrer le flux').click();
    await page.getByText('1 flux à corriger').waitFor();
    await button('Corriger').click();
    await page.locator('.capture').getByText('Un chiffre de ce SIREN est faux (clé de contrôle).').waitFor();
    await page.getByLabel('SIRET (si connu)').fill('');
    await button('Enregistrer le flux').click();
    await page.getByText('Enregistrés à l’instant').waitFor();
    expect(await flows()).toMatchObject([{ company: 'Atelier des Cèdres', description: 'Drêches de brasserie' }]);
  });

  it('asks which company is meant when one of that name turns out to be recorded', async () => {
    const window = await begin();
    await window.context.setOffline(true);
    await page.getByLabel('Entreprise').fill('entreprise BISCUITERIE');
    await button('Créer « entreprise BISCUITERIE »').click();
    await describeFlow();
    await button('Enregistrer le flux').click();
    await page.getByText('1 flux en attente d’envoi').waitFor();
    await window.context.setOffline(false);
    await page.getByText('1 flux à corriger').waitFor();
    await button('Corriger').click();
    await button('Chercher de nouveau').click();
    await chooseKnown();
    await button('Enregistrer le flux').click();
    await page.getByText('Enregistrés à l’instant').waitFor();
    expect(await flows()).toMatchObject([{ company: 'Entreprise biscuiterie' }]);
    expect((await stage.world.database.admin.query('SELECT 1 FROM company WHERE territory_id = $1', [territoryId])).rowCount).toBe(1);
  });

  /** Resolves once the page is kept. */
  const kept = (): Promise<void> => page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');

  it('opens without a network, with what was typed and what waits still there, and records each once when the network is back', async () => {
    const window = await begin({ serviceWorker: true });
    await kept();
    await chooseKnown();
    await window.context.setOffline(true);
    await describeFlow();
    await button('Enregistrer le flux').click();
    await page.getByText('1 flux en attente d’envoi').waitFor();
    await page.getByLabel('De quoi s’agit-il ?').fill('Palettes cassées');
    await page.reload();
    await page.getByText('1 flux en attente d’envoi').waitFor();
    expect(await page.getByLabel('De quoi s’agit-il ?').inputValue()).toBe('Palettes cassées');
    // The names of the catalogue are there as well.
    await page.locator('.category-list label', { hasText: /palette/i }).first().click();
    await button('Enregistrer le flux').click();
    await page.getByText('2 flux en attente d’envoi').waitFor();
    expect(await flows()).toEqual([]);
    await window.context.setOffline(false);
    await page.locator('.outbox li').nth(1).waitFor();
    await page.getByText('en attente d’envoi').waitFor({ state: 'detached' });
    expect((await flows()).map(({ description, recordings }) => `${description} ${recordings}`).sort()).toEqual(['Drêches de brasserie 1', 'Palettes cassées 1']);
    // What the API answered is nowhere in what the browser keeps of the page, and nothing of another host.
    const addresses = await page.evaluate<string[]>(`(async () => {
      const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map(({ url }) => url);
    })()`);
    expect(addresses.length).toBeGreaterThan(10);
    expect(addresses.filter((address) => !address.startsWith(`${stage.url}/`) || address.includes('/api/'))).toEqual([]);
  });

  it('takes a new deployment at the next look with a network, and keeps that one once the windows of the earlier are closed', async () => {
    const window = await begin({ serviceWorker: true });
    await kept();
    const deployed = (): Promise<string | null> => page.locator('meta[name=deployment]').getAttribute('content');
    const index = join(stage.world.page, 'index.html');
    writeFileSync(index, readFileSync(index, 'utf8').replace('<title>', '<meta name="deployment" content="2"><title>'));
    const worker = join(stage.world.page, 'service-worker.js');
    writeFileSync(worker, readFileSync(worker, 'utf8').replace(/(index\.html`,revision:`)\w+/, '$1second'));
    expect(await page.locator('meta[name=deployment]').count()).toBe(0);
    await page.reload();
    expect(await deployed()).toBe('2');
    // The new worker has what it needs and waits for the windows of the earlier one.
    const state = await page.evaluate<string>(`(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      const next = registration.installing ?? registration.waiting;
      if (next?.state === 'installing') await new Promise((resolve) => next.addEventListener('statechange', resolve, { once: true }));
      return next?.state ?? 'none';
    })()`);
    expect(state).toBe('installed');
    await page.close();
    page = await window.context.newPage();
    await page.goto(`${stage.url}/#/capture`);
    await page.locator('main .page-head h1').waitFor();
    // A third that this browser has never met.
    writeFileSync(index, readFileSync(index, 'utf8').replace('content="2"', 'content="3"'));
    await window.context.setOffline(true);
    await page.reload();
    await page.locator('main .page-head h1').waitFor();
    expect(await deployed()).toBe('2');
  });

  it('opens without a network for nobody who has signed out', async () => {
    const window = await begin({ serviceWorker: true });
    await kept();
    await button('Se déconnecter').click();
    await page.getByLabel('Mot de passe').waitFor();
    await window.context.setOffline(true);
    await page.reload();
    await button('Réessayer').waitFor();
    expect(await page.locator('.capture').count()).toBe(0);
  });
});
