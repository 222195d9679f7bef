import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { inProject, main, Stop } from '../scripts/project.mjs';
import { residentKiB, usage } from './proc.mjs';
import { scratchFolder } from './scratch.mjs';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * What clients that replay the past cost beside live ones: CPU time of the server over that of nobody watching, and its
 * memory. The past is that of the made-up home server, made in accelerated time. The clients are this process.
 */
const seed = 7;
const clients = 20;
const warmUpMs = 5_000;
const seconds = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 15);

/** Made in a process of its own, since the log that it closes stays locked until that has ended. */
function fill(dataDir) {
  const made = spawnSync(process.execPath, [inProject('bench', 'replay', 'past.mjs'), dataDir, `${seed}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (made.status !== 0) throw new Stop(`The past could not be made: ${made.status ?? made.signal}`);
  return JSON.parse(made.stdout);
}

/** Clients that read all that comes, and how many events that was. */
function connect(url, query) {
  let events = 0;
  const open = Array.from({ length: clients }, () => {
    const sent = request(`${url}/api/events?${query}`, { agent: false }, (answer) => {
      if (answer.statusCode !== 200) throw new Stop(`${answer.statusCode} for ${query}`);
      answer.setEncoding('latin1').on('data', (text) => {
        events += text.split('\nevent: ').length - 1;
      });
      answer.on('error', () => {});
    });
    sent.on('error', () => {}).end();
    return sent;
  });
  return {
    events: () => events,
    close() {
      for (const one of open) one.destroy();
    },
  };
}

async function measureCpu(server, query) {
  const crowd = query === null ? { events: () => 0, close() {} } : connect(server.url, query);
  await wait(query === null ? warmUpMs : 2_000);
  const [cpu, events, from] = [usage(server.pid).ownSeconds, crowd.events(), performance.now()];
  await wait(seconds * 1_000);
  const elapsed = (performance.now() - from) / 1_000;
  const used = (usage(server.pid).ownSeconds - cpu) / elapsed;
  const perSecond = (crowd.events() - events) / elapsed;
  const mebibytes = residentKiB(server.pid) / 1024;
  crowd.close();
  await wait(1_000);
  return { used, perSecond, mebibytes };
}

await main(async () => {
  await prepare();
  const dataDir = scratchFolder();
  const { older, younger } = fill(dataDir);
  const server = await startServer({ HOSTBEAT_DATA_DIR: dataDir, HOSTBEAT_DEMO: String(seed) });
  try {
    await wait(warmUpMs);
    // What is compiled for the first of them is not theirs to pay.
    for (const from of [older, younger]) {
      const warm = connect(server.url, `from=${from}&speed=60`);
      await wait(2_000);
      warm.close();
    }
    const idle = await measureCpu(server, null);
    const kinds = {
      live: 'window=0',
      'replay at 1×, from the log': `from=${younger}`,
      'replay at 60×, from the log': `from=${younger}&speed=60`,
      'replay at 60×, from history': `from=${older}&speed=60`,
    };
    const rows = [];
    for (const [name, query] of Object.entries(kinds)) {
      const { used, perSecond, mebibytes } = await measureCpu(server, query);
      const own = Math.max(0, used - idle.used);
      rows.push([
        name,
        (perSecond / clients).toFixed(0),
        ((own / clients) * 1_000).toFixed(2),
        ((own / perSecond) * 1e6).toFixed(0),
        mebibytes.toFixed(0),
      ]);
    }
    const head = [
      'clients',
      'events a second, each',
      'CPU ms a second, each',
      'CPU µs an event',
      'resident MiB',
    ];
    console.log(`${clients} clients at once, ${seconds} s each (${machine()})\n`);
    console.log(table(head, rows));
    console.log(
      `\nNobody watching: ${(idle.used * 1_000).toFixed(1)} CPU ms a second, ${idle.mebibytes.toFixed(0)} MiB`,
    );
  } finally {
    await server.stop();
  }
});
