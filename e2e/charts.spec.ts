import type { Locator, Page } from '@playwright/test';
import { servePage } from '../bench/charts/bundle.mjs';
import { runsOf } from './live-page';
import { expect, test } from './test';

const chart = (page: Page, name: string) => page.getByRole('slider', { name });
const traces = (page: Page, name: string) => chart(page, name).locator('.traces');
const firstPath = (page: Page, name: string) => traces(page, name).locator('path').first();

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(firstPath(page, 'CPU')).toHaveAttribute('d', /^M[\d. ]+L/);
}

async function pointAt(page: Page, of: Locator, fraction: number): Promise<void> {
  const box = await of.boundingBox();
  if (box) await page.mouse.move(box.x + box.width * fraction, box.y + box.height / 2);
}

const attribute = (of: Locator, name: string) =>
  of.evaluate((element, key) => element.getAttribute(key), name);
const widthOf = (of: Locator) => of.evaluate((path) => (path as SVGPathElement).getBBox().width);
const animations = (of: Locator) => of.evaluate((element) => element.getAnimations().length);

/** Waits until the page was handed so many samples more, whatever it shows of them. */
async function samples(page: Page, count: number): Promise<void> {
  await page.evaluate(
    (more) =>
      new Promise<void>((resolve) => {
        const source = new EventSource('/api/events?types=cpu');
        let received = 0;
        source.addEventListener('cpu', () => {
          received += 1;
          if (received < more) return;
          source.close();
          resolve();
        });
      }),
    count,
  );
}

test('pointing shows every series at that time, and the crosshair is in step on all charts', async ({
  page,
  server,
}) => {
  await open(page, server.url);
  await pointAt(page, chart(page, 'CPU'), 0.998);
  const tooltip = page.getByTestId('tooltip');
  await expect(tooltip).toHaveCount(1);
  await expect(tooltip).toContainText(
    /\d\d:\d\d:\d\d.*user[\d.]+\u202f%system[\d.]+\u202f%iowait[\d.]+\u202f%/,
  );
  const places = await page
    .locator('.chart .bg-soft:not([hidden])')
    .evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect()));
  expect(places.length).toBe(await page.getByRole('slider').count());
  const fractions = await page.getByRole('slider').evaluateAll((all) =>
    all.map((one) => {
      const [line, box] = [one.querySelector('.bg-soft'), one.getBoundingClientRect()];
      return ((line?.getBoundingClientRect().left ?? 0) - box.left) / box.width;
    }),
  );
  for (const fraction of fractions) expect(fraction).toBeCloseTo(0.998, 1);
  await page.mouse.move(0, 0);
  await expect(tooltip).toHaveCount(0);
});

test('a pause stands still while the stream goes on, and afterwards nothing is missing', async ({
  page,
  server,
}) => {
  await open(page, server.url);
  const path = firstPath(page, 'CPU');
  await page.getByRole('button', { name: /Pause/ }).click();
  await expect(page.getByRole('button', { name: /Show the present again/ })).toBeVisible();
  // Alerts are not to be missed: they go on.
  const figures = () =>
    page
      .locator('main')
      .evaluate((main) =>
        [...main.querySelectorAll('section')]
          .filter((section) => section.getAttribute('aria-label') !== 'Alerts')
          .map((section) => section.textContent),
      );
  await expect.poll(async () => await animations(traces(page, 'CPU'))).toBe(0);
  const still = await attribute(path, 'd');
  const stillFigures = await figures();
  const width = await widthOf(path);
  const pxPerSecond = ((await chart(page, 'CPU').boundingBox())?.width ?? 0) / 300;
  await samples(page, 5);
  expect([await attribute(path, 'd'), await figures()]).toEqual([still, stillFigures]);
  expect(await animations(traces(page, 'CPU'))).toBe(0);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('live');

  await page.keyboard.press('Alt+KeyP');
  await expect(path).not.toHaveAttribute('d', still ?? '');
  // Five samples of half a second more, at 300 s to the width of the plot.
  expect((await widthOf(path)) - width).toBeGreaterThan(2.5 * 0.8 * pxPerSecond);
  const lines = async () => (await attribute(path, 'd'))?.match(/M/g)?.length ?? 0;
  await expect.poll(async () => (await lines()) - (await runsOf(server, 500))).toBe(0);
});

