import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { inProject, main, Stop } from '../scripts/project.mjs';
import { scratchFolder } from './scratch.mjs';
import { machine, median, prepare, startServer, table } from './server.mjs';

/**
 * What streams that begin in the past, each with a filter of its own, do to everybody else: how long `GET /api/health`
 * takes meanwhile, asked every 50 ms. The past is that of the made-up home server. The clients are this process.
 */
const seed = 7;
const clients = 120;
const seconds = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 10);
const types = 'cpu,memory,pressure,disk,network,filesystem,sensor-data,processes,containers'.split(',');

/** Made in a process of its own, since the log that it closes stays locked until that has ended. */
function fill(dataDir) {
  const made = spawnSync(process.execPath, [inProject('bench', 'replay', 'past.mjs'), dataDir, `${seed}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (made.status !== 0) throw new Stop(`The past could not be made: ${made.status ?? made.signal}`);
}

const filterOf = (index) => types.filter((_, bit) => (index + 1) & (1 << bit)).join(',');

/** Clients that read all that comes, and how many bytes that was. */
function connect(url, path) {
  let bytes = 0;
  const open = Array.from({ length: clients }, (_, index) => {
    const query = `types=${filterOf(index)}&window=3600`;
    const sent = request(`${url}${path}?${query}`, { agent: false }, (answer) => {
      if (answer.statusCode !== 200) throw new Stop(`${answer.statusCode} for ${query}`);
      answer.on('data', (chunk) => {
        bytes += chunk.length;
      });
      answer.on('error', () => {});
    });
    sent.on('error', () => {}).end();
    return sent;
  });
  return {
    bytes: () => bytes,
    close() {
      for (const one of open) one.destroy();
    },
  };
}

/** Milliseconds that one answer takes. */
function health(url) {
  const from = performance.now();
  return new Promise((resolve, reject) => {
    request(`${url}/api/health`, { agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(performance.now() - from));
    })
      .on('error', reject)
      .end();
  });
}

async function measure(url, path) {
  const crowd = path === null ? { bytes: () => 0, close() {} } : connect(url, path);
  const until = performance.now() + seconds * 1_000;
  const took = [];
  while (performance.now() < until) {
    took.push(await health(url));
    await wait(50);
  }
  const mebibytes = crowd.bytes() / 1024 ** 2;
  crowd.close();
  await wait(1_000);
  return [mebibytes.toFixed(0), median(took).toFixed(0), Math.max(...took).toFixed(0)];
}

await main(async () => {
  await prepare();
  const dataDir = scratchFolder();
  fill(dataDir);
  const server = await startServer({ HOSTBEAT_DATA_DIR: dataDir, HOSTBEAT_DEMO: String(seed) });
  try {
    await wait(3_000);
    // What is compiled for the first request is not measured.
    for (const path of ['/api/health', '/api/events/recent'])
      await (await fetch(`${server.url}${path}`)).text();
    const rows = [];
    for (const path of [null, '/api/events', '/api/events/recent'])
      rows.push([path ?? 'nobody', ...(await measure(server.url, path))]);
    console.log(`${clients} clients, each with a filter of its own, ${seconds} s each (${machine()})\n`);
    console.log(table(['clients of', 'MiB read', 'health: median ms', 'health: worst ms'], rows));
  } finally {
    await server.stop();
  }
});
