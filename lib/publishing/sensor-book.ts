import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Sensor, type SensorKind, sensorKinds } from '@/lib/events/payloads';
import { faultOf } from '@/lib/sqlite/fault';
import { setAside } from '@/lib/sqlite/set-aside';
import type { SensorTables, SensorWord } from './sensor-tables';

export interface SensorBookOptions {
  readonly dataDir: string;
  /** Nothing is opened before: the data directory may be another process's. */
  readonly mayOpen: () => boolean;
  /** Told when a corrupt database was set aside, and under which name. */
  readonly onSetAside?: ((path: string, reason: string) => void) | undefined;
  readonly sensorsMax?: number;
  /** Unix ms. */
  readonly now?: () => number;
}

/** What is known of the sensors that programs publish: what each said of itself, and its last word. */
export interface SensorBook {
  /** What is wrong with keeping it, in words; `null` when nothing is. */
  readonly problem: string | null;
  /** Without a kind: of the sensor's only kind, or else of `custom`. */
  recall(id: string, kind: SensorKind | null): Sensor | null;
  /** What is in the log by now. What a sensor says of itself is on disk when this returns, values some time later. */
  note(sensors: readonly Sensor[], t: number): void;
  /** Those that were heard within a day, each with its last word. */
  words(): readonly SensorWord[];
  /** All that are known, however long ago they were heard. */
  all(): readonly Sensor[];
  close(): void;
}

/** The one that was heard longest ago is forgotten first. */
const defaultSensorsMax = 2_000;
/** As long as a rule remembers a sensor. */
const shownMs = 24 * 3_600_000;
const saveEveryMs = 300_000;

const keyOf = ({ id, kind }: Pick<Sensor, 'id' | 'kind'>) => `${kind} ${id}`;

export async function openSensorBook(options: SensorBookOptions): Promise<SensorBook> {
  const { dataDir, mayOpen, onSetAside, sensorsMax = defaultSensorsMax, now = Date.now } = options;
  const path = join(dataDir, 'sensors.db');
  const known = new Map<string, SensorWord>();
  let openTables: ((path: string) => SensorTables) | null = null;
  let tables: SensorTables | null = null;
  let problem: string | null = null;
  /** What differs from what is on disk. */
  const unsaved = new Set<string>();
  let gone: SensorWord[] = [];

  function release(): void {
    try {
      tables?.close();
    } catch {
      // It is being given up; what it says about that changes nothing.
    }
    tables = null;
    // A database that is opened later may be a new one.
    for (const key of known.keys()) unsaved.add(key);
  }

  function fail(error: unknown): void {
    const fault = faultOf(error);
    problem = `${path}: ${fault.words}`;
    release();
    if (!fault.isCorrupt) return;
    try {
      const name = setAside(path, new Date(now()));
      onSetAside?.(name, fault.words);
    } catch (cause) {
      problem += `, and it cannot be set aside: ${faultOf(cause).words}`;
    }
  }

  function open(): void {
    if (tables && !existsSync(path)) release();
    if (tables || !openTables || !mayOpen()) return;
    tables = openTables(path);
    for (const word of tables.read()) if (!known.has(keyOf(word.sensor))) known.set(keyOf(word.sensor), word);
  }

  function save(): void {
    if (unsaved.size === 0 && gone.length === 0) return;
    try {
      open();
      if (!tables) return;
      tables.write(
        [...unsaved].flatMap((key) => known.get(key) ?? []),
        gone,
      );
      unsaved.clear();
      gone = [];
      problem = null;
    } catch (error) {
      fail(error);
    }
  }

  /** Whether it says something new of itself. */
  function put(sensor: Sensor, t: number): boolean {
    const key = keyOf(sensor);
    const before = known.get(key);
    const isLate = before !== undefined && t < before.t;
    // Last in the map is who was heard last.
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
    for (const [key, word] of known) {
      if (known.size <= sensorsMax) return;
      known.delete(key);
      unsaved.delete(key);
      gone.push(word);
    }
  }

  try {
    ({ openSensorTables: openTables } = await import('./sensor-tables'));
    open();
  } catch (error) {
    fail(error);
  }
  const timer = setInterval(save, saveEveryMs);
  timer.unref();

  return {
    get problem() {
      return problem;
    },
    recall(id, kind) {
      if (kind !== null) return known.get(keyOf({ id, kind }))?.sensor ?? null;
      const custom = known.get(keyOf({ id, kind: 'custom' }))?.sensor;
      if (custom) return custom;
      const [only, ...others] = sensorKinds.flatMap(
        (one) => known.get(keyOf({ id, kind: one }))?.sensor ?? [],
      );
      return only && others.length === 0 ? only : null;
    },
    note(sensors, t) {
      const isNew = sensors.map((sensor) => put(sensor, t)).includes(true);
      forget();
      if (isNew) save();
    },
    words() {
      const since = now() - shownMs;
      return [...known.values()].filter(({ t }) => t >= since);
    },
    all: () => [...known.values()].map(({ sensor }) => sensor),
    close() {
      clearInterval(timer);
      save();
      release();
    },
  };
}
