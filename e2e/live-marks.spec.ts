import { post } from './post';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

let host: RunningServer;
test.beforeAll(async () => {
  host = await startServer({ HOSTBEAT_DEMO: '7', HOSTBEAT_INTERVAL_MS: '500' });
});
test.afterAll(() => host.stop());

const alertNow = async (name: string) => {
  const data = { name, severity: 'critical' };
  const { status } = await post(host, '/api/events', JSON.stringify([{ type: 'system-alert', data }]));
  expect(status).toBe(201);
};

test('the present shows what happened and where nothing is known, with nothing pressed', async ({ page }) => {
  const now = Date.now();
  const gaps = [{ from: now - 200_000, to: now - 140_000, cause: 'server-stopped' }];
  await page.route('**/api/history/gaps?**', (route) => route.fulfill({ json: { items: gaps } }));
  await alertNow('Tank is empty');
  await page.goto(host.url);
  const cpu = page.getByTestId('traces-cpu').first();
  const track = page.getByRole('list', { name: 'What happened in this time' });
  await expect(cpu.locator('[data-gaps] rect')).toHaveCount(1);
  await expect(cpu.locator('[data-mark=critical]')).toHaveAttribute('d', /^M\d/);
  await expect(track.getByRole('button', { name: /Tank is empty/ })).toBeVisible();
  await expect(track.getByRole('button', { name: /Hostbeat was stopped/ })).toBeVisible();

  // A gap goes left as time passes: it is where its moments are.
  const leftOf = () =>
    cpu.locator('[data-gaps] rect').evaluate((path) => {
      const chart = path.closest('.chart')?.getBoundingClientRect();
      return (path.getBoundingClientRect().left - (chart?.left ?? 0)) / (chart?.width ?? 1);
    });
  const first = await leftOf();
  const expected = 1 - (Date.now() - (gaps[0]?.from ?? 0)) / 300_000;
  expect(Math.abs(first - expected)).toBeLessThan(0.05);
  await expect.poll(leftOf).toBeLessThan(first);

  // And what comes is there as it comes.
  const before = await cpu.locator('[data-mark=critical]').getAttribute('d');
  await alertNow('Tank has a leak');
  await expect(cpu.locator('[data-mark=critical]')).not.toHaveAttribute('d', before ?? '');
});
