import { loadavg } from 'node:os';
import { chromium } from '@playwright/test';
import { findChromium } from '../scripts/chromium.mjs';
import { servePage } from './charts/bundle.mjs';
import { paintLatencies } from './charts/latency.mjs';
import { measurePage } from './charts/measure.mjs';
import { machine, median, prepare, startServer, table } from './server.mjs';

/**
 * What twelve charts cost a browser's main thread a tick, beside uPlot's in the same browser, and how long a
 * sample takes from the host's clock to the screen. Fails where a goal is missed.
 */
const seconds = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 10);
const rounds = 3;
const sizes = [300, 900, 3600];
const limits = { still: 2, smooth: 4, latencyMs: 100 };

const quantile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;
const ms = (value) => value.toFixed(1);

const titles = {
  uplot: 'uPlot',
  still: 'Hostbeat, standing still between samples',
  smooth: 'Hostbeat, scrolling smoothly',
};

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
    /** @type {Record<string, Awaited<ReturnType<typeof measurePage>>[]>} */
    const runs = { uplot: [], still: [], smooth: [] };
    // In turns, so that what the machine does besides meets all.
    for (let round = 0; round < rounds; round += 1) {
      runs.uplot.push(await measurePage(browser, at(theirs), { seconds }));
      runs.still.push(await measurePage(browser, at(ours), { seconds }));
      runs.smooth.push(await measurePage(browser, at(ours), { seconds, moves: true }));
    }
    const cost = (name) => median(runs[name].map(({ mainMs }) => mainMs));
    for (const [name, title] of Object.entries(titles)) {
      const ratio = cost(name) / cost('uplot');
      const worst = (figure) => Math.max(...runs[name].map((run) => run[figure]));
      const longTasks = runs[name].reduce((sum, run) => sum + run.longTasks, 0);
      if (points === sizes[0] && ratio > limits[name]) missed.push(`${title}: ${ratio.toFixed(2)} × uPlot`);
      if (name in limits && longTasks > 0) missed.push(`${title}, ${points} points: a task over 50 ms`);
      const each = runs[name].map(({ mainMs }) => ms(mainMs)).join(', ');
      rows.push([
        ...[points, title, ms(cost(name)), each, ratio.toFixed(2), longTasks],
        ...[ms(worst('longestCpuMs')), ms(worst('longestClockMs'))],
      ]);
    }
  }
  const latencies = await paintLatencies(browser, server.url, 6 * seconds);
  const p95 = quantile(latencies, 0.95);
  if (!(p95 <= limits.latencyMs)) missed.push(`sample to paint: p95 ${ms(p95)} ms`);

  console.log(`Twelve charts, a tick a second, ${rounds} × ${seconds} s each`);
  console.log(`(${machine()}, Chromium ${browser.version()}, load ${loadavg().map(ms).join(' ')})\n`);
  const head = ['points', 'page', 'main thread, CPU ms a tick', 'its rounds', '× uPlot', 'tasks over 50 ms'];
  console.log(table([...head, 'longest, CPU ms', 'longest by the clock'], rows));
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
