// Pictures of the screens for docs/screens: `npm run build && node scripts/make-screens.mjs [name …]`.
// Starts the embedded default with a demo territory of its own in a temporary folder, drives it as an advisor would, and
// stores each screen at 1440 and 390 px with at most 256 colours, so that the files stay small.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import UPNG from 'upng-js';

const PORT = 8123;
const COLOURS = 128;
const OUT = new URL('../docs/screens/', import.meta.url);
const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];
/** Screens that an address is enough for: who looks, where, and what must be there before the picture is taken. */
const PLAIN = [
  { name: 'board', who: 'advisor', at: '#/introductions', ready: '.board' },
  { name: 'capture', who: 'advisor', at: '#/capture', ready: 'main' },
  { name: 'companies', who: 'advisor', at: '#/companies', ready: 'main' },
  { name: 'imports', who: 'advisor', at: '#/imports', ready: 'main' },
  { name: 'map', who: 'advisor', at: '#/map', ready: '.map-canvas[data-ready="yes"]' },
  { name: 'month', who: 'advisor', at: '#/month', ready: 'main' },
  { name: 'tuning', who: 'analyst', at: '#/tuning', ready: 'main' },
  { name: 'administration', who: 'advisor', at: '#/admin', ready: 'main' },
];
const wanted = process.argv.slice(2);

/** The product, running; resolves with its people once it says that it is ready. */
function start(dataDir) {
  const house = spawn(process.execPath, ['dist/workers/all-in-one.js'], { env: { ...process.env, DATA_DIR: dataDir, PORT: String(PORT) }, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let said = '';
    house.once('exit', (code) => reject(new Error(`The product ended with ${code} before it was ready:\n${said}`)));
    house.stdout.on('data', (chunk) => {
      said += chunk;
      const person = (word) => new RegExp(`${word}\\s+(\\S+)\\s+mot de passe\\s+(\\S+)`).exec(said)?.slice(1, 3);
      const [advisor, analyst] = [person('conseillère'), person('analyste')];
      if (advisor && analyst) resolve({ house, people: { advisor, analyst } });
    });
  });
}

async function signedIn(browser, [email, password], { width, height }, colorScheme = 'light') {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'fr-FR', timezoneId: 'Europe/Paris', colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await page.getByLabel('Adresse électronique').fill(email);
  await page.getByLabel('Mot de passe').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('.rail').waitFor();
  return page;
}

async function picture(page, name) {
  const { width } = page.viewportSize();
  if (wanted.length > 0 && !wanted.includes(name)) return;
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const { width: w, height: h, ...image } = UPNG.decode(await page.screenshot());
  const bytes = Buffer.from(UPNG.encode(UPNG.toRGBA8({ width: w, height: h, ...image }), w, h, COLOURS));
  writeFileSync(new URL(`${name}-${width}.png`, OUT), bytes);
  process.stdout.write(`${name}-${width}.png ${Math.round(bytes.length / 1024)} kB\n`);
}

/** The same page at the other size, for a state that is reached only once. */
async function bothSizes(page, name, show = async () => undefined) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await show();
    await picture(page, name);
  }
  await page.setViewportSize(SIZES[0]);
}

/** Scrolls to the map of the open lead, unfolded and drawn, with its neighbours below. */
async function leadMap(page) {
  const unfold = page.locator('.lead-map').getByRole('button', { name: 'Voir la carte' });
  if (await unfold.isVisible()) await unfold.click();
  await page.locator('.lead-map').evaluate((block) => block.scrollIntoView());
  await page.locator('.lead-map .map-canvas[data-ready="yes"]').waitFor();
  await page.locator('.lead-map-reach').waitFor();
  await page.locator('.lead-map').getByRole('button', { name: 'Rayon usuel' }).click();
  await page.locator('.lead-map').evaluate((block) => block.scrollIntoView());
}

async function weekAndLead(page) {
  const open = async (at) => {
    await page.goto(`http://127.0.0.1:${PORT}/${at}`);
    await page.locator('.row').first().waitFor({ state: 'attached' });
  };
  const lead = await page.locator('.row').nth(7).getAttribute('href');
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await open('#/');
    await picture(page, 'list');
    await open(lead);
    await page.locator('.lead-facts').waitFor();
    await picture(page, 'lead');
    await leadMap(page);
    await picture(page, 'lead-map');
  }
  await page.setViewportSize(SIZES[0]);
  await page.keyboard.press('r');
  await page.getByText('Pourquoi écarter cette piste ?').waitFor();
  await bothSizes(page, 'reject');
  await page.keyboard.press('Escape');
  return lead;
}

