import type { Browser, Locator, Page } from '@playwright/test';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

let server: RunningServer;
let page: Page;
test.beforeAll(async () => {
  server = await startServer({ HOSTBEAT_DEMO: '7', HOSTBEAT_INTERVAL_MS: '500' });
});
test.afterAll(() => server.stop());

async function openByTouch(browser: Browser, path: string): Promise<Page> {
  const context = await browser.newContext({
    hasTouch: true,
    isMobile: true,
    viewport: { width: 390, height: 844 },
  });
  const opened = await context.newPage();
  await opened.goto(server.url + path);
  return opened;
}
test.afterEach(() => page.context().close());

const chart = (name: string) => page.getByRole('slider', { name, exact: true });
const tooltip = () => page.getByTestId('tooltip');

async function tap(of: Locator, share: number): Promise<void> {
  const box = await of.boundingBox();
  if (!box) throw new Error('the chart has no box');
  await page.touchscreen.tap(box.x + share * box.width, box.y + box.height / 2);
}

for (const path of ['/', '/?range=1h']) {
  test(`a tap on a chart of ${path} shows what was there until the next one`, async ({ browser }) => {
    page = await openByTouch(browser, path);
    const cpu = chart('CPU');
    await cpu.scrollIntoViewIfNeeded();
    await expect(cpu.locator('path').first()).toHaveAttribute('d', /^M/);
    if (path !== '/') await expect(page.getByTestId('shown-time')).toContainText('One point');
    await tap(cpu, 0.9);
    await expect(tooltip()).toBeVisible();
    await expect(tooltip()).toContainText(/\d\d:\d\d:\d\d/);
    // It stays when more samples come, and all charts show the moment.
    const before = await cpu.locator('path').first().getAttribute('d');
    if (path === '/') await expect(cpu.locator('path').first()).not.toHaveAttribute('d', before ?? '');
    await expect(tooltip()).toBeVisible();
    const box = await tooltip().boundingBox();
    expect(box?.x ?? -1).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390);

    const said = await cpu.getAttribute('aria-valuenow');
    await tap(cpu, 0.4);
    await expect(cpu).not.toHaveAttribute('aria-valuenow', said ?? '');
    await expect(tooltip()).toBeVisible();
    await tap(cpu, 0.41);
    await expect(tooltip()).toHaveCount(0);
    await tap(cpu, 0.7);
    await expect(tooltip()).toBeVisible();
    await page.getByRole('main').locator('header').first().tap({ force: true });
    await expect(tooltip()).toHaveCount(0);
  });
}

test('a tap on another chart goes there, and one tooltip is shown', async ({ browser }) => {
  page = await openByTouch(browser, '/?panels=cpu,memory');
  for (const name of ['CPU', 'Memory', 'CPU']) {
    await chart(name).scrollIntoViewIfNeeded();
    await tap(chart(name), 0.6);
    await expect(tooltip()).toHaveCount(1);
    await expect(chart(name).locator('..').getByTestId('tooltip')).toBeVisible();
  }
});

/** Fingers at places that are counted in px from the upper left of the element, or with a share of its width. */
async function fingersOn(of: Locator) {
  const devtools = await page.context().newCDPSession(page);
  const box = await of.boundingBox();
  if (!box) throw new Error('the chart has no box');
  return (
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    ...at: readonly (readonly [share: number, y: number])[]
  ) =>
    devtools.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at.map(([share, y], id) => ({ x: box.x + share * box.width, y: box.y + y, id })),
    });
}

async function drawnCpu(): Promise<Locator> {
  const cpu = chart('CPU');
  await cpu.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await expect(cpu.locator('path').first()).toHaveAttribute('d', /^M/);
  return cpu;
}

test('a page that scrolls under a finger shows nothing', async ({ browser }) => {
  page = await openByTouch(browser, '/');
  const touch = await fingersOn(await drawnCpu());
  const scrolled = page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        addEventListener('scrollend', () => resolve(true), { once: true });
      }),
  );
  await touch('touchStart', [0.5, 80]);
  for (const y of [60, 30, 0, -40, -90]) await touch('touchMove', [0.5, y]);
  await touch('touchEnd');
  expect(await scrolled).toBe(true);
  await expect(tooltip()).toHaveCount(0);
});

/** Where two fingers go down, in px below the upper edge of the chart: the one at 60 is on it. */
for (const [where, first, second] of [
  ['on a chart', 60, 60],
  ['on a chart and beside it', 60, -30],
  ['beside a chart and on it', -30, 60],
] as const) {
  test(`two fingers ${where} show nothing`, async ({ browser }) => {
    page = await openByTouch(browser, '/?panels=cpu');
    const touch = await fingersOn(await drawnCpu());
    await touch('touchStart', [0.4, first], [0.6, second]);
    for (const by of [0.15, 0.2, 0.3]) await touch('touchMove', [0.5 - by, first], [0.5 + by, second]);
    await expect(tooltip()).toHaveCount(0);
    await touch('touchEnd');
    await expect(tooltip()).toHaveCount(0);
  });
}

test('two fingers on two charts show nothing', async ({ browser }) => {
  page = await openByTouch(browser, '/?panels=cpu,memory');
  const cpu = await drawnCpu();
  const touch = await fingersOn(cpu);
  const [one, other] = [await cpu.boundingBox(), await chart('Memory').boundingBox()];
  if (!one || !other) throw new Error('a chart has no box');
  const below = other.y - one.y + 60;
  await touch('touchStart', [0.4, 60], [0.6, below]);
  for (const by of [0.15, 0.2, 0.3]) await touch('touchMove', [0.5 - by, 60], [0.5 + by, below]);
  await expect(tooltip()).toHaveCount(0);
  await touch('touchEnd');
  await expect(tooltip()).toHaveCount(0);
});

test('a tap on the history of a rule shows the value there', async ({ browser }) => {
  page = await openByTouch(browser, '/alerts/rules/cpu-busy');
  const history = page.getByTestId('history');
  await expect(history).toHaveAttribute('d', /^M/, { timeout: 30_000 });
  const slider = page.getByRole('slider').filter({ has: history });
  await slider.scrollIntoViewIfNeeded();
  await tap(slider, 0.95);
  const line = slider.locator('svg > line').last();
  await expect(line).toBeAttached();
  await expect(slider).not.toHaveAttribute('aria-valuenow', '100');
  const now = await slider.getAttribute('aria-valuenow');
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  await expect(slider).toHaveAttribute('aria-valuenow', now ?? '');
  await tap(slider, 0.95);
  await expect(slider).toHaveAttribute('aria-valuenow', '100');
});
