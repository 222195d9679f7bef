import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { readHead } from '../procfs/pseudo-file';

export interface CpuFrequency {
  /** The mean over the cores as last seen, at most a refresh old; `null` where there is no cpufreq. */
  meanMHz(): number | null;
  refresh(): Promise<void>;
}

const refreshMs = 5_000;
/** More cores than these are sampled evenly: the mean needs no more, and each is a file of its own. */
const coresMax = 32;

/**
 * Reads `cpu<n>/cpufreq/scaling_cur_freq` (kHz) in the background: x86 kernels before 5.18 sleep 10 ms in it for
 * each busy core. `/proc/cpuinfo` has the same figure at the price of every core's flags: it is left alone.
 */
export function openCpuFrequency(sysPath: string, clock: Clock = systemClock): CpuFrequency {
  const cpus = join(sysPath, 'devices/system/cpu');
  let mean: number | null = null;
  let nextAt = 0;

  async function refresh(): Promise<void> {
    // Not again before this one is through, and never again where cpufreq is missing, as in most VMs.
    nextAt = Number.POSITIVE_INFINITY;
    mean = await readMeanMHz(cpus);
    if (mean !== null) nextAt = clock.monotonicMs() + refreshMs;
  }

  return {
    refresh,
    meanMHz() {
      if (clock.monotonicMs() >= nextAt) void refresh();
      return mean;
    },
  };
}

async function readMeanMHz(cpus: string): Promise<number | null> {
  const names = (await readdir(cpus).catch(() => [])).filter((name) => /^cpu\d+$/.test(name));
  const step = Math.ceil(names.length / coresMax);
  const frequencies: number[] = [];
  // One at a time: four sleeping reads would hold the whole thread pool.
  for (const name of names.filter((_, index) => index % step === 0)) {
    const digits = (await readHead(join(cpus, name, 'cpufreq/scaling_cur_freq'), 32))?.trim() ?? '';
    if (/^[1-9]\d{0,9}$/.test(digits)) frequencies.push(Number(digits) / 1000);
  }
  if (frequencies.length === 0) return null;
  return Math.round(frequencies.reduce((sum, mhz) => sum + mhz, 0) / frequencies.length);
}
