import type { Page } from '@playwright/test';
import { expect, test } from './test';

/**
 * A day of samples in seconds: the page's event source is a stand-in that says what a server says in a day, as
 * fast as the page takes it, with a frame drawn in between. Timers and clocks are the browser's own.
 */
function sayADay(): void {
  const said = { ticks: 0, go: () => {} };
  Object.assign(globalThis, { said });
  globalThis.EventSource = class extends EventTarget {
    static readonly CLOSED = 2;
    readyState = 1;
    onerror = null;
    constructor() {
      super();
      const start = Date.now();
      const say = (type: string, data: unknown, id = '') =>
        this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId: id }));
      const tick = () => {
        said.ticks += 1;
        const t = start + said.ticks * 1000;
        const cores = Array.from({ length: 16 }, () => Math.random() * 100);
        const load = { load1: 1, load5: 1, load15: 1, frequencyMHz: null, runningTasks: 1, blockedTasks: 0 };
        say('cpu', { t, host: 'atlas', totalPercent: cores[0], cores, ...load }, `a-${2 * said.ticks}`);
        const sizes = { totalBytes: 1e9, usedBytes: 1e8 * Math.random(), availableBytes: 1e8 };
        say('memory', { t, host: 'atlas', ...sizes }, `a-${2 * said.ticks + 1}`);
      };
      said.go = () => {
        for (let count = 0; count < 400; count += 1) tick();
      };
      setTimeout(() => {
        say('hello', { log: 'a', version: '1', serverTime: start, intervalMs: 1000, hosts: [] });
        said.go();
      }, 100);
    }
    close() {}
  } as unknown as typeof EventSource;
}

const ticksOf = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { said: { ticks: number } }).said.ticks);

/** Lets the page live through so many ticks more, 400 a frame. */
const live = (page: Page, ticks: number) =>
  page.evaluate(async (more) => {
    const { said } = globalThis as unknown as { said: { ticks: number; go: () => void } };
    const until = said.ticks + more;
    while (said.ticks < until) {
      said.go();
      await new Promise(requestAnimationFrame);
    }
  }, ticks);

test('the memory of a page that is open for a day is flat', async ({ context, server }) => {
  test.setTimeout(900_000);
  const page = await context.newPage();
  await page.addInitScript(sayADay);
  await page.goto(`${server.url}?transport=direct`);
  await expect.poll(() => ticksOf(page)).toBeGreaterThan(0);
  const session = await context.newCDPSession(page);
  const usedBytes = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize;
  };
  await live(page, 7_200);
  const after2h = await usedBytes();
  await live(page, 86_400 - 7_200);
  const after24h = await usedBytes();
  console.log(
    `heap: ${(after2h / 1e6).toFixed(1)} MB after 2 h, ${(after24h / 1e6).toFixed(1)} MB after 24 h`,
  );
  expect(await ticksOf(page)).toBeGreaterThanOrEqual(86_400);
  expect(after24h).toBeLessThan(after2h * 1.1 + 500_000);
});
