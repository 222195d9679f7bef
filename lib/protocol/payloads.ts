import { z } from 'zod';
import { gapCauses } from './history';
import { interfaceKinds } from './interface-kind';
import { messageTextMax } from './limits';

/** A share of 100. `null` where it is unknown. */
const percent = z.number().min(0).max(100).nullable();
/** A size in bytes. `null` where it is unknown. */
const bytes = z.number().nonnegative().nullable();
/** A time: Unix time in milliseconds on the monitored host's clock. */
const unixMs = z.number().int().nonnegative();

/** What every logged event carries. */
const stamped = { t: unixMs, host: z.string().min(1) };

/**
 * CPU time by mode since the previous sample, as shares of all cores together (0..100), and per core.
 * Source on Linux: `/proc/stat`, `/proc/loadavg`, cpufreq. The modes add up to 100 with idle.
 */
export const cpuSchema = z.object({
  ...stamped,
  totalPercent: percent,
  userPercent: percent,
  systemPercent: percent,
  nicePercent: percent,
  iowaitPercent: percent,
  irqPercent: percent,
  softirqPercent: percent,
  stealPercent: percent,
  guestPercent: percent,
  cores: z.array(percent),
  load1: z.number().nullable(),
  load5: z.number().nullable(),
  load15: z.number().nullable(),
  frequencyMHz: z.number().nullable(),
  runningTasks: z.number().int().nullable(),
  blockedTasks: z.number().int().nullable(),
});

/** Memory in bytes; `usedBytes` is total − available. Source on Linux: `/proc/meminfo`. */
export const memorySchema = z.object({
  ...stamped,
  totalBytes: bytes,
  usedBytes: bytes,
  availableBytes: bytes,
  freeBytes: bytes,
  cachedBytes: bytes,
  buffersBytes: bytes,
  swapTotalBytes: bytes,
  swapUsedBytes: bytes,
});

/** A rate per second over the measured elapsed time. `null` where it is unknown, also in a first sample. */
const rate = z.number().nonnegative().nullable();

const stallSchema = z.object({
  someAvg10: percent,
  fullAvg10: percent,
  somePercent: percent,
  fullPercent: percent,
});

/**
 * Pressure stall information: the share of time in which some or all tasks waited for a resource. `…Avg10` is
 * the kernel's 10 s average, `…Percent` the share of the time since the last sample. Source: `/proc/pressure`.
 */
export const pressureSchema = z.object({
  ...stamped,
  cpu: stallSchema,
  memory: stallSchema,
  io: stallSchema,
});

/** Network interfaces. Source on Linux: `/proc/net/dev`, `/sys/class/net`. */
export const networkSchema = z.object({
  ...stamped,
  interfaces: z.array(
    z.object({
      name: z.string(),
      rxBytesPerSecond: rate,
      txBytesPerSecond: rate,
      rxPacketsPerSecond: rate,
      txPacketsPerSecond: rate,
      rxErrorsPerSecond: rate,
      txErrorsPerSecond: rate,
      rxDropsPerSecond: rate,
      txDropsPerSecond: rate,
      up: z.boolean().nullable(),
      /** Missing on events that were logged before there was one. */
      kind: z.enum(interfaceKinds).optional(),
    }),
  ),
});

/** Block devices, each byte counted once. Await and utilisation as iostat computes them. Source: `/proc/diskstats`. */
export const diskSchema = z.object({
  ...stamped,
  devices: z.array(
    z.object({
      name: z.string(),
      readBytesPerSecond: rate,
      writeBytesPerSecond: rate,
      readsPerSecond: rate,
      writesPerSecond: rate,
      /** Mean time from queueing to completion of what was completed, in ms; `null` when nothing was. */
      readAwaitMs: z.number().nonnegative().nullable(),
      writeAwaitMs: z.number().nonnegative().nullable(),
      utilPercent: percent,
    }),
  ),
});

export const sensorKinds = [
  'temperature',
  'fan',
  'voltage',
  'power',
  'humidity',
  'battery',
  'custom',
] as const;

/**
 * Sensors: °C, revolutions per minute, V, W and percent by kind; `unit` says which. `high` and `critical` are
 * the chip's own limits. Source: hwmon, thermal zones, RAPL, power supplies, and publishers.
 */
export const sensorDataSchema = z.object({
  ...stamped,
  sensors: z.array(
    z.object({
      id: z.string().min(1).max(128),
      label: z.string().max(128),
      kind: z.enum(sensorKinds),
      value: z.number().nullable(),
      unit: z.string().max(16),
      high: z.number().nullable(),
      critical: z.number().nullable(),
    }),
  ),
});

