import { beforeEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { prepareTerritory } from '../../src/matching/default-policy.js';
import { type AcceptedLead, openIntroductionWorld, tokenIn } from '../support/introduction-world.js';
import { until } from '../support/processes.js';
import { makePerson, makeTerritory } from '../support/world.js';
import { axeViolations, countPresses } from './browser.js';
import { inBrowser, PHONE, SLOW_MS, WIDE } from './stage.js';


inBrowser('an introduction, in a browser', 'introductions were', openIntroductionWorld, (stage) => {
  let lead: AcceptedLead;
  let page: Page;

  beforeEach(async () => {
    stage.world.smtp.mails.length = 0;
    lead = await stage.world.acceptedLead({ sameReferent: true });
  });

  const signIn = async (size = WIDE): Promise<void> => {
    ({ page } = await stage.open('', { size, as: lead.referent.output.personId }));
    await page.getByRole('link', { name: 'Mises en relation' }).waitFor();
  };
  const companyOpens = async (link: string): Promise<Page> => (await stage.open(link, { size: PHONE })).page;
  const lookAtLead = async (): Promise<void> => {
    await page.goto(`${stage.url}/#/leads/${lead.candidateId}`);
    await page.getByRole('button', { name: 'Mettre en relation' }).waitFor();
  };
  const introduce = async (): Promise<void> => {
    await page.keyboard.press('i');
    await page.getByRole('link', { name: lead.companyName.output, exact: true }).waitFor();
  };
  const openLead = async (): Promise<void> => {
    await lookAtLead();
    await introduce();
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
  const approveAndRelease = async (which: 'output' | 'input'): Promise<void> => {
    await side(which).getByRole('button', { name: 'Approuver ce texte' }).click();
    await holdRelease();
  };
  /** What became of a side's texts, as it is on record; the newest first. */
  const deliveries = async (which: 'output' | 'input'): Promise<(string | null)[]> => (await stage.world.database.admin.query<{ delivery: string | null }>(
    'SELECT coalesce(settled, delivery) AS delivery FROM introduction_message WHERE introduction_id = $1 AND side = $2 ORDER BY replaced_by IS NOT NULL, id DESC', [introductionId(), which])).rows.map(({ delivery }) => delivery);

  it('goes from a lead that waits, by mail, to two yeses and an outcome, and nothing leaves before its second gesture', async () => {
    await signIn();
    await lookAtLead();
    await page.keyboard.press('u');
    await page.getByText('1 à décider').waitFor();
    await page.keyboard.press('a');
    await introduce();
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

    // The board puts it on top; the other side may be asked now.
    await page.getByRole('link', { name: 'Mises en relation', exact: true }).click();
    await page.locator('.urgent').getByText('réponse reçue').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.locator('.urgent a').click();
    await side('input').getByText('J’écris').click();
    await approveAndRelease('input');
    await stage.world.deliver();
    expect(stage.world.smtp.mails.map(({ to }) => to)).toEqual([lead.contact.output.email, lead.contact.input.email]);
    expect(stage.world.smtp.mails[1].text).not.toContain(lead.companyName.output);
    const second = await companyOpens(lastLink());
    await second.getByLabel('Cela m’intéresse').check();
    await second.getByRole('button', { name: 'Envoyer ma réponse' }).click();
    await second.getByRole('heading', { name: 'Merci, votre réponse est arrivée' }).waitFor();
    expect(await answers()).toEqual(['interested', 'interested']);
    await page.reload();
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
    const presses = await countPresses(page);
    await side('output').getByText('J’écris').click();
    await approveAndRelease('output');
    // To write, to approve, and to send by holding.
    expect(await presses()).toBe(3);
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

  it('says what became of a text that may have left, was refused, was held back or came back, and lets it be written again each time', async () => {
    const { smtp, database } = stage.world;
    await signIn();
    await openLead();
    await side('output').getByText('J’écris').click();
    /** The page would look by itself, in its own time. */
    const deliver = async (): Promise<void> => {
      await stage.world.deliver();
      await page.reload();
    };
    /** As somebody releases who cannot hold a button. */
    const approveAndConfirm = async (): Promise<void> => {
      await side('output').getByRole('button', { name: 'Approuver ce texte' }).click();
      await page.locator('.hold:enabled').click();
      await page.getByRole('button', { name: 'Oui, envoyer' }).click();
      await page.getByText('En attente d’envoi').waitFor();
    };
    const writeAgain = async (): Promise<void> => {
      await side('output').getByRole('button', { name: 'Écrire à nouveau' }).click();
      await side('output').getByLabel('Texte', { exact: true }).waitFor();
    };

    smtp.manners.push('hang-up');
    await approveAndConfirm();
    await deliver();
    await side('output').getByText('Envoi incertain', { exact: true }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await writeAgain();

    smtp.manners.push({ refuse: 550, at: 'recipient' });
    await approveAndConfirm();
    await deliver();
    await side('output').getByText('Refusé par la messagerie', { exact: true }).waitFor();
    await writeAgain();

    await approveAndConfirm();
    await database.admin.query("UPDATE confidentiality_agreement SET valid_until = '2026-11-01' WHERE company_id = $1", [lead.flows.output.companyId]);
    await deliver();
    await side('output').getByText('Retenu : il n’est pas parti', { exact: true }).waitFor();
    await side('output').getByText('Pas d’engagement de confidentialité valable. Levez l’obstacle', { exact: false }).waitFor();
    await database.admin.query('UPDATE confidentiality_agreement SET valid_until = NULL WHERE company_id = $1', [lead.flows.output.companyId]);
    await writeAgain();

    await approveAndConfirm();
    await deliver();
    await side('output').getByText('Envoyé', { exact: true }).waitFor();
    await side('output').getByRole('button', { name: 'Il est revenu' }).click();
    await side('output').getByText('Revenu', { exact: true }).waitFor();
    await side('output').getByRole('button', { name: 'En rester là' }).click();
    await side('output').getByText('le téléphone reste possible', { exact: false }).waitFor();
    // The text that may have left and the one that came back are all that reached the server.
    expect(smtp.mails.map(({ to }) => to)).toEqual([lead.contact.output.email, lead.contact.output.email]);
    expect(await deliveries('output')).toEqual(['given-up', 'withheld', 'refused', 'in-doubt']);
  }, SLOW_MS);

  it('hears a company that has changed its mind, and is given up with a reason', async () => {
    await signIn();
    await openLead();
    await side('output').getByRole('button', { name: 'Intéressée' }).click();
    await side('output').getByRole('button', { name: 'Elle a changé d’avis' }).click();
    await side('output').getByLabel('Ce qu’elle a dit', { exact: false }).fill('Le séchoir est vendu');
    await side('output').getByRole('button', { name: 'Non', exact: true }).click();
    await side('output').getByText('« Le séchoir est vendu »', { exact: false }).waitFor();
    await side('input').getByText('On ne l’interroge qu’après le oui de', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Abandonner…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Motif' }).click();
    await page.getByRole('option', { name: 'Pas intéressée', exact: false }).click();
    await dialog.getByRole('button', { name: 'Noter' }).click();
    await page.getByText('Close le', { exact: false }).waitFor();
    expect(await page.getByRole('button', { name: 'Abandonner…' }).count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    expect((await answers()).sort()).toEqual(['declined', 'interested']);
    const { rows } = await stage.world.database.admin.query('SELECT step, reason FROM mediation_step WHERE introduction_id = $1 AND step = $2', [introductionId(), 'dropped']);
    expect(rows).toEqual([{ step: 'dropped', reason: 'not-interested' }]);
  });

  it('is taken over by a delegate while the référent is away, in their own name', async () => {
    const { database } = stage.world;
    const id = await stage.world.open(lead);
    const delegate = await makePerson(database, lead.territoryId, ['advisor']);
    ({ page } = await stage.open(`#/introductions/${id}`, { as: delegate.personId }));
    await side('output').getByText('J’écris').click();
    await side('output').getByText(/^À approuver par /).waitFor();
    expect(await side('output').getByRole('button', { name: 'Approuver ce texte' }).isDisabled()).toBe(true);
    await database.admin.query("INSERT INTO absence (territory_id, person_id, from_day, to_day, delegate_id) VALUES ($1, $2, '2026-11-20', '2026-11-30', $3)", [lead.territoryId, lead.referent.output.personId, delegate.personId]);
    await page.reload();
    await approveAndRelease('output');
    await side('output').getByText('En l’absence de', { exact: false }).waitFor();
    const { rows } = await database.admin.query('SELECT approved_by, referent_id FROM introduction_approval WHERE introduction_id = $1', [id]);
    expect(rows).toEqual([{ approved_by: delegate.personId, referent_id: lead.referent.output.personId }]);
  });

  it('tells somebody of another territory no more than that there is no such thing, whatever the address', async () => {
    const { database } = stage.world;
    const elsewhere = await makeTerritory(database, `ailleurs-${lead.candidateId}`);
    await prepareTerritory(database.admin, elsewhere, database.clock.now());
    const stranger = await makePerson(database, elsewhere, ['advisor']);
    const addresses = [
      ['introductions', await stage.world.open(lead), 'Cette mise en relation n’existe pas'], ['leads', lead.candidateId, 'Cette piste n’existe pas'], ['companies', lead.flows.output.companyId, 'Introuvable'],
    ] as const;
    ({ page } = await stage.open('#/companies', { as: stranger.personId }));
    for (const [place, id, said] of addresses) {
      const told: (string | null)[] = [];
      for (const one of [id, randomUUID()]) {
        const [answer] = await Promise.all([page.waitForResponse((response) => response.url().includes(one)), page.goto(`${stage.url}/#/${place}/${one}`)]);
        expect(answer.status()).toBe(404);
        await page.getByText(said, { exact: false }).waitFor();
        // What stands beside it may come later.
        await page.getByText('Chargement…').waitFor({ state: 'detached' });
        told.push(await page.locator('main').textContent());
      }
      expect(told[0]).toBe(told[1]);
      expect(told[0]).not.toContain('Vaucanson');
    }
  });
});
