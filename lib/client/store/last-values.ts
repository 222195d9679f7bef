import { keyOfSensor, type ReportedSensor, type Sensor } from '@/lib/health/sensors';
import type { SensorData } from '@/lib/protocol/payloads';

/** The last value of each sensor, however old. */
export interface LastValues {
  add(row: SensorData): void;
  /** The same array until another value arrives. */
  all(): readonly ReportedSensor[];
}

/** The one that reported first is dropped first. */
const sensorsMax = 5_000;

export function createLastValues(
  known: readonly { readonly t: number; readonly sensor: Sensor }[],
): LastValues {
  const values = new Map<string, ReportedSensor>();
  let list: readonly ReportedSensor[] | null = null;

  function put(sensor: Sensor, t: number): void {
    const key = keyOfSensor(sensor);
    const known = values.get(key);
    const previous = known && known.t < t ? { t: known.t, sensor: known.sensor } : known?.previous;
    values.set(key, { key, sensor, t, previous });
    const [oldest] = values.keys();
    if (values.size > sensorsMax && oldest !== undefined) values.delete(oldest);
    list = null;
  }

  for (const { sensor, t } of known) put(sensor, t);
  return {
    add({ t, sensors }) {
      for (const sensor of sensors) put(sensor, t);
    },
    all() {
      list ??= [...values.values()];
      return list;
    },
  };
}
