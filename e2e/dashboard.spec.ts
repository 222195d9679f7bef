import type { Page } from '@playwright/test';
import { loggedTypes } from '../lib/protocol/event-types';
import { startServer } from './server';
import { movable, outlive, shiftsOf, watchShifts } from './shifts';
import { expect, forgive, test } from './test';

const trace = (index: number) => `[data-testid="traces-cpu"] >> nth=${index}`;

test('the dashboard is live: its charts move, its figures come, its sentence assesses the machine', async ({
  page,
  server,
}) => {
  await page.goto(server.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('live');
  const path = page.locator(trace(0)).locator('path').first();
  await expect(path).toHaveAttribute('d', /^M[\d. ]+L/);
  const before = await path.getAttribute('d');
  await expect(path).not.toHaveAttribute('d', before ?? '');
  await expect(page.locator('[data-tone]')).toHaveText(/CPU|Memory|memory/);
  await expect(page.getByRole('region', { name: 'Memory' })).toContainText(/used.*[\d.]+\u202f[MGT]B/);
  await expect(page.getByRole('region', { name: 'This machine' })).toContainText('Kernel');
  const badge = page.getByRole('status', { name: 'Connection' });
  await badge.hover();
  await expect(badge).toHaveAttribute(
    'title',
    /^From a sample to the screen: \d+ ms, 95 % of them within \d+ ms$/,
  );
});

test('the browser receives each event type by its own listener, ids rising by one', async ({
  page,
  server,
}) => {
  await page.goto(server.url);
  const received = await page.evaluate(
    (all) =>
      new Promise<{ types: string[]; ids: string[] }>((resolve) => {
        const types: string[] = [];
        const ids: string[] = [];
        const source = new EventSource('/api/events');
        for (const type of ['hello', ...all]) {
          source.addEventListener(type, (event) => {
            types.push(type);
            if (type !== 'hello') ids.push(event.lastEventId);
            if (ids.length < 20) return;
            source.close();
            resolve({ types, ids });
          });
        }
      }),
    loggedTypes,
  );
  expect(received.types).toEqual(expect.arrayContaining(['hello', 'cpu', 'memory', 'network']));
  const seqs = received.ids.map((id) => Number(id.split('-')[1]));
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
});

test('nothing shifts while it lives', async ({ page, server }) => {
  // All of it in view: what cannot be seen does not count as shifted.
  await page.setViewportSize({ width: 1440, height: 3000 });
  await watchShifts(page, movable);
  await page.goto(server.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('live');
  await outlive(page, 6);
  expect(await shiftsOf(page)).toEqual([]);
});

for (const width of [360, 768, 1024, 1440, 1920, 2560]) {
  test(`fits ${width} px without scrolling sideways, in both languages`, async ({ page, server }) => {
    await page.setViewportSize({ width, height: 900 });
    for (const lang of ['en', 'zh']) {
      await page.goto(`${server.url}/?lang=${lang}`);
      await expect(page.locator(trace(0))).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
  });
}

test('a wall screen is filled and legible from afar, and a smaller window makes charts smaller', async ({
  page,
  server,
}) => {
  await page.setViewportSize({ width: 2560, height: 1440 });
  await page.goto(server.url);
  const machine = page.getByRole('region', { name: 'This machine' });
  const endOfPanels = async () => {
    const box = await machine.boundingBox();
    return (box?.y ?? 0) + (box?.height ?? 0);
  };
  await expect.poll(endOfPanels).toBeGreaterThan(0.9 * 1440);
  const plot = page.getByRole('slider', { name: 'CPU' });
  const before = (await plot.boundingBox())?.height ?? 0;
  const smallest = await page.evaluate(() =>
    Math.min(
      ...[...document.querySelectorAll('main *')]
        .filter(({ childNodes }) => [...childNodes].some((node) => node.nodeType === Node.TEXT_NODE))
        .map((element) => Number.parseFloat(getComputedStyle(element).fontSize)),
    ),
  );
  expect(smallest).toBeGreaterThanOrEqual(13);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(async () => (await plot.boundingBox())?.height).toBeLessThan(before);
});

test('speaks Chinese to a reader of Chinese, and remembers the switch', async ({ browser, server }) => {
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(server.url);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh');
  await expect(page.getByRole('region', { name: '内存' })).toBeVisible();
  await page.getByRole('button', { name: '切换到英文' }).click();
  await expect(page.getByRole('region', { name: 'Memory' })).toBeVisible();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await context.close();
});

test('the theme follows the system until it is chosen, and the choice is kept', async ({ page, server }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(server.url);
  const dark = await background();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await background();
  expect(light).not.toBe(dark);
  await page.getByRole('button', { name: /^Theme/ }).click();
  await page.getByRole('button', { name: /^Theme/ }).click();
  expect(await background()).toBe(dark);
  await page.reload();
  expect(await background()).toBe(dark);
});

test('the keyboard moves the crosshair, and every legend shows that time', async ({ page, server }) => {
  await page.goto(server.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('live');
  const cpu = page.getByRole('slider', { name: 'CPU' });
  const memory = page.getByRole('slider', { name: 'Memory' });
  await cpu.focus();
  await page.keyboard.press('PageUp');
  await expect(memory).toHaveAttribute('aria-valuenow', '-5');
  await expect(memory).toHaveAttribute('aria-valuetext', /, 5 s ago$/);
  await page.keyboard.press('Home');
  await expect(memory).toHaveAttribute('aria-valuenow', '-300');
  await expect(memory).toHaveAttribute('aria-valuetext', /, 5 min 0 s ago$/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(memory).toHaveAttribute('aria-valuenow', '-299');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(memory).toHaveAttribute('aria-valuenow', '-300');
  await page.keyboard.press('End');
  await expect(memory).toHaveAttribute('aria-valuetext', /\u202fGB, now$/);
  await page.keyboard.press('Escape');
  await expect(memory).toHaveAttribute('aria-valuenow', '0');
});

test('no heading stands below one that is missing', async ({ page, server }) => {
  await page.goto(server.url);
  const levels = await page
    .locator('h1, h2, h3, h4')
    .evaluateAll((headings) => headings.map(({ tagName }) => Number(tagName[1])));
  expect(levels[0]).toBe(1);
  for (const [index, level] of levels.entries())
    expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
});

test('an unknown page is reported in the application’s own style', async ({ page, server, pageErrors }) => {
  const answer = await page.goto(`${server.url}/nowhere`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading')).toHaveText('There is nothing here');
  forgive(pageErrors, /status of 404/);
});

/** What the time axis names, from left to right, where it can be seen. */
const moments = (page: Page) =>
  page
    .locator('.chart')
    .first()
    .locator('.tick-time')
    .evaluateAll((labels) =>
      labels.filter((label) => getComputedStyle(label).display !== 'none').map((label) => label.textContent),
    );

test('the time axis leaves out no time between others', async ({ page, server }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto(server.url);
  await expect.poll(() => moments(page)).toEqual(['−5 m', '−4 m', '−3 m', '−2 m', '−1 m', 'now']);
  await page.setViewportSize({ width: 320, height: 180 });
  await page.goto(`${server.url}/embed/cpu`);
  await expect.poll(() => moments(page)).toEqual(['−5 m', '−4 m', '−3 m', '−2 m', '−1 m', 'now']);
  await page.setViewportSize({ width: 200, height: 150 });
  await expect.poll(() => moments(page)).toEqual(['−4 m', '−2 m', 'now']);
});

test('a phone shows the name of the machine', async ({ page }) => {
  const server = await startServer({ HOSTBEAT_HOST_NAME: 'greenhouse' });
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto(server.url);
  await expect(page.getByRole('banner').getByText('greenhouse')).toBeInViewport({ ratio: 1 });
  await page.close();
  await server.stop();
});
