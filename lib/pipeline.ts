import type { Durability, EventLog, LoggedEvent, NewEvent } from '@/lib/events/event-log';
import type { Hello, HostFacts } from '@/lib/events/payloads';
import type { History } from '@/lib/history/history';
import type { Host } from '@/lib/host/host';
import { type Sampler, startSampler } from '@/lib/sampler/sampler';
import { type Feed, openFeed } from '@/lib/sse/feed';

export interface PipelineOptions {
  readonly log: EventLog;
  readonly history: History;
  readonly host: Host;
  readonly facts: () => HostFacts;
  readonly intervalMs: number;
  readonly version: string;
}

export interface Pipeline {
  readonly log: EventLog;
  readonly feed: Feed;
  readonly sampler: Sampler;
  readonly history: History;
  /** The newest event of each type, for what needs no stream. */
  readonly latest: ReadonlyMap<string, NewEvent>;
  /** The one way into the log. */
  publish(events: readonly NewEvent[], durability?: Durability): Promise<readonly LoggedEvent[]>;
}

/** The whole of Hostbeat in one picture: host → sampler → log → feed and history. Everything behind the log is a cursor over it. */
export function openPipeline({ log, history, host, facts, intervalMs, version }: PipelineOptions): Pipeline {
  const latest = new Map<string, NewEvent>();

  async function publish(events: readonly NewEvent[], durability?: Durability) {
    const logged = await log.append(events, durability);
    for (const event of logged) latest.set(event.type, event);
    return logged;
  }

  const hello = (): Hello => ({
    log: log.id,
    version,
    serverTime: Date.now(),
    intervalMs,
    hosts: [facts()],
  });
  const feed = openFeed({ log, hello });

  const sampler = startSampler({
    host: host.name,
    readings: host.readings,
    watches: host.watches,
    wanted: feed.wants,
    intervalMs,
    publish,
  });

  return { log, feed, sampler, history, latest, publish };
}
