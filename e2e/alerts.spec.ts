import type { Page } from '@playwright/test';
import { publishSurely } from './publisher';
import { type RunningServer, startServer } from './server';
import { expect, forgive, test } from './test';

const name = 'Greenhouse is hot';
const rule = {
  name,
  metric: 'sensor.greenhouse.temperature',
  comparison: 'above',
  threshold: 35,
  clearThreshold: 32,
  forSeconds: 1,
  severity: 'critical',
};

/** With an alert of its own, so that no other test has one too. */
let server: RunningServer;
test.beforeAll(async () => {
  server = await startServer({ HOSTBEAT_INTERVAL_MS: '500' });
});
test.afterAll(() => server.stop());

/** Sends a value again and again, as a sensor does, until told to stop. */
function sensor(url: string, value: number): { stop(): Promise<void> } {
  let isOn = true;
  const sensors = [{ id: 'greenhouse', kind: 'temperature', value, unit: '°C' }];
  const running = (async () => {
    while (isOn) {
      await publishSurely(url, [{ type: 'sensor-data', data: { sensors } }]);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    async stop() {
      isOn = false;
      await running;
    },
  };
}

const bell = (page: Page) => page.getByTestId('bell');
const panel = (page: Page) => page.getByRole('region', { name: 'Alerts', exact: true });

test('an alert fires, is shown, acknowledged, silenced and resolved', async ({ page }) => {
  await page.goto(server.url);
  await expect(bell(page)).toHaveAccessibleName('Alerts: none firing');
  await expect(panel(page)).toContainText('No alerts firing');
  await fetch(`${server.url}/api/alerts/rules`, { method: 'POST', body: JSON.stringify(rule) });

  const hot = sensor(server.url, 38.5);
  await expect(page.getByTestId('toast')).toContainText(name);
  await expect(page.getByRole('alert').filter({ hasText: name })).toHaveText(
    `critical: ${name}. greenhouse: temperature is 38.5 °C, above 35 °C`,
  );
  await expect(bell(page)).toHaveAccessibleName('Alerts: 1 is on, critical');
  await expect(panel(page)).toContainText(name);
  await page.getByRole('button', { name: `Dismiss: ${name}` }).click();
  await expect(page.getByTestId('toast')).toHaveCount(0);

  await bell(page).click();
  await page.keyboard.press('Escape');
  await expect(bell(page)).toBeFocused();
  await expect(bell(page)).toHaveAttribute('aria-expanded', 'false');

  await panel(page).getByRole('link', { name }).click();
  const state = page.getByTestId('alert-state');
  const timeline = page.getByTestId('timeline');
  await expect(state).toHaveText('firing');
  await expect(timeline).toContainText('Fired');
  await expect(page.getByTestId('history')).toHaveAttribute('d', /^M[\d. ]+L/);
  await expect(page.getByTestId('span')).toHaveCount(1);
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByRole('button', { name: 'Acknowledged' })).toBeDisabled();
  await expect(timeline).toContainText('Acknowledged');
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await expect(timeline).toContainText('Silenced until');
  // What is silenced is not counted.
  await expect(bell(page)).toHaveAttribute('data-count', '0');

  await page.getByRole('button', { name: 'End the silence' }).click();
  await expect(bell(page)).toHaveAttribute('data-count', '1');
  await hot.stop();
  const cool = sensor(server.url, 20);
  await expect(state).toHaveText('resolved');
  await expect(timeline.getByRole('listitem').last()).toContainText('Resolved');
  await cool.stop();

  await page.goto(`${server.url}/alerts`);
  await expect(page.getByRole('region', { name: 'Past' })).toContainText(name);
  await page.getByRole('searchbox').fill('nothing of this name');
  await expect(page.getByRole('region', { name: 'Past' })).toContainText('No alert matches');
});

test('a rule is tried on what was, corrected, saved, changed and deleted', async ({ page }) => {
  await page.goto(`${server.url}/alerts/rules/new`);
  await page.getByLabel('Metric', { exact: true }).fill('cpu in use');
  await page.getByRole('option', { name: /^CPU in use/ }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByLabel('Metric', { exact: true })).toHaveValue('cpu.totalPercent');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('This is needed')).toHaveCount(2);
  await page.getByLabel('Name').fill('CPU at all');
  await page.getByLabel('Threshold').fill('-1');
  await page.getByLabel('Clears at').fill('5');
  await page.getByLabel('Name').focus();
  await expect(page.getByText('Takes at most the threshold')).toBeVisible();
  await page.getByLabel('Clears at').fill('');
  await page.getByLabel('For at least').first().fill('0');
  await expect(page.getByTestId('preview-summary')).toContainText('It would have fired 1 time');
  await expect(page.getByTestId('span')).toHaveCount(1);
  await page.getByLabel('Threshold').fill('200');
  await expect(page.getByTestId('preview-summary')).toHaveText('It would not have fired.');
  await page.getByRole('button', { name: 'Save' }).click();

  await page.getByRole('link', { name: /CPU at all/ }).click();
  await page.getByLabel('Condition').selectOption('risesFasterThan');
  await page.getByLabel('Rise a minute').fill('500');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('CPU in use rises faster than 500 % a minute')).toBeVisible();
  await page.getByRole('checkbox', { name: 'CPU at all: on' }).uncheck();
  await page.getByRole('link', { name: /CPU at all/ }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await expect(page.getByRole('link', { name: 'New rule' })).toBeVisible();
  await expect(page.getByRole('link', { name: /CPU at all/ })).toHaveCount(0);
});

