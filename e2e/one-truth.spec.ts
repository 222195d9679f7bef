import type { Page } from '@playwright/test';
import { post } from './post';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

/** A machine that is well, and no rule but a test's own. */
let demo: RunningServer;
test.beforeEach(async () => {
  demo = await startServer({ HOSTBEAT_DEMO: '7', HOSTBEAT_INTERVAL_MS: '500' });
  const { items } = (await (await fetch(`${demo.url}/api/alerts/rules`)).json()) as {
    items: { id: string }[];
  };
  for (const { id } of items) {
    const { status } = await fetch(`${demo.url}/api/alerts/rules/${id}`, { method: 'DELETE' });
    expect(status).toBeLessThan(300);
  }
});
test.afterEach(async ({ page }) => {
  await page.close();
  await demo.stop();
});

async function send(path: string, body: object): Promise<{ readonly id: string }> {
  const { status, text } = await post(demo, path, JSON.stringify(body));
  expect([status, text]).toEqual([201, expect.anything()]);
  return JSON.parse(text);
}

const headline = (page: Page) => page.locator('[data-tone]');
const bell = (page: Page) => page.getByTestId('bell');
const panel = (page: Page) => page.locator('#alerts');
const menu = (page: Page) => page.locator('section[aria-label="Alerts"].absolute');

test('where all is well, the sentence, the panel and the bell say so', async ({ page }) => {
  await page.goto(demo.url);
  await expect(headline(page)).toHaveAttribute('data-tone', 'calm');
  await expect(panel(page)).toContainText('No alerts firing');
  await expect(panel(page).locator('[data-calm]')).toHaveAttribute('data-calm', 'true');
  await expect(bell(page)).toHaveAccessibleName('Alerts: none firing');
});

test('a warning that no rule is about stands in the panel and at the bell too, and nothing shows that all is well', async ({
  page,
}) => {
  await page.goto(demo.url);
  await expect(headline(page)).toHaveAttribute('data-tone', 'calm');
  const hot = {
    id: 'rack',
    label: 'Rack',
    kind: 'temperature',
    value: 62,
    unit: '°C',
    high: 40,
    critical: 50,
  };
  const publishHot = () => send('/api/events', { type: 'sensor-data', data: { sensors: [hot] } });
  await publishHot();
  await expect(headline(page)).toHaveAttribute('data-tone', 'critical');
  await expect(headline(page)).toContainText('Rack is at its critical limit');
  for (const open of [false, true]) {
    if (open) await bell(page).click();
    const none = (open ? menu(page) : panel(page)).locator('[data-calm]').first();
    await expect(none).toHaveAttribute('data-calm', 'false');
    await expect(none).toContainText('No alerts firing');
    await expect(none).toContainText('Rack is at its critical limit');
    await publishHot();
  }
  await expect(headline(page)).not.toContainText('Healthy');
  await expect(page.getByText(/all is well|all calm/i)).toHaveCount(0);
});

test('what is silenced rings nowhere: the sentence, the bell and the panel agree on it', async ({ page }) => {
  const rule = { name: 'Mine', metric: 'cpu.totalPercent', severity: 'critical' };
  await send('/api/alerts/rules', { ...rule, comparison: 'above', threshold: 0, forSeconds: 0 });
  await page.goto(demo.url);
  await expect(headline(page)).toHaveAttribute('data-tone', 'critical');
  await expect(bell(page)).toHaveAttribute('data-count', '1');

  const silence = await send('/api/alerts/silences', {
    matcher: {},
    to: Date.now() + 600_000,
    comment: 'Works',
  });
  await expect(bell(page)).toHaveAttribute('data-count', '0');
  await expect(headline(page)).toHaveAttribute('data-tone', 'calm');
  await expect(headline(page)).toContainText('1 alert is silenced');
  await expect(headline(page)).not.toContainText('Healthy');
  await expect(panel(page)).toContainText(/silenced/i);
  // First paint says the same.
  const html = await (await page.request.get(demo.url)).text();
  expect(html).toMatch(/data-tone="calm"/);
  expect(html).toContain('silenced, nothing else');

  await fetch(`${demo.url}/api/alerts/silences/${silence.id}`, { method: 'DELETE' });
  await expect(bell(page)).toHaveAttribute('data-count', '1');
  await expect(headline(page)).toHaveAttribute('data-tone', 'critical');
});

test('what a program publishes as an alert is in the sentence, at the bell and in the lists', async ({
  page,
}) => {
  await page.goto(demo.url);
  await expect(headline(page)).toHaveAttribute('data-tone', 'calm');
  await send('/api/events', { type: 'system-alert', data: { name: 'Tank is empty', severity: 'critical' } });
  await expect(headline(page)).toContainText('Tank is empty');
  await expect(bell(page)).toHaveAttribute('data-count', '1');
  await expect(bell(page)).toHaveAttribute('data-worst', 'critical');
  await expect(panel(page)).toContainText('Tank is empty');
  await expect(panel(page)).not.toContainText('No alerts firing');
  await bell(page).click();
  await expect(menu(page)).toContainText('Tank is empty');
  await page.goto(`${demo.url}/alerts`);
  await expect(page.getByRole('main')).toContainText('Tank is empty');
});
