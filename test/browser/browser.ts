import axe from 'axe-core';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const AXE_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Resolves once nothing on the page moves any more, but for what never ends. */
const SETTLED = `new Promise(requestAnimationFrame).then(() => Promise.allSettled(
  document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity).map(({ finished }) => finished))).then(() => undefined)`;
/** Nothing but what the page asks for: no first-run pages, updates or synchronisation. */
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The browser of this machine: `CHROMIUM_PATH`, else the first known name on `PATH`; null: none. */
export function findChromium(): string | null {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  const candidates = CHROMIUM_PATH ? [CHROMIUM_PATH] : PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }) ?? null;
}

export interface BrowserWindow {
  page: Page;
  context: BrowserContext;
  /** Origins of everything that the page has asked for so far, each once. */
  origins(): string[];
  /** Errors that scripts of the page have thrown so far. */
  errors: string[];
}

export async function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}

/**
 * A window with nothing in it yet.
 * @param options `now`: what the page takes for the present; its timers go on
 */
export async function openWindow(browser: Browser, options: { width: number; height: number; now: Date; serviceWorker?: boolean }): Promise<BrowserWindow> {
  const { width, height, now, serviceWorker = false } = options;
  const context = await browser.newContext({ viewport: { width, height }, locale: 'fr-FR', timezoneId: 'Europe/Paris', serviceWorkers: serviceWorker ? 'allow' : 'block' });
  const page = await context.newPage();
  await page.clock.setFixedTime(now);
  const origins = new Set<string>();
  const errors: string[] = [];
  page.on('request', (request) => void origins.add(new URL(request.url()).origin));
  page.on('websocket', (socket) => void origins.add(new URL(socket.url()).origin));
  page.on('pageerror', (error) => void errors.push(String(error)));
  return { page, context, origins: () => [...origins], errors };
}

/** Counts presses on a page from here on, of a mouse, a finger or a pen. @returns how many there have been */
export async function countPresses(page: Page): Promise<() => Promise<number>> {
  await page.evaluate("window.presses = 0; window.addEventListener('pointerdown', () => { window.presses += 1; }, { capture: true })");
  return () => page.evaluate<number>('window.presses');
}

/** What axe finds on a page (WCAG 2.2 A and AA, best practice), in both colour schemes; the page is light again afterwards. */
export async function axeViolations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The page follows by a script; colours that are still fading would be judged half-way.
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
    await page.evaluate(SETTLED);
    if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${JSON.stringify({ runOnly: AXE_RULES })})`);
    found.push(...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`));
  }
  return found;
}
