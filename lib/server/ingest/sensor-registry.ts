import { join } from 'node:path';
import { type Sensor, type SensorKind, sensorKinds } from '@/lib/protocol/payloads';
import { keepCopy } from '@/lib/server/storage/set-aside';
import { type OnSetAside, SupervisedDatabase } from '@/lib/server/storage/supervised-database';
import type { LastValue, SensorTables } from './sensor-tables';

export interface SensorRegistryOptions {
  readonly dataDir: string;
  /** Why nothing may be opened: the data folder may be another process's. `null` when it may. */
  readonly heldBack?: () => string | null;
  /** Told when a database was set aside, and under which name. */
  readonly onSetAside?: OnSetAside | undefined;
  /** One line each time that what is wrong with keeping it changes. */
  readonly onReport?: ((line: string, path: string) => void) | undefined;
  readonly sensorsMax?: number;
  /** Unix ms. */
  readonly now?: () => number;
}

/** The sensors that programs publish: the description and the last value of each. */
export interface SensorRegistry {
  /** What is wrong with keeping it, in words; `null` when nothing is. */
  readonly problem: string | null;
  /** What was lost and cannot be had again, a line each. */
  readonly defects: readonly string[];
  /** Without a kind: of the sensor's only kind, or else of `custom`. */
  lookUp(id: string, kind: SensorKind | null): Sensor | null;
  /** Takes what is in the log. A new description is on disk when this returns, values within five minutes. */
  record(sensors: readonly Sensor[], t: number, publisher?: string): void;
  /** Those with a value within a day. */
  lastValues(): readonly LastValue[];
  /** All that are known, however old their last values. */
  all(): readonly Sensor[];
  close(): void;
}

/** Beyond them, the one with the oldest value is forgotten first, of the publisher that has most. */
const defaultSensorsMax = 2_000;
/** As long as a rule remembers a sensor. */
const shownMs = 24 * 3_600_000;
const saveEveryMs = 300_000;

const keyOf = ({ id, kind }: Pick<Sensor, 'id' | 'kind'>) => `${kind} ${id}`;

export async function openSensorRegistry(options: SensorRegistryOptions): Promise<SensorRegistry> {
  const { dataDir, heldBack, onSetAside, onReport, sensorsMax = defaultSensorsMax, now = Date.now } = options;
  const path = join(dataDir, 'sensors.db');
  const known = new Map<string, LastValue>();
  /** Who published each last; not known of those that a restart brought back. */
  const publishers = new Map<string, string>();
  const publisherOf = (key: string) => publishers.get(key) ?? '';
  let defects: string[] = [];
  /** What differs from what is on disk. */
  const unsaved = new Set<string>();
  let gone: LastValue[] = [];

  const open = await import('./sensor-tables').then(
    ({ openSensorTables }) => openSensorTables,
    (cause: unknown) => () => {
      throw cause;
    },
  );

  const database = new SupervisedDatabase<SensorTables>({
    path,
    holds: 'what sensors are called is',
    open,
    adopt(tables) {
      const { values, unreadable } = tables.read();
      if (unreadable > 0) {
        const name = keepCopy(path, new Date(now()), tables.snapshot);
        defects = [`${unreadable} of what ${path} held cannot be read and was left out; it is in ${name}`];
      }
      for (const one of values) if (!known.has(keyOf(one.sensor))) known.set(keyOf(one.sensor), one);
      forget();
      return unreadable > 0;
    },
    refresh(tables) {
      tables.replaceAll([...known.values()]);
      unsaved.clear();
      gone = [];
    },
    heldBack,
    onSetAside,
    onReport,
    now,
  });

  function save(): void {
    if (unsaved.size === 0 && gone.length === 0) return;
    const isSaved = database.write((tables) =>
      tables.write(
        [...unsaved].flatMap((key) => known.get(key) ?? []),
        gone,
      ),
    );
    if (!isSaved) return;
    unsaved.clear();
    gone = [];
  }

  /** Whether its description is new. */
  function put(sensor: Sensor, t: number): boolean {
    const key = keyOf(sensor);
    const before = known.get(key);
    const isLate = before !== undefined && t < before.t;
    // The map is in order of the last values.
    known.delete(key);
    known.set(
      key,
      isLate ? { t: before.t, sensor: { ...sensor, value: before.sensor.value } } : { t, sensor },
    );
    unsaved.add(key);
    return (
      !before ||
      JSON.stringify({ ...before.sensor, value: null }) !== JSON.stringify({ ...sensor, value: null })
    );
  }

  function forget(): void {
    if (known.size <= sensorsMax) return;
    const surplus = surplusOf(known.size - sensorsMax);
    for (const [key, value] of known) {
      const publisher = publisherOf(key);
      const left = surplus.get(publisher) ?? 0;
      if (left === 0) continue;
      surplus.set(publisher, left - 1);
      known.delete(key);
      publishers.delete(key);
      unsaved.delete(key);
      // Enough of them for one writing; beyond that, all is written anew.
      if (gone.length < sensorsMax) gone.push(value);
      else database.markBehind();
    }
  }

  /** How many each publisher has too many, `over` of them together: always one of that which has most. */
  function surplusOf(over: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (const key of known.keys()) counts.set(publisherOf(key), (counts.get(publisherOf(key)) ?? 0) + 1);
    const surplus = new Map<string, number>();
    for (let left = over; left > 0; left -= 1) {
      let [largest, most] = ['', 0];
      for (const [publisher, count] of counts) if (count > most) [largest, most] = [publisher, count];
      counts.set(largest, most - 1);
      surplus.set(largest, (surplus.get(largest) ?? 0) + 1);
    }
    return surplus;
  }

  const timer = setInterval(save, saveEveryMs);
  timer.unref();

  return {
    get problem() {
      return database.problem;
    },
    get defects() {
      return database.loss === null ? defects : [...defects, database.loss];
    },
    lookUp(id, kind) {
      if (kind !== null) return known.get(keyOf({ id, kind }))?.sensor ?? null;
      const custom = known.get(keyOf({ id, kind: 'custom' }))?.sensor;
      if (custom) return custom;
      const [only, ...others] = sensorKinds.flatMap(
        (one) => known.get(keyOf({ id, kind: one }))?.sensor ?? [],
      );
      return only && others.length === 0 ? only : null;
    },
    record(sensors, t, publisher = '') {
      const isNew = sensors.map((sensor) => put(sensor, t)).includes(true);
      for (const sensor of sensors) publishers.set(keyOf(sensor), publisher);
      forget();
      if (isNew) save();
    },
    lastValues() {
      const since = now() - shownMs;
      return [...known.values()].filter(({ t }) => t >= since);
    },
    all: () => [...known.values()].map(({ sensor }) => sensor),
    close() {
      clearInterval(timer);
      save();
      database.close();
    },
  };
}
