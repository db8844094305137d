import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { givePassword, TEST_PASSWORD } from '../support/http.js';
import { until } from '../support/processes.js';
import { makeGoodPair, makeRunTerritory, openRunWorld, publishList, type RunTerritory } from '../support/run-world.js';
import { inBrowser, SLOW_MS } from './stage.js';

const LEADS = 30;
const CATEGORIES = ['straw', 'whey', 'oilseed-cake', 'cardboard', 'cold-storage-space', 'leather-offcuts'];

interface Told {
  keys: string[];
  stands: { verdict: string; reason: string | null; until: string | null };
}

const accept: Told = { keys: ['a'], stands: { verdict: 'accept', reason: null, until: null } };
const cannotSay: Told = { keys: ['c'], stands: { verdict: 'cannot-say', reason: null, until: null } };
const reject = (key: string, reason: string): Told => ({ keys: ['r', key], stands: { verdict: 'reject', reason, until: null } });
const snooze = (key: string, day: string): Told => ({ keys: ['s', key], stands: { verdict: 'snooze', reason: null, until: day } });

/** What the advisor makes of the thirty, in the order of the list: the clock of the page and of the house stands on 23 November 2026. */
const WEEK: readonly Told[] = [
  accept, reject('d', 'too-far'), reject('m', 'wrong-substance'), cannotSay, snooze('1', '2026-11-30'), reject('f', 'wrong-form'),
  reject('p', 'too-small'), reject('g', 'too-large'), accept, reject('t', 'timing'), reject('l', 'regulatory-status'), snooze('2', '2026-12-23'),
  reject('i', 'receiver-not-permitted'), reject('b', 'better-outlet'), accept, reject('v', 'data-stale'), reject('k', 'already-known'), cannotSay,
  reject('u', 'duplicate'), reject('n', 'not-interested'), reject('r', 'relationship'), snooze('3', '2027-02-23'), reject('x', 'competitors'), reject('z', 'confidential'),
  accept, reject('h', 'no-time'), reject('c', 'contaminated'), reject('s', 'sanitary'), cannotSay, accept,
];

