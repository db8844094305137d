import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type AcceptedLead, openIntroductionWorld, tokenIn } from '../support/introduction-world.js';
import { until } from '../support/processes.js';
import { axeViolations } from './browser.js';
import { inBrowser, PHONE, SLOW_MS, WIDE } from './stage.js';


inBrowser('an introduction, in a browser', 'introductions were', openIntroductionWorld, (stage) => {
  let lead: AcceptedLead;
  let page: Page;

  beforeEach(async () => {
    lead = await stage.world.acceptedLead({ sameReferent: true });
  });

  const signIn = async (size = WIDE): Promise<void> => {
    ({ page } = await stage.open('', { size, as: lead.referent.output.personId }));
    await page.getByRole('link', { name: 'Mises en relation' }).waitFor();
  };
  const companyOpens = async (link: string): Promise<Page> => (await stage.open(link, { size: PHONE })).page;
  const openLead = async (): Promise<void> => {
    await page.goto(`${stage.url}/#/leads/${lead.candidateId}`);
    await page.getByRole('button', { name: 'Mettre en relation' }).waitFor();
    await page.keyboard.press('i');
    await page.getByRole('link', { name: lead.companyName.output, exact: true }).waitFor();
  };
  const side = (which: 'output' | 'input') => page.locator(`.side.${which}`);
  /** Held until the button has filled: the text is then released. */
  const holdRelease = async (): Promise<void> => {
    const button = page.locator('.hold:enabled');
    await button.scrollIntoViewIfNeeded();
    await button.hover();
    await page.mouse.down();
    await page.getByText('En attente d’envoi').waitFor();
    await page.mouse.up();
  };
  const introductionId = (): string => /introductions\/([\w-]+)/.exec(page.url())?.[1] ?? 'none';
  const released = async (): Promise<number> => (await stage.world.database.admin.query('SELECT 1 FROM introduction_message WHERE introduction_id = $1 AND released_at IS NOT NULL', [introductionId()])).rowCount ?? 0;
  const lastLink = (): string => `#/answer?token=${tokenIn(stage.world.smtp.mails.at(-1)?.text ?? '')}`;
  const answers = async (): Promise<string[]> => (await stage.world.database.admin.query<{ answer: string }>('SELECT answer FROM company_answer WHERE introduction_id = $1 ORDER BY side DESC', [introductionId()])).rows.map(({ answer }) => answer);
  it('goes from an accepted lead by mail to two yeses and an outcome, and nothing leaves before its second gesture', async () => {
    await signIn();
    await openLead();
    await side('output').getByText('J’écris').click();
    const body = side('output').getByLabel('Texte', { exact: true });
    await body.waitFor();
    expect(await axeViolations(page)).toEqual([]);

    // A text that names the other side is marked, and cannot be approved.
    const draft = await body.inputValue();
    await body.fill(`${draft}\nIl s’agit de ${lead.companyName.input}.`);
    await body.blur();
    await side('output').getByText('Ce texte fait reconnaître l’autre entreprise').waitFor();
    expect(await side('output').locator('mark.identifying').allTextContents()).toEqual([expect.stringContaining('Quillebeuf')]);
    expect(await side('output').getByRole('button', { name: 'Approuver ce texte' }).isDisabled()).toBe(true);
    await body.fill(draft);
    await body.blur();
    await side('output').locator('mark.identifying').waitFor({ state: 'detached' });

    await side('output').getByRole('button', { name: 'Approuver ce texte' }).click();
    await page.locator('.hold').waitFor();
    expect(await side('output').locator('.phone-body').textContent()).toBe(draft.replace('[[lien-de-reponse]]', 'lien pour répondre'));
    // A short press only asks.
    await page.locator('.hold').click();
    await page.getByText(`Envoyer à ${lead.contact.output.name}, ${lead.contact.output.email} ?`).waitFor();
    expect(await released()).toBe(0);
    await page.getByRole('button', { name: 'Non', exact: true }).first().click();
    await holdRelease();
    expect(await released()).toBe(1);
    await page.getByRole('button', { name: 'Rappeler le message' }).click();
    await page.locator('.hold').waitFor();
    expect(await released()).toBe(0);
    await holdRelease();
    expect(stage.world.smtp.mails).toHaveLength(0);
    await stage.world.deliver();
    expect(stage.world.smtp.mails.map(({ to }) => to)).toEqual([lead.contact.output.email]);
    await side('output').getByText('Envoyé', { exact: true }).waitFor();

    // The company opens its link on a phone: nothing is answered by that.
    const phone = await companyOpens(lastLink());
    await phone.getByText('Votre réponse', { exact: true }).waitFor();
    expect(await answers()).toEqual([]);
    expect(await axeViolations(phone)).toEqual([]);
    await phone.getByLabel('Cela m’intéresse').check();
    await phone.getByLabel('Un mot (facultatif)').fill('Deux bennes par semaine');
    await phone.getByRole('button', { name: 'Envoyer ma réponse' }).click();
    await phone.getByRole('heading', { name: 'Merci, votre réponse est arrivée' }).waitFor();
    expect(await axeViolations(phone)).toEqual([]);
    expect(await answers()).toEqual(['interested']);
    expect(await phone.context().cookies()).toEqual([]);

    // The board puts it on top; the other side may be asked now, by phone.
    await page.getByRole('link', { name: 'Mises en relation', exact: true }).click();
    await page.locator('.urgent').getByText('réponse reçue').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.locator('.urgent a').click();
    await side('input').getByRole('button', { name: 'Intéressée' }).click();
    await side('output').getByText('voici le texte qui lui donne le nom', { exact: false }).waitFor();
    expect(await side('output').getByLabel('Texte', { exact: true }).inputValue()).toContain(lead.companyName.input);
    expect(await side('input').getByLabel('Texte', { exact: true }).inputValue()).toContain(lead.companyName.output);

    await page.getByRole('button', { name: 'C’est réalisé' }).click();
    await page.getByRole('button', { name: 'Noter' }).click();
    await page.getByLabel('Quantité par an').fill('90');
    await page.getByLabel('Gain par an, les deux ensemble').fill('4500');
    await page.getByLabel(/^kg CO2e évités par/).fill('12,5');
    await page.getByRole('button', { name: 'Enregistrer le bilan' }).click();
    await page.getByText('Le facteur et sa source vont ensemble.').waitFor();
    await page.getByLabel('Source du facteur').fill('Base Empreinte, sciure, 2026');
    await page.getByText('Soit 1,1 t CO2e évitées par an.').waitFor();
    await page.getByRole('button', { name: 'Enregistrer le bilan' }).click();
    await page.locator('.outcomes').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const { rows } = await stage.world.database.admin.query('SELECT quantity, euros, co2e_tonnes, co2e_factor, co2e_source FROM outcome WHERE introduction_id = $1', [introductionId()]);
    expect(rows).toEqual([{ quantity: 90, euros: 4500, co2e_tonnes: 1.125, co2e_factor: 12.5, co2e_source: 'Base Empreinte, sciure, 2026' }]);
  }, SLOW_MS);

  it('is asked by phone in one click, and by touch on a phone', async () => {
    await signIn(PHONE);
    await page.getByRole('link', { name: 'Mises en relation', exact: true }).click();
    await page.getByRole('button', { name: 'Mettre en relation' }).click();
    await page.getByRole('link', { name: lead.companyName.output, exact: true }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await side('output').getByRole('button', { name: 'A une question' }).click();
    await side('output').getByText('Dites-le en quelques mots.').waitFor();
    await side('output').getByRole('button', { name: 'Intéressée' }).click();
    await side('input').getByRole('button', { name: 'Pas maintenant…' }).click();
    await side('input').getByRole('button', { name: '3 mois' }).click();
    await until('both answers', async () => ((await answers()).length === 2 ? true : undefined), 15);
    expect(await answers()).toEqual(['interested', 'not-now']);
  });

  it('counts an answer once, though the network loses what the server says and the company taps again', async () => {
    await signIn();
    await openLead();
    await side('output').getByText('J’écris').click();
    await side('output').getByRole('button', { name: 'Approuver ce texte' }).click();
    await holdRelease();
    await stage.world.deliver();
    const phone = await companyOpens(lastLink());
    await phone.getByLabel('Pas maintenant').check();
    let lost = 0;
    await phone.route('**/api/answer-link/answer', async (route) => {
      const response = await route.fetch();
      if (lost >= 3) return route.fulfill({ response });
      lost += 1;
      return route.abort('connectionreset');
    });
    await phone.getByRole('button', { name: 'Envoyer ma réponse' }).click();
    await phone.getByText('elle ne comptera qu’une fois', { exact: false }).waitFor();
    await phone.getByRole('button', { name: 'Envoyer ma réponse' }).click();
    await phone.getByRole('heading', { name: 'Merci, votre réponse est arrivée' }).waitFor();
    expect(lost).toBe(3);
    expect(await answers()).toEqual(['not-now']);
    // The link is used up, and says no more than any other that does not work.
    await phone.reload();
    await phone.getByRole('heading', { name: 'Ce lien n’est plus valable' }).waitFor();
    const used = await phone.locator('main').textContent();
    await phone.goto(`${stage.url}/#/answer?token=jamais`);
    await phone.getByRole('heading', { name: 'Ce lien n’est plus valable' }).waitFor();
    expect(await phone.locator('main').textContent()).toBe(used);
    expect(await axeViolations(phone)).toEqual([]);
  });

  it('keeps what was typed when a colleague was faster, and says who did what', async () => {
    await signIn();
    await openLead();
    await side('output').getByText('J’écris').click();
    const body = side('output').getByLabel('Texte', { exact: true });
    const typed = `${await body.inputValue()}\nÀ bientôt.`;
    await body.fill(typed);
    const detail = await stage.world.detail(lead.referent.output, introductionId());
    const note = await page.request.get(`${stage.url}/api/session`).then((answer) => answer.json() as Promise<{ csrfToken: string }>);
    await page.request.post(`${stage.url}/api/introductions/${detail.id}/steps`, { headers: { 'If-Match': `"${detail.version}"`, 'X-CSRF-Token': note.csrfToken }, data: { step: 'note', note: 'Vu à la réunion' } });
    await body.blur();
    await page.getByRole('alert').getByText('Un collègue a changé cette mise en relation', { exact: false }).waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/Personne.* : Note\./);
    expect(await body.inputValue()).toBe(typed);
    // Also when the page is closed and opened again.
    await page.reload();
    await side('output').getByText('Pas encore enregistré', { exact: false }).waitFor();
    expect(await body.inputValue()).toBe(typed);
    await body.focus();
    await body.blur();
    await side('output').getByText('Texte enregistré.').waitFor();
    expect((await stage.world.detail(lead.referent.output, detail.id)).sides[0]?.messages[0]?.body).toBe(typed);
  });
});
