import { setTimeout as wait } from 'node:timers/promises';

/**
 * From the time of each sample on the host's clock to after the frame in which its trace was drawn, in ms; server
 * and browser are on one machine, so one clock. The page is the dashboard with its shared worker.
 * @param {import('@playwright/test').Browser} browser
 */
export async function paintLatencies(browser, url, seconds) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watchSamples);
  await page.goto(url);
  await page.locator('[data-testid="traces-cpu"] path[d^=M]').first().waitFor();
  await wait(2_000);
  await page.evaluate(watchPaint);
  await wait(seconds * 1000);
  const latencies = await page.evaluate(() => globalThis.latencies);
  await page.close();
  return latencies;
}

/** Runs in the page before its scripts: keeps the time of the newest CPU sample that it was handed. */
function watchSamples() {
  globalThis.newestSample = 0;
  const Shared = globalThis.SharedWorker;
  globalThis.SharedWorker = class extends Shared {
    constructor(...args) {
      super(...args);
      this.port.addEventListener('message', ({ data }) => {
        for (const [type, text] of data.frames ?? [])
          if (type === 'cpu') globalThis.newestSample = JSON.parse(text).t;
      });
    }
  };
}

function watchPaint() {
  globalThis.latencies = [];
  let shown = 0;
  const traces = document.querySelector('[data-testid="traces-cpu"]');
  new MutationObserver(() => {
    const t = globalThis.newestSample;
    if (t === shown) return;
    shown = t;
    // This is within the frame's own task; the next comes when it is painted.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => globalThis.latencies.push(Date.now() - t);
    port2.postMessage(null);
  }).observe(traces, { attributes: true, subtree: true, attributeFilter: ['d'] });
}
