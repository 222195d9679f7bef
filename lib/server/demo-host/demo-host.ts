import type { SampleType } from '@/lib/protocol/event-types';
import type { HostFacts } from '@/lib/protocol/payloads';
import type { Collector, CollectorOf, Host } from '@/lib/server/collectors/host';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { bootTimeAt } from './boot';
import { coreCount } from './demand';
import { demoSamplers } from './demo-sample';
import { demoLoginsBetween } from './logins';
import { type MachineState, machineStateAt, onGrid } from './machine-state';
import { totalBytes } from './memory';
import { openNoise } from './noise';

export interface DemoHostOptions {
  readonly name: string;
  /** 0..4294967295: another seed is another machine. */
  readonly seed: number;
  readonly clock?: Clock;
}

const loginsEveryMs = 2_000;
/** Logins during a longer suspend of this machine are left out. */
const loginsKeptMs = 3_600_000;

/** A synthetic home server: every value is a pure function of seed and time. */
export function openDemoHost({ name, seed, clock = systemClock }: DemoHostOptions): Host {
  let latest: MachineState | null = null;
  let polledMs = clock.wallMs();

  /** The collectors of one cycle share one state. */
  function currentState(): MachineState {
    const unixMs = onGrid(clock.wallMs());
    if (latest?.unixMs !== unixMs) latest = machineStateAt(seed, unixMs);
    return latest;
  }

  function collector<T extends SampleType>(
    type: T,
    when: Omit<CollectorOf<T>, 'type' | 'collect'> = {},
  ): CollectorOf<T> {
    return { type, ...when, collect: async () => demoSamplers[type](currentState()) };
  }

  const collectors: readonly Collector[] = [
    collector('cpu'),
    collector('memory'),
    collector('pressure'),
    collector('network'),
    collector('disk'),
    collector('sensor-data'),
    collector('filesystem', { everyMs: 30_000 }),
    collector('processes', { everyMs: 5_000, onDemand: true }),
    collector('containers', { everyMs: 5_000 }),
  ];

  async function facts(): Promise<HostFacts> {
    return {
      host: name,
      os: 'Debian GNU/Linux 13 (trixie)',
      kernel: '6.12.48+deb13-amd64',
      cpuModel: 'Intel(R) Core(TM) i7-9700 CPU @ 3.00GHz',
      cores: coreCount,
      memoryBytes: totalBytes,
      bootTime: bootTimeAt(openNoise(seed), clock.wallMs()),
      container: null,
      scope: 'host',
    };
  }

  return {
    name,
    collectors,
    eventSources: [
      {
        name: 'logins',
        everyMs: loginsEveryMs,
        async poll() {
          const untilMs = clock.wallMs();
          const afterMs = Math.max(polledMs, untilMs - loginsKeptMs);
          polledMs = untilMs;
          return demoLoginsBetween(seed, afterMs, untilMs).map(({ event }) => event);
        },
      },
    ],
    facts,
    factsAtOnce: facts,
  };
}
