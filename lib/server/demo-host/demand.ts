import { rhythmAt } from './activity';
import { containerServices } from './container-services';
import { drives, usedShare } from './drives';
import { hostServices } from './host-services';
import { type Incident, type Job, type Outage, overlap } from './incident';
import { addFlows, type Flows, stillFlows } from './io-rates';
import type { Noise } from './noise';
import type { Service } from './service';

export const services: readonly Service[] = [...containerServices, ...hostServices];
export const coreCount = 8;

/** What one service or one job takes. */
export interface Use<T> {
  readonly by: T;
  readonly cores: number;
  /** Of its flows. */
  readonly level: number;
}

/** What is asked of the machine on average over a span of time, and what it gives. */
export interface Demand {
  /** The middle of the span: Unix ms. */
  readonly atMs: number;
  /** In the order of `services`. */
  readonly services: readonly Use<Service>[];
  readonly jobs: readonly Use<Job>[];
  /** Cores asked for; may be more than there are. */
  readonly askedCores: number;
  readonly busyCores: number;
  /** `busyCores` by mode. */
  readonly modes: Readonly<Record<'user' | 'nice' | 'system' | 'irq' | 'softirq', number>>;
  readonly flows: Readonly<Flows>;
  /** How much of the time each of `drives` is busy, 0..1. */
  readonly used: readonly number[];
  /** Tasks that wait for a drive. */
  readonly waitingTasks: number;
}

/** From here on, more demand gives less and less; all cores are never quite had. */
const freeCores = 6.9;
const contestedCores = coreCount - 0.04 - freeCores;

/** A span of time and what is known of it. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly incidents: readonly Incident[];
  /** Noise of a channel at the middle; chatter that is shorter than the span averages out and is left away. */
  flutter(channel: number, periodMs: number): number;
}

/** What the machine goes through over `from`..`to`. A pure function. */
export function demandOver(noise: Noise, incidents: readonly Incident[], from: number, to: number): Demand {
  const atMs = (from + to) / 2;
  const flutter = (channel: number, periodMs: number) =>
    periodMs < 1.5 * (to - from) ? 0 : noise.wander(channel, atMs, periodMs);
  const stretch = { from, to, incidents, flutter };
  const usedByServices = serviceUses(stretch, rhythmAt(atMs));
  const usedByJobs = jobUses(stretch);

  const flows = stillFlows();
  const modes = { user: 0, nice: 0, system: 0, irq: 0, softirq: 0 };
  for (const { by, cores, level } of usedByServices) {
    modes.system += cores * by.systemShare;
    modes.user += cores * (1 - by.systemShare);
    addFlows(flows, by.flows, level);
  }
  for (const { by, cores, level } of usedByJobs) {
    modes.system += cores * by.systemShare;
    modes[by.isNice ? 'nice' : 'user'] += cores * (1 - by.systemShare);
    addFlows(flows, by.flows, level);
  }
  // Cores per byte: each packet and each finished transfer interrupts somebody.
  modes.softirq = 0.006 + (flows.networkIn + flows.networkOut) * 2.4e-9;
  modes.irq = 0.002 + (flows.networkIn + flows.networkOut + flows.nvmeRead + flows.nvmeWrite) * 1.5e-10;

  const askedCores = modes.user + modes.nice + modes.system + modes.irq + modes.softirq;
  const busyCores = grantedCores(askedCores);
  for (const mode of ['user', 'nice', 'system', 'irq', 'softirq'] as const)
    modes[mode] *= busyCores / askedCores;
  const used = drives.map((drive) => usedShare(drive, flows));
  return {
    atMs,
    services: usedByServices,
    jobs: usedByJobs,
    askedCores,
    busyCores,
    modes,
    flows,
    used,
    waitingTasks: drives.reduce((sum, { crowding }, nth) => sum + crowding * (used[nth] ?? 0) ** 1.6, 0),
  };
}

function serviceUses({ from, to, incidents, flutter }: Stretch, rhythm: number): readonly Use<Service>[] {
  const outages = incidents.flatMap(({ outage }) => outage ?? []);
  return services.map((by) => {
    const { channel } = by;
    const running = outages.length === 0 ? 1 : runningShare(outages, by.name, from, to);
    const mood =
      0.62 +
      0.4 * flutter(channel, 540_000) +
      0.26 * flutter(channel + 1, 47_000) +
      0.13 * flutter(channel + 2, 9_000);
    const level = running * (0.03 + 0.97 * rhythm * Math.max(0.04, mood));
    const quiet = running * by.quietCores * (1 + 0.3 * flutter(channel + 3, 13_000));
    return { by, cores: quiet + by.busyCores * level, level };
  });
}

function jobUses({ from, to, incidents, flutter }: Stretch): readonly Use<Job>[] {
  const uses: Use<Job>[] = [];
  for (const by of incidents.flatMap(({ jobs }) => jobs ?? [])) {
    const part = overlap(by, from, to);
    if (part === 0) continue;
    const wobble = 0.1 * flutter(by.channel, 31_000);
    // What spins in one thread takes its core, come what may.
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

/** The part of the span in which a service is not down. */
function runningShare(outages: readonly Outage[], service: string, from: number, to: number): number {
  let down = 0;
  for (const outage of outages) {
    if (outage.service === service) down += overlap({ startMs: outage.downMs, endMs: outage.upMs }, from, to);
  }
  return Math.max(0, 1 - down);
}
