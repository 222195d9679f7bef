import { startServer } from './server';
import { expect, test } from './test';

test('the page outlives a restart: it says so, goes on by itself, and draws the outage as a hole', async ({
  page,
  pageErrors,
}) => {
  const first = await startServer({ HOSTBEAT_INTERVAL_MS: '500' });
  await page.goto(first.url);
  const badge = page.getByRole('status', { name: 'Connection' });
  const runs = async () => {
    const d = await page.locator('[data-testid="traces-cpu"] path').first().getAttribute('d');
    return d?.match(/M/g)?.length ?? 0;
  };
  await expect(badge).toHaveText('live');
  await expect.poll(runs).toBe(1);

  expect(await first.stop('SIGTERM')).toBe(0);
  await expect(badge).toHaveText('reconnecting');
  await expect(page.locator('[data-tone="silent"]')).toContainText('No word from this machine since', {
    timeout: 15_000,
  });
  await expect(page.getByRole('region', { name: 'CPU' })).toContainText('user–');

  const second = await startServer({
    HOSTBEAT_INTERVAL_MS: '500',
    PORT: String(first.port),
    HOSTBEAT_DATA_DIR: first.dataDir,
  });
  await expect(badge).toHaveText('live', { timeout: 30_000 });
  await expect.poll(runs).toBe(2);
  await expect(page.locator('[data-tone="silent"]')).toHaveCount(0);
  await second.stop();
  // Refused connections are what this test is about; the browser logs each.
  pageErrors.splice(0);
});
