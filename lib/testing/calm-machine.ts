import { averagedMs, type HealthInputs } from '@/lib/health/inputs';
import type { Sensor } from '@/lib/health/sensors';
import type { LoggedPayloads } from '@/lib/protocol/event-types';
import type { FiringAlert } from '@/lib/protocol/initial-state';

type Payload<T extends keyof LoggedPayloads> = LoggedPayloads[T];

const stamp = { t: 0, host: 'atlas' };
const cpu: Payload<'cpu'> = {
  ...stamp,
  totalPercent: 10,
  userPercent: 8,
  systemPercent: 2,
  nicePercent: 0,
  iowaitPercent: 0,
  irqPercent: 0,
  softirqPercent: 0,
  stealPercent: 0,
  guestPercent: 0,
  cores: [10],
  load1: 0.5,
  load5: 0.5,
  load15: 0.5,
  frequencyMHz: null,
  runningTasks: 1,
  blockedTasks: 0,
};
const memory: Payload<'memory'> = {
  ...stamp,
  totalBytes: 16e9,
  usedBytes: 6e9,
  availableBytes: 10e9,
  freeBytes: 5e9,
  cachedBytes: 5e9,
  buffersBytes: 0,
  swapTotalBytes: 0,
  swapUsedBytes: 0,
};
/** The pressure of one resource. */
export const stall = (someAvg10: number | null, fullAvg10: number | null = 0) => ({
  someAvg10,
  fullAvg10,
  somePercent: someAvg10,
  fullPercent: fullAvg10,
});
const pressure = (change: Partial<Payload<'pressure'>> = {}): Payload<'pressure'> => ({
  ...stamp,
  cpu: stall(0),
  memory: stall(0),
  io: stall(0),
  ...change,
});
const device: Payload<'disk'>['devices'][number] = {
  name: 'nvme0n1',
  readBytesPerSecond: 1e6,
  writeBytesPerSecond: 1e6,
  readsPerSecond: 10,
  writesPerSecond: 10,
  readAwaitMs: 1,
  writeAwaitMs: 1,
  utilPercent: 5,
};
const link: Payload<'network'>['interfaces'][number] = {
  name: 'eth0',
  rxBytesPerSecond: 1e5,
  txBytesPerSecond: 1e5,
  rxPacketsPerSecond: 500,
  txPacketsPerSecond: 500,
  rxErrorsPerSecond: 0,
  txErrorsPerSecond: 0,
  rxDropsPerSecond: 0,
  txDropsPerSecond: 0,
  up: true,
};
const mount: Payload<'filesystem'>['mounts'][number] = {
  mount: '/var',
  device: '/dev/sda1',
  type: 'ext4',
  sizeBytes: 100e9,
  usedBytes: 50e9,
  availableBytes: 50e9,
  inodesUsedPercent: 3,
  readOnly: false,
};
const process: Payload<'processes'>['top'][number] = {
  pid: 7,
  name: 'restic',
  user: 'root',
  cpuPercent: 1,
  memoryBytes: 100e6,
  readBytesPerSecond: 0,
  writeBytesPerSecond: 0,
  command: null,
};
const container: Payload<'containers'>['containers'][number] = {
  id: 'f'.repeat(64),
  name: 'postgres',
  image: 'postgres:17',
  state: 'running',
  health: 'healthy',
  cpuPercent: 3,
  memoryBytes: 1e9,
  memoryLimitBytes: 4e9,
  throttledPercent: null,
  oomKills: 0,
};
const sensor: Sensor = {
  id: 'nvme-1',
  label: 'Composite',
  kind: 'temperature',
  value: 40,
  unit: '°C',
  high: 80,
  critical: 90,
};
const alert: FiringAlert = {
  t: 0,
  alertId: 'a',
  ruleId: 'my-own',
  name: 'Queue is long',
  kind: 'rule',
  severity: 'warning',
  metric: 'sensor.queue.value',
  value: 90,
  since: 0,
  culprits: [],
};

export interface Change {
  readonly cpu?: Partial<Payload<'cpu'>>;
  readonly memory?: Partial<Payload<'memory'>>;
  readonly pressure?: Partial<Payload<'pressure'>> | null;
  readonly device?: Partial<typeof device>;
  readonly link?: Partial<typeof link>;
  readonly mounts?: readonly Partial<typeof mount>[];
  readonly before?: Partial<typeof mount>;
  readonly processes?: readonly Partial<typeof process>[];
  readonly containers?: readonly Partial<typeof container>[];
  readonly sensors?: readonly Partial<Sensor>[];
  readonly alerts?: readonly Partial<FiringAlert>[];
  readonly lost?: HealthInputs['lost'];
  /** How many samples there are of each type. */
  readonly rows?: number;
}

/** The health inputs of a calm machine with a change. */
export function calmMachine(change: Change = {}): HealthInputs {
  const latest = {
    cpu: { ...cpu, ...change.cpu },
    memory: { ...memory, ...change.memory },
    ...(change.pressure === null ? {} : { pressure: pressure(change.pressure) }),
    disk: { ...stamp, devices: [{ ...device, ...change.device }] },
    network: { ...stamp, interfaces: [{ ...link, ...change.link }] },
    filesystem: { ...stamp, mounts: (change.mounts ?? [{}]).map((one) => ({ ...mount, ...one })) },
    processes: {
      ...stamp,
      count: 200,
      threads: 900,
      top: (change.processes ?? [{}]).map((one) => ({ ...process, ...one })),
    },
    containers: {
      ...stamp,
      containers: (change.containers ?? [{}]).map((one) => ({ ...container, ...one })),
    },
  };
  const rows = <Row>(row: Row) =>
    Array.from({ length: change.rows ?? averagedMs / 1000 }, (_, index) => ({ ...row, t: index * 1000 }));
  return {
    facts: {
      host: 'atlas',
      os: null,
      kernel: null,
      cpuModel: null,
      cores: 4,
      memoryBytes: 16e9,
      bootTime: null,
      container: null,
      scope: 'host',
    },
    intervalMs: 1000,
    latest,
    recent: {
      cpu: rows(latest.cpu),
      disk: rows(latest.disk),
      network: rows(latest.network),
      processes: rows(latest.processes),
      containers: rows(latest.containers),
    },
    mountsBefore: change.before ? [{ ...stamp, mounts: [{ ...mount, ...change.before }] }] : [],
    sensors: (change.sensors ?? [{}]).map((one, index) => ({
      key: `temperature ${index}`,
      sensor: { ...sensor, ...one },
      t: 0,
    })),
    lost: change.lost ?? [],
    alerts: (change.alerts ?? []).map((one) => ({ ...alert, ...one })),
    silenced: 0,
  };
}
