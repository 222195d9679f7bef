import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { findChromium } from '../scripts/chromium.mjs';
import { say } from '../scripts/project.mjs';
import { pathOf, peers, versionOf } from './peers/programs.mjs';
import { coreTime, treeResidentKiB, treeSeconds } from './proc.mjs';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * What Hostbeat costs beside others that watch a machine at 1 Hz, all of them at once and over the same seconds, so
 * that what else the machine does is the same for all. CPU is that of a program and all that it starts. Afterwards
 * the page of each that has one is open in a Chromium, one after the other, while all go on.
 */
/** A server spends the most while its code is compiled. */
const settleMs = 30_000;
const pageSettleMs = 15_000;
const measureMs = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 60) * 1000;

if (process.platform !== 'linux') throw new Error('This measurement reads /proc, so it runs on Linux only');

await prepare();
const running = [await startOurs()];
let browser;
try {
  for (const peer of peers) {
    if (peer.program && !pathOf(peer.program)) {
      say(`Left out: ${peer.name}, as ${peer.program} is not installed (Debian's ${peer.packageName})`);
      continue;
    }
    running.push({ ...peer, ...(await peer.start()) });
  }
  for (const { scrape } of running) if (scrape) askEachSecond(scrape);

  await wait(settleMs);
  const idle = await measure(running);
  const resident = new Map(running.map((one) => [one, treeResidentKiB(one.pid)]));

  const { chromium } = await import('@playwright/test');
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
  const open = new Map();
  let busiest = idle.busyPercent;
  for (const one of running) {
    if (!one.page && !one.polled) continue;
    const close = one.page ? await openPage(one.page) : askEachSecond(one.polled);
    await wait(pageSettleMs);
    const { costs, busyPercent } = await measure([one]);
    open.set(one, costs.get(one));
    resident.set(one, Math.max(resident.get(one), treeResidentKiB(one.pid)));
    busiest = Math.max(busiest, busyPercent);
    await close();
  }

  const [ours] = running;
  const figure = (seconds) => seconds?.toFixed(2) ?? '';
  const rows = running.map((one) => [
    one.name,
    one.packageName ? versionOf(one.packageName) : '',
    figure(idle.costs.get(one)),
    figure(idle.costs.get(one) / idle.costs.get(ours)),
    figure(open.get(one)),
    (resident.get(one) / 1024).toFixed(0),
  ]);
  const head = [
    'program',
    'version',
    'CPU s a minute, no page',
    '× Hostbeat',
    'one page open',
    'resident MiB',
  ];
  console.log(`Beside others, 1 Hz, ${measureMs / 1000} s each (${machine()}).`);
  console.log(
    `The machine's cores were ${idle.busyPercent.toFixed(0)} % busy without a page, ${busiest.toFixed(0)} % at most.\n`,
  );
  console.log(table(head, rows));
} finally {
  await browser?.close();
  await Promise.all(running.map(({ stop }) => stop()));
}

async function startOurs() {
  const server = await startServer();
  return { name: '**Hostbeat**', ...server, page: server.url };
}

/** CPU seconds a minute of each program, and how busy the whole machine was meanwhile. */
async function measure(programs) {
  const look = () => new Map(programs.map((one) => [one, treeSeconds(one.pid)]));
  const began = performance.now();
  const before = look();
  const coresBefore = coreTime();
  await wait(measureMs);
  const after = look();
  const minutes = (performance.now() - began) / 60_000;
  const cores = coreTime();
  const busySeconds = cores.busySeconds - coresBefore.busySeconds;
  return {
    costs: new Map(programs.map((one) => [one, (after.get(one) - before.get(one)) / minutes])),
    busyPercent: (busySeconds / (cores.allSeconds - coresBefore.allSeconds)) * 100,
  };
}

async function openPage(url) {
  const page = await browser.newPage();
  await page.goto(url);
  return () => page.close();
}

/** What does not answer is asked again in the next second. */
function askEachSecond(url) {
  const asking = setInterval(() => get(url, (answer) => answer.resume()).on('error', () => {}), 1000);
  asking.unref();
  return () => clearInterval(asking);
}
