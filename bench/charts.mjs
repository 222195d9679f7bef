import { chromium } from '@playwright/test';
import { findChromium } from '../scripts/chromium.mjs';
import { servePage } from './charts/bundle.mjs';
import { paintLatencies } from './charts/latency.mjs';
import { measurePage } from './charts/measure.mjs';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * What twelve charts cost a browser's main thread a tick, beside uPlot's in the same browser, and how long a
 * sample takes from the host's clock to the screen. Fails where a goal is missed.
 */
const seconds = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 30);
const sizes = [300, 900, 3600];
const limits = { still: 2, smooth: 4, latencyMs: 100, longTasks: 0 };

const quantile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;
const ms = (value) => value.toFixed(1);

await prepare();
const executablePath = await findChromium();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic'] });
const [ours, theirs] = await Promise.all([
  servePage('bench/charts/hostbeat-page.tsx'),
  servePage('bench/charts/uplot-page.ts'),
]);
const server = await startServer();
const missed = [];

try {
  const rows = [];
  for (const points of sizes) {
    const at = (page) => `${page.url}/?points=${points}`;
    const uplot = await measurePage(browser, at(theirs), { seconds });
    const still = await measurePage(browser, at(ours), { seconds });
    const smooth = await measurePage(browser, at(ours), { seconds, moves: true });
    for (const [name, cost, limit] of [
      ['uPlot', uplot, Number.POSITIVE_INFINITY],
      ['Hostbeat, standing still between samples', still, limits.still],
      ['Hostbeat, scrolling smoothly', smooth, limits.smooth],
    ]) {
      const ratio = cost.mainMs / uplot.mainMs;
      if (points === sizes[0] && ratio > limit) missed.push(`${name}: ${ratio.toFixed(2)} × uPlot`);
      if (cost !== uplot && cost.longTasks > limits.longTasks) missed.push(`${name}: a task over 50 ms`);
      const { mainMs, scriptMs, layoutMs, longTasks, longestMs } = cost;
      rows.push([
        ...[points, name, ms(mainMs), ratio.toFixed(2), ms(scriptMs), ms(layoutMs)],
        `${longTasks}, ${ms(longestMs)}`,
      ]);
    }
  }
  const latencies = await paintLatencies(browser, server.url, 2 * seconds);
  const p95 = quantile(latencies, 0.95);
  if (!(p95 <= limits.latencyMs)) missed.push(`sample to paint: p95 ${ms(p95)} ms`);

  console.log(
    `Twelve charts, a tick a second, ${seconds} s each (${machine()}, Chromium ${browser.version()})\n`,
  );
  const head = ['points', 'page', 'main thread ms a tick', '× uPlot', 'script', 'style and layout'];
  console.log(table([...head, 'tasks over 50 ms, longest ms'], rows));
  console.log(
    `\nFrom a sample's time on the host's clock to the frame that shows it, ${latencies.length} samples: p50 ${ms(quantile(latencies, 0.5))} ms, p95 ${ms(p95)} ms`,
  );
  for (const goal of missed) console.log(`Missed: ${goal}`);
  if (missed.length > 0) process.exitCode = 1;
} finally {
  ours.close();
  theirs.close();
  await server.stop();
  await browser.close();
}
