import type { EventLog, NewEvent } from '@/lib/events/event-log';
import type { Hello, HostFacts } from '@/lib/events/payloads';
import type { Host } from '@/lib/host/host';
import { openWindow } from '@/lib/log/window';
import { type Sampler, startSampler } from '@/lib/sampler/sampler';
import { type Feed, openFeed } from '@/lib/sse/feed';

const replayWindowMs = 3_600_000;
const replayWindowBytes = 128 * 1024 * 1024;

export interface PipelineOptions {
  readonly host: Host;
  readonly facts: () => HostFacts;
  readonly intervalMs: number;
  readonly version: string;
  /** Names the log; a log in memory gets a new one with every start. */
  readonly logId: string;
}

export interface Pipeline {
  readonly log: EventLog;
  readonly feed: Feed;
  readonly sampler: Sampler;
  /** The newest event of each type, for what needs no stream. */
  readonly latest: ReadonlyMap<string, NewEvent>;
}

/** The whole of Hostbeat in one picture: host → sampler → log → feed. Everything behind the log is a cursor over it. */
export function openPipeline({ host, facts, intervalMs, version, logId }: PipelineOptions): Pipeline {
  const log = openWindow({ id: logId, maxAgeMs: replayWindowMs, maxBytes: replayWindowBytes });

  const hello = (): Hello => ({
    log: log.id,
    version,
    serverTime: Date.now(),
    intervalMs,
    hosts: [facts()],
  });
  const feed = openFeed({ log, hello });
  const latest = new Map<string, NewEvent>();

  const sampler = startSampler({
    host: host.name,
    readings: host.readings,
    intervalMs,
    publish: async (events) => {
      for (const event of await log.append(events)) latest.set(event.type, event);
    },
  });

  return { log, feed, sampler, latest };
}
