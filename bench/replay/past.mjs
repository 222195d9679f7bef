import { setTimeout as wait } from 'node:timers/promises';
import { main } from '../../scripts/project.mjs';
import { compile, load } from '../compiled.mjs';

/**
 * Fills the log and history of a folder with a past of the made-up home server, and prints where it is, as JSON:
 * `node past.mjs DATA_DIR SEED`.
 */
const host = 'demo';
const minuteMs = 60_000;
/** Longer than the fastest client takes. */
const stretchMs = 25 * minuteMs;
const periods = { filesystem: 30, processes: 5, containers: 5 };

/** Two stretches at 1 Hz, ending now: the first one only history has, since the log forgets samples after an hour. */
async function fill(dataDir, seed) {
  const folder = await compile(
    'lib/server/concurrency/clock',
    'lib/server/event-log/sqlite-log',
    'lib/server/timeseries/history',
    'lib/server/demo-host/demo-sample',
  );
  const { systemClock } = load(folder, 'lib/server/concurrency/clock');
  const { openSqliteLog } = load(folder, 'lib/server/event-log/sqlite-log');
  const { History } = load(folder, 'lib/server/timeseries/history');
  const { demoSampleAt } = load(folder, 'lib/server/demo-host/demo-sample');
  let wall = Date.now() - 110 * minuteMs;
  let monotonic = 0;
  const clock = { ...systemClock, wallMs: () => wall };
  const log = await openSqliteLog({ dataDir, clock: { ...clock, monotonicMs: () => monotonic }, flushMs: 1 });
  const history = new History({ log, dataDir, clock });

  async function measure(from, to) {
    for (let t = from; t < to; t += 1_000) {
      wall = t;
      const second = Math.floor(t / 1_000);
      const samples = Object.entries(demoSampleAt(seed, second * 1_000));
      await log.append(
        samples
          .filter(([type]) => second % (periods[type] ?? 1) === 0)
          .map(([type, sample]) => ({ type, host, t, json: JSON.stringify({ t, host, ...sample }) })),
      );
    }
  }
  async function mark(text) {
    const json = JSON.stringify({ t: wall, host, title: null, text, url: null, source: null });
    await log.append([{ type: 'message', host, t: wall, json }], 'durable');
  }

  const end = Date.now();
  const older = wall;
  await measure(older, older + stretchMs);
  await mark('older');
  await history.settle();
  const { tailSeq } = log;
  monotonic += 120 * minuteMs;
  await mark('younger');
  while (log.tailSeq === tailSeq) await wait(1);
  await measure(end - stretchMs, end);
  await history.close();
  await log.close();
  return { older, younger: end - stretchMs };
}

await main(async () => {
  console.log(JSON.stringify(await fill(process.argv[2], Number(process.argv[3]))));
});
