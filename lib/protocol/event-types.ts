import type {
  Containers,
  Cpu,
  Disk,
  Filesystem,
  Gap,
  Heartbeat,
  Hello,
  Login,
  Memory,
  Message,
  Network,
  Pressure,
  Processes,
  ReplayEnd,
  SensorData,
  SystemAlert,
} from './payloads';

/** What is read from a host again and again. The log keeps it for the replay window. */
export interface SamplePayloads {
  cpu: Cpu;
  memory: Memory;
  pressure: Pressure;
  network: Network;
  disk: Disk;
  'sensor-data': SensorData;
  filesystem: Filesystem;
  processes: Processes;
  containers: Containers;
}

/** What happened once. The log keeps it for months, and no client loses it. */
export interface DurableEventPayloads {
  'user-login': Login;
  'user-logout': Login;
  'system-alert': SystemAlert;
  message: Message;
}

/** Events of the feed itself; never in the log. */
export interface ControlPayloads {
  hello: Hello;
  heartbeat: Heartbeat;
  gap: Gap;
  'replay-end': ReplayEnd;
}

export type LoggedPayloads = SamplePayloads & DurableEventPayloads;
export type FeedPayloads = LoggedPayloads & ControlPayloads;

export type SampleType = keyof SamplePayloads;
export type DurableEventType = keyof DurableEventPayloads;
/** The event types that Hostbeat gives a meaning to. The log also holds those that users invent. */
export type LoggedType = keyof LoggedPayloads;
export type FeedType = keyof FeedPayloads;

/** Every key of a map, in its order; the compiler sees to it that none is left out. */
const keysOf = <K extends string>(all: Readonly<Record<K, true>>) =>
  Object.keys(all) as unknown as readonly K[];

export const sampleTypes = keysOf<SampleType>({
  cpu: true,
  memory: true,
  pressure: true,
  network: true,
  disk: true,
  'sensor-data': true,
  filesystem: true,
  processes: true,
  containers: true,
});

const durableEventTypes = keysOf<DurableEventType>({
  'user-login': true,
  'user-logout': true,
  'system-alert': true,
  message: true,
});

/** How often samples come that are not taken at every tick, in ms. */
const samplePeriodsMs: Readonly<Partial<Record<LoggedType, number>>> = {
  processes: 5_000,
  containers: 5_000,
  filesystem: 30_000,
};

/** How often samples of a type come at an interval, in ms. */
export function expectedPeriodMs(type: LoggedType, intervalMs: number): number {
  return Math.max(intervalMs, samplePeriodsMs[type] ?? 0);
}

export const loggedTypes: readonly LoggedType[] = [...sampleTypes, ...durableEventTypes];

/** Whether the log keeps events of this type for the replay window only. Types that users invent last. */
export function isSampleType(name: string): name is SampleType {
  return (sampleTypes as readonly string[]).includes(name);
}

/** What the sampler alone writes: its `t` is the host's clock. Whoever publishes may put any time there. */
export function carriesTime(name: string): boolean {
  return isSampleType(name) && name !== 'sensor-data';
}

export function isLoggedType(name: string): name is LoggedType {
  return (loggedTypes as readonly string[]).includes(name);
}
