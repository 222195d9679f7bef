import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import si from 'systeminformation';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Host, Sample } from '@/lib/server/collectors/host';
import { openLinuxHost } from '@/lib/server/collectors/linux/linux-host';
import { systemClock } from '@/lib/server/concurrency/clock';
import { startLoad } from './load';
import { type Bounds, startTimeline } from './timeline';
import { isInstalled, lastRow, metricOf, runTool, runWatch, startExporter, sumOf } from './tools';

const clock = () => performance.now();
const { signal } = new AbortController();
const seconds = 3;
/** Memory that other programs may take or free between two readings. */
const slackBytes = 96 * 1024 * 1024;

/** A reading of systeminformation, and its time. */
async function askLibrary() {
  const fromMs = clock();
  const [load, network] = [await si.currentLoad(), await si.networkStats('*')];
  return { load: load.currentLoad, network, fromMs, toMs: clock() };
}

/** A few seconds under load, as sampled by Hostbeat and by the others. */
async function observe(folder: string) {
  const exporter = await startExporter(clock);
  const endLoad = await startLoad(folder, 120_000);
  const timeline = startTimeline(openThis, clock);
  try {
    await timeline.settled();
    const scrapedFirst = await exporter?.scrape();
    const askedFirst = await askLibrary();
    const [vmstat, iostat] = await Promise.all([
      isInstalled('vmstat') ? runWatch('vmstat', ['-n', `${seconds}`, '2'], seconds, clock) : null,
      isInstalled('iostat')
        ? runWatch('iostat', ['-dxk', '-y', '-o', 'JSON', `${seconds}`, '1'], seconds, clock)
        : null,
    ]);
    const askedLast = await askLibrary();
    const scrapedLast = await exporter?.scrape();
    const free = isInstalled('free') ? await runTool('free', ['-bw'], clock) : null;
    await timeline.stop();
    await endLoad();

    const mounts = await mountsOf(openThis());
    const df = isInstalled('df')
      ? await runTool('df', ['-B1', '--output=target,size,used,avail'], clock)
      : null;
    const sizes = await si.fsSize();
    const { total } = await si.mem();
    return {
      ...{ timeline, vmstat, iostat, free, df, mounts, scrapedFirst, scrapedLast },
      library: { first: askedFirst, last: askedLast, sizes, total },
    };
  } finally {
    await endLoad();
    await timeline.stop();
    exporter?.stop();
  }
}

/** This machine as a whole, whatever the tests run in. */
function openThis(hostClock = systemClock): Host {
  const ownContainer = async () => null;
  return openLinuxHost({ name: 'this', procPath: '/proc', sysPath: '/sys', ownContainer, clock: hostClock });
}

async function mountsOf(host: Host): Promise<Sample<'filesystem'>['mounts']> {
  const sample = await host.collectors.find(({ type }) => type === 'filesystem')?.collect(signal);
  return sample && 'mounts' in sample ? sample.mounts : [];
}

let folder: string;
let seen: Awaited<ReturnType<typeof observe>>;

/** Skips a test whose tool is not installed, with the reason. */
function needed<T>(context: TestContext, found: T | null | undefined, tool: string): T {
  if (found === null || found === undefined)
    return context.skip(`${tool} is not installed, and npm test could not install it`);
  return found;
}

/** Expects `amount` within our bounds, with a tolerance for rounding. */
function expectWithin({ least, most }: Bounds, amount: Bounds | number, what: string, slack = 0): void {
  const { least: from, most: to } = typeof amount === 'number' ? { least: amount, most: amount } : amount;
  expect([what, ...[least, most, from, to].map(Number.isFinite)]).toEqual([what, true, true, true, true]);
  expect({ what, tooLittle: to < least * 0.99 - slack }).toEqual({ what, tooLittle: false });
  expect({ what, tooMuch: from > most * 1.01 + slack }).toEqual({ what, tooMuch: false });
}

const named = (prefix: string) =>
  seen.timeline
    .names()
    .flatMap((name) => (name.startsWith(`${prefix} `) ? [name.slice(prefix.length + 1)] : []));

