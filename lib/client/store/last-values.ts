import { type HeardSensor, keyOfSensor, type Sensor } from '@/lib/health/sensors';
import type { SensorData } from '@/lib/protocol/payloads';

/** The last word of each sensor, however long ago it was: one that has gone quiet is not gone. */
export interface SensorWords {
  hear(row: SensorData): void;
  /** The same array until another word comes. */
  all(): readonly HeardSensor[];
}

/** The one that was heard first goes first. */
const wordsMax = 5_000;

export function createSensorWords(
  known: readonly { readonly t: number; readonly sensor: Sensor }[],
): SensorWords {
  const words = new Map<string, HeardSensor>();
  let list: readonly HeardSensor[] | null = null;

  function put(sensor: Sensor, t: number): void {
    const key = keyOfSensor(sensor);
    const known = words.get(key);
    const before = known && known.t < t ? { t: known.t, sensor: known.sensor } : known?.before;
    words.set(key, { key, sensor, t, before });
    const [oldest] = words.keys();
    if (words.size > wordsMax && oldest !== undefined) words.delete(oldest);
    list = null;
  }

  for (const { sensor, t } of known) put(sensor, t);
  return {
    hear({ t, sensors }) {
      for (const sensor of sensors) put(sensor, t);
    },
    all() {
      list ??= [...words.values()];
      return list;
    },
  };
}
