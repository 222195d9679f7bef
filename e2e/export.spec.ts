import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { post } from './post';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

const second = 1_000;
const evil = 'Tank </script><img src="http://192.0.2.1/x" onerror="document.title=1">';

const clock = (page: Page) => page.getByTestId('clock').locator('b');
const slider = (page: Page) => page.getByRole('slider', { name: 'Position in the recording' });
const position = async (page: Page) => Number(await slider(page).inputValue());

/** One that has measured nothing yet, since the file begins before its first sample. */
let server: RunningServer;

test.beforeAll(async () => {
  server = await startServer({ HOSTBEAT_INTERVAL_MS: '500' });
});

test.afterAll(async () => {
  await server.stop();
});

test('an exported file plays offline: no request, values at each time, keys, both languages', async ({
  page,
  context,
}, testInfo) => {
  const now = Date.now();
  const events = [
    { type: 'system-alert', data: { t: now - 20 * second, name: evil, severity: 'critical' } },
    { type: 'message', data: { t: now - 10 * second, text: 'deployed', source: 'note' } },
  ];
  expect((await post(server, '/api/events', JSON.stringify(events))).status).toBe(201);
  await expect
    .poll(async () => (await fetch(`${server.url}/api/history?metric=cpu.totalPercent`)).status)
    .toBe(200);

  const path = '/api/history/export.html';
  const bad = await fetch(`${server.url}${path}?from=${now - 2 * 86_400 * second}`);
  expect([bad.status, bad.headers.get('content-type')]).toEqual([
    400,
    'application/problem+json; charset=utf-8',
  ]);
  const answer = await fetch(`${server.url}${path}?from=${now - 60 * second}&lang=en`);
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename="hostbeat-[\w.-]+-\d{8}-\d{6}\.html"$/,
  );
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const file = testInfo.outputPath('moment.html');
  writeFileSync(file, await answer.text());

  // The dashboard's link asks for the time that it shows.
  await page.goto(`${server.url}/?from=${now - 60 * second}&to=${now}`);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export' }).click();
  expect((await download).url()).toBe(`${server.url}${path}?from=${now - 60 * second}&to=${now}`);
  expect((await download).suggestedFilename()).toMatch(/^hostbeat-.*\.html$/);
  expect(await (await download).failure()).toBeNull();

  // What the dashboard still asks for is not the file's.
  await page.goto('about:blank');
  const requests: string[] = [];
  await context.setOffline(true);
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);

  await expect(page.getByRole('heading', { level: 1 })).not.toBeEmpty();
  const cpu = page.getByRole('region', { name: 'CPU', exact: true });
  await expect(cpu.getByRole('img')).toBeVisible();
  await expect(cpu.locator('path.layer').first()).toHaveAttribute('d', /^M/);
  const total = cpu.getByRole('listitem').filter({ hasText: 'total' }).locator('b');
  await expect(total).toHaveText(/%$/);
  const list = page.getByRole('region', { name: 'What happened' });
  await expect(list.getByText(evil)).toBeVisible();

  // Before anything was measured there is a gap, and no value; the alert's row leads to its moment.
  await page.keyboard.press('Home');
  await expect(slider(page)).toHaveValue(String(now - 60 * second));
  await expect(total).toHaveText('–');
  await expect(page.getByTestId('clock')).toContainText('Nothing is kept');
  await list.getByRole('button', { name: /deployed/ }).click();
  await expect(slider(page)).toHaveValue(String(now - 10 * second));
  await page.keyboard.press('ArrowRight');
  await expect(slider(page)).toHaveValue(String(now - 9 * second));
  await page.keyboard.press('End');
  await expect(total).toHaveText(/%$/);

  // Pointing shows that moment everywhere, and moves nothing.
  const before = await clock(page).textContent();
  await cpu.getByRole('img').hover({ position: { x: 20, y: 20 } });
  await expect(total).toHaveText('–');
  await expect(clock(page)).not.toHaveText(before ?? '');
  await page.mouse.move(0, 0);
  await expect(clock(page)).toHaveText(before ?? '');

  // From its end it plays from its beginning, and is halted where it is.
  await page.getByRole('button', { name: '10×' }).click();
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.poll(() => position(page)).toBeGreaterThan(now - 60 * second);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();

  // On a phone, in Chinese.
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.getByRole('region', { name: '发生的事件' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
});