inBrowser('thirty leads by keys', 'triage by keys was', openRunWorld, (stage) => {
  let territory: RunTerritory;
  let page: Page;
  let pressed = 0;

  beforeEach(async () => {
    const { database } = stage.world;
    territory = await makeRunTerritory(database, 'terre-des-trente');
    // A tenth of what fits into them is kept for the audit slice, and here is nothing to audit.
    await database.admin.query('UPDATE membership SET weekly_minutes = 66 WHERE person_id = $1', [territory.advisor.personId]);
    for (const [at, category] of CATEGORIES.entries()) {
      for (let pair = 0; pair < LEADS / CATEGORIES.length; pair += 1) {
        await makeGoodPair(database, territory.territoryId, `${category}-${pair}`, { category, output: { referentId: territory.advisor.personId }, input: { latitude: 44.0221 + at * 0.02 + pair * 0.004 } });
      }
    }
    await publishList(stage.world, territory.system);
  });

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
    pressed += keys.length;
  };
  const opened = (rank: number): Promise<void> => page.locator('.lead-facts').getByText(`Rang ${rank}`, { exact: true }).waitFor();
  const standing = async (): Promise<(Told['stands'] & { rank: number; by: string })[]> => (await stage.world.database.admin.query<Told['stands'] & { rank: number; by: string }>(
    `SELECT c.rank, d.verdict, d.reason, d.snooze_until::text AS until, d.person_id AS by FROM candidate c JOIN standing_decision s ON s.candidate_id = c.id JOIN decision d ON d.id = s.decision_id
      WHERE c.territory_id = $1 ORDER BY c.rank`, [territory.territoryId])).rows;

  it('signs in, decides thirty leads and ends with nothing left, without a hand on the mouse; each next lead is there before it is asked for', async () => {
    ({ page } = await stage.open(''));
    const { rows: leads } = await stage.world.database.admin.query<{ id: string }>('SELECT id FROM candidate WHERE territory_id = $1 ORDER BY rank', [territory.territoryId]);
    expect(leads).toHaveLength(LEADS);
    /** Leads that the page has asked for, and decisions that it has sent, in their order. */
    const seen: string[] = [];
    const answered = new Set<string>();
    const leadOf = (address: string, end: string): string | undefined => new RegExp(`/api/candidates/([\\w-]+)${end}$`).exec(address)?.[1];
    page.on('request', (request) => {
      const [asked, decided] = [leadOf(request.url(), ''), leadOf(request.url(), '/decisions')];
      if (asked) seen.push(`asked ${asked}`);
      if (decided) seen.push(`decided ${decided}`);
    });
    page.on('requestfinished', (request) => void answered.add(leadOf(request.url(), '') ?? ''));

    await page.locator('input[type=email]:focus').waitFor();
    await page.keyboard.type(await givePassword(stage.world.database, territory.advisor.personId));
    await page.keyboard.press('Tab');
    await page.keyboard.type(TEST_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText(`${LEADS} à décider`).waitFor();
    await opened(1);

    // Nothing of any lead comes through any more: the second one is shown all the same.
    await until('the second lead to have come', () => Promise.resolve(answered.has(leads[1].id) || undefined), 15);
    const held: (() => Promise<void>)[] = [];
    await page.route(/\/api\/candidates\/[\w-]+$/, (route) => void held.push(() => route.continue()));
    await press(...WEEK[0].keys);
    await opened(2);
    await Promise.all(held.map((go) => go()));
    await page.unroute(/\/api\/candidates\/[\w-]+$/);

    await press('?');
    await page.getByText('Raccourcis clavier').waitFor();
    await press('?');
    await page.getByText('Raccourcis clavier').waitFor({ state: 'detached' });
    for (let rank = 2; rank <= LEADS; rank += 1) {
      await opened(rank);
      if (rank === 5) {
        await press('j');
        await opened(6);
        await press('k');
        await opened(5);
      }
      if (rank === 10) {
        // Taken back while it is on its way: the keys after it mean what they say, although nothing has come through yet.
        const held: (() => Promise<void>)[] = [];
        let holding = true;
        await page.route(/\/decisions$/, (route) => (holding ? void held.push(() => route.continue()) : route.continue()));
        await press('a', 'u');
        await opened(10);
        await press(...WEEK[rank - 1].keys);
        await opened(11);
        await until('the decision that is taken back to be on its way', async () => Promise.resolve(held.length === 1 || undefined), 15);
        holding = false;
        for (const go of held) await go();
        continue;
      }
      await press(...WEEK[rank - 1].keys);
    }
    await page.getByText('Toutes les pistes sont décidées.', { exact: false }).waitFor();
    await page.getByText('tout est décidé').waitFor();

    await until('thirty decisions', async () => ((await standing()).length === LEADS ? true : undefined), 15);
    expect(await standing()).toEqual(WEEK.map(({ stands }, at) => ({ rank: at + 1, ...stands, by: territory.advisor.personId })));
    // The trail also holds the one that was given by mistake, and that it was taken back.
    const { rows: trail } = await stage.world.database.admin.query<{ verdict: string }>('SELECT d.verdict FROM decision d JOIN candidate c ON c.id = d.candidate_id WHERE c.territory_id = $1 AND c.rank = 10 ORDER BY d.verdict', [territory.territoryId]);
    expect(trail.map(({ verdict }) => verdict)).toEqual(['accept', 'reject', 'withdraw']);
    expect((await stage.world.database.admin.query('SELECT 1 FROM decision WHERE territory_id = $1', [territory.territoryId])).rowCount).toBe(LEADS + 2);
    // 52 keys for the thirty verdicts; `? ?`, `j k` and `a u` besides.
    expect(pressed).toBe(52 + 6);

    for (const [at, { id }] of leads.entries()) {
      expect(seen).toContain(`asked ${id}`);
      if (at > 0) expect(seen.indexOf(`asked ${id}`)).toBeLessThan(seen.indexOf(`decided ${leads[at - 1].id}`));
    }
  }, SLOW_MS);
});