/** Mounted file systems. `usedBytes` is what df calls used; `availableBytes` what an ordinary user may still take. */
export const filesystemSchema = z.object({
  ...stamped,
  mounts: z.array(
    z.object({
      mount: z.string(),
      device: z.string(),
      type: z.string(),
      sizeBytes: bytes,
      usedBytes: bytes,
      availableBytes: bytes,
      inodesUsedPercent: percent,
      readOnly: z.boolean(),
      /**
       * The name of the space that it shares with other mounts here: a ZFS pool, a btrfs device, an LVM thin pool or a
       * server. `null` when it has its space to itself; missing on those that were logged before there was one.
       */
      pool: z.string().nullish(),
    }),
  ),
});

/** Of one process. `cpuPercent` is of one core, as top shows it: a process on two cores has 200. */
export const processSchema = z.object({
  pid: z.number().int().positive(),
  name: z.string(),
  user: z.string().nullable(),
  cpuPercent: z.number().nonnegative().nullable(),
  memoryBytes: bytes,
  readBytesPerSecond: rate,
  writeBytesPerSecond: rate,
  /** The command line; only for viewers who have signed in. */
  command: z.string().nullable(),
});

/** How many processes and threads there are, and the top 15 by CPU together with the top 15 by memory. */
export const processesSchema = z.object({
  ...stamped,
  count: z.number().int().nonnegative().nullable(),
  threads: z.number().int().nonnegative().nullable(),
  /**
   * `own` where the machine hides the processes of others (`hidepid`): the top is chosen among what is seen. Missing on
   * events that were logged before there was one.
   */
  scope: z.enum(['all', 'own']).optional(),
  top: z.array(processSchema),
});

/** Containers by cgroup v2; names, images, state and health where an engine's socket is there. */
export const containersSchema = z.object({
  ...stamped,
  containers: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      image: z.string().nullable(),
      state: z.string().nullable(),
      health: z.string().nullable(),
      /** Of one core: a container on two cores has 200. */
      cpuPercent: z.number().nonnegative().nullable(),
      memoryBytes: bytes,
      /** `null` where there is no limit. */
      memoryLimitBytes: bytes,
      /** Of the periods in which it ran, those in which it came to the end of its CPU quota; `null` without one. */
      throttledPercent: percent,
      /** Processes in it that the kernel killed for want of memory, since it was started. */
      oomKills: z.number().int().nonnegative().nullable(),
    }),
  ),
});

const boundedText = (lengthMax: number) => z.string().max(lengthMax);

/**
 * Set by the server on what a program published and Hostbeat did not find itself; missing on everything else. Messages,
 * sensor values of programs and types of their own are published by nature, and are not marked.
 */
const origin = z.literal('published').optional();

/** Somebody came or went. `from` is the address that they came from, `null` on the machine itself. */
export const loginSchema = z.object({
  ...stamped,
  user: boundedText(256).min(1),
  terminal: boundedText(256).nullable(),
  from: boundedText(256).nullable(),
  origin,
});

export const severities = ['info', 'warning', 'critical'] as const;
export const alertStates = ['pending', 'firing', 'resolved'] as const;

export const comparisons = ['above', 'below', 'absent', 'risesFasterThan', 'fullWithinHours'] as const;
/** Why an alert's state changed: by its value, without one for too long, forgotten, or by a change of its rule. */
const reasons = ['value', 'no-value', 'gone', 'rule-changed'] as const;

/** The content of `message` for other languages: the rule's condition, and why the state changed. */
export const alertConditionSchema = z.object({
  comparison: z.enum(comparisons),
  forSeconds: z.number().nonnegative(),
  reason: z.enum(reasons),
  /** It comes and goes, and is held until it has been well for a while. */
  flapping: z.boolean(),
  /** The one alert of a space that several mounts share: its name, and how many of them break the rule. */
  shared: z.object({ pool: z.string(), count: z.number().int().positive() }).optional(),
  /** A summary: so many more metrics break the rule than have alerts of their own. `metric` is the rule's pattern. */
  more: z.number().int().nonnegative().optional(),
  /** The rule's alert is about what programs publish; missing where it is about the host's own. */
  origin: z.literal('published').optional(),
});

/**
 * A change of an alert's state. `kind` is `rule` for alerts of rules, which the server alone makes, else what happened, such
 * as `shutdown`.
 */
