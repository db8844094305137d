import { beforeEach, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { PACKAGE_ROOT } from '../../config/load-config.js';
import { hashAccessToken, newAccessToken } from '../../src/access/make-access-token.js';
import { givePassword, TEST_PASSWORD } from '../support/http.js';
import { until } from '../support/processes.js';
import { makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory } from '../support/run-world.js';
import { makeCandidate } from '../support/candidates.js';
import { makeFlow, makePerson } from '../support/world.js';
import { axeViolations, type BrowserWindow } from './browser.js';
import { inBrowser, PHONE, SLOW_MS, WIDE } from './stage.js';

/** One good pair each, so that every list has as many leads; nearer ones first. */
const CATEGORIES = ['straw', 'whey', 'oilseed-cake', 'cardboard', 'cold-storage-space', 'leather-offcuts'];

interface Standing {
  verdict: string;
  reason: string | null;
  comment: string | null;
  snooze_until: string | null;
  person_id: string;
}

inBrowser('the page, in a browser', 'the page was', openRunWorld, (stage) => {
  let territory: RunTerritory;
  let page: Page;
  let serial = 0;

  beforeEach(async () => {
    territory = await makeRunTerritory(stage.world.database, `terre-${serial += 1}`);
    for (const [at, category] of CATEGORIES.entries()) {
      await makeGoodPair(stage.world.database, territory.territoryId, category, { category, output: { referentId: territory.advisor.personId }, input: { latitude: 44.0221 + at * 0.03 } });
    }
    await publishList(stage.world, territory.system);
  });

  /** The list, as somebody sees it who has signed in. */
  const begin = async ({ size = WIDE, as = territory.advisor.personId, left = 6 } = {}): Promise<BrowserWindow> => {
    const window = await stage.open('', { size, as });
    ({ page } = window);
    await page.getByText(`${left} à décider`).waitFor();
    return window;
  };
  /** The door, as somebody finds it who has not signed in yet. */
  const knock = async (personId: string): Promise<string> => {
    ({ page } = await stage.open(''));
    return givePassword(stage.world.database, personId);
  };
  const signIn = async (email: string, password: string): Promise<void> => {
    await page.getByLabel('Adresse électronique').fill(email);
    await page.getByLabel('Mot de passe').fill(password);
    await page.keyboard.press('Enter');
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** Waits until this lead is the one that is open. */
  const opened = (rank: number): Promise<void> => page.locator('.lead-facts', { hasText: `Rang ${rank}` }).waitFor();
  const standing = async (rank: number): Promise<Standing | undefined> => {
    const { rows } = await stage.world.database.admin.query<Standing>(
      `SELECT d.verdict, d.reason, d.comment, d.snooze_until::text, d.person_id FROM candidate c JOIN standing_decision s ON s.candidate_id = c.id JOIN decision d ON d.id = s.decision_id
       WHERE c.territory_id = $1 AND c.rank = $2`, [territory.territoryId, rank]);
    return rows[0];
  };
  /** Waits until this is what is on record for a lead; null: nothing. Answers may still be on their way when the page has gone on. */
  const stands = (rank: number, wanted: Partial<Standing> | null): Promise<true> => until(`the decision on lead ${rank} to be ${JSON.stringify(wanted)}`, async () => {
    const found = await standing(rank);
    const same = wanted === null ? found === undefined : found !== undefined && Object.entries(wanted).every(([name, value]) => found[name as keyof Standing] === value);
    return same ? true : undefined;
  }, 15);

  it('says so when the password is wrong, and shows the list and the first lead when it is right', async () => {
    const email = await knock(territory.advisor.personId);
    await signIn(email, 'pas le bon');
    await page.getByText('Adresse ou mot de passe incorrect.').waitFor();
    await page.getByLabel('Mot de passe').fill(TEST_PASSWORD);
    await press('Enter');
    await opened(1);
    expect(await page.locator('.row').count()).toBe(6);
    expect(await page.locator('.waterfall tfoot .points').textContent()).toBe(await page.locator('.row .row-points').first().textContent());
    expect(await page.locator('.quantity-row').allTextContents()).toEqual(['Offre100 t par an', 'Besoin100 t par an'].map((text) => expect.stringMatching(text.replaceAll(' ', '\\s'))));
    expect(await page.locator('.month').count()).toBe(24);
    await press('j', 'j');
    await opened(3);
    await press('k');
    await opened(2);
  });

  it('accepts by one key, goes on to the next lead, and takes it back by another', async () => {
    await begin();
    await opened(1);
    await press('a');
    await opened(2);
    await page.getByText('5 à décider').waitFor();
    await stands(1, { verdict: 'accept', person_id: territory.advisor.personId });
    await press('u');
    await opened(1);
    await page.getByText('6 à décider').waitFor();
    await stands(1, null);
    await press('u');
    await page.getByText('Rien à annuler.').waitFor();
  });

  it('takes back a decision that is still on its way', async () => {
    await begin();
    await opened(1);
    await press('a', 'u');
    await page.getByText('Piste 1 : décision annulée.').waitFor();
    await opened(1);
    await page.getByText('6 à décider').waitFor();
    await press('c');
    await opened(2);
    await stands(1, { verdict: 'cannot-say' });
  });

  it('rejects by r and the key of a reason, and asks for words where the reason needs them', async () => {
    await begin();
    await opened(1);
    await press('r', 'd');
    await opened(2);
    await press('r', 'o');
    await page.getByLabel('Autre').fill('Le bac est trop haut pour leur camion');
    await press('Control+Enter');
    await opened(3);
    await stands(1, { verdict: 'reject', reason: 'too-far' });
    await stands(2, { verdict: 'reject', reason: 'other', comment: 'Le bac est trop haut pour leur camion' });
    await press('r');
    await page.getByText('Pourquoi écarter cette piste ?').waitFor();
    await press('Escape', 'j');
    await opened(4);
    expect(await standing(3)).toBeUndefined();
  });

  it('rejects every lead of one output for the same reason, and takes all of them back at once', async () => {
    const { rows: [{ flowId }] } = await stage.world.database.admin.query<{ flowId: string }>(
      'SELECT p.output_flow_id AS "flowId" FROM candidate c JOIN pair p ON p.id = c.pair_id WHERE c.territory_id = $1 AND c.rank = 1', [territory.territoryId]);
    const other = await makeFlow(stage.world.database, territory.territoryId, { ref: 'other-need', direction: 'input', category: 'straw' });
    const byHand = await makeCandidate(stage.world.database, territory.territoryId, { output: flowId, input: other.flowId }, { kind: 'by-hand', rank: null, assignedTo: territory.advisor.personId });
    const verdicts = async (): Promise<number> => (await stage.world.database.admin.query(
      "SELECT 1 FROM standing_decision s JOIN decision d ON d.id = s.decision_id JOIN candidate c ON c.id = s.candidate_id WHERE d.verdict = 'reject' AND d.reason = 'too-far' AND (c.id = $1 OR (c.rank = 1 AND c.territory_id = $2))", [byHand, territory.territoryId])).rowCount ?? 0;
    await begin({ left: 7 });
    await page.locator('.row').first().click();
    await page.goto(`${stage.url}/#/leads/${byHand}`);
    await page.locator('.lead-facts', { hasText: 'à la main' }).waitFor();
    await press('r');
    await page.getByLabel('Écarter aussi l’autre piste de ce flux sortant', { exact: false }).waitFor();
    await press('+', 'd');
    await page.getByText('5 à décider').waitFor();
    await until('both to be rejected', async () => ((await verdicts()) === 2 ? true : undefined), 15);
    await page.getByRole('button', { name: 'Annuler la décision' }).first().click();
    await page.getByText('7 à décider').waitFor();
    await until('both to be open again', async () => ((await verdicts()) === 0 ? true : undefined), 15);
  });

  it('shows only what passes the filters, and all of it again by one press', async () => {
    await begin();
    await opened(1);
    await page.getByLabel('Entreprise ou flux').fill('STRAW');
    await page.getByText('1 sur 6 affichées.').waitFor();
    expect(await page.locator('.row').count()).toBe(1);
    await page.getByLabel('Entreprise ou flux').fill('');
    await page.getByLabel('Distance').selectOption('5');
    const near = await page.locator('.row').count();
    expect(near).toBeGreaterThan(0);
    expect(near).toBeLessThan(6);
    await page.getByLabel('Famille').selectOption({ label: 'espace' });
    await page.getByText('Aucune piste ne passe ce filtre.').waitFor();
    await page.getByRole('button', { name: 'Tout afficher' }).click();
    expect(await page.locator('.row').count()).toBe(6);
  });

  it('has nothing that axe finds fault with, in either theme, wide or on a phone', async () => {
    const email = await knock(territory.advisor.personId);
    expect(await axeViolations(page)).toEqual([]);
    await signIn(email, TEST_PASSWORD);
    await opened(1);
    expect(await axeViolations(page)).toEqual([]);
    await press('r');
    await page.getByText('Pourquoi écarter cette piste ?').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await press('Escape');
    await page.setViewportSize(PHONE);
    expect(await axeViolations(page)).toEqual([]);
    await page.goto(`${stage.url}/#/`);
    await page.locator('.row').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
  }, SLOW_MS);

  it('needs at most 250 kB of script, packed, for the list and its first lead', async () => {
    await begin();
    await opened(1);
    const asked = new Set<string>();
    page.on('request', (request) => void (request.url().endsWith('.js') && asked.add(request.url())));
    await page.reload();
    await opened(1);
    const packed = [...asked].map((address) => gzipSync(readFileSync(join(PACKAGE_ROOT, 'web', 'dist', new URL(address).pathname))).length);
    expect(packed.length).toBeGreaterThan(2);
    expect(packed.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(250_000);
  });

  it('keeps the colours that a person has chosen', async () => {
    await begin();
    const scheme = (): Promise<string | null> => page.locator('html').getAttribute('data-mantine-color-scheme');
    await page.getByRole('button', { name: 'Couleurs : comme l’appareil' }).click();
    await page.getByRole('button', { name: 'Couleurs : claires' }).click();
    expect(await scheme()).toBe('dark');
    await page.reload();
    await page.getByRole('button', { name: 'Couleurs : sombres' }).waitFor();
    expect(await scheme()).toBe('dark');
  });

  it('snoozes for a week, a month, or until a day of one\'s own', async () => {
    await begin();
    await opened(1);
    await press('s', '1');
    await opened(2);
    await press('s', '2');
    await opened(3);
    await press('s', '4');
    await page.getByLabel('Une date').fill('2027-02-01');
    await press('Enter');
    await opened(4);
    await stands(1, { verdict: 'snooze', snooze_until: '2026-11-30' });
    await stands(2, { snooze_until: '2026-12-23' });
    await stands(3, { snooze_until: '2027-02-01' });
  });

  it('tells the keys when asked, and lets them be switched off', async () => {
    await begin();
    await opened(1);
    await press('?');
    await page.getByText('Raccourcis clavier').waitFor();
    await page.getByLabel('Raccourcis d’une seule touche').click({ force: true });
    await press('Escape');
    await page.getByText('Raccourcis clavier').waitFor({ state: 'detached' });
    await press('j', 'a');
    await page.getByRole('button', { name: 'Sans avis' }).click();
    await opened(2);
    await stands(1, { verdict: 'cannot-say' });
    expect(await standing(2)).toBeUndefined();
  });

  it('puts a lead back as it is when a colleague was faster, and says who', async () => {
    const colleague = await makePerson(stage.world.database, territory.territoryId, ['advisor']);
    const mine = await begin();
    await opened(1);
    await begin({ as: colleague.personId });
    await opened(1);
    await press('r', 'p');
    await opened(2);
    ({ page } = mine);
    await press('a');
    await page.getByRole('alert').getByText('La piste 1 a changé entre-temps').waitFor();
    await page.getByRole('alert').getByText('écartée (Quantité trop petite) par Personne', { exact: false }).waitFor();
    await page.locator('.row').first().getByText('écartée').waitFor();
    await stands(1, { verdict: 'reject', person_id: colleague.personId });
  });

  it('asks to sign in again when the session has ended, and loses no word of what was typed', async () => {
    await begin();
    await opened(1);
    await press('r', 'o');
    await page.getByLabel('Autre').fill('Déjà essayé en 2019');
    await page.context().clearCookies();
    await press('Control+Enter');
    await page.getByText('Votre session a expiré.', { exact: false }).waitFor();
    await page.getByLabel('Mot de passe').fill(TEST_PASSWORD);
    await press('Enter');
    await page.getByText('Votre session a expiré.', { exact: false }).waitFor({ state: 'detached' });
    await stands(1, { verdict: 'reject', reason: 'other', comment: 'Déjà essayé en 2019' });
  });

  it('does the same by touch on a phone: the list, then one lead at a time', async () => {
    await begin({ size: PHONE });
    expect(await page.locator('.waterfall').isVisible()).toBe(false);
    await page.locator('.row').nth(1).click();
    await opened(2);
    expect(await page.locator('.row').first().isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Retenir' }).click();
    await opened(3);
    await page.getByRole('button', { name: 'Écarter' }).click();
    await page.getByRole('button', { name: 'Saison ou calendrier' }).click();
    await opened(4);
    await page.getByRole('link', { name: 'Retour à la liste' }).click();
    await page.getByText('4 à décider').waitFor();
    await stands(2, { verdict: 'accept' });
    await stands(3, { verdict: 'reject', reason: 'timing' });
  });

  it('speaks English when asked, also at the next sign-in', async () => {
    await begin();
    await page.getByText('EN', { exact: true }).click();
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    await page.getByText('First question to ask').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const { rows } = await stage.world.database.admin.query<{ language: string }>('SELECT language FROM person WHERE id = $1', [territory.advisor.personId]);
    expect(rows).toEqual([{ language: 'en' }]);
  });

  it('shows an analyst the list under pseudonyms, and no company', async () => {
    const analyst = await makePerson(stage.world.database, territory.territoryId, ['analyst']);
    ({ page } = await stage.open('', { as: analyst.personId }));
    await page.getByRole('heading', { name: 'Liste de la semaine, entreprises sous pseudonyme' }).waitFor();
    expect(await page.locator('.row').count()).toBe(6);
    expect(await page.locator('body').textContent()).not.toContain('Entreprise straw-o');
  });

  it('sets a password by the link of an invitation, which works once', async () => {
    const token = newAccessToken();
    await stage.world.database.admin.query("INSERT INTO access_token (token_hash, kind, person_id, expires_at) VALUES ($1, 'invitation', $2, $3)",
      [hashAccessToken(token), territory.advisor.personId, new Date(stage.world.database.clock.now().getTime() + 86_400_000)]);
    const choose = async (password: string, repeated = password): Promise<void> => {
      await page.getByLabel('Nouveau mot de passe').fill(password);
      await page.getByLabel('Le même, une seconde fois').fill(repeated);
      await press('Enter');
    };
    ({ page } = await stage.open(`#/password?token=${token}`));
    await choose('une phrase assez longue', 'une autre phrase');
    await page.getByText('Les deux saisies diffèrent.').waitFor();
    await choose('une phrase assez longue');
    await page.getByText('Le mot de passe est enregistré.', { exact: false }).waitFor();
    await page.reload();
    await choose('une troisième phrase');
    await page.getByText('Ce lien n’est plus valable', { exact: false }).waitFor();
    await page.goto(`${stage.url}/#/`);
    const { rows: [{ email }] } = await stage.world.database.admin.query<{ email: string }>('SELECT email FROM person WHERE id = $1', [territory.advisor.personId]);
    await signIn(email, 'une phrase assez longue');
    await opened(1);
  });
});
