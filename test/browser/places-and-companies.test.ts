import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Role } from '../../src/access/access.entities.js';
import { EditCompany } from '../../src/companies/edit-company.js';
import { EditSite } from '../../src/companies/edit-site.js';
import { EditFlow } from '../../src/flows/edit-flow.js';
import { leadsOf, makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory } from '../support/run-world.js';
import { makeFlow, makePerson } from '../support/world.js';
import { axeViolations } from './browser.js';
import { inBrowser, PHONE, WIDE } from './stage.js';

inBrowser('the map of a lead, and the forms of companies, in a browser', 'the map of a lead and the forms of companies were', openRunWorld, (stage) => {
  let territory: RunTerritory;
  let page: Page;
  let serial = 0;

  beforeEach(async () => {
    territory = await makeRunTerritory(stage.world.database, `lieu-${serial += 1}`);
    await makeGoodPair(stage.world.database, territory.territoryId, 'straw', { category: 'straw', output: { referentId: territory.advisor.personId } });
    await publishList(stage.world, territory.system);
  });

  const open = async (role: Role, address: string, size = WIDE): Promise<void> => {
    const { personId } = await makePerson(stage.world.database, territory.territoryId, [role]);
    ({ page } = await stage.open(address, { size, as: personId }));
  };

  it('an advisor sees where a lead lies and who else is near: the map comes when it is looked at, and the lists say all of it', async () => {
    await makeFlow(stage.world.database, territory.territoryId, { ref: 'voisine', direction: 'output', category: 'straw', latitude: 44.0671 });
    const [lead] = await leadsOf(stage.world.database, { territoryId: territory.territoryId });
    await open('advisor', `#/leads/${lead.candidateId}`);
    await page.getByRole('heading', { name: 'Carte de la piste' }).waitFor();
    expect(await page.evaluate<string[]>("performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /territory-map|surroundings/.test(name))")).toEqual([]);
    await page.getByRole('heading', { name: 'Pourquoi ce score' }).scrollIntoViewIfNeeded();
    await page.locator('.map-canvas[data-ready="yes"]').waitFor();
    await page.getByText('Autour du flux sortant : rayon usuel 30 km (trait plein), maximal 100 km (tireté)', { exact: false }).waitFor();
    const other = page.getByRole('button', { name: 'Entreprise voisine 5 km · 100 t par an' });
    await other.focus();
    await page.keyboard.press('Enter');
    expect(await other.getAttribute('aria-current')).toBe('true');
    await page.getByRole('heading', { name: /^Aucun autre besoin : / }).waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await open('advisor', `#/leads/${lead.candidateId}`, PHONE);
    const heading = page.getByRole('heading', { name: 'Carte de la piste' });
    await heading.scrollIntoViewIfNeeded();
    expect(await page.locator('.map-canvas').count()).toBe(0);
    await page.getByRole('button', { name: 'Voir la carte' }).click();
    await page.locator('.map-canvas[data-ready="yes"]').waitFor();
    await page.getByRole('button', { name: 'Entreprise voisine' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('who saves a company, a site or a flow after a colleague did learns who and when, keeps what was typed, and may load what stands', async () => {
    const { rows: [flow] } = await stage.world.database.admin.query<{ id: string; companyId: string; siteId: string }>(
      `SELECT f.id, s.company_id AS "companyId", s.id AS "siteId" FROM flow f JOIN site s ON s.id = f.site_id WHERE f.territory_id = $1 AND f.ref = 'straw-o'`, [territory.territoryId]);
    const colleague = { ...territory.advisor, requestId: null };
    const later = (): void => stage.world.database.clock.advance({ seconds: 60 });
    await open('advisor', `#/companies/${flow.companyId}`);
    /** The button as it is judged: not in the middle of saving. */
    const mayBeSaved = (): Promise<void> => page.locator('button:not([data-loading])', { hasText: 'Enregistrer mes changements' }).waitFor();
    const alert = page.getByRole('alert').filter({ hasText: 'Entre-temps' });

    await page.locator('.page-head').getByRole('button', { name: 'Modifier' }).click();
    await page.getByLabel('Nom', { exact: true }).fill('Entreprise bien nommée');
    later();
    await new EditCompany(stage.world.database.api, stage.world.knowledge).execute(colleague, flow.companyId, { groupRef: 'le-groupe' });
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await alert.getByText(/Entre-temps : Entreprise modifiée, par Personne .+, le .*2026/).waitFor();
    expect(await page.getByLabel('Nom', { exact: true }).inputValue()).toBe('Entreprise bien nommée');
    await mayBeSaved();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Enregistrer mes changements' }).click();
    await page.getByRole('heading', { name: 'Entreprise bien nommée' }).waitFor();
    expect((await stage.world.database.admin.query('SELECT name, group_ref FROM company WHERE id = $1', [flow.companyId])).rows).toEqual([{ name: 'Entreprise bien nommée', group_ref: 'le-groupe' }]);

    const sites = page.getByRole('region', { name: 'Sites' });
    await sites.getByRole('button', { name: 'Modifier' }).click();
    await page.getByLabel('Adresse').fill('1 rue du Test');
    later();
    await new EditSite(stage.world.database.api, stage.world.knowledge).execute(colleague, flow.siteId, { address: '2 rue du Collègue' });
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
    await new EditFlow(stage.world.database.api, stage.world.knowledge).execute(colleague, flow.id, 1, { description: 'Paille de blé' });
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.getByText('Entre-temps, ce flux a changé', { exact: false }).waitFor();
    await mayBeSaved();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Enregistrer mes changements' }).click();
    await page.getByText('lot minimal : 12,5 t par an', { exact: false }).waitFor();
    await page.getByText('Humidité : 15 %', { exact: false }).waitFor();
    expect((await stage.world.database.admin.query('SELECT description, minimum_lot, quality FROM flow WHERE id = $1', [flow.id])).rows).toEqual([{ description: 'Paille de blé', minimum_lot: 12.5, quality: { moisture: 15 } }]);
  });

  it('a double is found by its name, looked at, and merged; what hung on it is the company\'s', async () => {
    const { rows } = await stage.world.database.admin.query<{ id: string; name: string }>('SELECT id, name FROM company WHERE territory_id = $1 AND name = ANY($2) ORDER BY name DESC', [territory.territoryId, ['Entreprise straw-o', 'Entreprise straw-i']]);
    const [kept, double] = rows;
    await open('contributor', `#/companies/${kept.id}`, PHONE);
    await page.getByRole('button', { name: 'Fusionner un doublon…' }).click();
    await page.getByLabel('Nom, commune ou SIREN du doublon').fill('straw-i');
    await page.getByRole('radio', { name: double.name }).check();
    await page.getByText('De « Entreprise straw-i » passent : 1 site, 1 flux, aucun contact, 1 engagement.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Fusionner « Entreprise straw-i »' }).click();
    await page.getByText('« Entreprise straw-i » fusionnée : 1 site et 1 flux repris.').waitFor();
    expect(await page.locator('.flow-item').count()).toBe(2);
    expect((await stage.world.database.admin.query('SELECT merged_into_id FROM company WHERE id = $1', [double.id])).rows).toEqual([{ merged_into_id: kept.id }]);
  });
});
