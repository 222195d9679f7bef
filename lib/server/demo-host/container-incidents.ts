import { containerServices } from './container-services';
import { ioRatesOf } from './io-rates';
import type { IncidentContext, IncidentKind } from './schedule';
import { gibibyte } from './service';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

const collectorRates = ioRatesOf({ nvmeRead: 25, nvmeWrite: 6 });
const bootRates = ioRatesOf({ nvmeRead: 45 });

/** Downtime of a crashed container, and its time until the health check passes. */
const awayMs = 9 * secondMs;
const startingMs = 31 * secondMs;

/** A memory leak: grows for hours, spends CPU on garbage collection, is OOM-killed at its limit and restarted. */
export const leak: IncidentKind = {
  name: 'leak',
  slotMs: 8 * hourMs,
  chance: 0.7,
  startMs: [0, 2 * hourMs],
  lengthMs: [2 * hourMs, 5.5 * hourMs],
  effects({ startMs, endMs, oneOf, job }) {
    const service = oneOf(1, ['immich-server', 'paperless', 'jellyfin']);
    const killedMs = endMs - awayMs - startingMs;
    const process = processOf(service);
    return {
      leak: { service, startMs, endMs: killedMs },
      outage: {
        service,
        unhealthyMs: killedMs - 3 * minuteMs,
        downMs: killedMs,
        startedMs: endMs - startingMs,
        healthyMs: endMs,
      },
      jobs: [
        job({
          startMs: killedMs - 9 * minuteMs,
          endMs: killedMs,
          name: process?.name ?? service,
          user: 'root',
          service,
          command: `${process?.command ?? ''} (garbage collector)`,
          cores: 1.4,
          systemShare: 0.15,
          isNice: false,
          memoryBytes: 0,
          ioRates: collectorRates,
        }),
        bootJob(service, endMs - startingMs, endMs, job),
      ],
    };
  },
};

/** A container fails its health check and is restarted. */
export const restart: IncidentKind = {
  name: 'restart',
  slotMs: 3 * hourMs,
  chance: 0.8,
  startMs: [0, 2.8 * hourMs],
  lengthMs: [2 * minuteMs, 5 * minuteMs],
  effects({ startMs, endMs, draw, job }) {
    const service = containerServices[Math.floor(draw(1) * containerServices.length)]?.name ?? 'caddy';
    const startedMs = endMs - startingMs;
    return {
      outage: { service, unhealthyMs: startMs, downMs: startedMs - awayMs, startedMs, healthyMs: endMs },
      jobs: [bootJob(service, startedMs, endMs, job)],
    };
  },
};

function processOf(service: string) {
  return containerServices.find(({ name }) => name === service)?.processes[0] ?? null;
}

/** CPU and I/O of a starting service. */
function bootJob(service: string, startMs: number, endMs: number, job: IncidentContext['job']) {
  return job({
    startMs,
    endMs,
    name: 'docker-init',
    user: 'root',
    service,
    command: '/sbin/docker-init -- /entrypoint.sh',
    cores: 1.2,
    systemShare: 0.25,
    isNice: false,
    memoryBytes: 0.01 * gibibyte,
    ioRates: bootRates,
  });
}
