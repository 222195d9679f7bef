import { riseBetween as riseOf } from '../../counter-rates';
import type { CpuTimes } from './stat';

/**
 * Shares of 100 between two samples. The modes and `idlePercent` add up to 100 where all are known; `totalPercent` is
 * all but the waiting. A mode without a figure, or whose counter ran backwards, is `null`.
 */
export interface CpuShares {
  readonly totalPercent: number | null;
  readonly userPercent: number | null;
  readonly systemPercent: number | null;
  readonly nicePercent: number | null;
  readonly idlePercent: number | null;
  readonly iowaitPercent: number | null;
  readonly irqPercent: number | null;
  readonly softirqPercent: number | null;
  readonly stealPercent: number | null;
  readonly guestPercent: number | null;
}

type Mode = 'user' | 'nice' | 'system' | 'idle' | 'iowait' | 'irq' | 'softirq' | 'steal' | 'guest';

/** Ticks between two samples. Guests are in no other mode here, where the kernel has them in two. */
interface Spent extends Readonly<Record<Mode, number | null>> {
  readonly all: number;
  /** Of `all`, what was neither idle nor waiting; `null` when that is unknown. */
  readonly busy: number | null;
}

/**
 * How CPU time was spent between two samples. The ticks are their own elapsed time. `elapsedTicks`, by a clock and of
 * all these CPUs together (0: not known), takes its place where a large part has no figure (idle, user, system), and
 * rules out what no CPU can have spent. `null` when no time passed or the counters were set back as a whole (a restored
 * container, a CPU plugged again).
 */
export function cpuShares(before: CpuTimes, after: CpuTimes, elapsedTicks = 0): CpuShares | null {
  const spent = spentBetween(before, after, elapsedTicks);
  if (!spent) return null;
  const percent = (ticks: number | null) => (ticks === null ? null : percentOf(ticks, spent.all));
  return {
    totalPercent: percent(spent.busy),
    userPercent: percent(spent.user),
    systemPercent: percent(spent.system),
    nicePercent: percent(spent.nice),
    idlePercent: percent(spent.idle),
    iowaitPercent: percent(spent.iowait),
    irqPercent: percent(spent.irq),
    softirqPercent: percent(spent.softirq),
    stealPercent: percent(spent.steal),
    guestPercent: percent(spent.guest),
  };
}

/** The `totalPercent` of `cpuShares` alone: cores need no more, and there may be thousands. */
export function busyPercent(before: CpuTimes, after: CpuTimes, elapsedTicks = 0): number | null {
  const spent = spentBetween(before, after, elapsedTicks);
  return spent?.busy == null ? null : percentOf(spent.busy, spent.all);
}

const percentOf = (ticks: number, all: number) => Math.round((ticks / all) * 10_000) / 100;

function spentBetween(before: CpuTimes, after: CpuTimes, elapsedTicks: number): Spent | null {
  if (isSetBack(before, after)) return null;
  // A mode that rose by far more than time passed was set, not spent.
  const ticksMax = elapsedTicks > 0 ? (elapsedTicks + 1) * beyondTime : Number.POSITIVE_INFINITY;
  const believed = (ticks: number | null) => (ticks !== null && ticks > ticksMax ? null : ticks);
  const riseBetween = (earlier: number | null, later: number | null) => believed(riseOf(earlier, later));
  const noTimeIfFallen = (earlier: number | null, later: number | null) =>
    earlier === null || later === null ? null : believed(Math.max(0, later - earlier));
  // iowait (proc.rst) and guest may run backwards by a little: then they count as no time.
  const guestOfUser = noTimeIfFallen(before.guest, after.guest);
  const guestOfNice = noTimeIfFallen(before.guestNice, after.guestNice);
  // The kernel counts guest within user, and guest_nice within nice.
  const user = without(riseBetween(before.user, after.user), guestOfUser);
  const nice = without(riseBetween(before.nice, after.nice), guestOfNice);
  const guest = guestOfUser === null ? null : guestOfUser + (guestOfNice ?? 0);
  const system = riseBetween(before.system, after.system);
  const idle = riseBetween(before.idle, after.idle);
  const iowait = noTimeIfFallen(before.iowait, after.iowait);
  const irq = riseBetween(before.irq, after.irq);
  const softirq = riseBetween(before.softirq, after.softirq);
  const steal = riseBetween(before.steal, after.steal);

  const known = sumOf(user, nice, system, idle, iowait, irq, softirq, steal, guest);
  const isLargePartUnknown = user === null || system === null || idle === null;
  const all = isLargePartUnknown ? Math.max(known, elapsedTicks) : known;
  if (all === 0) return null;
  const busy = idle === null ? knownBusy(all, elapsedTicks) : all - idle - (iowait ?? 0);
  return { user, nice, system, idle, iowait, irq, softirq, steal, guest, all, busy };

  /** Without idle time the rest is a share only of time that was measured otherwise. */
  function knownBusy(of: number, elapsed: number): number | null {
    return elapsed > 0 ? Math.min(of, sumOf(user, nice, system, irq, softirq, steal, guest)) : null;
  }
}

/** Clocks and ticks may disagree, as after a pause of a virtual machine; by so many times they do not. */
const beyondTime = 10_000;

/** Most of what a CPU does is idle, or user, nice and system together: either may fall alone, and both only anew. */
function isSetBack(before: CpuTimes, after: CpuTimes): boolean {
  const worked = ({ user, nice, system }: CpuTimes) => sumOf(user, nice, system);
  const hasFallen = (earlier: number | null, later: number | null) =>
    earlier !== null && later !== null && later < earlier;
  const fallen = (['user', 'system', 'idle'] as const).filter((mode) => hasFallen(before[mode], after[mode]));
  return fallen.length >= 2 && worked(after) < worked(before);
}

const without = (ticks: number | null, guest: number | null) =>
  ticks === null ? null : Math.max(0, ticks - (guest ?? 0));

const sumOf = (...ticks: readonly (number | null)[]) =>
  ticks.reduce<number>((sum, each) => sum + (each ?? 0), 0);
