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

/** Ticks between two readings, and their sum. Guests are in no other mode here, where the kernel has them in two. */
interface Spent {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
  readonly guest: number;
  readonly all: number;
}

/**
 * How CPU time was spent between two readings. The ticks are their own elapsed time, so no clock is asked.
 * `null` when no time passed or the counters were set back as a whole (a restored container, a CPU plugged again).
 */
export function cpuShares(before: CpuTimes, after: CpuTimes): CpuShares | null {
  const spent = spentBetween(before, after);
  if (!spent) return null;
  const percent = (ticks: number) => percentOf(ticks, spent.all);
  const ifCounted = (mode: keyof CpuTimes & keyof Spent) =>
    before[mode] === null || after[mode] === null ? null : percent(spent[mode]);
  return {
    totalPercent: percent(spent.all - spent.idle - spent.iowait),
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

/** The `totalPercent` of `cpuShares` alone: of a core no more is told, and there may be thousands. */
export function busyPercent(before: CpuTimes, after: CpuTimes): number | null {
  const spent = spentBetween(before, after);
  return spent && percentOf(spent.all - spent.idle - spent.iowait, spent.all);
}

const percentOf = (ticks: number, all: number) => Math.round((ticks / all) * 10_000) / 100;

function spentBetween(before: CpuTimes, after: CpuTimes): Spent | null {
  if (after.user + after.nice + after.system < before.user + before.nice + before.system) return null;
  if (sumOf(after) <= sumOf(before)) return null;

  const guestOfUser = since(before.guest, after.guest);
  const guestOfNice = since(before.guestNice, after.guestNice);
  // The kernel counts guest within user, and guest_nice within nice.
  const user = Math.max(0, since(before.user, after.user) - guestOfUser);
  const nice = Math.max(0, since(before.nice, after.nice) - guestOfNice);
  const system = since(before.system, after.system);
  const idle = since(before.idle, after.idle);
  const iowait = since(before.iowait, after.iowait);
  const irq = since(before.irq, after.irq);
  const softirq = since(before.softirq, after.softirq);
  const steal = since(before.steal, after.steal);
  const guest = guestOfUser + guestOfNice;
  const all = user + nice + system + idle + iowait + irq + softirq + steal + guest;
  return all === 0 ? null : { user, nice, system, idle, iowait, irq, softirq, steal, guest, all };
}

/** iowait and idle of a single CPU may run backwards (proc.rst says so): such a mode counts as no time. */
const since = (before: number | null, after: number | null) => Math.max(0, (after ?? 0) - (before ?? 0));

/** All ticks of a CPU since boot; guest is within user and nice. */
function sumOf({ user, nice, system, idle, iowait, irq, softirq, steal }: CpuTimes): number {
  return user + nice + system + idle + (iowait ?? 0) + (irq ?? 0) + (softirq ?? 0) + (steal ?? 0);
}
