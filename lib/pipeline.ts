import { type Alerts, openAlerts } from '@/lib/alerts/alerts';
import type { Durability, EventLog, LoggedEvent, NewEvent, RequestKey } from '@/lib/events/event-log';
import type { Hello, HostFacts } from '@/lib/events/payloads';
import { type History, openHistory } from '@/lib/history/history';
import type { Host } from '@/lib/host/host';
import { type Notify, openNotify } from '@/lib/notify/notify';
import { type Sampler, startSampler } from '@/lib/sampler/sampler';
import { type Feed, openFeed } from '@/lib/sse/feed';
import { openCulprits } from './culprits';
import { muteOf } from './mute';

export interface PipelineOptions {
  readonly log: EventLog;
  readonly host: Host;
  readonly facts: () => HostFacts;
  readonly intervalMs: number;
  readonly version: string;
  /** Where history, alerts and notifications keep what outlives a restart. */
  readonly dataDir: string;
  /** Told when a corrupt database was set aside. */
  readonly onSetAside: (path: string, reason: string) => void;
}

export interface Pipeline {
  readonly log: EventLog;
  readonly feed: Feed;
  readonly sampler: Sampler;
  readonly history: History;
  readonly alerts: Alerts;
  readonly notify: Notify;
  /** The newest event of each type, for what needs no stream. */
  readonly latest: ReadonlyMap<string, NewEvent>;
  /** The one way into the log. */
  publish(
    events: readonly NewEvent[],
    durability?: Durability,
    key?: RequestKey,
  ): Promise<readonly LoggedEvent[]>;
}

/**
 * The whole of Hostbeat in one picture: host → sampler → log → feed, history, alerts and notifications. Everything
 * behind the log is a cursor over it.
 */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { log, host, facts, intervalMs, version, dataDir, onSetAside } = options;
  const latest = new Map<string, NewEvent>();

  async function publish(events: readonly NewEvent[], durability?: Durability, key?: RequestKey) {
    const logged = await log.append(events, durability, key);
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

  const history = openHistory({ log, dataDir, onSetAside });

  const culprits = openCulprits({ host: host.name, readings: host.readings, latest });
  const alerts = await openAlerts({ log, dataDir, publish, culprits: culprits.now, onSetAside });

  const notify = await openNotify({ log, dataDir, muteOf: (alert) => muteOf(alerts, alert), onSetAside });

  const sampler = startSampler({
    host: host.name,
    readings: culprits.readings,
    watches: host.watches,
    wanted: (type) => feed.wants(type) || alerts.wants(type),
    intervalMs,
    publish,
  });

  return { log, feed, sampler, history, alerts, notify, latest, publish };
}
