import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { findChromium } from '../scripts/chromium.mjs';
import { main } from '../scripts/project.mjs';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * A dashboard that is opened for the first time: how long until its charts are drawn over five minutes, and what has
 * come over the wire by then, by a browser with nothing in its cache, from a server that has five minutes to tell of.
 */
const loads = 7;
const fullAfterMs = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 315) * 1_000;
const goal = { ms: 1_500, bytes: 800_000 };
const span = 0.96;

const hosts = { 'this machine': {}, 'the made-up home server': { HOSTBEAT_DEMO: '7' } };

/** Passes connections on to a server, and counts what comes back: of the page and of its shared worker alike. */
async function openCounter(port) {
  let bytes = 0;
  const counter = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    server.on('data', (chunk) => {
      bytes += chunk.length;
    });
    client.pipe(server).pipe(client);
  });
  await new Promise((resolve) => counter.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${counter.address().port}`,
    bytes: () => bytes,
    close: () => counter.close(),
  };
}

/** In the page: whether every chart that is in view is drawn over its span. */
function areFull(least) {
  const charts = [...document.querySelectorAll('svg[data-testid^="traces-"]')].filter((svg) => {
    const { top, bottom, width } = svg.getBoundingClientRect();
    return width > 0 && top < innerHeight && bottom > 0;
  });
  return (
    charts.length > 0 &&
    charts.every((svg) => {
      const widths = [...svg.querySelectorAll('path[d]')].map((path) => path.getBBox().width);
      return Math.max(0, ...widths) >= least * svg.width.baseVal.value;
    })
  );
}

async function load(executablePath, port) {
  const counter = await openCounter(port);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-quic', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const startedAt = performance.now();
    await page.goto(counter.url, { waitUntil: 'commit' });
    await page.waitForFunction(areFull, span, { polling: 'raf', timeout: 30_000 });
    return { ms: performance.now() - startedAt, bytes: counter.bytes() };
  } finally {
    await browser.close();
    counter.close();
  }
}

const medianOf = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

await main(async () => {
  await prepare();
  const executablePath = await findChromium();
  const servers = await Promise.all(
    Object.entries(hosts).map(async ([name, env]) => ({ name, server: await startServer(env) })),
  );
  try {
    await wait(fullAfterMs);
    const rows = [];
    for (const { name, server } of servers) {
      const port = Number(new URL(server.url).port);
      const seen = [];
      for (let count = 0; count < loads; count += 1) seen.push(await load(executablePath, port));
      const ms = medianOf(seen.map((one) => one.ms));
      const bytes = medianOf(seen.map((one) => one.bytes));
      if (!(ms <= goal.ms && bytes <= goal.bytes)) process.exitCode = 1;
      const most = Math.max(...seen.map((one) => one.ms));
      rows.push([name, `${ms.toFixed(0)} ms`, `${most.toFixed(0)} ms`, `${(bytes / 1000).toFixed(0)} kB`]);
    }
    console.log(`A cold load until charts show five minutes, ${loads} loads (${machine()})\n`);
    console.log(table(['host', 'median', 'most', 'over the wire'], rows));
    console.log(`\nGoals: ${goal.ms} ms, ${goal.bytes / 1000} kB`);
  } finally {
    for (const { server } of servers) await server.stop();
  }
});
