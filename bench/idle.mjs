import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { residentKiB, usage } from './proc.mjs';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * What the server costs with nobody watching, at 1 Hz: CPU time from /proc/PID/stat (proc_pid_stat(5)) with that
 * of its ended children, and its memory. The kernel adds the page faults of each child that ends to the parent's
 * `cminflt`, and no process ends without one: where it did not move, not one process was started and ended.
 * How many there were is the number seen every 20 ms, so at least that many.
 */
/** A server spends the most while its code is compiled. */
const settleMs = 30_000;
const measureMs = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 60) * 1000;
const lookEveryMs = 20;

if (process.platform !== 'linux') throw new Error('This measurement reads /proc, so it runs on Linux only');

await prepare();
const server = await startServer();
try {
  await wait(settleMs);
  const childrenFile = `/proc/${server.pid}/task/${server.pid}/children`;
  const before = usage(server.pid);
  const seen = new Set();
  const looking = setInterval(() => {
    for (const child of readFileSync(childrenFile, 'utf8').split(' ').filter(Boolean)) seen.add(child);
  }, lookEveryMs);
  const startedAt = performance.now();
  await wait(measureMs);
  clearInterval(looking);
  const minutes = (performance.now() - startedAt) / 60_000;
  const after = usage(server.pid);
  const own = after.ownSeconds - before.ownSeconds;
  const children = after.childSeconds - before.childSeconds;
  const ended = after.childFaults > before.childFaults;
  const row = [
    ((own + children) / minutes).toFixed(2),
    (children / minutes).toFixed(2),
    ended ? `at least ${Math.max(1, seen.size)}` : String(seen.size),
    (residentKiB(server.pid) / 1024).toFixed(0),
  ];
  const head = ['CPU s per minute', 'of ended children', 'processes started', 'resident MiB'];
  console.log(`Idle: nobody watching, 1 Hz, ${(minutes * 60).toFixed(0)} s (${machine()})\n`);
  console.log(table(head, [row]));
} finally {
  await server.stop();
}
