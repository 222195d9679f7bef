import { z } from 'zod';

/** A share of 100. `null` where the host cannot tell. */
const percent = z.number().min(0).max(100).nullable();
/** A size in bytes. `null` where the host cannot tell. */
const bytes = z.number().nonnegative().nullable();
/** A moment: Unix time in milliseconds on the watched host's clock. */
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
});

/** First on every connection; not in the log. */
export const helloSchema = z.object({
  log: z.string(),
  version: z.string(),
  serverTime: unixMs,
  intervalMs: z.number().int().positive(),
  hosts: z.array(hostFactsSchema),
});

/** Sent after a quiet spell; not in the log. */
export const heartbeatSchema = z.object({ serverTime: unixMs });

/** A hole in what the client gets; not in the log. `missed` is null where nobody can count it. */
export const gapSchema = z.object({
  fromId: z.string().nullable(),
  toId: z.string().nullable(),
  missed: z.number().int().nonnegative().nullable(),
  /** Older than what is kept; not of this log; ahead of it; the client read too slowly; ids skipped by a crash. */
  reason: z.enum(['expired', 'other-log', 'ahead', 'too-slow', 'crash']),
});

export type Cpu = z.infer<typeof cpuSchema>;
export type Memory = z.infer<typeof memorySchema>;
export type HostFacts = z.infer<typeof hostFactsSchema>;
export type Hello = z.infer<typeof helloSchema>;
export type Heartbeat = z.infer<typeof heartbeatSchema>;
export type Gap = z.infer<typeof gapSchema>;
export type GapReason = Gap['reason'];
