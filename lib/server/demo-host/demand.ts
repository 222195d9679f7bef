import { activityAt } from './activity';
import { containerServices } from './container-services';
import { drives, utilizationOf } from './drives';
import { hostServices } from './host-services';
import { type Incident, type Job, type Outage, overlap } from './incident';
import { addIoRates, type IoRates, noIo } from './io-rates';
import type { Noise } from './noise';
import type { Service } from './service';

export const services: readonly Service[] = [...containerServices, ...hostServices];
export const coreCount = 8;

/** Usage of one service or one job. */
export interface Usage<T> {
  readonly by: T;
  readonly cores: number;
  /** Of its ioRates. */
  readonly level: number;
}

/** Average demand on the machine over a time window, and what it can serve. */
export interface Demand {
  /** The middle of the span: Unix ms. */
  readonly atMs: number;
  /** In the order of `services`. */
  readonly services: readonly Usage<Service>[];
  readonly jobs: readonly Usage<Job>[];
  /** Cores demanded; may exceed the cores there are. */
  readonly askedCores: number;
  readonly busyCores: number;
  /** `busyCores` by mode. */
  readonly modes: Readonly<Record<'user' | 'nice' | 'system' | 'irq' | 'softirq', number>>;
  readonly ioRates: Readonly<IoRates>;
  /** Utilization of each of `drives`, 0..1. */
  readonly utilization: readonly number[];
  /** Tasks waiting for a drive. */
  readonly waitingTasks: number;
}

/** Above this, demand saturates; all cores are never fully granted. */
const freeCores = 6.9;
const contestedCores = coreCount - 0.04 - freeCores;

/** A time window with its incidents. */
interface TimeWindow {
  readonly from: number;
  readonly to: number;
  readonly incidents: readonly Incident[];
  /** Noise of a channel at the middle; shorter periods than the window average out and are left out. */
  flutter(channel: number, periodMs: number): number;
}

/** Demand over `from`..`to`. A pure function. */
export function demandOver(noise: Noise, incidents: readonly Incident[], from: number, to: number): Demand {
  const atMs = (from + to) / 2;
  const flutter = (channel: number, periodMs: number) =>
    periodMs < 1.5 * (to - from) ? 0 : noise.wander(channel, atMs, periodMs);
  const window = { from, to, incidents, flutter };
  const usedByServices = serviceUses(window, activityAt(atMs));
  const usedByJobs = jobUses(window);

  const ioRates = noIo();
  const modes = { user: 0, nice: 0, system: 0, irq: 0, softirq: 0 };
  for (const { by, cores, level } of usedByServices) {
    modes.system += cores * by.systemShare;
    modes.user += cores * (1 - by.systemShare);
    addIoRates(ioRates, by.ioRates, level);
  }
  for (const { by, cores, level } of usedByJobs) {
    modes.system += cores * by.systemShare;
    modes[by.isNice ? 'nice' : 'user'] += cores * (1 - by.systemShare);
    addIoRates(ioRates, by.ioRates, level);
  }
  // Cores per byte: each packet and each finished transfer causes an interrupt.
  modes.softirq = 0.006 + (ioRates.networkIn + ioRates.networkOut) * 2.4e-9;
  modes.irq =
    0.002 + (ioRates.networkIn + ioRates.networkOut + ioRates.nvmeRead + ioRates.nvmeWrite) * 1.5e-10;

  const askedCores = modes.user + modes.nice + modes.system + modes.irq + modes.softirq;
  const busyCores = grantedCores(askedCores);
  for (const mode of ['user', 'nice', 'system', 'irq', 'softirq'] as const)
    modes[mode] *= busyCores / askedCores;
  const utilization = drives.map((drive) => utilizationOf(drive, ioRates));
  return {
    atMs,
    services: usedByServices,
    jobs: usedByJobs,
    askedCores,
    busyCores,
    modes,
    ioRates,
    utilization,
    waitingTasks: drives.reduce(
      (sum, { waitingTasksMax }, nth) => sum + waitingTasksMax * (utilization[nth] ?? 0) ** 1.6,
      0,
    ),
  };
}

function serviceUses(
  { from, to, incidents, flutter }: TimeWindow,
  activity: number,
): readonly Usage<Service>[] {
  const outages = incidents.flatMap(({ outage }) => outage ?? []);
  return services.map((by) => {
    const { channel } = by;
    const running = outages.length === 0 ? 1 : runningShare(outages, by.name, from, to);
    const mood =
      0.62 +
      0.4 * flutter(channel, 540_000) +
      0.26 * flutter(channel + 1, 47_000) +
      0.13 * flutter(channel + 2, 9_000);
    const level = running * (0.03 + 0.97 * activity * Math.max(0.04, mood));
    const quiet = running * by.quietCores * (1 + 0.3 * flutter(channel + 3, 13_000));
    return { by, cores: quiet + by.busyCores * level, level };
  });
}

function jobUses({ from, to, incidents, flutter }: TimeWindow): readonly Usage<Job>[] {
  const uses: Usage<Job>[] = [];
  for (const by of incidents.flatMap(({ jobs }) => jobs ?? [])) {
    const part = overlap(by, from, to);
    if (part === 0) continue;
    const wobble = 0.1 * flutter(by.channel, 31_000);
    // A single-threaded loop takes one core at any load.
    const isSpinning = by.cores <= 1;
    const level = part * (1 + wobble + (isSpinning ? 0 : 0.06 * flutter(by.channel + 1, 7_000)));
    uses.push({ by, level, cores: by.cores * (isSpinning ? part : level) });
  }
  return uses;
}

function grantedCores(asked: number): number {
  if (asked <= freeCores) return asked;
  return freeCores + contestedCores * (1 - Math.exp((freeCores - asked) / contestedCores));
}

/** The part of the window in which a service is not down. */
function runningShare(outages: readonly Outage[], service: string, from: number, to: number): number {
  let down = 0;
  for (const outage of outages) {
    if (outage.service === service)
      down += overlap({ startMs: outage.downMs, endMs: outage.startedMs }, from, to);
  }
  return Math.max(0, 1 - down);
}
