import { containerServices } from './container-services';
import { flowsOf } from './io-rates';
import type { Happening, IncidentKind } from './schedule';
import { gibibyte } from './service';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

const collectorFlows = flowsOf({ nvmeRead: 25, nvmeWrite: 6 });
const bootFlows = flowsOf({ nvmeRead: 45 });

/** How long a container that ends badly stays away, and then takes until its health check is content. */
const awayMs = 9 * secondMs;
const startingMs = 31 * secondMs;

/** A service grows for hours, collects garbage in vain, is killed at its limit and restarted. */
export const leak: IncidentKind = {
  name: 'leak',
  slotMs: 8 * hourMs,
  chance: 0.7,
  startMs: [0, 2 * hourMs],
  lengthMs: [2 * hourMs, 5.5 * hourMs],
  happen({ startMs, endMs, oneOf, job }) {
    const service = oneOf(1, ['immich-server', 'paperless', 'jellyfin']);
    const killedMs = endMs - awayMs - startingMs;
    const culprit = processOf(service);
    return {
      leak: { service, startMs, endMs: killedMs },
      outage: {
        service,
        sickMs: killedMs - 3 * minuteMs,
        downMs: killedMs,
        upMs: endMs - startingMs,
        wellMs: endMs,
      },
      jobs: [
        job({
          startMs: killedMs - 9 * minuteMs,
          endMs: killedMs,
          name: culprit?.name ?? service,
          user: 'root',
          service,
          command: `${culprit?.command ?? ''} (garbage collector)`,
          cores: 1.4,
          systemShare: 0.15,
          isNice: false,
          memoryBytes: 0,
          flows: collectorFlows,
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
  happen({ startMs, endMs, draw, job }) {
    const service = containerServices[Math.floor(draw(1) * containerServices.length)]?.name ?? 'caddy';
    const upMs = endMs - startingMs;
    return {
      outage: { service, sickMs: startMs, downMs: upMs - awayMs, upMs, wellMs: endMs },
      jobs: [bootJob(service, upMs, endMs, job)],
    };
  },
};

function processOf(service: string) {
  return containerServices.find(({ name }) => name === service)?.processes[0] ?? null;
}

/** A service that starts is busy with itself. */
function bootJob(service: string, startMs: number, endMs: number, job: Happening['job']) {
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
    flows: bootFlows,
  });
}
