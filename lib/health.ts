import type { DiskUse } from './events/event-log';
import type { Pipeline } from './pipeline';

/** What `GET /api/health` answers. */
export interface Health {
  readonly status: 'ok' | 'failing';
  /** What is wrong, one line each; empty when all is well. */
  readonly problems: readonly string[];
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly sampler: { readonly sampleAgeMs: number | null };
  readonly log: { readonly id: string; readonly headSeq: number; readonly writable: boolean } & DiskUse;
  /** Besides what it takes on disk, what it has written since the start, reckoned as a day's. */
  readonly history: DiskUse & { readonly writtenBytesPerDay: number };
  readonly streams: number;
  readonly process: { readonly cpuPercent: number; readonly residentBytes: number };
}

export interface HealthOptions
  extends Pick<
    Pipeline,
    'log' | 'feed' | 'replays' | 'sampler' | 'history' | 'alerts' | 'notify' | 'sensors'
  > {
  readonly version: string;
  readonly intervalMs: number;
}

/** Samples may be this many intervals late before the host counts as unwatched. */
const lateIntervals = 3;
const lateAtLeastMs = 5_000;

/** How Hostbeat itself is. CPU is its own share of one core since it started, in percent. */
export function healthOf(options: HealthOptions): Health {
  const { log, feed, replays, sampler, history, alerts, notify, sensors, version, intervalMs } = options;
  const { sampleAgeMs, readings, watches } = sampler.state();
  const uptimeSeconds = process.uptime();
  const late = Math.max(lateAtLeastMs, lateIntervals * intervalMs);
  const problems: string[] = [];
  if ((sampleAgeMs ?? uptimeSeconds * 1000) > late) problems.push('the sampler has no recent sample');
  for (const { type, consecutiveFailures, lastError } of readings) {
    if (consecutiveFailures >= lateIntervals) problems.push(`${type} cannot be read: ${lastError}`);
  }
  for (const { name, consecutiveFailures, lastError } of watches) {
    if (consecutiveFailures >= lateIntervals) problems.push(`${name} cannot be watched: ${lastError}`);
  }
  if (history.problem !== null) problems.push(`history is kept in memory only: ${history.problem}`);
  if (notify.problem !== null) problems.push(`notifications are kept in memory only: ${notify.problem}`);
  if (log.problem !== null) problems.push(`events are kept in memory only: ${log.problem}`);
  if (alerts.problem !== null) problems.push(`rules and alerts are kept in memory only: ${alerts.problem}`);
  if (sensors.problem !== null)
    problems.push(`what sensors are called is kept in memory only: ${sensors.problem}`);
  const { writtenBytes, ...historyUse } = history.size();
  const { user, system } = process.cpuUsage();
  return {
    status: problems.length === 0 ? 'ok' : 'failing',
    problems,
    version,
    uptimeSeconds: Math.round(uptimeSeconds),
    sampler: { sampleAgeMs },
    log: { id: log.id, headSeq: log.headSeq, writable: log.problem === null, ...log.diskUse() },
    history: { ...historyUse, writtenBytesPerDay: Math.round((writtenBytes / uptimeSeconds) * 86_400) },
    streams: feed.streams + replays.streams,
    process: {
      cpuPercent: Math.round(((user + system) / 1e6 / uptimeSeconds) * 10_000) / 100,
      residentBytes: process.memoryUsage.rss(),
    },
  };
}