test('silences are made, shown and ended', async ({ page, pageErrors }) => {
  await page.goto(`${server.url}/alerts/silences`);
  await page.getByRole('button', { name: 'New silence' }).click();
  await page.getByLabel('When').selectOption('cron');
  await page.getByLabel('Cron expression').fill('61 * * * *');
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await expect(page.getByText(/^Not taken: is no cron expression/)).toBeVisible();
  forgive(pageErrors, /status of 400/);
  await page.getByLabel('When').selectOption('forNow');
  await page.getByLabel('Why').fill('New disks');
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  const item = page.getByRole('listitem').filter({ hasText: 'New disks' });
  await expect(item).toHaveAttribute('data-phase', 'now');
  await item.getByRole('button', { name: 'End now: Everything' }).click();
  await expect(item).toHaveCount(0);
});

test('the event log is live, filtered, and small in the page', async ({ page }) => {
  await page.goto(`${server.url}/events`);
  const list = page.getByTestId('events');
  const notes = Array.from({ length: 100 }, (_, index) => ({
    type: 'message',
    data: { text: `note ${index}`, source: 'cron' },
  }));
  for (let round = 0; round < 3; round += 1) await publishSurely(server.url, notes);
  await publishSurely(server.url, [
    { type: 'system-alert', data: { name: 'RAID is degraded', severity: 'critical' } },
    ...notes.slice(98),
    { type: 'deploy', data: { version: '1.4.2' } },
  ]);
  await expect(list).toContainText('version 1.4.2');
  await expect(list).toContainText('note 99');
  expect(await list.getByRole('option').count()).toBeLessThan(60);

  await list.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('1.4.2');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('note 99');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'critical', exact: true }).click();
  await expect(list.getByRole('option').first()).toContainText('RAID is degraded');
  await expect(list).not.toContainText('note');
  await expect(page).toHaveURL(/severities=critical/);

  await page.goto(`${server.url}/embed/log?lang=zh`);
  await expect(page.getByTestId('events')).toContainText('version 1.4.2');
  await page.goto(`${server.url}/embed/alerts?lang=zh`);
  // Or what is the matter with the machine that the tests run on.
  await expect(page.getByText('一切正常').or(page.getByRole('listitem').first())).toBeVisible();
});
