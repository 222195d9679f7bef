import { loadavg } from 'node:os';
import { currentLoad } from 'systeminformation';
import type { CollectorOf } from '../host';

/**
 * CPU shares between two calls of systeminformation's `currentLoad`, which keeps the previous one itself.
 * It has no iowait and no softirq, and a 0 for steal and guest that means "not asked": those are `null`.
 */
export function cpuCollector(platform: NodeJS.Platform): CollectorOf<'cpu'> {
  // Where a platform has no such thing, libuv fills in 0 (os.cpus(), os.loadavg()).
  const hasNice = platform !== 'win32';
  const hasIrq = platform !== 'darwin';
  const hasLoad = platform !== 'win32';
  let primed = false;

  return {
    type: 'cpu',
    async collect() {
      if (!primed) {
        // The very first call would wait 500 ms for a second sample. The next tick will be that sample.
        primed = true;
        currentLoad().catch(() => {
          primed = false;
        });
        return null;
      }
      const load = await currentLoad();
      const [load1 = null, load5 = null, load15 = null] = hasLoad ? loadavg() : [];
      return {
        totalPercent: percent(load.currentLoad),
        userPercent: percent(load.currentLoadUser),
        systemPercent: percent(load.currentLoadSystem),
        nicePercent: hasNice ? percent(load.currentLoadNice) : null,
        iowaitPercent: null,
        irqPercent: hasIrq ? percent(load.currentLoadIrq) : null,
        softirqPercent: null,
        stealPercent: null,
        guestPercent: null,
        cores: load.cpus.map((core) => percent(core.load)),
        load1,
        load5,
        load15,
        frequencyMHz: null,
        runningTasks: null,
        blockedTasks: null,
      };
    },
  };
}

/** Counters that ran backwards give systeminformation figures outside 0..100, or none. */
function percent(share: number): number | null {
  if (!Number.isFinite(share)) return null;
  return Math.round(Math.min(100, Math.max(0, share)) * 100) / 100;
}
