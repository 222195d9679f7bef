import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from './server';
import { expect, test } from './test';

test('the pages of rules and silences show that these were lost, until somebody changes one', async ({
  page,
}) => {
  const first = await startServer();
  const { dataDir } = first;
  await first.stop();
  for (const end of ['-wal', '-shm']) writeFileSync(join(dataDir, `alerts.db${end}`), '');
  writeFileSync(join(dataDir, 'alerts.db'), 'no database '.repeat(1_000));
  const server = await startServer({ HOSTBEAT_DATA_DIR: dataDir });
  const lost = page.getByRole('status').filter({ hasText: 'Rules or silences were lost' });
  for (const path of ['rules', 'silences']) {
    await page.goto(`${server.url}/alerts/${path}`);
    await expect(lost).toBeVisible();
  }
  const { problems } = await (await fetch(`${server.url}/api/health`)).json();
  expect(problems).toContainEqual(expect.stringContaining('rules and silences are lost'));
  await page.goto(`${server.url}/alerts/rules`);
  await page.getByRole('checkbox').first().click();
  await expect(lost).toBeHidden();
  await page.goto('about:blank');
  await server.stop();
});
