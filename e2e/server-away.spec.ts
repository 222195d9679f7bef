import type { Page } from '@playwright/test';
import { sign } from './live-page';
import { type RunningServer, startServer } from './server';
import { brokenConnection, expect, forgive, test } from './test';

/** What the browser and the bundler write of a script or an answer that does not come. */
const cutOff =
  /net::ERR_|Failed to load (chunk|resource)|ChunkLoadError|Failed to fetch|NetworkError|MIME type/;
const broken = (page: Page) => page.getByRole('heading', { name: /Something went wrong|This page broke/ });
const cpu = (page: Page) => page.getByRole('slider', { name: 'CPU', exact: true });
const script = '**/_next/static/chunks/**';

/** A mark that goes when the page is loaded anew or another one comes in its place. */
const markPage = (page: Page) => page.evaluate(() => Object.assign(window, { isSamePage: true }));
const isSamePage = (page: Page) => page.evaluate(() => 'isSamePage' in window).catch(() => false);

async function expectLive(page: Page, timeout = 45_000): Promise<void> {
  await expect(sign(page).first()).toHaveAttribute('data-state', 'live', { timeout });
}

/** All that was to come late is here: no script was asked for in a while. */
const lateIsHere = (page: Page) =>
  page.waitForFunction(() => {
    const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'));
    const last = Math.max(...scripts.map((one) => (one as PerformanceResourceTiming).responseEnd));
    return document.readyState === 'complete' && performance.now() - last > 2_500;
  });

/** Presses all that can be pressed and leads nowhere else; returns how many there were. */
async function pressAll(page: Page): Promise<number> {
  let pressed = 0;
  const all = page.locator(
    'button:visible:enabled, [role=slider]:visible, input[type=checkbox]:visible:enabled, select:visible',
  );
  for (let index = 0; index < (await all.count()); index += 1) {
    const one = all.nth(index);
    await one.click({ timeout: 1_500, force: true, noWaitAfter: true }).then(
      () => {
        pressed += 1;
      },
      () => {},
    );
    await page.keyboard.press('Escape');
  }
  return pressed;
}

const pages: readonly (readonly [path: string, presses: number])[] = [
  ['/', 25],
  ['/alerts', 5],
  ['/alerts/rules', 10],
  ['/alerts/rules/new', 5],
  ['/alerts/silences', 3],
  ['/events', 5],
  ['/notifications', 4],
  ['/embed/cpu', 1],
  ['/embed/cpu?range=1h', 1],
  ['/embed/alerts', 0],
];

let host: RunningServer;
const start = (env: Readonly<Record<string, string>> = {}) =>
  startServer({ HOSTBEAT_DEMO: '7', HOSTBEAT_INTERVAL_MS: '500', ...env });
/** On the same port, with the same data. */
const startAgain = () => start({ PORT: String(host.port), HOSTBEAT_DATA_DIR: host.dataDir });

test.describe('a server that goes', () => {
  test.beforeEach(async () => {
    host = await start();
  });
  test.afterEach(async ({ page, pageErrors }) => {
    await page.close();
    await host.stop();
    forgive(pageErrors, brokenConnection);
    forgive(pageErrors, cutOff);
  });

  for (const [path, presses] of pages) {
    test(`leaves ${path} usable, whatever is pressed, and live again when it is back`, async ({ page }) => {
      test.setTimeout(240_000);
      await page.goto(host.url + path);
      await expectLive(page);
      await lateIsHere(page);
      await markPage(page);
      await host.stop();
      expect(await pressAll(page)).toBeGreaterThanOrEqual(presses);
      await expect(broken(page)).toHaveCount(0);
      expect(await isSamePage(page), 'no other page has come in its place').toBe(true);
      await expect(page.getByRole('main')).toBeVisible();
      host = await startAgain();
      await expectLive(page);
      expect(await isSamePage(page)).toBe(true);
      await expect(broken(page)).toHaveCount(0);
    });
  }

  test('leaves the stream inspector usable, and connected again when it is back', async ({ page }) => {
    test.setTimeout(120_000);
    const state = page.getByTestId('state');
    await page.goto(`${host.url}/stream`);
    await expect(state).toHaveAttribute('data-state', 'open');
    await markPage(page);
    await host.stop();
    await expect(state).not.toHaveAttribute('data-state', 'open');
    expect(await pressAll(page)).toBeGreaterThanOrEqual(5);
    await expect(broken(page)).toHaveCount(0);
    expect(await isSamePage(page)).toBe(true);
    host = await startAgain();
    // What was pressed may have ended the stream, or another request has been made of it.
    await expect(async () => {
      if ((await state.getAttribute('data-state')) === 'idle')
        await page
          .getByRole('button', { name: /Connect/ })
          .first()
          .click();
      await expect(state).toHaveAttribute('data-state', /open|slow/, { timeout: 3_000 });
    }).toPass({ timeout: 300_000 });
    expect(await isSamePage(page)).toBe(true);
  });

  test('before the late parts are loaded: a missing one is shown as missing, and loads on retry', async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await page.goto(host.url, { waitUntil: 'commit' });
    await expect(cpu(page)).toBeVisible();
    await expectLive(page);
    await markPage(page);
    await page.route(script, (route) => route.abort());
    for (const name of ['1h', 'Replay', 'Note', 'More keys']) {
      const button = page.getByRole('button', { name, exact: true });
      if (await button.count()) await button.click();
    }
    await page.getByTestId('bell').click();
    await expect(broken(page)).toHaveCount(0);
    await expect(cpu(page)).toBeVisible();
    expect(await isSamePage(page)).toBe(true);
    await page.unroute(script);
    await page.goto(`${host.url}/?range=1h`);
    await expect(page.getByTestId('shown-time')).toContainText('One point');
  });
});

