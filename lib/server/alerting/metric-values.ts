import { isSampleType, type LoggedPayloads, type SampleType } from '@/lib/protocol/event-types';
import { eachMetric, metricOfSensor } from '@/lib/protocol/metrics';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';

/** Comes with a value: a sensor's own limits, °C, or the storage pool that a mount shares. */
export interface ValueContext {
  readonly high?: number | null;
  readonly critical?: number | null;
  readonly pool?: string | null | undefined;
}

/** `isPublished`: by a program, not sampled by the host. */
type OnValue = (
  metric: string,
  value: number | null,
  context: ValueContext | undefined,
  isPublished: boolean,
) => void;

/**
 * Whether events of this type come from the host's sampler at every tick, so that their `t` drives the host's clock.
 * Other types may be published with any `t`, or come between the ticks.
 */
export function drivesClock(type: string): boolean {
  return tickTypes.has(type);
}

const tickTypes: ReadonlySet<string> = new Set<SampleType>(['cpu', 'memory', 'pressure', 'network', 'disk']);

/** Every number of an event that rules may match. An event without a valid payload has none. */
export function eachValue(event: LoggedEvent, isNewAddress: IsNewAddress, onValue: OnValue): void {
  try {
    const payload: unknown = JSON.parse(event.json);
    if (event.type === 'user-login') {
      const { from, t, origin } = payload as LoggedPayloads['user-login'];
      if (!from) return;
      // Apart from real ones: a published login must not hide that the next real one is from a new address.
      const isPublished = origin === 'published';
      const address = isPublished ? publishedPrefix + from : from;
      onValue(`user-login.${address}.newAddress`, isNewAddress(address, t) ? 1 : 0, undefined, isPublished);
    } else if (event.type === 'sensor-data') {
      for (const sensor of (payload as LoggedPayloads['sensor-data']).sensors) {
        onValue(metricOfSensor(sensor), sensor.value, sensor, event.publisher !== undefined);
      }
    } else if (event.type === 'filesystem') {
      const { mounts, ...rest } = payload as LoggedPayloads['filesystem'];
      // An image that is mounted read-only is full by nature.
      for (const mount of mounts) {
        if (mount.readOnly) continue;
        const { pool } = mount;
        eachMetric('filesystem', { ...rest, mounts: [mount] }, (name, value) =>
          onValue(name, value, { pool }, false),
        );
      }
    } else if (isSampleType(event.type)) {
      eachMetric(event.type, payload as never, (name, value) => onValue(name, value, undefined, false));
    }
  } catch {
    // An event of another version, perhaps: it has no values.
  }
}

/** Whether no login came from an address before; it counts as new for an hour. */
export type IsNewAddress = (address: string, t: number) => boolean;

/** Before the address of a login that was published, in the names of metrics. */
export const publishedPrefix = 'published:';

const newForMs = 3_600_000;
const addressesMax = 10_000;

/**
 * Remembers where logins came from; whether the address is new. Beyond 10,000 addresses the published one without a
 * login for longest is dropped first, and only then one of the host's own.
 */
export function recordLogin(addresses: Map<string, number>, address: string, t: number): boolean {
  const firstT = addresses.get(address) ?? t;
  addresses.delete(address);
  addresses.set(address, firstT);
  if (addresses.size > addressesMax) addresses.delete(leastValuable(addresses) ?? address);
  return Math.abs(t - firstT) < newForMs;
}

function leastValuable(addresses: ReadonlyMap<string, number>): string | undefined {
  for (const address of addresses.keys()) if (address.startsWith(publishedPrefix)) return address;
  return addresses.keys().next().value;
}
