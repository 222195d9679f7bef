import type { Page } from '@playwright/test';
import { type RunningServer, startServer } from './server';
import { movable, outlive, shiftsOf, watchShifts } from './shifts';
import { expect, test } from './test';

/** A machine that is well, so that what is the matter is what a test makes so. */
let demo: RunningServer;
test.beforeEach(async () => {
  demo = await startServer({ HOSTBEAT_DEMO: '7', HOSTBEAT_INTERVAL_MS: '500' });
});
test.afterEach(async ({ page }) => {
  // A page that outlives its server would say so.
  await page.close();
  await demo.stop();
});

const headline = (page: Page) => page.locator('[data-tone]');

async function send(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${demo.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
  return answer.json();
}

const rackAt = (value: number) => ({
  type: 'sensor-data',
  data: {
    sensors: [{ id: 'rack', label: 'Rack', kind: 'temperature', value, unit: '°C', high: 40, critical: 50 }],
  },
});

test('the sentence names what is too hot, leads to its panel, and nothing moves for it', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 3000 });
  await watchShifts(page, movable);
  await page.goto(demo.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('live');
  await send('/api/events', rackAt(62));
  await expect(headline(page)).toHaveAttribute('data-tone', 'critical');
  await expect(headline(page)).toContainText('Rack is at its critical limit: 62.0\u202f°C.');
  await outlive(page, 4);
  expect(await shiftsOf(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 700 });
  await headline(page).getByRole('link', { name: /^Rack/ }).click();
  await expect(page).toHaveURL(/#sensors$/);
  await expect(page.getByRole('heading', { name: 'Sensors', exact: true })).toBeInViewport();
});

test('an alert that fired before the page was opened is in the headline, and no longer once it is resolved', async ({
  page,
}) => {
  const rule = { name: 'Mine', metric: 'cpu.totalPercent', severity: 'critical' };
  const told = await send('/api/alerts/rules', { ...rule, comparison: 'above', threshold: 0, forSeconds: 0 });
  const { id } = told as { id: string };
  await expect
    .poll(async () => JSON.stringify(await (await fetch(`${demo.url}/api/alerts?state=firing`)).json()))
    .toContain(id);
  // First paint has it: long before the page opens, an alert is no event of its last minutes.
  const html = await (await page.request.get(demo.url)).text();
  expect(html).toMatch(/data-tone="critical"[^§]*Mine/);
  await page.goto(`${demo.url}/?lang=zh`);
  await expect(headline(page)).toHaveAttribute('data-tone', 'critical');
  await expect(headline(page)).toContainText('Mine。');
  await fetch(`${demo.url}/api/alerts/rules/${id}`, { method: 'DELETE' });
  await expect(headline(page)).not.toContainText('Mine');
});

test('eight key figures, each leading to a panel that is there', async ({ page }) => {
  await page.goto(demo.url);
  const links = page.getByRole('list', { name: 'Key figures' }).getByRole('link');
  await expect(links).toHaveCount(8);
  for (const link of await links.all()) {
    const target = (await link.getAttribute('href')) ?? '';
    await expect(page.locator(target)).toBeVisible();
    await expect(link.getByRole('paragraph')).toHaveText(/\d/);
  }
});
