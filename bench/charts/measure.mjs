import { setTimeout as wait } from 'node:timers/promises';

const settleMs = 4_000;
const longMs = 50;

/**
 * What a page costs its main thread a second, once it has loaded: CPU time of its tasks, so that what else the
 * machine does meanwhile is not counted, and its tasks over 50 ms by CPU time and by the clock.
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
  // Whatever is measured must have been drawn.
  await page.locator('.traces path[d^=M]:not([data-mark]), canvas').nth(11).waitFor({ state: 'attached' });
  await wait(settleMs);
  const tasks = await mainThreadTasks(browser, seconds);
  if (errors.length > 0) throw new Error(`${url} threw`, { cause: errors[0] });
  await page.close();
  const cpu = tasks.map(({ tdur = 0 }) => tdur / 1000);
  const clock = tasks.map(({ dur = 0 }) => dur / 1000);
  return {
    mainMs: cpu.reduce((sum, ms) => sum + ms, 0) / seconds,
    longestCpuMs: Math.max(0, ...cpu),
    longestClockMs: Math.max(0, ...clock),
    longTasks: cpu.filter((ms) => ms > longMs).length,
  };
}

/** The trace events of the tasks of the page's main thread: `dur` by the clock, `tdur` in CPU time, in µs. */
async function mainThreadTasks(browser, seconds) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'] },
  });
  await wait(seconds * 1000);
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const ofMain = mains.map(({ pid, tid }) =>
    events.filter(
      (event) => event.pid === pid && event.tid === tid && event.name === 'ThreadControllerImpl::RunTask',
    ),
  );
  const [tasks = []] = ofMain.sort((a, b) => b.length - a.length);
  if (!tasks.some(({ tdur }) => tdur > 0))
    throw new Error('The browser told no CPU time of the page’s tasks');
  return tasks;
}
