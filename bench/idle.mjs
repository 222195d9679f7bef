import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * What the server costs with nobody watching, at 1 Hz: CPU from /proc/PID/stat, its ended children counted in,
 * and the processes that it started meanwhile (children now, and CPU time of children that ended).
 */
const settleMs = 15_000;
const measureMs = Number(process.env.HOSTBEAT_BENCH_SECONDS ?? 60) * 1000;
const ticksPerSecond = 100;

function usage(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: (user + system) / ticksPerSecond, children: (childUser + childSystem) / ticksPerSecond };
}

function residentMiB(pid) {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

const childrenOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();

await prepare();
const server = await startServer();
await wait(settleMs);
const before = usage(server.pid);
const seen = new Set();
const watch = setInterval(() => {
  for (const child of childrenOf(server.pid).split(' ').filter(Boolean)) seen.add(child);
}, 20);
await wait(measureMs);
clearInterval(watch);
const after = usage(server.pid);
const perMinute = (seconds) => ((seconds * 60_000) / measureMs).toFixed(2);

process.stdout.write(`Idle: nobody watching, 1 Hz, ${measureMs / 1000} s (${machine()})\n\n`);
process.stdout.write(
  `${table(
    ['CPU s/min', 'of ended children', 'processes seen', 'resident MiB'],
    [
      [
        perMinute(after.own - before.own + after.children - before.children),
        perMinute(after.children - before.children),
        seen.size,
        residentMiB(server.pid).toFixed(0),
      ],
    ],
  )}\n`,
);
await server.stop();
