import type { Sample } from '@/lib/server/collectors/host';
import { coreCount, type Demand } from './demand';
import { lagged, type MachineState } from './machine-state';
import { channelOf, smooth } from './noise';
import { hundredths, percentOf } from './units';

const frequencyChannel = channelOf('frequency');
const tasksChannel = channelOf('tasks');
const coreChannels = Array.from({ length: coreCount }, (_, core) => channelOf(`core ${core}`));

export function cpuAt(state: MachineState): Sample<'cpu'> {
  const { now, past, noise, unixMs } = state;
  const share = (cores: number) => percentOf(cores / coreCount);
  const modes = {
    userPercent: share(now.modes.user),
    systemPercent: share(now.modes.system),
    nicePercent: share(now.modes.nice),
    irqPercent: share(now.modes.irq),
    softirqPercent: share(now.modes.softirq),
  };
  const waiting = now.waitingTasks;
  const tasks = (demand: Demand) => demand.askedCores + demand.waitingTasks;
  const load = (minutes: number) => hundredths(lagged(past, minutes * 60_000, tasks));
  const effort = Math.min(1, now.busyCores / 3) + 0.12 * noise.wander(frequencyChannel, unixMs, 9_000);
  return {
    totalPercent: hundredths(Object.values(modes).reduce((sum, percent) => sum + percent, 0)),
    ...modes,
    iowaitPercent: share(Math.min(waiting * 0.55, (coreCount - now.busyCores) * 0.9)),
    // Neither a guest nor a host of virtual machines.
    stealPercent: 0,
    guestPercent: 0,
    cores: coreShares(state).map(percentOf),
    load1: load(1),
    load5: load(5),
    load15: load(15),
    frequencyMHz: Math.round(800 + 3_500 * Math.max(0, effort) ** 0.7 - 140 * (now.busyCores / coreCount)),
    runningTasks:
      1 + Math.round(Math.max(0, now.askedCores + 0.6 * noise.wander(tasksChannel, unixMs, 1_500))),
    blockedTasks: Math.floor(waiting + 0.3),
  };
}

/** What each core gives, 0..1; all together give `busyCores`. */
export function coreShares({ now, noise, unixMs }: MachineState): number[] {
  const shares = coreChannels.map(() => 0);
  const granted = now.busyCores / now.askedCores;
  let spread = now.busyCores;
  for (const { by, cores } of now.jobs) {
    if (by.cores > 1) continue;
    // What runs on one core at a time is moved to another every half minute.
    const turn = unixMs / 30_000 + by.channel / 2 ** 32;
    const moved = smooth((turn - Math.floor(turn) - 0.9) / 0.1);
    const coreOf = (at: number) => Math.floor(noise.draw(by.channel + 7, Math.floor(at)) * coreCount);
    shares[coreOf(turn)] = (shares[coreOf(turn)] ?? 0) + cores * granted * (1 - moved);
    shares[coreOf(turn + 1)] = (shares[coreOf(turn + 1)] ?? 0) + cores * granted * moved;
    spread -= cores * granted;
  }
  const weights = coreChannels.map((channel) => Math.exp(0.9 * noise.wander(channel, unixMs, 12_000)));
  return distribute(shares, weights, Math.max(0, spread));
}

/** Gives `amount` to the cores by weight; what one has no room for goes to the others. */
function distribute(shares: readonly number[], weights: readonly number[], amount: number): number[] {
  let filled = [...shares];
  let left = amount + filled.reduce((sum, share) => sum + Math.max(0, share - 1), 0);
  for (let pass = 0; pass < coreCount && left > 1e-6; pass++) {
    const open = weights.map((weight, core) => ((filled[core] ?? 0) < 1 ? weight : 0));
    const sum = open.reduce((all, weight) => all + weight, 0);
    if (sum === 0) break;
    const wanted = filled.map((share, core) => Math.min(1, share) + (left * (open[core] ?? 0)) / sum);
    left = wanted.reduce((over, share) => over + Math.max(0, share - 1), 0);
    filled = wanted.map((share) => Math.min(1, share));
  }
  return filled;
}
