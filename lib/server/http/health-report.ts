import type { DiskUse } from '@/lib/server/event-log/event-log';
import type { Pipeline } from '@/lib/server/pipeline';
import type { SamplerState } from '@/lib/server/scheduler/sampler';
import type { NamesUse } from '@/lib/server/timeseries/metric-names';

/** What `GET /api/health` answers. */
export interface Health {
  readonly status: 'ok' | 'failing';
  /** What is wrong, one line each; empty when all is well. */
  readonly problems: readonly string[];
  /** What of the host is not seen, why, and what to do about it, one line each; no fault. */
  readonly notes: readonly string[];
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly sampler: SamplerHealth;
  readonly log: { readonly id: string; readonly headSeq: number; readonly writable: boolean } & DiskUse;
  /** Besides what it takes on disk, what it has written since the start, as a day's; `null` in the first minute. */
  readonly history: DiskUse & { readonly writtenBytesPerDay: number | null };
  /** Names that there is room for, and those that were left out within the last hour for want of it. */
  readonly names: { readonly metrics: NamesUse; readonly eventTypes: number };
  readonly streams: number;
  readonly process: { readonly cpuPercent: number; readonly residentBytes: number };
}

interface SamplerHealth {
  /** `starting` until the first sample; `late` when there is none for too long, at the start or afterwards. */
  readonly state: 'starting' | 'sampling' | 'late';
  /** How old the newest sample is, in ms; `null` before the first. */
  readonly sampleAgeMs: number | null;
}

export interface HealthOptions
  extends Pick<
    Pipeline,
    'log' | 'feed' | 'replays' | 'sampler' | 'history' | 'alerts' | 'notify' | 'sensors' | 'stalls'
  > {
  readonly version: string;
  readonly intervalMs: number;
}

/** What keeps something on disk: what is wrong with that, and what of it was lost or cannot be read. */
interface Kept {
  readonly problem: string | null;
  readonly defects: readonly string[];
}

/** Samples may be this many intervals late before the host counts as unwatched. */
const lateIntervals = 3;
const lateAtLeastMs = 5_000;
/** The first sample may take longer: caches are cold, and the whole process is starting beside it. */
const firstLateAtLeastMs = 15_000;
/** A rate per day from less time than this would reflect the start and not the day. */
const ratesAfterSeconds = 60;

/** Whether samples come when they are due. Until the first one is overdue, a sampler that has none is starting. */
export function samplerHealth(state: SamplerState, intervalMs: number): SamplerHealth {
  const { sampleAgeMs, runningMs } = state;
  const lateMs = Math.max(
    sampleAgeMs === null ? firstLateAtLeastMs : lateAtLeastMs,
    lateIntervals * intervalMs,
  );
  if ((sampleAgeMs ?? runningMs) > lateMs) return { state: 'late', sampleAgeMs };
  return { state: sampleAgeMs === null ? 'starting' : 'sampling', sampleAgeMs };
}

/** What `amount`, counted over `seconds`, comes to in a day; `null` while that is too short. */
export function perDay(amount: number, seconds: number): number | null {
  return seconds < ratesAfterSeconds ? null : Math.round((amount / seconds) * 86_400);
}

/** How Hostbeat itself is. CPU is its own share of one core since it started, in percent. */
export function healthOf(options: HealthOptions): Health {
  const { log, feed, replays, sampler, history, alerts, notify, sensors, stalls, version, intervalMs } =
    options;
  const sampled = sampler.state();
  const { collectors, eventSources } = sampled;
  const samples = samplerHealth(sampled, intervalMs);
  const uptimeSeconds = process.uptime();
  const problems: string[] = [];
  if (samples.state === 'late') problems.push('the sampler has no recent sample');
  for (const { type, consecutiveFailures, lastError } of collectors) {
    if (consecutiveFailures >= lateIntervals) problems.push(`${type} cannot be read: ${lastError}`);
  }
  for (const { name, consecutiveFailures, lastError } of eventSources) {
    if (consecutiveFailures >= lateIntervals) problems.push(`${name} cannot be watched: ${lastError}`);
  }
  const kept: readonly (readonly [what: string, Kept])[] = [
    ['history is', history],
    ['notifications are', notify],
    ['events are', log],
    ['rules and alerts are', alerts],
    ['what sensors are called is', sensors],
  ];
  for (const [what, { problem }] of kept) {
    if (problem !== null) problems.push(`${what} kept in memory only: ${problem}`);
  }
  for (const [, { defects }] of kept) problems.push(...defects);
  problems.push(...stalls.problems);
  for (const name of notify.hungChannels) {
    problems.push(
      `the channel ${JSON.stringify(name)} hangs: its last attempt did not end within twice its time limit`,
    );
  }
  if (alerts.overflow !== null) problems.push(alerts.overflow);
  const names = history.names();
  if (names.ownRefused > 0)
    problems.push(
      `${names.ownRefused} metrics of this host are not kept: there are ${names.ownMax} others already`,
    );
  const { writtenBytes, ...historyUse } = history.size();
  const { user, system } = process.cpuUsage();
  return {
    status: problems.length === 0 ? 'ok' : 'failing',
    problems,
    notes: collectors.flatMap(({ note }) => note ?? []),
    version,
    uptimeSeconds: Math.round(uptimeSeconds),
    sampler: samples,
    log: { id: log.id, headSeq: log.headSeq, writable: log.problem === null, ...log.diskUse() },
    history: { ...historyUse, writtenBytesPerDay: perDay(writtenBytes, uptimeSeconds) },
    names: { metrics: names, eventTypes: log.customTypes.size },
    streams: feed.streams + replays.streams,
    process: {
      cpuPercent: Math.round(((user + system) / 1e6 / uptimeSeconds) * 10_000) / 100,
      residentBytes: process.memoryUsage.rss(),
    },
  };
}
