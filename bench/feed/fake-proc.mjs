import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../scratch.mjs';

/** So many that a `cpu` event is about 1 KiB. */
const cores = 118;
/** Several times a sample, so that every sample finds that time has passed. */
const everyMs = 150;
const ticksPerWrite = 15_000;

const meminfo = ['MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'SwapTotal', 'SwapFree']
  .map((name, index) => `${name}: ${8_000_000 - index * 1_000_000} kB\n`)
  .join('');

/** What Hostbeat reads besides is this machine's, so that a round costs what it does elsewhere. */
const linked = ['1', 'self', 'net', 'pressure', 'diskstats', 'cpuinfo'];

/** A procfs of a machine with many cores whose figures move. */
export function startFakeProc() {
  const folder = scratchFolder();
  const busy = Array.from({ length: cores }, () => 0);
  let all = 0;

  function write() {
    all += ticksPerWrite;
    const lines = busy.map((before, core) => {
      const after = before + Math.floor(ticksPerWrite * (0.1 + 0.8 * Math.random()));
      busy[core] = after;
      return `cpu${core} ${after} 0 0 ${all - after} 0 0 0 0 0 0\n`;
    });
    const worked = busy.reduce((sum, ticks) => sum + ticks, 0);
    const total = `cpu  ${worked} 0 0 ${all * cores - worked} 0 0 0 0 0 0\n`;
    // Renamed into place: a sample must not find half a file.
    writeFileSync(join(folder, 'stat.new'), `${total}${lines.join('')}procs_running 2\nprocs_blocked 0\n`);
    renameSync(join(folder, 'stat.new'), join(folder, 'stat'));
  }

  mkdirSync(join(folder, 'sys/kernel'), { recursive: true });
  writeFileSync(join(folder, 'sys/kernel/hostname'), 'bench\n');
  writeFileSync(join(folder, 'loadavg'), '0.20 0.18 0.12 1/80 11206\n');
  writeFileSync(join(folder, 'meminfo'), meminfo);
  for (const name of linked) symlinkSync(join('/proc', name), join(folder, name));
  write();
  const timer = setInterval(write, everyMs);
  return { path: folder, stop: () => clearInterval(timer) };
}