test('a chart opens as a table, which does not change while it is read', async ({ page, server }) => {
  await open(page, server.url);
  await chart(page, 'Memory').focus();
  await page.keyboard.press('Tab');
  const button = page.getByRole('button', { name: 'Memory: Show as a table' });
  await expect(button).toBeFocused();
  expect((await button.boundingBox())?.width).toBeGreaterThan(60);
  await page.keyboard.press('Enter');
  const table = page.getByRole('dialog', { name: 'Memory' }).getByRole('table');
  await expect(table.getByRole('columnheader')).toHaveText(['Time', 'used', 'cache']);
  const text = await table.textContent();
  expect(text).toMatch(/\d\d:\d\d:\d\d[\d.]+\u202fGB/);
  await samples(page, 3);
  expect(await table.textContent()).toBe(text);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(button).toBeFocused();
});

test('traces scroll by themselves where motion is welcome, and stand still where it is not', async ({
  page,
  server,
}) => {
  const place = () => traces(page, 'CPU').evaluate((svg) => svg.getBoundingClientRect().left);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await open(page, server.url);
  await expect.poll(() => animations(traces(page, 'CPU'))).toBe(1);
  const before = await place();
  await expect.poll(place).toBeLessThan(before);

  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(() => animations(traces(page, 'CPU'))).toBe(0);
  const still = await place();
  // It goes on with the samples.
  await expect.poll(place).toBeLessThan(still);
});

test('what is out of view costs nothing, and is complete when it is seen again', async ({ page, server }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await open(page, server.url);
  await page.setViewportSize({ width: 500, height: 500 });
  await chart(page, 'CPU').scrollIntoViewIfNeeded();
  await expect.poll(() => animations(traces(page, 'CPU'))).toBe(1);
  const path = firstPath(page, 'CPU');
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expect.poll(() => animations(traces(page, 'CPU'))).toBe(0);
  const unseen = await attribute(path, 'd');
  await samples(page, 3);
  expect(await attribute(path, 'd')).toBe(unseen);
  await chart(page, 'CPU').scrollIntoViewIfNeeded();
  await expect.poll(() => attribute(path, 'd')).not.toBe(unseen);
  await expect.poll(() => animations(traces(page, 'CPU'))).toBe(1);
});

