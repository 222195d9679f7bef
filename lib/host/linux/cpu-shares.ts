import type { CpuTimes } from './stat';

/** Shares of 100 between two readings. The modes and `idlePercent` add up to 100; `totalPercent` is all but the waiting. */
export interface CpuShares {
  readonly totalPercent: number;
  readonly userPercent: number;
  readonly systemPercent: number;
  readonly nicePercent: number;
  readonly idlePercent: number;
  readonly iowaitPercent: number | null;
  readonly irqPercent: number | null;
  readonly softirqPercent: number | null;
  readonly stealPercent: number | null;
  readonly guestPercent: number | null;
}

/**
 * How CPU time was spent between two readings. The ticks are their own elapsed time, so no clock is asked.
 * `null` when no time passed or the counters were set back as a whole (a restored container, a CPU plugged again).
 */
export function cpuShares(before: CpuTimes, after: CpuTimes): CpuShares | null {
  if (after.user + after.nice + after.system < before.user + before.nice + before.system) return null;
  if (sumOf(after) <= sumOf(before)) return null;

  // iowait and idle of a single CPU may run backwards (proc.rst says so): such a mode counts as no time.
  const since = (mode: keyof CpuTimes) => Math.max(0, (after[mode] ?? 0) - (before[mode] ?? 0));
  const guest = since('guest');
  const guestNice = since('guestNice');
  const spent = {
    // The kernel counts guest within user, and guest_nice within nice.
    user: Math.max(0, since('user') - guest),
    nice: Math.max(0, since('nice') - guestNice),
    system: since('system'),
    idle: since('idle'),
    iowait: since('iowait'),
    irq: since('irq'),
    softirq: since('softirq'),
    steal: since('steal'),
    guest: guest + guestNice,
  };
  const all = Object.values(spent).reduce((sum, ticks) => sum + ticks, 0);
  if (all === 0) return null;

  const percent = (ticks: number) => Math.round((ticks / all) * 10_000) / 100;
  const ifCounted = (mode: keyof CpuTimes & keyof typeof spent) =>
    before[mode] === null || after[mode] === null ? null : percent(spent[mode]);
  return {
    totalPercent: percent(all - spent.idle - spent.iowait),
    userPercent: percent(spent.user),
    systemPercent: percent(spent.system),
    nicePercent: percent(spent.nice),
    idlePercent: percent(spent.idle),
    iowaitPercent: ifCounted('iowait'),
    irqPercent: ifCounted('irq'),
    softirqPercent: ifCounted('softirq'),
    stealPercent: ifCounted('steal'),
    guestPercent: ifCounted('guest'),
  };
}

/** All ticks of a CPU since boot; guest is within user and nice. */
function sumOf({ user, nice, system, idle, iowait, irq, softirq, steal }: CpuTimes): number {
  return user + nice + system + idle + (iowait ?? 0) + (irq ?? 0) + (softirq ?? 0) + (steal ?? 0);
}
