import type { Processes } from '@/lib/protocol/payloads';
import type { Sample } from '@/lib/server/collectors/host';
import { activityAt } from './activity';
import { bootTimeAt } from './boot';
import { leak, restart } from './container-incidents';
import type { Usage } from './demand';
import type { Job } from './incident';
import { readsOf, writesOf } from './io-rates';
import type { MachineState } from './machine-state';
import { serviceBytes } from './memory';
import { channelOf } from './noise';
import { incidentsBetween } from './schedule';
import type { Service } from './service';
import { hundredths, pages } from './units';

type Process = Processes['top'][number];

const topCount = 15;
const crowdChannel = channelOf('crowd');
const firstPid = 640;
const pidsPerService = 1_200;
const pidsPerRestart = 8;

export function processesAt(state: MachineState): Sample<'processes'> {
  const { noise, unixMs, now } = state;
  const granted = now.busyCores / now.askedCores;
  const restarts = restartsSinceBoot(state);
  const all = [
    ...now.services.flatMap((use, nth) =>
      serviceProcesses(state, use, firstPidOf(nth, restarts.get(use.by.name))),
    ),
    ...now.jobs.map((use) => jobProcess(use, granted)),
  ];
  const crowd = 12 * activityAt(unixMs) + 4 * noise.wander(crowdChannel, unixMs, 45_000);
  const count = Math.round(176 + crowd) + all.length;
  return {
    count,
    threads: Math.round(count * 2.9 + crowd + 8 * now.busyCores),
    top: topOf(all),
  };
}

/** The first by CPU and the first by memory, each once, by CPU. */
function topOf(all: readonly Process[]): Process[] {
  const byCpu = [...all].sort((a, b) => (b.cpuPercent ?? 0) - (a.cpuPercent ?? 0));
  const byMemory = [...all].sort((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0));
  const top = new Set([...byCpu.slice(0, topCount), ...byMemory.slice(0, topCount)]);
  return byCpu.filter((process) => top.has(process));
}

function firstPidOf(nth: number, restarts = 0): number {
  return firstPid + nth * pidsPerService + pidsPerRestart * (restarts % (pidsPerService / pidsPerRestart));
}

function serviceProcesses(state: MachineState, { by, cores, level }: Usage<Service>, pid: number) {
  const { noise, unixMs, incidents, now } = state;
  const granted = now.busyCores / now.askedCores;
  const bytes = serviceBytes(state, by);
  const isKernel = by.name === 'kernel';
  if (bytes === 0 && !isKernel) return [];

  const leaking = incidents.find(
    ({ leak: grown }) => grown?.service === by.name && unixMs >= grown.startMs && unixMs < grown.endMs,
  );
  const usual = leaking ? Math.min(bytes, by.memoryBytes) : bytes;
  const weights = by.processes.map(
    ({ cpuShare }, index) => cpuShare * (1 + 0.35 * noise.wander(by.channel + 40 + index, unixMs, 20_000)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return by.processes.map(({ name, command, memoryShare }, index): Process => {
    const share = (weights[index] ?? 0) / sum;
    return {
      pid: pid + index,
      name,
      user: by.user,
      cpuPercent: hundredths(100 * cores * granted * share),
      // What leaks is one process, the first.
      memoryBytes: pages(usual * memoryShare + (index === 0 ? bytes - usual : 0)),
      readBytesPerSecond: Math.round(readsOf(by.ioRates) * level * share),
      writeBytesPerSecond: Math.round(writesOf(by.ioRates) * level * share),
      command: command === '' ? null : command,
    };
  });
}

function jobProcess({ by, cores, level }: Usage<Job>, granted: number): Process {
  return {
    pid: by.pid,
    name: by.name,
    user: by.user,
    cpuPercent: hundredths(100 * cores * granted),
    memoryBytes: pages(by.memoryBytes * level),
    readBytesPerSecond: Math.round(readsOf(by.ioRates) * level),
    writeBytesPerSecond: Math.round(writesOf(by.ioRates) * level),
    command: by.command,
  };
}

/** How often each service was restarted since boot: it has new process ids each time. */
function restartsSinceBoot({ noise, unixMs }: MachineState): ReadonlyMap<string, number> {
  const restarts = new Map<string, number>();
  for (const { outage } of incidentsBetween(noise, [restart, leak], bootTimeAt(noise, unixMs), unixMs)) {
    if (!outage || outage.startedMs > unixMs) continue;
    restarts.set(outage.service, (restarts.get(outage.service) ?? 0) + 1);
  }
  return restarts;
}
