import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Role } from '../../src/access/access.entities.js';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { systemContext } from '../../src/platform/context.js';
import { importWorld } from '../room/imports/import-world.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { TEST_PASSWORD } from '../support/http.js';
import { until } from '../support/processes.js';
import { type MadeFlow, makeFlow, makePerson, makeTerritory } from '../support/world.js';
import { axeViolations, type BrowserWindow } from './browser.js';
import { inBrowser, PHONE, WIDE } from './stage.js';

/** The house without any list, introduction or run. */
async function openRegistry(): Promise<{ database: TestDatabase; close(): Promise<void> }> {
  const database = await openTestDatabase();
  return { database, close: () => database.close() };
}

inBrowser('companies, imports and administration, in a browser', 'companies, imports and administration were', openRegistry, (stage) => {
  let territoryId: string;
  let neighbourId: string;
  let known: MadeFlow;
  let page: Page;
  let serial = 0;

  beforeEach(async () => {
    serial += 1;
    territoryId = await makeTerritory(stage.world.database, `terre-${serial}`);
    neighbourId = await makeTerritory(stage.world.database, `voisine-${serial}`);
    await prepareTerritory(stage.world.database.admin, territoryId, stage.world.database.clock.now());
    known = await makeFlow(stage.world.database, territoryId, { ref: 'biscuiterie', direction: 'output', category: 'straw' });
  });

  /** Signs somebody with these roles in, at an address. */
  const enter = async (roles: Role[], address: string, size = WIDE): Promise<{ personId: string; window: BrowserWindow }> => {
    const { personId } = await makePerson(stage.world.database, territoryId, roles);
    const window = await stage.open(address, { size, as: personId });
    ({ page } = window);
    await page.locator('main .page-head h1').waitFor();
    return { personId, window };
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name });

  it('confirms a flow in one click, and says who was faster when it has changed meanwhile', async () => {
    const { personId } = await enter(['advisor'], '#/companies');
    await page.getByRole('link', { name: 'Entreprise biscuiterie' }).click();
    await page.getByText('confirmé il y a 22 jours').waitFor();
    await button('Toujours vrai').click();
    await page.getByText('Flux confirmé aujourd’hui.').waitFor();
    await page.getByText('confirmé aujourd’hui').first().waitFor();
    await page.locator('.flow-item').getByRole('button', { name: 'Modifier' }).click();
    await page.getByLabel('Quantité', { exact: true }).fill('80');
    expect(await axeViolations(page)).toEqual([]);
    // A colleague is faster.
    const { personId: colleague } = await makePerson(stage.world.database, territoryId, ['advisor'], `camille-${serial}@example.org`);
    await stage.world.database.admin.query('UPDATE flow SET wish = $2, version = version + 1 WHERE id = $1', [known.flowId, 'no']);
    await stage.world.database.admin.query(`INSERT INTO flow_version (flow_id, version, territory_id, data, change, changed_by, changed_at) SELECT id, version, territory_id, '{}', 'edited', $2, $3 FROM flow WHERE id = $1`, [known.flowId, colleague, stage.world.database.clock.now()]);
    await page.locator('.editor').getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByRole('alert').getByText('Flux modifié par Personne camille-', { exact: false }).waitFor();
    expect(await page.getByLabel('Quantité', { exact: true }).inputValue()).toBe('80');
    await button('Enregistrer mes changements').click();
    await page.getByText('Enregistré.').waitFor();
    // Neither change is lost.
    const { rows } = await stage.world.database.admin.query('SELECT quantity, wish, version FROM flow WHERE id = $1', [known.flowId]);
    expect(rows).toEqual([{ quantity: 80, wish: 'no', version: 4 }]);
    expect((await stage.world.database.admin.query("SELECT person_id FROM audit_event WHERE action = 'flow.confirmed' AND subject_id = $1", [known.flowId])).rows).toEqual([{ person_id: personId }]);
  });

  it('keeps contact people, sites, signature and advisor of a company, with what is wrong beside its field', async () => {
    const { personId } = await enter(['advisor'], `#/companies/${known.companyId}`);
    await button('Ajouter un contact').click();
    await page.getByLabel('Adresse électronique').fill('pas une adresse');
    await page.locator('.editor').getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Cette écriture n’est pas reconnue.').waitFor();
    await page.getByLabel('Adresse électronique').fill('o.marchenoir@scierie.example');
    await page.getByLabel('Refuse les courriels').check();
    await page.locator('.editor').getByRole('button', { name: 'Enregistrer' }).click();
    await page.locator('.mark', { hasText: 'refuse les courriels' }).waitFor();
    await page.locator('.page-head').getByRole('button', { name: 'Modifier' }).click();
    await page.getByLabel('Conseiller référent').selectOption(personId);
    await button('Enregistrer').click();
    await page.locator('.company-facts', { hasText: 'référent : Personne' }).waitFor();
    await button('Noter une signature').click();
    await page.getByLabel('Portée').fill('tous les flux');
    await page.getByLabel('Signé le').fill('2030-01-01');
    await page.locator('.editor').getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Au plus tard aujourd’hui.').waitFor();
    await page.getByLabel('Signé le').fill('2026-11-02');
    await page.locator('.editor').getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('signé le 2 nov. 2026').waitFor();
    await page.getByText('Engagement noté', { exact: false }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('makes a lead by hand of two flows, past a named gate, with a reason', async () => {
    const need = await makeFlow(stage.world.database, territoryId, { ref: 'haras', direction: 'input', category: 'straw', latitude: 44.6, longitude: 3.4 });
    await enter(['advisor'], `#/companies/${known.companyId}`);
    await button('Créer une piste').click();
    await page.getByLabel('Quel besoin ?', { exact: false }).fill('haras');
    await button(/^flux haras/).click();
    await page.getByText('Passer outre, en connaissance de cause :').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await button('Créer la piste').click();
    await page.getByText('À remplir.').waitFor();
    await page.getByLabel('Pourquoi cette piste vaut d’être étudiée').fill('Le transporteur passe déjà par là.');
    await button('Créer la piste').click();
    await page.getByText('Cochez ce critère pour passer outre.').waitFor();
    for (const box of await page.locator('.editor').getByRole('checkbox').all()) await box.check();
    await button('Créer la piste').click();
    await page.getByText('Créée à la main : Le transporteur passe déjà par là.').waitFor();
    const { rows } = await stage.world.database.admin.query('SELECT c.kind, c.gates_passed FROM candidate c JOIN pair p ON p.id = c.pair_id WHERE p.input_flow_id = $1', [need.flowId]);
    expect(rows).toMatchObject([{ kind: 'by-hand', gates_passed: ['distance'] }]);
  });

  it('imports a file, maps a header that nobody knew, and shows what is wrong with a row by row and column', async () => {
    await enter(['contributor'], '#/imports');
    await page.getByText('Aucun import jusqu’ici.').waitFor();
    const csv = 'SIRET;Entreprise;Code commune;Chef-lieu\n55210055400013;Brasserie du Pont;82121;Montauban\n12;Ferme;82121;Montauban\n';
    await page.locator('input[type=file]').setInputFiles({ name: 'état des lieux.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByLabel('Contenu').selectOption('sites');
    await page.getByLabel('Chef-lieu').selectOption({ label: 'Commune' });
    await page.getByLabel('Garder sous le nom').fill('Inventaire');
    await button('Enregistrer et appliquer').click();
    await page.locator('th', { hasText: 'Chef-lieu' }).getByText('Commune').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await button('Importer').click();
    await page.getByText('En attente d’être ouvert…').waitFor();
    const { rows: [{ id }] } = await stage.world.database.admin.query<{ id: string }>('SELECT id FROM import_job WHERE territory_id = $1', [territoryId]);
    await (await importWorld(stage.world.database)).reader().execute(systemContext(territoryId), { importId: id });
    await page.getByText('1 ligne refusée').waitFor();
    await page.locator('.errors-table tbody tr').waitFor();
    expect(await page.locator('.errors-table tbody tr').allInnerTexts()).toEqual([expect.stringMatching(/^3\s+SIRET\s+12\s+Un SIRET a quatorze chiffres\.$/)]);
    expect(await axeViolations(page)).toEqual([]);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Télécharger les lignes refusées' }).click()]);
    expect(download.suggestedFilename()).toBe('refused.csv');
    expect((await stage.world.database.admin.query("SELECT commune FROM site WHERE territory_id = $1 AND siret = '55210055400013'", [territoryId])).rows).toEqual([{ commune: 'Montauban' }]);
  });

  it('lets an administrator invite somebody, change what they may do, note an absence, take them out, and sign with a neighbour', async () => {
    await enter(['administrator'], '#/admin');
    await button('Inviter quelqu’un').click();
    await page.getByLabel('Adresse électronique').fill('noe@example');
    await button('Envoyer l’invitation').click();
    await page.getByText('À remplir.').waitFor();
    await page.getByLabel('Nom', { exact: true }).fill('Noé Lafont');
    await page.getByLabel('Adresse électronique').fill(`noe-${serial}@example.org`);
    await page.getByRole('checkbox', { name: 'conseiller' }).check();
    await page.getByLabel('Minutes par semaine pour la liste').fill('45');
    expect(await axeViolations(page)).toEqual([]);
    await button('Envoyer l’invitation').click();
    const noe = page.locator('.people > li', { hasText: 'Noé Lafont' });
    await noe.getByText('invitation en cours d’envoi').waitFor();
    await noe.getByText('45 minutes par semaine').waitFor();
    const { rows: mails } = await stage.world.database.admin.query<{ template: string }>('SELECT m.template FROM staff_mail m JOIN person p ON p.id = m.person_id WHERE p.email = $1', [`noe-${serial}@example.org`]);
    expect(mails).toEqual([{ template: 'invitation' }]);
    await noe.getByRole('button', { name: 'Absences' }).click();
    await noe.getByLabel('Premier jour').fill('2026-12-24');
    await noe.getByLabel('Dernier jour').fill('2026-12-20');
    await noe.getByRole('button', { name: 'Ajouter l’absence' }).click();
    await noe.getByText('Le dernier jour vient avant le premier.').waitFor();
    await noe.getByLabel('Dernier jour').fill('2027-01-02');
    await noe.getByRole('button', { name: 'Ajouter l’absence' }).click();
    await noe.getByText('absence du 24 déc. 2026 au 2 janv. 2027').first().waitFor();
    const neighbour = page.locator('li', { hasText: `Territoire voisine-${serial}` });
    await neighbour.getByRole('button', { name: 'Signer' }).click();
    await neighbour.getByRole('button', { name: 'Signer l’accord' }).click();
    await neighbour.getByText('signé d’un seul côté').waitFor();
    expect((await stage.world.database.admin.query('SELECT 1 FROM territory_agreement WHERE $1 IN (territory_a_id, territory_b_id) AND $2 IN (territory_a_id, territory_b_id)', [territoryId, neighbourId])).rowCount).toBe(1);
    await noe.getByRole('button', { name: 'Retirer du territoire' }).click();
    await noe.getByRole('button', { name: 'Retirer Noé Lafont' }).click();
    await noe.waitFor({ state: 'detached' });
    const last = page.locator('.people > li');
    await last.getByRole('button', { name: 'Rôles' }).click();
    await last.getByRole('checkbox', { name: 'administrateur' }).uncheck();
    await last.getByRole('checkbox', { name: 'contributeur' }).check();
    await last.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Un territoire garde au moins un administrateur', { exact: false }).waitFor();
  });

  it('keeps one\'s own language, absences and password', async () => {
    const { personId } = await enter(['advisor'], '#/account', PHONE);
    await page.getByText('Mes absences').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('Mot de passe actuel').fill('pas celui-ci du tout');
    await page.getByLabel('Nouveau mot de passe').fill('une phrase assez longue');
    await button('Changer le mot de passe').click();
    await page.getByText('Ce n’est pas votre mot de passe actuel.').waitFor();
    await page.getByLabel('Mot de passe actuel').fill(TEST_PASSWORD);
    await button('Changer le mot de passe').click();
    await page.getByText('Mot de passe changé', { exact: false }).waitFor();
    await page.getByRole('radio', { name: 'English' }).check();
    await page.getByRole('heading', { name: 'My account' }).waitFor();
    await until('the language to be kept', async () => ((await stage.world.database.admin.query<{ language: string }>('SELECT language FROM person WHERE id = $1', [personId])).rows[0].language === 'en' ? true : undefined), 15);
  });

  it('keeps what was typed when the session has ended', async () => {
    const { window } = await enter(['advisor'], `#/companies/${known.companyId}`);
    await button('Ajouter un site').click();
    await page.getByLabel('Nom du site').fill('Dépôt nord');
    await window.context.clearCookies();
    await page.locator('.editor').getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Votre session a expiré.', { exact: false }).waitFor();
    await page.getByLabel('Mot de passe').fill(TEST_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Dépôt nord', { exact: true }).waitFor();
    expect((await stage.world.database.admin.query("SELECT 1 FROM site WHERE territory_id = $1 AND name = 'Dépôt nord'", [territoryId])).rowCount).toBe(1);
  });
});
