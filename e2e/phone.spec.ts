import type { Page } from '@playwright/test';
import { post } from './post';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

let host: RunningServer;

async function send(path: string, body: object): Promise<void> {
  const { status } = await post(host, path, JSON.stringify(body));
  expect(status).toBe(201);
}

/** Something on each of the pages: what fires, what was silenced, who is told, what happened. */
test.beforeAll(async () => {
  host = await startServer({ HOSTBEAT_DEMO: '7', HOSTBEAT_INTERVAL_MS: '500' });
  const rule = { metric: 'cpu.totalPercent', comparison: 'above', threshold: 0, forSeconds: 0 };
  await send('/api/alerts/rules', {
    ...rule,
    name: 'Processors of the build machine are busy',
    severity: 'warning',
  });
  await send('/api/alerts/rules', { ...rule, name: 'Anything at all', severity: 'critical' });
  await send('/api/alerts/silences', {
    matcher: { ruleId: 'filesystem-nearly-full', severity: 'warning' },
    to: Date.now() + 3_600_000,
    comment: 'The archive is being moved to the new disks until tomorrow',
  });
  await send('/api/alerts/silences', {
    matcher: {},
    cron: '0 3 * * 0',
    durationSeconds: 3_600,
    comment: 'Updates',
  });
  await send('/api/notifications/channels', {
    name: 'Operations on call',
    kind: 'webhook',
    url: 'http://127.0.0.1:9/a-rather-long-address-of-a-hook',
  });
  await send('/api/events', [
    { type: 'message', data: { title: 'Backup of the photographs is done', text: 'in 4 minutes' } },
    { type: 'user-login', data: { user: 'ada', from: '192.0.2.7' } },
  ]);
  await expect
    .poll(
      async () =>
        (await (await fetch(`${host.url}/api/alerts?state=firing`)).text()).match(/"firing"/g)?.length,
    )
    .toBeGreaterThanOrEqual(2);
});
test.afterAll(() => host.stop());

/** The room that the text of each row of a list has, as a share of the window; and what sticks out of it. */
const look = (page: Page) =>
  page.evaluate(() => {
    const rows = [...document.querySelectorAll('main li')].filter((one) => one.clientHeight > 0);
    const narrow = rows.flatMap((row) => {
      const name = row.querySelector('b, h3');
      const block = name?.closest('[class*=flex-1], [class*="flex-[1"], [class*=min-w-0]:not(b)');
      const share = (block?.getBoundingClientRect().width ?? 0) / innerWidth;
      return name && share < 0.5 ? [`${name.textContent}: ${Math.round(share * 100)} %`] : [];
    });
    return { rows: rows.length, narrow, wide: document.documentElement.scrollWidth - innerWidth };
  });

for (const lang of ['en', 'zh'])
  for (const [path, rows] of [
    ['/alerts', 2],
    ['/alerts/rules', 15],
    ['/alerts/silences', 2],
    ['/events', 0],
    ['/notifications', 1],
    ['/embed/alerts', 2],
  ] as const) {
    test(`on a phone each row of ${path} (${lang}) has half of the screen for its text, or more`, async ({
      page,
    }) => {
      for (const width of [320, 360, 390, 430]) {
        await page.setViewportSize({ width, height: 844 });
        await page.goto(`${host.url}${path}?lang=${lang}`);
        await expect(page.getByRole('main')).toBeVisible();
        await expect
          .poll(async () => (await look(page)).rows, { message: path })
          .toBeGreaterThanOrEqual(rows);
        const { narrow, wide } = await look(page);
        expect(narrow, `${width} px`).toEqual([]);
        expect(wide, `${width} px: nothing sticks out`).toBeLessThanOrEqual(0);
      }
    });
  }
