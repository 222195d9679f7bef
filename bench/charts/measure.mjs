import { setTimeout as wait } from 'node:timers/promises';

const settleMs = 4_000;

/**
 * What a page costs its main thread a tick, once it has loaded.
 * @param {import('@playwright/test').Browser} browser
 * @param {string} url
 * @param {{ seconds: number, moves?: boolean }} options
 */
export async function measurePage(browser, url, { seconds, moves = false }) {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 700 },
    reducedMotion: moves ? 'no-preference' : 'reduce',
  });
  const errors = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.goto(url);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'timeTicks' });
  // Whatever is measured must have been drawn.
  await page.locator('.traces path[d^=M]:not([data-mark]), canvas').nth(11).waitFor({ state: 'attached' });
  await wait(settleMs);
  await page.evaluate(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  const before = await metrics(session);
  await wait(seconds * 1000);
  const after = await metrics(session);
  const longTasks = await page.evaluate(() => globalThis.longTasks);
  if (errors.length > 0) throw new Error(`${url} threw`, { cause: errors[0] });
  await page.close();
  const ticks = after.Timestamp - before.Timestamp;
  const each = (...names) =>
    (names.reduce((sum, name) => sum + after[name] - before[name], 0) * 1000) / ticks;
  return {
    mainMs: each('TaskDuration'),
    scriptMs: each('ScriptDuration'),
    layoutMs: each('LayoutDuration', 'RecalcStyleDuration'),
    longTasks: longTasks.length,
    longestMs: Math.max(0, ...longTasks),
  };
}

async function metrics(session) {
  const { metrics: all } = await session.send('Performance.getMetrics');
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}
