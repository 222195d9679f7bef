import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { main, Stop } from '../scripts/project.mjs';
import { usage } from './proc.mjs';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * How many events a second programs can publish, each request answered once its events are on disk. The load is
 * this process.
 */
const batch = 100;
const publishers = 4;
const warmUpMs = 2_000;
const seconds = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 10);
const goal = 5_000;

const agent = new Agent({ keepAlive: true, maxSockets: publishers });

/** Sends a body and gives the ids of its events. */
function post(url, body, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/events`, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 201) resolve(JSON.parse(text).ids);
        else reject(new Stop(`${answer.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject).end(body);
  });
}

const kinds = {
  messages: (n) => ({ type: 'message', data: { text: `Backup ${n} done`, source: 'bench' } }),
  'sensor values': (n) => ({ type: 'sensor-data', data: { sensors: [{ id: `s${n % 50}`, value: n }] } }),
};

async function measure(kind, withKeys) {
  const server = await startServer({ HOSTBEAT_MAX_PUBLISH_PER_SECOND: '1000000' });
  const body = JSON.stringify(Array.from({ length: batch }, (_, n) => kinds[kind](n)));
  const latencies = [];
  let isMeasuring = false;
  let isOver = false;
  let events = 0;
  async function publish() {
    while (!isOver) {
      const from = performance.now();
      const ids = await post(server.url, body, withKeys ? { 'Idempotency-Key': randomUUID() } : {});
      if (ids.length !== batch) throw new Stop(`${ids.length} ids for ${batch} events`);
      if (!isMeasuring || isOver) continue;
      latencies.push(performance.now() - from);
      events += batch;
    }
  }
  try {
    const publishing = Promise.all(Array.from({ length: publishers }, publish));
    publishing.catch(() => {});
    await wait(warmUpMs);
    isMeasuring = true;
    const before = usage(server.pid).ownSeconds;
    const from = performance.now();
    await Promise.race([wait(seconds * 1000), publishing]);
    const elapsed = (performance.now() - from) / 1000;
    const cpu = usage(server.pid).ownSeconds - before;
    isOver = true;
    await publishing;
    const perSecond = events / elapsed;
    if (perSecond < goal) process.exitCode = 1;
    latencies.sort((one, other) => one - other);
    const percentile = (share) =>
      `${(latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(1)}`;
    return [
      `${kind}${withKeys ? ', each request with a key' : ''}`,
      Math.round(perSecond).toLocaleString('en'),
      percentile(0.5),
      percentile(0.99),
      ((cpu / events) * 1e6).toFixed(0),
    ];
  } finally {
    isOver = true;
    await server.stop();
  }
}

await main(async () => {
  await prepare();
  const rows = [];
  for (const [kind, withKeys] of [
    ['messages', false],
    ['messages', true],
    ['sensor values', false],
  ]) {
    rows.push(await measure(kind, withKeys));
  }
  agent.destroy();
  console.log(`Publishing, ${publishers} programs, ${batch} events a request, ${seconds} s (${machine()})\n`);
  console.log(
    table(['what', 'events a second', 'p50 ms a request', 'p99 ms', 'server CPU µs an event'], rows),
  );
  if (process.exitCode) console.log(`\nBelow the goal of ${goal} events a second`);
});
