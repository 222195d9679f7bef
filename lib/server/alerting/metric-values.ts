import { isSampleType, type LoggedPayloads, type SampleType } from '@/lib/protocol/event-types';
import { eachMetric, metricOfSensor } from '@/lib/protocol/metrics';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';

/** What an event says beside a value: a sensor's own limits, °C, or the space that a mount shares. */
export interface Limits {
  readonly high?: number | null;
  readonly critical?: number | null;
  readonly pool?: string | null | undefined;
}

/** `isPublished`: a program says it, and not the host. */
type TakeReading = (
  metric: string,
  value: number | null,
  limits: Limits | undefined,
  isPublished: boolean,
) => void;

/**
 * What a sampler says at every tick, so that its `t` is the host's clock: anybody may publish other types with any
 * `t`, and what has a pace of its own comes between the ticks.
 */
export function isOfTick(type: string): boolean {
  return ofTick.has(type);
}

const ofTick: ReadonlySet<string> = new Set<SampleType>(['cpu', 'memory', 'pressure', 'network', 'disk']);

/** Every number of an event that rules may be about. What is no payload has none. */
export function eachReading(event: LoggedEvent, isNewAddress: IsNewAddress, take: TakeReading): void {
  try {
    const payload: unknown = JSON.parse(event.json);
    if (event.type === 'user-login') {
      const { from, t, origin } = payload as LoggedPayloads['user-login'];
      if (!from) return;
      // Else a published login would look like a real one, or make the next real one no news.
      const isPublished = origin === 'published';
      const address = isPublished ? publishedPrefix + from : from;
      take(`user-login.${address}.newAddress`, isNewAddress(address, t) ? 1 : 0, undefined, isPublished);
    } else if (event.type === 'sensor-data') {
      for (const sensor of (payload as LoggedPayloads['sensor-data']).sensors) {
        take(metricOfSensor(sensor), sensor.value, sensor, event.publisher !== undefined);
      }
    } else if (event.type === 'filesystem') {
      const { mounts, ...rest } = payload as LoggedPayloads['filesystem'];
      // An image that is mounted read-only is full by nature.
      for (const mount of mounts) {
        if (mount.readOnly) continue;
        const { pool } = mount;
        eachMetric('filesystem', { ...rest, mounts: [mount] }, (name, value) =>
          take(name, value, { pool }, false),
        );
      }
    } else if (isSampleType(event.type)) {
      eachMetric(event.type, payload as never, (name, value) => take(name, value, undefined, false));
    }
  } catch {
    // An event of another version, perhaps: a rule cannot judge it, and the next may be whole.
  }
}

/** Whether a login's address is one that nobody came from before; it counts as new for an hour. */
export type IsNewAddress = (address: string, t: number) => boolean;

/** Before the address of a login that was published, in the names of metrics. */
export const publishedPrefix = 'published:';

const newForMs = 3_600_000;
const knownMax = 10_000;

/**
 * Remembers where logins came from. Beyond 10,000 addresses the published one that was silent for longest goes first,
 * and only then one of the host's own.
 */
export function noteAddress(known: Map<string, number>, address: string, t: number): boolean {
  const firstT = known.get(address) ?? t;
  known.delete(address);
  known.set(address, firstT);
  if (known.size > knownMax) known.delete(leastWorth(known) ?? address);
  return Math.abs(t - firstT) < newForMs;
}

function leastWorth(known: ReadonlyMap<string, number>): string | undefined {
  for (const address of known.keys()) if (address.startsWith(publishedPrefix)) return address;
  return known.keys().next().value;
}
