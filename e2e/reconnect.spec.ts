import { runsOf } from './live-page';
import { startServer } from './server';
import { brokenConnection, expect, forgive, test } from './test';

test('the page outlives a restart: it shows it, goes on by itself, and draws the outage as a gap', async ({
  page,
  pageErrors,
}) => {
  const first = await startServer({ HOSTBEAT_INTERVAL_MS: '500' });
  await page.goto(first.url);
  const badge = page.getByRole('status', { name: 'Connection' });
  const runs = async () => {
    const path = page.locator('[data-testid="traces-cpu"] path').first();
    await path.evaluate((element) => element.scrollIntoView());
    const d = await path.getAttribute('d');
    return d?.match(/M/g)?.length ?? 0;
  };
  await expect(badge).toHaveText('live');
  await expect.poll(runs).toBeGreaterThan(0);
  await expect.poll(async () => (await runs()) - (await runsOf(first, 500))).toBe(0);
  const before = await runsOf(first, 500);

  expect(await first.stop('SIGTERM')).toBe(0);
  await expect(badge).toHaveText('reconnecting');
  await expect(page.locator('[data-tone="silent"]')).toContainText('No word from this machine since');
  await expect(page.getByRole('region', { name: 'CPU' })).toContainText('user–');

  const second = await startServer({
    HOSTBEAT_INTERVAL_MS: '500',
    PORT: String(first.port),
    HOSTBEAT_DATA_DIR: first.dataDir,
  });
  await expect(badge).toHaveText('live');
  await expect.poll(async () => (await runs()) - (await runsOf(second, 500))).toBe(0);
  expect(await runsOf(second, 500)).toBeGreaterThan(before);
  await expect(page.locator('[data-tone="silent"]')).toHaveCount(0);
  await second.stop();
  forgive(pageErrors, brokenConnection);
});

test('a restart that is over before a sample is missed is a gap all the same', async ({
  page,
  pageErrors,
}) => {
  // Two and a half intervals are 50 s here, so it is not the time between samples that breaks the trace.
  const env = { HOSTBEAT_INTERVAL_MS: '20000' };
  const first = await startServer(env);
  await page.goto(first.url);
  const runs = async () => {
    const path = page.locator('[data-testid="traces-memory"] path').first();
    // What is out of view is not drawn.
    await path.evaluate((element) => element.scrollIntoView());
    const d = await path.getAttribute('d');
    return d?.match(/M/g)?.length ?? 0;
  };
  await expect.poll(runs).toBe(1);
  await first.stop('SIGTERM');
  const second = await startServer({
    ...env,
    PORT: String(first.port),
    HOSTBEAT_DATA_DIR: first.dataDir,
  });
  await expect.poll(runs, { timeout: 240_000 }).toBe(2);
  await second.stop();
  forgive(pageErrors, brokenConnection);
});
