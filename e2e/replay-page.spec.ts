import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePastOnDisk } from './past';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

/** Two minutes of an hour and a half ago. */
const start = Math.floor((Date.now() - 1.5 * 3_600_000) / 60_000) * 60_000;
const end = start + 110_000;
let dataDir = '';
let server: RunningServer;

test.beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-replay-page-'));
  await makePastOnDisk(dataDir, start, [['measure', 0, 120], ['forget']]);
  server = await startServer({ HOSTBEAT_DATA_DIR: dataDir, HOSTBEAT_HOST_NAME: 'atlas' });
});

test.afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

test('a stretch of the past is played, stands still, goes anywhere and is left again', async ({ page }) => {
  const asked: URL[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/api/events' && url.searchParams.has('speed')) asked.push(url);
  });
  const bar = page.getByRole('region', { name: 'Replay', exact: true });
  const moment = bar.getByRole('slider', { name: 'Moment' });
  const at = async () => Number(await moment.inputValue());
  const cpu = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'CPU', exact: true }) });

  const headline = page.getByRole('main').locator('header').first();
  await page.goto(`${server.url}/?from=${start}&to=${end}`);
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(page).toHaveURL(/&replay=1$/);
  await expect(bar).toBeVisible();
  await bar.getByRole('button', { name: '10×' }).click();
  await expect(page).toHaveURL(/&replay=10$/);
  await expect.poll(at).toBeGreaterThan(start + 5_000);
  expect(await at()).toBeLessThan(end);
  // The host was 1 % busier each second.
  const busy = async () => Number(/(\d+)\.\d.%/.exec((await cpu.textContent()) ?? '')?.[1]);
  await expect
    .poll(async () => Math.abs((await busy()) - (await at()) / 1_000 + start / 1_000))
    .toBeLessThan(15);
  await expect(page.getByRole('region', { name: 'Alerts' }).getByText('now', { exact: true })).toBeVisible();
  // The sentence is of that moment, too: of its CPU, and of 1 GB of memory, which this machine does not have.
  const said = async () =>
    Number(/CPU (\d+).%, memory 0.%/.exec(await headline.innerText())?.[1] ?? Number.NaN);
  await expect
    .poll(async () => Math.abs((await said()) - (await at()) / 1_000 + start / 1_000))
    .toBeLessThan(70);

  await bar.getByRole('button', { name: 'Pause' }).click();
  await expect(bar.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  const still = await at();
  const askedSoFar = asked.length;
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  expect(await at()).toBe(still);
  expect(asked).toHaveLength(askedSoFar);

  await bar.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => asked.length).toBe(askedSoFar + 1);
  const again = Number(asked.at(-1)?.searchParams.get('from'));
  expect(Math.abs(again - still), 'it goes on where it stood still').toBeLessThan(1_500);

  await moment.fill(String(end - 8_000));
  await expect(bar.getByRole('status')).toHaveText('This is the end of the time chosen.');
  expect(await at()).toBeGreaterThan(end - 1_500);
  await bar.getByRole('button', { name: 'From the beginning' }).click();
  await expect.poll(at).toBeLessThan(start + 60_000);

  await bar.getByRole('button', { name: 'Leave replay' }).click();
  await expect(page).toHaveURL(new RegExp(`\\?from=${start}&to=${end}$`));
  await expect(bar).toHaveCount(0);
  await expect(page.getByTestId('shown-time')).toContainText('One point');
});
