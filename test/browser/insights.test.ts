import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Role } from '../../src/access/access.entities.js';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory } from '../support/run-world.js';
import { makePerson } from '../support/world.js';
import { axeViolations } from './browser.js';
import { inBrowser, PHONE, WIDE } from './stage.js';

/** One good pair each, farther one after the other: the last is 20 km apart. */
const CATEGORIES = ['straw', 'whey', 'oilseed-cake', 'cardboard', 'leather-offcuts'];

inBrowser('map, month and tuning, in a browser', 'map, month and tuning were', openRunWorld, (stage) => {
  let territory: RunTerritory;
  let page: Page;
  let serial = 0;

  beforeEach(async () => {
    territory = await makeRunTerritory(stage.world.database, `insights-${serial += 1}`);
    for (const [at, category] of CATEGORIES.entries()) await makeGoodPair(stage.world.database, territory.territoryId, category, { category, input: { latitude: 44.0221 + at * 0.045 } });
    await publishList(stage.world, territory.system);
  });

  const open = async (role: Role, address: string, size = WIDE): Promise<void> => {
    const { personId } = await makePerson(stage.world.database, territory.territoryId, [role]);
    ({ page } = await stage.open(address, { size, as: personId }));
  };
  const versions = async (): Promise<string[]> => (await stage.world.database.admin.query<{ told: string }>(
    "SELECT version || ' ' || state || ' ' || coalesce(note, '') AS told FROM policy_version WHERE territory_id = $1 ORDER BY version", [territory.territoryId])).rows.map(({ told }) => told.trim());

  it('an analyst changes a radius, sees which lead would leave, activates, and rolls back', async () => {
    await open('analyst', '#/tuning');
    await page.getByRole('heading', { name: 'Ce que la liste deviendrait' }).waitFor();
    await page.getByText('aucune sortie').waitFor();
    await page.getByRole('combobox', { name: 'Famille ou catégorie' }).click();
    await page.getByRole('option', { name: stage.world.knowledge.category('leather-offcuts')?.label.fr, exact: true }).click();
    await page.getByRole('textbox', { name: 'Distance maximale, en km' }).fill('5');
    await page.getByText('1 sortie', { exact: true }).waitFor();
    const left = page.locator('.pairs.left li');
    expect(await left.count()).toBe(1);
    expect(await left.textContent()).toContain('20 km');
    expect(await page.locator('body').textContent()).not.toContain('Entreprise leather-offcuts-o');
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Activer…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Activer' }).click();
    await dialog.getByText('Écrivez ce qui change, et pourquoi.').waitFor();
    await dialog.getByLabel('Note', { exact: false }).fill('Cuir : au plus 5 km');
    await dialog.getByRole('button', { name: 'Activer' }).click();
    await page.getByRole('heading', { name: 'Version 2 active' }).waitFor();
    expect(await versions()).toEqual(['1 retired Paramétrage de départ', '2 active Cuir : au plus 5 km']);
    // The list that is made by it is the one that was foreseen; the audit slice may still look at what fell out.
    const outputs = async (): Promise<string[]> => (await leadsOf(stage.world.database, { runId: await publishList(stage.world, territory.system) })).filter(({ kind }) => kind === 'listed').map(({ output }) => output).sort();
    const others = CATEGORIES.filter((category) => category !== 'leather-offcuts').map((category) => `${category}-o`).sort();
    expect(await outputs()).toEqual(others);

    await page.getByRole('tab', { name: 'Versions' }).click();
    const first = page.locator('.versions li').last();
    await first.getByRole('button', { name: 'Comparer avec la version active' }).click();
    await first.getByText('categories.leather-offcuts.hardDistanceFactor').waitFor();
    await first.getByRole('button', { name: 'Revenir à celle-ci…' }).click();
    await dialog.getByLabel('Note', { exact: false }).fill('Trop court');
    await dialog.getByRole('button', { name: 'Revenir' }).click();
    await page.getByRole('heading', { name: 'Version 3 active' }).waitFor();
    expect(await versions()).toEqual(['1 retired Paramétrage de départ', '2 retired Cuir : au plus 5 km', '3 active Trop court']);
    expect(await outputs()).toEqual([...others, 'leather-offcuts-o'].sort());
  });

  it('keeps a draft, and takes it up again after the page was closed', async () => {
    await open('analyst', '#/tuning');
    await page.getByRole('textbox', { name: 'Seuil, en points' }).fill('12');
    await page.getByText('1 changement').waitFor();
    await page.getByRole('button', { name: 'Garder en brouillon' }).click();
    await page.getByText('Brouillon gardé : version 2.').waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Reprendre le brouillon' }).click();
    await page.getByText('Brouillon 2 · 1 changement').waitFor();
    expect(await page.getByRole('textbox', { name: 'Seuil, en points' }).inputValue()).toBe('12');
    await page.getByRole('tab', { name: 'Ce que disent les décisions' }).click();
    await page.getByText('Aucune piste jugée : les courbes viendront avec les décisions.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('an advisor sees the month say what there is too little of, and a partner no small count', async () => {
    await open('advisor', '#/month');
    await page.getByRole('heading', { name: 'Le mois : novembre 2026' }).waitFor();
    await page.getByText('0 sur 0 : trop peu pour le dire, il en manque 10').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'XLSX' }).click()]);
    expect(file.suggestedFilename()).toBe('maillon-2026-11.xlsx');
    await open('partner', '');
    await page.getByText('Agrégats seulement', { exact: false }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('a contributor filters the map and opens a site by its list, on a phone too', async () => {
    await open('contributor', '#/map', PHONE);
    await page.getByText('10 sites, 10 flux').waitFor();
    await page.locator('.map-canvas[data-ready="yes"]').waitFor();
    await page.getByText('Sortants', { exact: true }).click();
    await page.getByText('5 sites, 5 flux').waitFor();
    await page.getByLabel('Trouver un site').fill('whey');
    await page.getByRole('button', { name: 'Entreprise whey-o' }).click();
    const card = page.getByRole('region', { name: 'Fiche du site' });
    expect(await card.getByRole('link', { name: 'Ouvrir l’entreprise' }).getAttribute('href')).toMatch(/^#\/companies\/[0-9a-f-]{36}$/);
    expect(await page.getByText('Pistes ouvertes', { exact: false }).count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    const [picture] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Image PNG' }).click()]);
    expect(picture.suggestedFilename()).toBe('maillon.png');
  });
});
