import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import { Env } from '../../config/env.js';
import { loadKnowledge, PACKAGE_ROOT } from '../../config/load-config.js';
import type { Knowledge } from '../../src/resources/knowledge.js';
import { type RunningApi, startApi } from '../../src/start-api.js';
import type { TestDatabase } from '../support/database.js';
import { givePassword, TEST_PASSWORD } from '../support/http.js';
import { LINK_SECRET } from '../support/introduction-world.js';
import { type BrowserWindow, findChromium, openWindow, startBrowser } from './browser.js';

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
/** axe reads every element; on a machine that is busy with other tests that takes a while. */
export const SLOW_MS = 240_000;

/** What stands behind the page: a database of the file's own, and whatever else its tests arrange with. */
interface StageWorld {
  database: TestDatabase;
  knowledge?: Knowledge;
  /** A folder with a built page of its own, which a test may change; else the one of the build. */
  page?: string;
  close(): Promise<void>;
}

interface Opening {
  size?: { width: number; height: number };
  /** Id of who is signed in when the page opens, without the form. */
  as?: string;
  /** The page's own service worker works; what it asks for, no `route` of a test sees. */
  serviceWorker?: boolean;
}

/** A browser before the built page and the real API on the real database; everything is there once the suite's tests run. */
export interface Stage<World> {
  readonly world: World;
  /** Where the API listens: `http://127.0.0.1:…`. */
  readonly url: string;
  /** A window of its own at an address of the page (`#/capture`), closed after the test; no script may have failed in it, and no other host been asked. */
  open(address: string, opening?: Opening): Promise<BrowserWindow>;
}

export const BUILT_PAGE = join(PACKAGE_ROOT, 'web', 'dist');

const executable = findChromium();
const mayTry = executable !== null || process.env['MAILLON_TEST_NO_SKIP'] === '1';

/**
 * A suite that needs a browser. Where there is none it is skipped, and says so; with `MAILLON_TEST_NO_SKIP=1` it fails.
 * @param untried what then was not tried, as the subject of a sentence
 */
export function inBrowser<World extends StageWorld>(name: string, untried: string, openWorld: () => Promise<World>, suite: (stage: Stage<World>) => void): void {
  if (!mayTry) process.stderr.write(`Skipped: no Chromium on PATH, and CHROMIUM_PATH is not set; ${untried} not tried in a browser. On Debian: apt-get install chromium.\n`);
  (mayTry ? describe : describe.skip)(name, () => {
    let world: World;
    let api: RunningApi;
    let browser: Browser;
    let windows: BrowserWindow[] = [];

    beforeAll(async () => {
      if (executable === null) throw new Error('No Chromium on PATH, and CHROMIUM_PATH is not set; MAILLON_TEST_NO_SKIP=1 asks for one.');
      if (!existsSync(join(BUILT_PAGE, 'index.html'))) throw new Error('The page is not built; npm run build makes web/dist.');
      world = await openWorld();
      const { database, knowledge = loadKnowledge(), page = BUILT_PAGE } = world;
      const env = Object.assign(new Env(), { PORT: 0, SESSION_SECRET: 'x'.repeat(40), LINK_SECRET });
      api = await startApi({ env, dataSource: database.apiSource, clock: database.clock, logger: pino({ level: 'silent' }), knowledge }, page);
      browser = await startBrowser(executable);
    });
    afterAll(async () => {
      await browser?.close();
      await api?.stop();
      await world?.close();
    });
    afterEach(async () => {
      for (const { errors, origins, context } of windows) {
        expect(errors).toEqual([]);
        expect(origins()).toEqual([api.url]);
        await context.close();
      }
      windows = [];
    });

    suite({
      get world() { return world; },
      get url() { return api.url; },
      async open(address, { size = WIDE, as, serviceWorker = false } = {}) {
        const window = await openWindow(browser, { ...size, now: world.database.clock.now(), serviceWorker });
        windows.push(window);
        if (as !== undefined) {
          const answer = await window.context.request.post(`${api.url}/api/session`, { data: { email: await givePassword(world.database, as), password: TEST_PASSWORD } });
          if (!answer.ok()) throw new Error(`Signing in answered ${answer.status()}: ${await answer.text()}`);
        }
        await window.page.goto(`${api.url}/${address}`);
        return window;
      },
    });
  });
}
