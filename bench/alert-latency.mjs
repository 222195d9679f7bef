import { chromium } from '@playwright/test';
import { findChromium } from '../scripts/chromium.mjs';
import { main, Stop } from '../scripts/project.mjs';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * From the moment of the sample that makes an alert fire to that in which a browser has the alert. Each rule is
 * always broken and fires after a time of its own, so there is about one firing a second; half of the rules are
 * on CPU and half on memory, and who is at it is looked up for each.
 */
const rules = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 40);
const goalMs = 150;
const slackMs = 20_000;

const watched = {
  'CPU, with the processes that weigh most': {
    metric: 'cpu.totalPercent',
    comparison: 'above',
    threshold: -1,
  },
  'memory, with the processes that weigh most': {
    metric: 'memory.usedPercent',
    comparison: 'above',
    threshold: -1,
  },
};

async function post(url, path, body) {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Stop(`${path}: ${await answer.text()}`);
}

/** The page is the dashboard, and listens as it does; what it notes is when a firing came, by the same clock. */
function listenInPage(url) {
  const latencies = {};
  globalThis.latencies = latencies;
  const source = new EventSource(`${url}/api/events?types=system-alert`);
  source.addEventListener('system-alert', ({ data }) => {
    const { t, metric, state } = JSON.parse(data);
    if (state !== 'firing') return;
    latencies[metric] ??= [];
    latencies[metric].push(Date.now() - t);
  });
}

await main(async () => {
  await prepare();
  const executablePath = await findChromium();
  const server = await startServer();
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.evaluate(listenInPage, server.url);
    for (let index = 1; index <= rules; index += 1) {
      for (const rule of Object.values(watched)) {
        await post(server.url, '/api/alerts/rules', {
          ...rule,
          name: `After ${index} s`,
          forSeconds: index,
          severity: 'info',
        });
      }
    }
    const all = Object.keys(watched).length * rules;
    await page.waitForFunction((count) => Object.values(globalThis.latencies).flat().length >= count, all, {
      timeout: rules * 1000 + slackMs,
    });
    const latencies = await page.evaluate(() => globalThis.latencies);
    const rows = Object.entries(watched).map(([what, { metric }]) => {
      const sorted = latencies[metric].sort((one, other) => one - other);
      const percentile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
      if (percentile(0.95) > goalMs) process.exitCode = 1;
      return [what, sorted.length, percentile(0.5), percentile(0.95), sorted.at(-1)];
    });
    console.log(`From sample to alert in the browser, the dashboard open (${machine()})\n`);
    console.log(table(['rule on', 'firings', 'p50 ms', 'p95 ms', 'most'], rows));
    if (process.exitCode) console.log(`\nPast the goal of ${goalMs} ms`);
  } finally {
    await browser.close();
    await server.stop();
  }
});
