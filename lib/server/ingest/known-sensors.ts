import { type Sensor, type SensorKind, sensorKinds } from '@/lib/protocol/payloads';
import type { LastValue } from './sensor-tables';

/** A sensor has one value of each kind. */
export const sensorKey = ({ id, kind }: Pick<Sensor, 'id' | 'kind'>) => `${kind} ${id}`;

const withoutValue = (sensor: Sensor) => JSON.stringify({ ...sensor, value: null });

/**
 * Published sensors, in the order of their last values, at most `max`. Beyond that, the one with the oldest value is
 * forgotten, of the publisher that has most.
 */
export class KnownSensors {
  readonly #max: number;
  readonly #byKey = new Map<string, LastValue>();
  /** The last publisher of each; not known of those that a restart brought back. */
  readonly #publishers = new Map<string, string>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): LastValue | undefined {
    return this.#byKey.get(key);
  }

  values(): Iterable<LastValue> {
    return this.#byKey.values();
  }

  /** Without a kind: the sensor's custom value, or else its only one. */
  find(id: string, kind: SensorKind | null): Sensor | null {
    const ofKind = (one: SensorKind) => this.#byKey.get(sensorKey({ id, kind: one }))?.sensor;
    if (kind !== null) return ofKind(kind) ?? null;
    const custom = ofKind('custom');
    if (custom) return custom;
    const [only, ...others] = sensorKinds.flatMap((one) => ofKind(one) ?? []);
    return only && others.length === 0 ? only : null;
  }

  /** Adds a stored one, unless a newer value is known. */
  restore(value: LastValue): void {
    const key = sensorKey(value.sensor);
    if (!this.#byKey.has(key)) this.#byKey.set(key, value);
  }

  /** Whether its description is new. A late value changes the description alone. */
  put(sensor: Sensor, t: number, publisher: string): boolean {
    const key = sensorKey(sensor);
    const before = this.#byKey.get(key);
    const isLate = before !== undefined && t < before.t;
    // The map is in the order of the last values.
    this.#byKey.delete(key);
    this.#byKey.set(
      key,
      isLate ? { t: before.t, sensor: { ...sensor, value: before.sensor.value } } : { t, sensor },
    );
    this.#publishers.set(key, publisher);
    return !before || withoutValue(before.sensor) !== withoutValue(sensor);
  }

  /** Forgets those that are too many, and returns them. */
  trim(): LastValue[] {
    const gone: LastValue[] = [];
    if (this.#byKey.size <= this.#max) return gone;
    const surplus = this.#surplusByPublisher(this.#byKey.size - this.#max);
    for (const [key, value] of this.#byKey) {
      const publisher = this.#publisherOf(key);
      const left = surplus.get(publisher) ?? 0;
      if (left === 0) continue;
      surplus.set(publisher, left - 1);
      this.#byKey.delete(key);
      this.#publishers.delete(key);
      gone.push(value);
    }
    return gone;
  }

  #publisherOf(key: string): string {
    return this.#publishers.get(key) ?? '';
  }

  /** How many each publisher has too many, `count` in all: one at a time, of the publisher that has most. */
  #surplusByPublisher(count: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (const key of this.#byKey.keys()) {
      const publisher = this.#publisherOf(key);
      counts.set(publisher, (counts.get(publisher) ?? 0) + 1);
    }
    const surplus = new Map<string, number>();
    for (let left = count; left > 0; left -= 1) {
      let [largest, most] = ['', 0];
      for (const [publisher, own] of counts) if (own > most) [largest, most] = [publisher, own];
      counts.set(largest, most - 1);
      surplus.set(largest, (surplus.get(largest) ?? 0) + 1);
    }
    return surplus;
  }
}