describe.runIf(process.platform === 'linux')('this machine under load, as others measure it', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
    seen = await observe(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('the load is measurable', () => {
    const { first, last } = seen.library;
    const oneCore = (100 / cpus().length) * seconds;
    expect(seen.timeline.between(first, last, 'cpu').most).toBeGreaterThan(oneCore / 2);
  });

  it('vmstat: busy and waiting time', (context) => {
    const { text, first, last, leastSeconds, mostSeconds } = needed(context, seen.vmstat, 'vmstat (procps)');
    const { id = Number.NaN, wa = Number.NaN } = lastRow(text);
    const of = (percent: number) => ({
      least: (percent - 1) * leastSeconds,
      most: (percent + 1) * mostSeconds,
    });
    // 2 % of the time: it counts in ticks of 10 ms, and rounds each column to a whole percent.
    expectWithin(seen.timeline.between(first, last, 'cpu'), of(100 - id - wa), 'busy', 2 * seconds);
    expectWithin(seen.timeline.between(first, last, 'iowait'), of(wa), 'iowait', 2 * seconds);
  });

  it('iostat: bytes, writes, waiting and utilisation of each disk', (context) => {
    const { text, first, last, leastSeconds, mostSeconds } = needed(context, seen.iostat, 'iostat (sysstat)');
    const rows: readonly Readonly<Record<string, number | string>>[] =
      JSON.parse(text).sysstat.hosts[0].statistics[0].disk;
    const disks = named('written');
    for (const disk of disks) {
      const row = rows.find((candidate) => candidate.disk_device === disk);
      if (!row) continue;
      const check = (name: string, rate: number, slack: number) => {
        const amount = { least: rate * leastSeconds, most: rate * mostSeconds };
        expectWithin(seen.timeline.between(first, last, `${name} ${disk}`), amount, `${name} ${disk}`, slack);
      };
      const figure = (name: string) => Number(row[name]);
      check('read', figure('rkB/s') * 1024, 64 * 1024);
      check('written', figure('wkB/s') * 1024, 64 * 1024);
      check('writes', figure('w/s'), 2);
      check('busy', figure('util'), 2 * seconds);
      // Time is counted when a request ends, and iostat rounds the mean.
      check('waited', figure('w_await') * figure('w/s'), 20 + 0.01 * figure('w/s') * seconds);
    }
  });

  it('free: memory and swap', (context) => {
    const printed = needed(context, seen.free, 'free (procps)');
    const [, memory = '', swap = ''] = printed.text.split('\n');
    const [, total, , free, shared, buffers, cache, available] = memory.split(/\s+/).map(Number);
    const [, swapTotal, swapUsed] = swap.split(/\s+/).map(Number);
    const around = seen.timeline.memoryAround(printed);
    expect(around).toHaveLength(2);
    expect(around.map((sample) => [sample.totalBytes, sample.swapTotalBytes])).toEqual([
      [total, swapTotal],
      [total, swapTotal],
    ]);
    expectNear(
      around.map((sample) => sample.freeBytes),
      free,
      'free',
    );
    expectNear(
      around.map((sample) => sample.availableBytes),
      available,
      'available',
    );
    expectNear(
      around.map((sample) => sample.buffersBytes),
      buffers,
      'buffers',
    );
    expectNear(
      around.map((sample) => sample.cachedBytes),
      (cache ?? 0) - (shared ?? 0),
      'cache',
    );
    expectNear(
      around.map((sample) => sample.swapUsedBytes),
      swapUsed,
      'swap',
    );
  });

  it('df: size and use of each file system', (context) => {
    const printed = needed(context, seen.df, 'df (coreutils)');
    const rows = printed.text
      .split('\n')
      .map((line) => /^(\S+) +(\d+) +(\d+) +(\d+)$/.exec(line)?.slice(1) ?? []);
    for (const { mount, sizeBytes, usedBytes, availableBytes } of seen.mounts) {
      const row = rows.find(([target]) => target === mount);
      if (!row || sizeBytes === null) continue;
      expect([mount, sizeBytes]).toEqual([mount, Number(row[1])]);
      expectNear([usedBytes], Number(row[2]), `used of ${mount}`);
      expectNear([availableBytes], Number(row[3]), `available of ${mount}`);
    }
    expect(seen.mounts.length).toBeGreaterThan(0);
  });

  it('node_exporter: CPU, pressure, disks, network and memory', (context) => {
    const first = needed(context, seen.scrapedFirst, 'prometheus-node-exporter');
    const last = needed(context, seen.scrapedLast, 'prometheus-node-exporter');
    const rise = (metric: string) => metricOf(last.text, metric) - metricOf(first.text, metric);
    const within = (name: string, amount: number, slack: number) =>
      expectWithin(seen.timeline.between(first, last, name), amount, name, slack);

    const spent = (modes: RegExp) =>
      sumOf(last.text, 'node_cpu_seconds_total', modes) - sumOf(first.text, 'node_cpu_seconds_total', modes);
    const cores = new Set(first.text.match(/node_cpu_seconds_total\{cpu="\d+"/g)).size;
    const busySeconds = spent(/mode="(user|nice|system|irq|softirq|steal)"/);
    within('cpu', (busySeconds / cores) * 100, 2 * seconds);
    for (const [resource, metric] of [
      ['cpu', 'node_pressure_cpu_waiting_seconds_total'],
      ['io', 'node_pressure_io_waiting_seconds_total'],
    ] as const) {
      if (Number.isNaN(rise(metric)) || !named('pressure').includes(resource)) continue;
      within(`pressure ${resource}`, rise(metric) * 100, seconds);
    }
    for (const disk of named('written')) {
      const bytes = (verb: string) => rise(`node_disk_${verb}_bytes_total{device="${disk}"}`);
      if (Number.isNaN(bytes('written'))) continue;
      within(`written ${disk}`, bytes('written'), 4096);
      within(`read ${disk}`, bytes('read'), 4096);
    }
    for (const name of named('received')) {
      const bytes = (verb: string) => rise(`node_network_${verb}_bytes_total{device="${name}"}`);
      if (Number.isNaN(bytes('receive'))) continue;
      within(`received ${name}`, bytes('receive'), 1024);
      within(`sent ${name}`, bytes('transmit'), 1024);
    }
    const around = seen.timeline.memoryAround(first);
    expect(around[0]?.totalBytes).toBe(metricOf(first.text, 'node_memory_MemTotal_bytes'));
    const available = metricOf(first.text, 'node_memory_MemAvailable_bytes');
    expectNear(
      around.map((sample) => sample.availableBytes),
      available,
      'available',
    );
  });

  it('systeminformation: load, network, memory and file systems', () => {
    const { first, last, sizes, total } = seen.library;
    const lastSeconds = { least: (last.fromMs - first.toMs) / 1000, most: (last.toMs - first.fromMs) / 1000 };
    const busy = { least: last.load * lastSeconds.least, most: last.load * lastSeconds.most };
    // It has no column for time that waits for disks or is stolen: what it calls all is less by these.
    const waiting = seen.timeline.between(first, last, 'iowait').most;
    expectWithin(seen.timeline.between(first, last, 'cpu'), busy, 'load', 6 * lastSeconds.most + waiting);
    for (const { iface, rx_bytes: received, tx_bytes: sent } of last.network) {
      const before = first.network.find((row) => row.iface === iface);
      if (!before || !named('received').includes(iface)) continue;
      const within = (name: string, amount: number) =>
        expectWithin(
          seen.timeline.between(first, last, `${name} ${iface}`),
          amount,
          `${name} ${iface}`,
          1024,
        );
      within('received', received - before.rx_bytes);
      within('sent', sent - before.tx_bytes);
    }
    expect(seen.timeline.memoryAround(last)[0]?.totalBytes).toBe(total);
    for (const { mount, size, used } of sizes) {
      const own = seen.mounts.find((candidate) => candidate.mount === mount);
      if (!own?.sizeBytes) continue;
      // It asks df, which counts in KiB.
      expect(Math.abs(own.sizeBytes - size)).toBeLessThanOrEqual(1024);
      expectNear([own.usedBytes], used, `used of ${mount}`);
    }
  });
});

function expectNear(own: readonly (number | null)[], theirs: number | undefined, what: string): void {
  const known = own.flatMap((value) => value ?? []);
  const least = Math.min(...known) - slackBytes;
  const most = Math.max(...known) + slackBytes;
  const isNear = theirs !== undefined && theirs >= least && theirs <= most;
  expect({ what, isNear, ...(isNear ? {} : { own, theirs }) }).toEqual({ what, isNear: true });
}
