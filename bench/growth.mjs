import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { text } from 'node:stream/consumers';
import { main } from '../scripts/project.mjs';
import { compile } from './compiled.mjs';
import { small } from './growth/machine.mjs';
import { machine, table } from './server.mjs';

/**
 * What one round of the sampler costs, and how that grows with what a machine has: CPU time of all threads, from the
 * reading of the files to the JSON for the log. Made-up machines are ordinary files, opened and closed at each
 * read, which procfs's are not, but nothing is rendered by a kernel.
 */
const growth = {
  cpus: [2, 16, 64, 256, 1024, 4096],
  disks: [1, 8, 64, 512],
  interfaces: [1, 8, 64, 512],
  sensors: [1, 8, 64, 512],
};
const processCounts = [100, 1_000, 10_000, 50_000];

await main(async () => {
  const compiled = await compile(
    ...[
      'lib/server/open-host',
      'lib/server/collectors/linux/linux-host',
      'lib/server/scheduler/cycle',
      'lib/server/scheduler/collector-state',
      'lib/server/concurrency/clock',
    ],
  );
  const measure = (what) => measureApart(compiled, what);
  const ms = (value) => value.toFixed(2);
  const row = (label, { medianMs, highMs, bytes }) => [label, ms(medianMs), ms(highMs), bytes];

  const rows = [];
  if (process.platform === 'linux') {
    rows.push(row('this machine, a round a second', await measure({ rounds: 30, everyMs: 1000 })));
    rows.push(row('this machine, 20 rounds a second', await measure({ rounds: 200, everyMs: 50 })));
  }
  rows.push(row('the made-up home server', await measure({ rounds: 200, demoSeed: 7 })));
  for (const [part, counts] of Object.entries(growth)) {
    for (const count of counts) {
      rows.push(row(`${count} ${part}`, await measure({ rounds: 100, size: { ...small, [part]: count } })));
    }
  }
  console.log(`A round at 1 Hz (${machine()}; load ${loadavg()[0]?.toFixed(1)})\n`);
  const head = ['CPU ms', '90th percentile', 'bytes of events'];
  console.log(table(['machine', ...head], rows));

  const scans = [];
  for (const count of processCounts) {
    const size = { ...small, processes: count };
    scans.push(row(`${count} processes`, await measure({ type: 'processes', rounds: 10, size })));
  }
  console.log('\nA look at all processes, every 5 s while someone listens\n');
  console.log(table(['machine', ...head], scans));
});

/** In a process of its own, which has seen no other machine. */
async function measureApart(compiled, what) {
  const script = new URL('growth/rounds.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, compiled, JSON.stringify(what)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout));
}
