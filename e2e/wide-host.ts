import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from './random';

export interface WideHost {
  /** For `HOSTBEAT_PROC`. */
  readonly procPath: string;
  close(): void;
}

const ticksPerSecond = 100;
const refreshMs = 100;

/** A /proc of a machine with so many CPUs, all of them busy: its `cpu` events are as large as they get. */
export function startWideHost(cpus: number, random: Random): WideHost {
  const procPath = mkdtempSync(join(tmpdir(), 'hostbeat-wide-'));
  const user = new Float64Array(cpus);
  const idle = new Float64Array(cpus);

  function advance(): void {
    const ticks = (refreshMs / 1000) * ticksPerSecond * 1000;
    for (let cpu = 0; cpu < cpus; cpu += 1) {
      const busy = Math.floor(random.next() * ticks);
      user[cpu] = (user[cpu] ?? 0) + busy;
      idle[cpu] = (idle[cpu] ?? 0) + ticks - busy;
    }
    const sum = (times: Float64Array) => times.reduce((all, one) => all + one, 0);
    const line = (label: string, busy: number, free: number) => `${label} ${busy} 0 0 ${free} 0 0 0 0 0 0\n`;
    let stat = line('cpu ', sum(user), sum(idle));
    for (let cpu = 0; cpu < cpus; cpu += 1) stat += line(`cpu${cpu}`, user[cpu] ?? 0, idle[cpu] ?? 0);
    // Renamed, since a reader must never see half of it.
    writeFileSync(join(procPath, 'stat.new'), `${stat}btime 1700000000\nprocs_running 1\nprocs_blocked 0\n`);
    renameSync(join(procPath, 'stat.new'), join(procPath, 'stat'));
  }

  mkdirSync(join(procPath, 'sys/kernel'), { recursive: true });
  writeFileSync(join(procPath, 'sys/kernel/hostname'), 'wide\n');
  writeFileSync(join(procPath, 'loadavg'), '1.00 1.00 1.00 1/100 1000\n');
  writeFileSync(join(procPath, 'meminfo'), 'MemTotal: 1000 kB\nMemFree: 500 kB\nMemAvailable: 700 kB\n');
  advance();
  const timer = setInterval(advance, refreshMs);
  return {
    procPath,
    close() {
      clearInterval(timer);
      rmSync(procPath, { recursive: true });
    },
  };
}