export const systemAlertSchema = z.object({
  ...stamped,
  alertId: boundedText(128).min(1),
  ruleId: boundedText(128).nullable(),
  name: boundedText(256).min(1),
  kind: boundedText(64).min(1),
  severity: z.enum(severities),
  state: z.enum(alertStates),
  metric: boundedText(256).nullable(),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  /** When this state of affairs began: Unix ms. */
  since: unixMs,
  message: boundedText(4096),
  /** `null` on alerts that no rule made; missing on those that were logged before there was one. */
  condition: alertConditionSchema.nullish(),
  /** The top processes at that time. */
  culprits: z.array(processSchema),
  origin,
});

/** A notice; the default type, sent without an `event:` line. */
export const messageSchema = z.object({
  ...stamped,
  title: boundedText(256).nullable(),
  text: boundedText(messageTextMax),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable(),
  source: boundedText(256).nullable(),
  /** The end of the time that it is about, where it is about a span; missing on those logged before there was one. */
  until: unixMs.nullish(),
});

/** What changes rarely about a host: who it is and what it is made of. */
export const hostFactsSchema = z.object({
  host: z.string().min(1),
  os: z.string().nullable(),
  kernel: z.string().nullable(),
  cpuModel: z.string().nullable(),
  cores: z.number().int().positive().nullable(),
  memoryBytes: bytes,
  bootTime: unixMs.nullable(),
  /** The kind of container that Hostbeat runs in (`docker`, `podman`, `lxc`, …), `null` outside one. */
  container: z.string().nullable(),
  /**
   * Whose CPU, memory and pressure are sampled, here and in the events of these names: those of the whole machine, or what the
   * container that Hostbeat runs in has of it by its limits.
   */
  scope: z.enum(['host', 'container']),
});

/** First on every connection; not in the log. */
export const helloSchema = z.object({
  log: z.string(),
  version: z.string(),
  serverTime: unixMs,
  intervalMs: z.number().int().positive(),
  hosts: z.array(hostFactsSchema),
  /** On a stream that replays the past: what was asked for. `serverTime` is the replay's clock there. */
  replay: z.object({ from: unixMs, to: unixMs.nullable(), speed: z.number().positive() }).optional(),
});

/** Sent after a quiet spell; not in the log. */
export const heartbeatSchema = z.object({ serverTime: unixMs });

/** Events that the client does not get; not in the log. `missed` is null where the number is unknown. */
export const gapSchema = z.object({
  fromId: z.string().nullable(),
  toId: z.string().nullable(),
  missed: z.number().int().nonnegative().nullable(),
  /** Older than what is kept; not of this log; ahead of it; the client read too slowly; never written: a crash or a broken disk. */
  reason: z.enum(['expired', 'other-log', 'ahead', 'too-slow', 'lost', ...gapCauses]),
  /** Of a time that a replay jumped over, in which nothing was measured: Unix ms; `reason` is its cause. */
  from: unixMs.optional(),
  to: unixMs.optional(),
});

/** Last on a stream that replays the past; not in the log. It came to its `to`, or to the present. */
export const replayEndSchema = z.object({ t: unixMs, reason: z.enum(['to', 'present']) });

export type Cpu = z.infer<typeof cpuSchema>;
export type Memory = z.infer<typeof memorySchema>;
export type Pressure = z.infer<typeof pressureSchema>;
export type Network = z.infer<typeof networkSchema>;
export type Disk = z.infer<typeof diskSchema>;
export type SensorData = z.infer<typeof sensorDataSchema>;
export type Sensor = SensorData['sensors'][number];
export type SensorKind = Sensor['kind'];
export type Filesystem = z.infer<typeof filesystemSchema>;
export type Processes = z.infer<typeof processesSchema>;
export type Containers = z.infer<typeof containersSchema>;
export type Login = z.infer<typeof loginSchema>;
export type SystemAlert = z.infer<typeof systemAlertSchema>;
export type AlertCondition = z.infer<typeof alertConditionSchema>;
export type Message = z.infer<typeof messageSchema>;
export type HostFacts = z.infer<typeof hostFactsSchema>;
export type Hello = z.infer<typeof helloSchema>;
export type Heartbeat = z.infer<typeof heartbeatSchema>;
export type Gap = z.infer<typeof gapSchema>;
export type GapReason = Gap['reason'];
export type ReplayEnd = z.infer<typeof replayEndSchema>;