test.describe('late parts', () => {
  test.beforeAll(async () => {
    host = await start();
  });
  test.afterAll(() => host.stop());
  test.afterEach(({ pageErrors }) => forgive(pageErrors, cutOff));

  test('are all loaded soon after the page, without being used', async ({ page }) => {
    await page.goto(host.url);
    await expectLive(page);
    await lateIsHere(page);
    const later: string[] = [];
    page.on('request', (request) => request.resourceType() === 'script' && later.push(request.url()));
    await page.getByRole('button', { name: '1h', exact: true }).click();
    await expect(page.getByTestId('shown-time')).toContainText('One point');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await expect(page.getByRole('region', { name: 'Replay', exact: true })).toBeVisible();
    for (const key of ['n', '?', 'l']) await page.keyboard.press(key);
    await page.keyboard.press('Escape');
    await page.getByTestId('bell').click();
    await expect(page.getByRole('region', { name: 'Alerts' }).first()).toBeVisible();
    expect(later).toEqual([]);
  });

  test('one that did not load loads on retry, and the page stays', async ({ page }) => {
    await page.route(script, async (route) => {
      const isLate = await page.evaluate(() => document.readyState === 'complete').catch(() => false);
      return isLate ? route.abort() : route.continue();
    });
    await page.goto(`${host.url}/?transport=direct`);
    await expectLive(page);
    await markPage(page);
    await page.getByRole('button', { name: 'Note', exact: true }).click();
    const missing = page.getByTestId('part-missing').first();
    await expect(missing).toBeVisible();
    await expect(cpu(page)).toBeVisible();
    await expect(broken(page)).toHaveCount(0);
    await page.unroute(script);
    await missing.getByRole('button', { name: 'Retry' }).click();
    await expect(missing).toHaveCount(0);
    await expect(page.getByRole('form', { name: 'Note something at this time' })).toBeVisible();
  });

  test('of a build that is no longer there: a reload is offered, and made once', async ({ page }) => {
    let gone = false;
    await page.route(script, (route) => (gone ? route.fulfill({ status: 404, body: '' }) : route.continue()));
    let loads = 0;
    page.on('domcontentloaded', () => {
      loads += 1;
    });
    await page.addInitScript(() => {
      // Nothing is fetched while idle, as on a page that was opened a moment ago.
      window.requestIdleCallback = () => 0;
    });
    await page.goto(host.url);
    await expectLive(page);
    gone = true;
    await page.getByRole('button', { name: 'Note', exact: true }).click();
    const missing = page.getByTestId('part-missing').first();
    await expect(missing).toBeVisible();
    gone = false;
    await missing.getByRole('button').click();
    await expect(missing).toHaveCount(0);
    await expect(cpu(page)).toBeVisible();
    expect(loads).toBeLessThanOrEqual(2);
  });

  test('a page that broke for want of a script is reloaded once by itself, and then on request', async ({
    page,
    pageErrors,
  }) => {
    const html = await (await page.request.get(`${host.url}/embed/cpu`)).text();
    const scripts = [...html.matchAll(/<link rel="preload" href="([^"]+\.js)"/g)].map(
      ([, path = '']) => path,
    );
    expect(scripts.length).toBeGreaterThan(0);
    let isCut = true;
    await page.route(script, (route) =>
      isCut && scripts.some((path) => route.request().url().endsWith(path))
        ? route.abort()
        : route.continue(),
    );
    let loads = 0;
    page.on('domcontentloaded', () => {
      loads += 1;
    });
    await page.goto(`${host.url}/embed/cpu`);
    await expect.poll(() => loads, { timeout: 120_000 }).toBe(2);
    await expect(broken(page)).toBeVisible({ timeout: 120_000 });
    isCut = false;
    await page.getByRole('button', { name: 'Reload' }).click();
    await expect(cpu(page).locator('path').first()).toHaveAttribute('d', /^M/);
    await expect(broken(page)).toHaveCount(0);
    expect(loads, 'once by itself, and once when it was asked to').toBe(3);
    forgive(pageErrors, /preload/);
  });
});
