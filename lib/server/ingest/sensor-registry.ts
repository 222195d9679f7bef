import { join } from 'node:path';
import type { Sensor, SensorKind } from '@/lib/protocol/payloads';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { MirroredDatabase } from '@/lib/server/storage/mirrored-database';
import type { OnSetAside } from '@/lib/server/storage/supervised-database';
import { KnownSensors, sensorKey } from './known-sensors';
import type { LastValue, SensorTables, StoredSensors } from './sensor-tables';

export interface SensorRegistryOptions {
  readonly dataDir: string;
  /** Why the database may not be opened now, in words; `null` when it may. */
  readonly heldBack?: () => string | null;
  /** Called after a database was set aside, with its new name. */
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: ((line: string, path: string) => void) | undefined;
  /** Default 2,000. */
  readonly sensorsMax?: number;
  /** Unix ms. */
  readonly clock?: Clock;
}

const defaultSensorsMax = 2_000;
/** As long as rules keep a series of a sensor. */
const shownMs = 24 * 3_600_000;
const saveEveryMs = 300_000;

/** Where there is no build of SQLite for a platform, the registry still works in memory. */
export async function openSensorRegistry(options: SensorRegistryOptions): Promise<SensorRegistry> {
  const open = await import('./sensor-tables').then(
    ({ openSensorTables }) => openSensorTables,
    (cause: unknown) => () => {
      throw cause;
    },
  );
  return new SensorRegistry(open, options);
}

/** The sensors that programs publish: the description and the last value of each. */
export class SensorRegistry {
  readonly #clock: Clock;
  readonly #sensorsMax: number;
  readonly #known: KnownSensors;
  readonly #database: MirroredDatabase<SensorTables, StoredSensors>;
  readonly #timer: NodeJS.Timeout;
  /** The keys of sensors that differ from what is on disk. */
  readonly #unsaved = new Set<string>();
  /** Forgotten sensors that are still on disk. */
  #gone: LastValue[] = [];

  constructor(open: (path: string) => SensorTables, options: SensorRegistryOptions) {
    const { dataDir, sensorsMax = defaultSensorsMax, clock = systemClock } = options;
    this.#clock = clock;
    this.#sensorsMax = sensorsMax;
    this.#known = new KnownSensors(sensorsMax);
    this.#database = new MirroredDatabase<SensorTables, StoredSensors>({
      path: join(dataDir, 'sensors.db'),
      holds: 'what sensors are called is',
      open,
      read: (tables) => tables.read(),
      adopt: ({ values }) => {
        for (const value of values) this.#known.restore(value);
        return this.#known.trim().length > 0;
      },
      refresh: (tables) => {
        tables.replaceAll([...this.#known.values()]);
        this.#noteSaved();
      },
      heldBack: options.heldBack,
      onSetAside: options.onSetAside,
      onReport: options.onReport,
      clock,
    });
    this.#timer = setInterval(() => this.#save(), saveEveryMs);
    this.#timer.unref();
  }

  /** What is wrong with the database, in words; `null` when nothing is. */
  get problem(): string | null {
    return this.#database.problem;
  }

  /** What was lost at the start, a line each. */
  get defects(): readonly string[] {
    return this.#database.defects;
  }

  /** Without a kind: the sensor's custom value, or else its only one. */
  lookUp(id: string, kind: SensorKind | null): Sensor | null {
    return this.#known.find(id, kind);
  }

  /** Takes what is in the log. A new description is on disk when this returns, values within five minutes. */
  record(sensors: readonly Sensor[], t: number, publisher = ''): void {
    let isNew = false;
    for (const sensor of sensors) {
      isNew = this.#known.put(sensor, t, publisher) || isNew;
      this.#unsaved.add(sensorKey(sensor));
    }
    for (const value of this.#known.trim()) this.#forget(value);
    if (isNew) this.#save();
  }

  /** Those with a value within a day, in the order of these. */
  lastValues(): readonly LastValue[] {
    const since = this.#clock.wallMs() - shownMs;
    return [...this.#known.values()].filter(({ t }) => t >= since);
  }

  /** All that are known, whatever the age of their last values. */
  all(): readonly Sensor[] {
    return [...this.#known.values()].map(({ sensor }) => sensor);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#save();
    this.#database.close();
  }

  #forget(value: LastValue): void {
    this.#unsaved.delete(sensorKey(value.sensor));
    // Enough of them for one transaction; beyond that, everything is written anew.
    if (this.#gone.length < this.#sensorsMax) this.#gone.push(value);
    else this.#database.markBehind();
  }

  #save(): void {
    if (this.#unsaved.size === 0 && this.#gone.length === 0) return;
    const values = [...this.#unsaved].flatMap((key) => this.#known.get(key) ?? []);
    if (this.#database.write((tables) => tables.write(values, this.#gone))) this.#noteSaved();
  }

  #noteSaved(): void {
    this.#unsaved.clear();
    this.#gone = [];
  }
}