test.describe('a stretch of history', () => {
  let url: string;
  let close: () => void;
  test.beforeAll(async () => {
    ({ url, close } = await servePage('e2e/chart-page/page.tsx'));
  });
  test.afterAll(() => close());
  test.beforeEach(async ({ page }) => {
    await page.goto(url);
    await expect(firstPath(page, 'Shown')).toHaveAttribute('d', /^M/);
  });
  // There is no server behind this page.
  test.afterEach(({ pageErrors }) => {
    pageErrors.length = 0;
  });

  const chosen = (page: Page) =>
    page.evaluate(() => (globalThis as unknown as { chosen: { from: number; to: number }[] }).chosen);
  const start = Date.UTC(2026, 10, 23, 11);

  test('keeps its one peak, its gap, its marks and its thresholds in few points', async ({ page }) => {
    const [user = '', system = ''] = await traces(page, 'Shown')
      .locator('path:not([data-mark])')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute('d') ?? ''));
    expect(user.split('L').length).toBeLessThan(2 * 620);
    const heights = user.split(/[ML]/).map((point) => Number(point.split(' ')[1]));
    expect(heights.filter((y) => y < 20)).toHaveLength(1);
    expect(system.split('M')).toHaveLength(3);
    await expect(traces(page, 'Shown').locator('[data-mark=critical]')).toHaveAttribute('d', /^M211.8 /);
    await expect(chart(page, 'Shown').locator('[data-threshold]')).toHaveText(['busy', 'full']);
    await expect(chart(page, 'Shown').locator('.tick-time')).toHaveText([
      ...['11:00', '11:10', '11:20', '11:30', '11:40', '11:50', '12:00'],
    ]);
  });

  test('shows what is near the crosshair, on both charts in step', async ({ page }) => {
    await pointAt(page, chart(page, 'Shown'), 1234 / 3600);
    const tooltip = page.getByTestId('tooltip');
    await expect(tooltip).toContainText('CPU is full');
    await expect(tooltip).toContainText('busy80 %');
    await expect(tooltip).toContainText('system10 %');
    await expect(tooltip).not.toContainText('atlas restarted');
    await expect(chart(page, 'Chosen').locator('.bg-soft:not([hidden])')).toHaveCount(1);
    await expect(chart(page, 'Chosen')).toHaveAttribute(
      'aria-valuetext',
      /^user 97 %, system 10 %, 11:20:34$/,
    );
  });

  test('drawn by Recharts or by itself, axes and grid are at the same place', async ({ page }) => {
    const frame = (name: string) =>
      chart(page, name).evaluate((one) => {
        const { left, top } = one.getBoundingClientRect();
        const near = (box: DOMRect) => [Math.round(box.left - left), Math.round(box.top - top)];
        return [...one.querySelectorAll('.tick-time, .pointer-events-none .tick-value')]
          .map((tick) => [tick.textContent, ...near(tick.getBoundingClientRect())].join(' '))
          .sort();
      });
    // Seven times, the top and the bottom value, and the labels of two thresholds.
    expect(await frame('Shown')).toHaveLength(11);
    expect(await frame('Chosen')).toEqual(await frame('Shown'));
    const grid = (name: string) =>
      chart(page, name).evaluate((one) => {
        const boxes = [...one.querySelectorAll('path.grid-line, line.grid-line')].map((line) =>
          line.getBoundingClientRect(),
        );
        const { left, top } = one.getBoundingClientRect();
        return {
          top: Math.min(...boxes.map((box) => box.top)) - top,
          bottom: Math.max(...boxes.map((box) => box.bottom)) - top,
          left: Math.min(...boxes.map((box) => box.left)) - left,
          right: Math.max(...boxes.map((box) => box.right)) - left,
        };
      });
    expect((await grid('Shown')).bottom).toBeGreaterThan(100);
    expect(await grid('Chosen')).toEqual(await grid('Shown'));
  });

  test('a range is chosen by dragging, and where it is not enabled nothing happens', async ({ page }) => {
    for (const name of ['Shown', 'Chosen']) {
      await pointAt(page, chart(page, name), 0.25);
      await page.mouse.down();
      await pointAt(page, chart(page, name), 0.5);
      await expect(page.getByTestId('selection')).toHaveCount(name === 'Chosen' ? 1 : 0);
      await page.mouse.up();
      await expect(page.getByTestId('selection')).toHaveCount(0);
    }
    const [range, ...more] = await chosen(page);
    expect(more).toEqual([]);
    expect(((range?.from ?? 0) - start) / 3_600_000).toBeCloseTo(0.25, 2);
    expect(((range?.to ?? 0) - start) / 3_600_000).toBeCloseTo(0.5, 2);

    // A click is no choice, and Escape drops one.
    await chart(page, 'Chosen').click();
    await page.mouse.down();
    await pointAt(page, chart(page, 'Chosen'), 0.8);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await chosen(page)).toHaveLength(1);
  });

  test('a stretch is chosen by the keyboard', async ({ page }) => {
    await chart(page, 'Chosen').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+PageDown');
    await page.keyboard.press('Shift+ArrowRight');
    await expect(chart(page, 'Chosen')).toHaveAttribute('aria-valuetext', /^from 11:00:00 to 11:02:12;/);
    await page.keyboard.press('Enter');
    expect(await chosen(page)).toEqual([{ from: start, to: start + 132_000 }]);
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    expect(await chosen(page)).toHaveLength(1);
  });
});
