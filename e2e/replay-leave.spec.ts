import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { makePastOnDisk } from './past';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

/** Two minutes of an hour and a half ago. */
const start = Math.floor((Date.now() - 1.5 * 3_600_000) / 60_000) * 60_000;
const end = start + 110_000;
let dataDir = '';
let server: RunningServer;

test.beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-replay-leave-'));
  await makePastOnDisk(dataDir, start, [['measure', 0, 120], ['forget']]);
  server = await startServer({ HOSTBEAT_DATA_DIR: dataDir, HOSTBEAT_HOST_NAME: 'atlas' });
});

test.afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

const bar = (page: Page) => page.getByRole('region', { name: 'Replay', exact: true });

async function play(page: Page, speed: number): Promise<void> {
  await page.goto(`${server.url}/?from=${start}&to=${end}&replay=${speed}`);
  const clock = page.getByTestId('replay-clock');
  const before = await clock.getAttribute('datetime');
  await expect(clock).not.toHaveAttribute('datetime', before ?? '');
}

/** Presses a button, and tells whether the replay is gone in the very same turn of the page. */
const isGoneWith = (page: Page, name: string) =>
  page.evaluate(async (text) => {
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);
    if (!button) throw new Error(`no button ${text}`);
    button.click();
    // What React does in the event itself is done by then; a transition is not.
    await Promise.resolve();
    return document.querySelector('section[aria-label=Replay]') === null;
  }, name);

for (const speed of [1, 10]) {
  test(`a replay at ${speed}× is left at once, for the whole stretch`, async ({ page }) => {
    await play(page, speed);
    const asked: string[] = [];
    // What history tells of the stretch was read behind the replay, and is not read again.
    await expect
      .poll(() =>
        page.evaluate(() =>
          performance
            .getEntriesByType('resource')
            .map(({ name }) => name)
            .join(),
        ),
      )
      .toContain('/api/history?');
    await page.waitForLoadState('load');
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    expect(await isGoneWith(page, 'Leave replay')).toBe(true);
    await expect(page).toHaveURL(new RegExp(`\\?from=${start}&to=${end}$`));
    await expect(page.getByTestId('shown-time')).toContainText('One point');
    await expect(bar(page)).toHaveCount(0);
    expect(asked.filter((path) => path === '/api/metrics')).toEqual([]);
  });

  test(`a replay at ${speed}× is left at once, for the present, which went on meanwhile`, async ({
    page,
  }) => {
    await play(page, speed);
    expect(await isGoneWith(page, 'Live')).toBe(true);
    await expect(page).toHaveURL(/\/$/);
    const cpu = page.getByRole('slider', { name: 'CPU', exact: true });
    await expect(cpu.locator('path').first()).toHaveAttribute('d', /^M/);
    await expect(cpu).toHaveAttribute('aria-valuemin', '-300');
  });
}

test('another range and another speed are shown at once while it plays', async ({ page }) => {
  await play(page, 10);
  const isPressed = await page.evaluate(async () => {
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent === '60×');
    button?.click();
    await Promise.resolve();
    return button?.getAttribute('aria-pressed');
  });
  expect(isPressed).toBe('true');
  expect(await isGoneWith(page, '1h')).toBe(true);
});
