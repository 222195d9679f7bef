import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoggedType, type LoggedPayloads, type LoggedType } from '@/lib/protocol/event-types';
import { pageAlertsMax } from '@/lib/protocol/initial-state';
import type { HostFacts } from '@/lib/protocol/payloads';
import { version } from '../../package.json';
import { sharedAddresses } from './auth/client-address';
import { openRequestRate } from './auth/request-rate';
import { readBoot } from './collectors/boot';
import { factsSource } from './collectors/facts-source';
import { type AcceptBacklog, openAcceptBacklog } from './concurrency/accept-backlog';
import { systemClock } from './concurrency/clock';
import { openTurns, pauseOf } from './concurrency/turns';
import { openWorkQueues } from './concurrency/work-queue';
import { parseConfig } from './config';
import type { NewEvent } from './event-log/event-log';
import { openSqliteLog } from './event-log/sqlite-log';
import type { HttpContext } from './http/context';
import { serveFeed } from './http/direct-feed';
import { type HttpGuard, openHttpGuard } from './http/guard';
import { serveHealth } from './http/handlers/health';
import { healthOf } from './http/health-report';
import { isForwarded, peerOf } from './http/peer';
import { openRequestQueue, type RequestQueue } from './http/request-queue';
import { loggedSchemas } from './ingest/event-schemas';
import { openHost } from './open-host';
import { shutdownAlert, storageAlerts } from './own-alerts';
import { openPipeline } from './pipeline';
import { reportOnce } from './storage/reports';
import { openAdmission } from './streaming/admission';

/** Some facts take a process to find out; a start waits for them this long. */
const factsWaitMs = 700;
/** The most published sensors that come with a page, the latest ones; the feed sends others with their next value. */
const pageSensorsMax = 200;

/** The state of the process: what handlers use, and the parts in front of Next.js. */
export interface Runtime extends HttpContext {
  /** Called for each connection. */
  readonly acceptBacklog: AcceptBacklog;
  /** In front of the feed and Next.js. */
  readonly guard: HttpGuard;
  /** In front of Next.js. */
  readonly requestQueue: RequestQueue;
  /** Answers a request for the feed without Next.js; false for any other request. */
  serveFeed(incoming: IncomingMessage, response: ServerResponse): boolean;
  /** The same for a request for health. */
  serveHealth(incoming: IncomingMessage, response: ServerResponse): boolean;
  /** Ends the sampler and every stream, and writes what is not on disk yet. Safe to call twice. */
  stop(): Promise<void>;
}

/** Chooses the parts by the configuration, wires and starts them. Throws `ConfigError` on a bad variable. */
export async function startRuntime(env: NodeJS.ProcessEnv): Promise<Runtime> {
  const config = parseConfig(env);
  const clock = systemClock;
  const host = openHost({
    name: config.hostName ?? undefined,
    procPath: config.procPath,
    sysPath: config.sysPath,
    rootfsPath: config.rootfsPath,
    demoSeed: config.demoSeed,
  });
  let facts: HostFacts = {
    host: host.name,
    os: null,
    kernel: null,
    cpuModel: null,
    cores: null,
    memoryBytes: null,
    bootTime: null,
    container: null,
    scope: 'host',
  };
  const found = host
    .factsAtOnce()
    .then((known) => {
      facts = known;
      return host.facts();
    })
    .then((known) => {
      facts = known;
    });
  await Promise.race([found, new Promise((resolve) => setTimeout(resolve, factsWaitMs).unref())]);

  const watchFacts = factsSource(host, (changed) => {
    facts = { ...facts, ...changed };
  });

  const { dataDir } = config;
  const setAside: NewEvent[] = [];
  let publishSetAside = () => {};
  function onSetAside(path: string, reason: string, isKept: boolean): void {
    warn(
      isKept ? `A database was set aside as ${path}: ${reason}` : `A database is lost: ${path}: ${reason}`,
    );
    setAside.push(...storageAlerts(host.name, clock.wallMs(), path, reason, isKept));
    publishSetAside();
  }
  const onReport = reportOnce(warn);
  const log = await openSqliteLog({ dataDir, clock, onSetAside, onReport });
  const acceptBacklog = openAcceptBacklog();
  const yielding = { isTaken: () => acceptBacklog.isDraining };
  const turns = openTurns({ ...yielding, schedule: acceptBacklog.nextTurn });
  const pipeline = await openPipeline({
    log,
    clock,
    turns,
    host: { ...host, eventSources: [...host.eventSources, watchFacts] },
    facts: () => facts,
    boot: await readBoot(config.procPath),
    intervalMs: config.intervalMs,
    version,
    dataDir,
    onSetAside,
    onReport,
    onStall: warn,
  });
  // Not within the write that noticed it, since publishing writes as well.
  publishSetAside = () => {
    setImmediate(() => {
      const events = setAside.splice(0);
      if (events.length > 0) pipeline.publish(events, 'durable-if-possible').catch(() => {});
    });
  };
  publishSetAside();

  let stopping: Promise<void> | null = null;
  async function stop(): Promise<void> {
    pipeline.stalls.stop();
    await pipeline.sampler.stop();
    host.close?.();
    await pipeline.alerts.stop();
    await pipeline.publish([shutdownAlert(host.name, clock.wallMs())], 'durable-if-possible');
    await Promise.all([pipeline.feed.stop(), pipeline.replays.stop(), pipeline.notify.close()]);
    await pipeline.history.close();
    pipeline.sensors.close();
    await log.close();
  }

  const runtime: Runtime = {
    ...pipeline,
    config,
    version,
    hostName: host.name,
    admission: openAdmission({
      maxStreams: config.maxStreams,
      maxStreamsPerAddress: config.maxStreamsPerAddress,
      isExempt: sharedAddresses(config.trustedProxies),
    }),
    underWay: new Map(),
    work: openWorkQueues(turns),
    pause: pauseOf(turns),
    acceptBacklog,
    publishers: openRequestRate({ perSecond: config.maxPublishPerSecond }),
    health: () => healthOf({ ...pipeline, version, intervalMs: config.intervalMs }),
    initialState: (types) => ({
      facts,
      intervalMs: config.intervalMs,
      serverTime: clock.wallMs(),
      latest: latestPayloads(pipeline.latest, types),
      sensors: types.includes('sensor-data') ? pipeline.sensors.lastValues().slice(-pageSensorsMax) : [],
      firing: types.includes('system-alert')
        ? pipeline.alerts
            .active(pageAlertsMax)
            .items.filter(({ state }) => state === 'firing')
            .map((alert) => ({ ...alert, t: alert.changedAt, kind: 'rule' as const }))
        : [],
    }),
    guard: openHttpGuard({ ...config, dev: env.NODE_ENV === 'development' }),
    requestQueue: openRequestQueue({ ...yielding, nextTurn: acceptBacklog.nextTurn }),
    serveFeed: (incoming, response) => serveFeed(runtime, incoming, response),
    serveHealth: (incoming, response) => serveHealth(runtime, incoming, response),
    peerOf,
    isForwarded,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
  return runtime;
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}

function latestPayloads(
  latest: ReadonlyMap<string, NewEvent>,
  types: readonly LoggedType[],
): Partial<LoggedPayloads> {
  const payloads: Partial<Record<string, unknown>> = {};
  for (const [type, { json }] of latest) {
    const parsed =
      isLoggedType(type) && types.includes(type) ? loggedSchemas[type].safeParse(JSON.parse(json)) : null;
    if (parsed?.success) payloads[type] = parsed.data;
  }
  return payloads as Partial<LoggedPayloads>;
}
