import type { LoggedPayloads, SampleType } from '@/lib/protocol/event-types';
import type { Boot } from '@/lib/protocol/history';
import type { Hello, HostFacts, SensorData, SystemAlert } from '@/lib/protocol/payloads';
import type { OnSetAside } from '@/lib/server/storage/supervised-database';
import { type Alerts, openAlerts } from './alerting/alerts';
import type { Host } from './collectors/host';
import type { Clock } from './concurrency/clock';
import { inTurns, type Turns, type Work } from './concurrency/turns';
import { openWorkQueue } from './concurrency/work-queue';
import type { Durability, EventLog, LoggedEvent, NewEvent, RequestKey } from './event-log/event-log';
import { openSensorRegistry, type SensorRegistry } from './ingest/sensor-registry';
import type { Mute } from './notifications/notifiable';
import { type Notifications, openNotifications } from './notifications/notifications';
import { ProcessList } from './process-list';
import { openReplays, type Replays } from './replay/replays';
import type { KnownItems } from './replay/sample-builders';
import { Sampler } from './scheduler/sampler';
import { type Feed, openFeed } from './streaming/feed';
import { type MonitoredCursor, openStallMonitor, type StallMonitor } from './streaming/stall-monitor';
import { History } from './timeseries/history';

export interface PipelineOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Shares the event loop between all long work. */
  readonly turns: Turns;
  readonly host: Host;
  readonly facts: () => HostFacts;
  /** The present boot of the machine that Hostbeat runs on. */
  readonly boot: Boot;
  readonly intervalMs: number;
  readonly version: string;
  /** The folder of all databases. */
  readonly dataDir: string;
  readonly onSetAside: OnSetAside;
  /** Called with one line each time the problem of a database changes. */
  readonly onReport: (line: string, path: string) => void;
  /** Called once, with one line, when a cursor over the log is stalled. */
  readonly onStall: (line: string) => void;
}

export interface Pipeline {
  readonly log: EventLog;
  readonly feed: Feed;
  readonly replays: Replays;
  readonly sampler: Sampler;
  readonly history: History;
  readonly alerts: Alerts;
  readonly notify: Notifications;
  readonly stalls: StallMonitor;
  /** The newest event of each type, for requests that need no stream. */
  readonly latest: ReadonlyMap<string, NewEvent>;
  /** The one way into the log. */
  publish(events: readonly NewEvent[], durability?: Durability): Promise<readonly LoggedEvent[]>;
  /** The same for other programs, on disk when it resolves. */
  accept(events: readonly NewEvent[], key?: RequestKey): Promise<readonly LoggedEvent[]>;
  /** The sensors that other programs publish. */
  readonly sensors: SensorRegistry;
}

/**
 * The whole of Hostbeat in one picture: host → sampler → log → feed, history, alerts and notifications. Everything
 * behind the log is a cursor over it.
 */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { log, clock, turns, host, facts, boot, intervalMs, version, dataDir, onSetAside, onReport } =
    options;
  const storing = { dataDir, clock, onSetAside, onReport };
  const latest = new Map<string, NewEvent>();

  async function publish(events: readonly NewEvent[], durability?: Durability) {
    const logged = await log.append(events, durability);
    for (const event of logged) latest.set(event.type, event);
    return logged;
  }

  const sensors = await openSensorRegistry({
    ...storing,
    heldBack: () => (log.isFolderTaken ? 'another Hostbeat is using it' : null),
  });

  async function accept(events: readonly NewEvent[], key?: RequestKey) {
    const logged = await log.append(events, 'durable', key);
    for (const event of logged) {
      // Published sensors do not replace the host's own in `latest`.
      if (event.type !== 'sensor-data') latest.set(event.type, event);
      else sensors.record((JSON.parse(event.json) as SensorData).sensors, event.t, event.publisher);
    }
    return logged;
  }

  const hello = (): Hello => ({
    log: log.id,
    version,
    serverTime: clock.wallMs(),
    intervalMs,
    hosts: [facts()],
  });
  const feed = openFeed({ log, hello, turns });

  const history = new History({ log, boot, intervalMs, ...storing });

  // Unbounded queue: admission bounds the number of streams.
  const rebuilding = openWorkQueue({
    kind: 'replays',
    turns,
    waitingMax: Number.POSITIVE_INFINITY,
    waitingPerAddress: Number.POSITIVE_INFINITY,
  });
  const noClient = { address: null, signal: new AbortController().signal };

  async function rebuild<T>(work: Work<T>): Promise<T> {
    const worked = await rebuilding.run(noClient, (pause) => inTurns(work, pause));
    if (!worked.ok) throw new Error(worked.problem.detail);
    return worked.value;
  }

  const replays = openReplays({
    log,
    work: rebuild,
    history,
    host: host.name,
    intervalMs,
    turns,
    hello,
    known: () => knownItems(latest, sensors),
  });

  const processList = new ProcessList({ host: host.name, collectors: host.collectors, latest, clock });
  const alerts = await openAlerts({ log, publish, processes: (of) => processList.now(of), ...storing });

  const notify = await openNotifications({ log, muteOf: (alert) => muteOf(alerts, alert), ...storing });

  const sampler = new Sampler({
    host: host.name,
    collectors: processList.collectors,
    eventSources: host.eventSources,
    wanted: (type) => feed.wants(type) || alerts.wants(type),
    intervalMs,
    clock,
    publish,
  });

  function* cursors(): Generator<MonitoredCursor> {
    for (const stream of feed.waiting()) yield { ...stream, name: 'streams' };
    for (const { name, ...channel } of notify.waiting()) yield { ...channel, name: `the channel ${name}` };
    for (const key of replays.reads()) yield { key, name: 'replays', seq: null };
    yield { key: history, name: 'history', seq: history.readSeq };
    yield { key: alerts, name: 'alerts', seq: alerts.evaluatedSeq };
  }
  const stalls = openStallMonitor({ log, cursors, onStall: options.onStall });

  return { log, feed, replays, sampler, history, alerts, notify, stalls, latest, publish, accept, sensors };
}

/** Names and descriptions of items, from their latest samples. */
function knownItems(latest: ReadonlyMap<string, NewEvent>, sensors: SensorRegistry): KnownItems {
  const newest = <T extends SampleType>(type: T): LoggedPayloads[T] | null => {
    const event = latest.get(type);
    return event ? (JSON.parse(event.json) as LoggedPayloads[T]) : null;
  };
  return {
    sensors: [...(newest('sensor-data')?.sensors ?? []), ...sensors.all()],
    mounts: newest('filesystem')?.mounts ?? [],
    containers: newest('containers')?.containers ?? [],
    interfaces: newest('network')?.interfaces ?? [],
  };
}

/** Whether an alert is silenced or acknowledged now; `null` when it is not muted. */
export function muteOf(alerts: Pick<Alerts, 'alert' | 'silencedUntil'>, alert: SystemAlert): Mute {
  const { alertId, ruleId, metric, severity, host } = alert;
  const asMatched = { ruleId: ruleId ?? '', metric: metric ?? '', severity, host };
  if (alerts.silencedUntil(asMatched) !== null) return 'silenced';
  const isAcknowledged = (alerts.alert(alertId)?.acknowledgedAt ?? null) !== null;
  return isAcknowledged ? 'acknowledged' : null;
}
