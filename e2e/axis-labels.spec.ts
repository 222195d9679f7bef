import type { Page } from '@playwright/test';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

let host: RunningServer;
test.beforeAll(async () => {
  host = await startServer({ HOSTBEAT_DEMO: '7', HOSTBEAT_INTERVAL_MS: '500' });
});
test.afterAll(() => host.stop());

const sizes = [
  [320, 640],
  [390, 844],
  [600, 900],
  [768, 1024],
  [1280, 800],
  [1920, 1080],
  [2560, 1440],
  [3440, 1440],
  [3840, 2160],
] as const;

const pages = [
  '/',
  '/?range=15m',
  '/?range=6h',
  '/?range=30d',
  '/?range=1y&lang=zh',
  '/?lang=zh',
  '/embed/cpu',
  '/embed/memory?range=7d',
  '/alerts/rules/cpu-busy',
];

interface Told {
  readonly charts: number;
  readonly named: number;
  readonly faults: readonly string[];
}

/** What is amiss with the names on the axes of a page: cut by the chart, or on top of one another. */
const look = (page: Page): Promise<Told> =>
  page.evaluate(() => {
    const faults: string[] = [];
    let charts = 0;
    let named = 0;
    const plots = [...document.querySelectorAll('main [role=slider]')].filter((one) => one.clientHeight > 0);
    for (const plot of plots) {
      const room = plot.getBoundingClientRect();
      const labels = [...plot.querySelectorAll('text.tick')].filter(
        (one) => getComputedStyle(one).display !== 'none',
      );
      const times = labels
        .filter((one) => one.matches('.tick-time'))
        .map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }))
        .sort((one, other) => one.box.left - other.box.left);
      charts += 1;
      if (times.length >= 1) named += 1;
      const name = plot.getAttribute('aria-label');
      for (const label of labels) {
        const box = label.getBoundingClientRect();
        const beyond = Math.max(
          room.left - box.left,
          box.right - room.right,
          room.top - box.top,
          box.bottom - room.bottom,
        );
        // A line of text has some room above and below its letters.
        if (beyond > 2) faults.push(`${name}: “${label.textContent}” is cut by ${beyond.toFixed(1)} px`);
      }
      times.forEach(({ text, box }, index) => {
        const before = times[index - 1];
        if (before && box.left < before.box.right + 3)
          faults.push(`${name}: “${text}” is on “${before.text}”`);
      });
    }
    return { charts, named, faults };
  });

for (const path of pages) {
  test(`no name on an axis of ${path} is cut or on another, from a phone to a wall`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(host.url + path);
    await expect(page.locator('text.tick-time').first()).toBeAttached();
    if (path.includes('range=') && !path.startsWith('/embed'))
      await expect(page.getByTestId('shown-time')).toContainText(/\d/);
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      const at = `${width} × ${height}`;
      await expect.poll(async () => (await look(page)).faults, { message: at, timeout: 5_000 }).toEqual([]);
      const { charts, named } = await look(page);
      expect(charts, at).toBeGreaterThan(0);
      expect(named, `${at}: charts whose axis names a time`).toBe(charts);
    }
  });
}
