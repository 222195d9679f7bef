import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../scripts/project.mjs';
import { compile, load } from './compiled.mjs';
import { scratchFolder } from './scratch.mjs';
import { machine, median, prepare, startServer, table } from './server.mjs';

/**
 * What history answers and what it takes, of the made-up home server: three years that fill every level of the
 * tiers, asked for over HTTP; and two days at a sample a second, measured on disk.
 */
const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const day = 24 * hour;
const host = 'demo';
const seed = 7;
const loads = 15;
const goals = { one: 20, twelve: 60, bytesPerSample: 1, allBytes: 64 * 1024 ** 2 };

/** Each level full, as time has left it: a sample a step, and each second of the last two hours. */
const tiers = [
  [3 * 365 * day, hour],
  [120 * day, 10 * minute],
  [14 * day, minute],
  [2 * day, 10 * second],
  [2 * hour, second],
];
const ranges = { '5 min': 5 * minute, '1 h': hour, '6 h': 6 * hour, '1 d': day, '7 d': 7 * day };
Object.assign(ranges, { '30 d': 30 * day, '90 d': 90 * day, '1 y': 365 * day, '3 y': 3 * 365 * day });
const twelve = [
  ...['cpu.totalPercent', 'cpu.userPercent', 'cpu.systemPercent', 'cpu.load1', 'cpu.load5', 'cpu.load15'],
  ...['memory.usedBytes', 'memory.availableBytes', 'cpu.core0.percent', 'cpu.core1.percent'],
  ...['cpu.core2.percent', 'cpu.core3.percent'],
];
const everyMs = { filesystem: 30_000, containers: 5_000 };
/** When a server writes: once a block of the finest level is complete, and its last samples are surely in. */
const [writtenEvery, slack] = [10 * minute, 16 * second];
/** Samples that are collected only while a client wants them. */
const unwanted = ['processes'];

await main(async () => {
  await prepare();
  const compiled = await compile(
    'lib/server/concurrency/clock',
    'lib/server/timeseries/history',
    'lib/server/demo-host/demo-sample',
    'lib/protocol/metrics',
  );
  const { systemClock } = load(compiled, 'lib/server/concurrency/clock');
  const { History } = load(compiled, 'lib/server/timeseries/history');
  const { demoSampleAt } = load(compiled, 'lib/server/demo-host/demo-sample');
  const { eachMetric } = load(compiled, 'lib/protocol/metrics');
  let values = 0;

  function eventsAt(t, stepMs, seq) {
    return Object.entries(demoSampleAt(seed, t))
      .filter(
        ([type, sample]) =>
          sample && !unwanted.includes(type) && t % Math.max(everyMs[type] ?? 0, stepMs) < stepMs,
      )
      .map(([type, sample], index) => {
        const payload = { t, host, ...sample };
        eachMetric(type, payload, (_, value) => {
          if (value !== null) values += 1;
        });
        return { seq: seq + index + 1, type, host, t, json: JSON.stringify(payload) };
      });
  }

  /** Stretches of made-up time, the oldest first, through a history of their own. Returns how long rolling up took. */
  async function record(dataDir, stretches, present) {
    values = 0;
    let held = [];
    let head = 0;
    let wall = 0;
    let due = 0;
    const log = {
      id: 'bench',
      tailSeq: 1,
      get headSeq() {
        return head;
      },
      read: (after, limit) => held.filter(({ seq }) => seq > after).slice(0, limit),
      onAppend: () => () => undefined,
      hasGap: () => false,
    };
    const history = new History({ log, dataDir, clock: { ...systemClock, wallMs: () => wall } });
    for (const [index, [spanMs, stepMs]] of stretches.entries()) {
      const until = present - (stretches[index + 1]?.[0] ?? 0);
      for (let t = present - spanMs; t < until; t += stepMs) {
        held.push(...eventsAt(t, stepMs, head));
        head = held.at(-1)?.seq ?? head;
        wall = t;
        if (held.length < 400 || t < due) continue;
        await history.settle();
        held = [];
        due = (Math.floor(t / writtenEvery) + 1) * writtenEvery + slack;
      }
    }
    await history.settle();
    if (history.problem) throw new Error(history.problem);
    const { writtenBytes } = history.size();
    await history.close();
    return { writtenBytes, values };
  }

  const sizeOf = (dataDir) => statSync(join(dataDir, 'history.db')).size;
  const present = Math.floor(Date.now() / hour) * hour;

  const days = scratchFolder();
  const two = await record(days, [[2 * day, second]], present);
  const daysBytes = sizeOf(days);
  rmSync(days, { recursive: true });
  const full = scratchFolder();
  await record(full, tiers, present);
  const fullBytes = sizeOf(full);

  console.log(`History (${machine()})\n`);
  const perSample = daysBytes / two.values;
  const fits = [perSample <= goals.bytesPerSample, fullBytes <= goals.allBytes];
  console.log(
    table(
      ['what', 'measured', 'goal'],
      [
        ['two days at 1 Hz: values taken in', two.values.toLocaleString('en'), ''],
        ['… on disk', `${(daysBytes / 1e6).toFixed(2)} MB`, ''],
        ['… bytes a value', perSample.toFixed(3), goals.bytesPerSample],
        ['… written by history in a day', `${(two.writtenBytes / 2e6).toFixed(1)} MB`, ''],
        ['three years, every level full, on disk', `${(fullBytes / 1e6).toFixed(1)} MB`, '67 MB'],
      ],
    ),
  );

  const server = await startServer({
    HOSTBEAT_DATA_DIR: full,
    HOSTBEAT_DEMO: String(seed),
    HOSTBEAT_HOST_NAME: host,
  });
  const rows = [];
  try {
    for (const [name, spanMs] of Object.entries(ranges)) {
      const row = [name];
      for (const metrics of [twelve.slice(0, 1), twelve]) {
        const tookMs = [];
        for (let count = 0; count < loads; count += 1) {
          // Another place each time, since nothing of it is to be remembered from the time before.
          const to =
            present - hour - ((3 * 365 * day - spanMs) * count) / loads / (spanMs > hour ? 1 : 30_000);
          const query = new URLSearchParams({
            from: String(Math.round(to - spanMs)),
            to: String(Math.round(to)),
          });
          for (const metric of metrics) query.append('metric', metric);
          const before = performance.now();
          const answer = await fetch(`${server.url}/api/history?${query}`);
          await answer.arrayBuffer();
          if (answer.status !== 200) throw new Error(`${answer.status} for ${query}`);
          tookMs.push(performance.now() - before);
        }
        row.push(median(tookMs).toFixed(1), Math.max(...tookMs).toFixed(1));
        fits.push(median(tookMs) <= (metrics.length === 1 ? goals.one : goals.twelve));
      }
      rows.push(row);
    }
  } finally {
    await server.stop();
  }
  console.log(`\nms until an answer is there, of ${loads} places in three years\n`);
  console.log(table(['range', 'one metric, median', 'most', 'twelve, median', 'most'], rows));
  console.log(`\nGoals: ${goals.one} ms, ${goals.twelve} ms`);
  if (fits.includes(false)) process.exitCode = 1;
});