/** From the accepted lead to the outcome, with the company's page between; leaves something on the board. */
async function introduction(browser, page, lead, dataDir) {
  await page.goto(`http://127.0.0.1:${PORT}/${lead}`);
  await page.locator('.lead-facts').waitFor();
  await page.keyboard.press('a');
  await page.getByRole('button', { name: 'Mettre en relation' }).waitFor();
  await page.keyboard.press('i');
  await page.locator('.side').first().waitFor();
  const toTop = () => page.locator('.sheet').evaluate((sheet) => sheet.scrollTo(0, 0));
  await bothSizes(page, 'introduction-phone', toTop);
  await page.locator('.ways').getByText('J’écris').click();
  await page.locator('.letter').waitFor();
  await bothSizes(page, 'introduction-letter', toTop);
  await page.getByRole('button', { name: 'Approuver ce texte' }).click();
  await page.locator('.hold:enabled').waitFor();
  await bothSizes(page, 'introduction-approved', toTop);
  await page.locator('.hold').hover();
  await page.mouse.down();
  await page.locator('.hold').waitFor({ state: 'detached' });
  await page.mouse.up();
  await page.getByText('Envoyé', { exact: true }).waitFor({ timeout: 60_000 });
  const outbox = join(dataDir, 'outbox');
  const mail = readdirSync(outbox).map((file) => readFileSync(join(outbox, file), 'utf8').replace(/=\r?\n/g, '').replaceAll('=3D', '=')).find((text) => text.includes('#/answer?token='));
  const token = /#\/answer\?token=([\w.-]+)/.exec(mail ?? '')?.[1];
  const context = await browser.newContext({ viewport: SIZES[1], locale: 'fr-FR', reducedMotion: 'reduce' });
  const phone = await context.newPage();
  await phone.goto(`http://127.0.0.1:${PORT}/#/answer?token=${token}`);
  await phone.getByLabel('Cela m’intéresse').waitFor();
  await bothSizes(phone, 'answer');
  await phone.setViewportSize(SIZES[1]);
  await phone.getByLabel('Cela m’intéresse').check();
  await picture(phone, 'answer-choice');
  await phone.getByRole('button', { name: 'Envoyer ma réponse' }).click();
  await phone.getByRole('heading', { name: 'Merci' }).waitFor();
  await picture(phone, 'answer-thanks');
  await phone.goto('about:blank');
  await phone.goto(`http://127.0.0.1:${PORT}/#/answer?token=${token}`);
  await phone.getByRole('heading', { name: 'Ce lien n’est plus valable' }).waitFor();
  await picture(phone, 'answer-invalid');
  await page.reload();
  await page.locator('.side.input').getByRole('button', { name: 'Intéressée' }).click();
  await page.getByRole('button', { name: 'C’est réalisé' }).waitFor();
  await bothSizes(page, 'introduction-names', toTop);
  await page.getByRole('button', { name: 'C’est réalisé' }).click();
  await page.getByRole('button', { name: 'Noter' }).click();
  await page.getByLabel('Quantité par an').waitFor();
  await bothSizes(page, 'introduction-outcome', toTop);
}

/** Two more accepted leads, so that the board shows more than one column. */
async function acceptMore(page) {
  await page.goto(`http://127.0.0.1:${PORT}/#/`);
  await page.locator('.lead-facts').waitFor();
  for (const left of [18, 17]) {
    await page.keyboard.press('a');
    await page.getByText(`${left} à décider`).waitFor();
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'maillon-screens-'));
const { house, people } = await start(dataDir);
let browser;
try {
  const executablePath = process.env.CHROMIUM_PATH ?? execFileSync('sh', ['-c', 'command -v chromium || command -v google-chrome'], { encoding: 'utf8' }).trim();
  browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader'] });
  const page = await signedIn(browser, people.advisor, SIZES[0]);
  await page.locator('.row').first().waitFor();
  const lead = await weekAndLead(page);
  await introduction(browser, page, lead, dataDir);
  await acceptMore(page);
  for (const { name, who, at, ready } of PLAIN) {
    for (const size of SIZES) {
      const looker = await signedIn(browser, people[who], size);
      if ((await looker.locator(`.rail a[href="${at}"]`).count()) > 0) {
        await looker.goto(`http://127.0.0.1:${PORT}/${at}`);
        await looker.locator(ready).first().waitFor();
        await picture(looker, name);
      }
      await looker.context().close();
    }
  }
  for (const size of SIZES) {
    const looker = await signedIn(browser, people.advisor, size);
    await looker.goto(`http://127.0.0.1:${PORT}/#/companies`);
    await looker.locator('.company-rows a').first().click();
    await looker.locator('.flow-item').first().waitFor();
    await picture(looker, 'company');
    await looker.context().close();
  }
  const dark = await signedIn(browser, people.advisor, SIZES[0], 'dark');
  await dark.locator('.lead-facts').waitFor();
  await picture(dark, 'list-dark');
  await leadMap(dark);
  await picture(dark, 'lead-map-dark');
} finally {
  await browser?.close();
  house.removeAllListeners('exit');
  house.kill('SIGTERM');
  await new Promise((resolve) => house.once('exit', resolve));
  rmSync(dataDir, { recursive: true, force: true });
}
