import type { Sample } from '@/lib/host/host';

export type SensorSample = Sample<'sensor-data'>['sensors'][number];

/** Turns a file's number into the sensor's value. `atMs` is when it was read, on a clock that never steps. */
export type Meter = (raw: number, atMs: number) => number | null;

/** A file of sysfs that holds one whole number, and what that number means. */
export interface SensorFile extends Readonly<Omit<SensorSample, 'value'>> {
  readonly path: string;
  /** Where the device sits, to tell it from another of the same make; empty where that is not known. */
  readonly place: string;
  /** The channel's `_fault` attribute: while it reads 1, the value is not to be trusted. */
  readonly faultPath?: string;
  /** The device whose runtime power state tells whether reading would wake it (`runtime-power.ts`). */
  readonly powerPath?: string;
  /** `stat` of the drive that this is of: an idle one is not asked, so that it can spin down. */
  readonly activityPath?: string;
  /** A meter of its own for whoever reads the file: one that makes rates remembers the reading before. */
  readonly meter: () => Meter;
}

/** °C that registers of 8 and 9 bits have when all bits are ones, or only the sign: the sensor did not answer. */
const unansweredCelsius: ReadonlySet<number> = new Set([-128, 127, 255, 511]);
/** Below this, nothing computes: firmware that has no value answers near absolute zero. */
const celsiusLeast = -100;
const celsiusMost = 1000;

/** A meter for temperatures in parts of °C; `null` for what a sensor says that has no value. */
export function celsiusIn(divisor: number): () => Meter {
  return () => (raw) => {
    const celsius = Math.round((raw / divisor) * 1000) / 1000;
    const isPossible = celsius >= celsiusLeast && celsius <= celsiusMost && !unansweredCelsius.has(celsius);
    return isPossible ? celsius : null;
  };
}

/**
 * Whether a driver gives °C where the kernel's interface has m°C, as some of 3.x for small boards do: its limits and
 * what it measures are of the size of temperatures. Decided when the device is examined, never by one value.
 */
export function inWholeCelsius(raw: number | null, limits: readonly number[]): boolean {
  const isSmall = (value: number) => value >= 10 && value <= 250;
  return raw !== null && isSmall(raw) && limits.every(isSmall);
}

/** A meter for numbers in parts of a unit, such as m°C; what no such sensor can measure is `null`. */
export function scaled(divisor: number, least: number, most: number): () => Meter {
  return () => (raw) => {
    const value = Math.round((raw / divisor) * 1000) / 1000;
    return value >= least && value <= most ? value : null;
  };
}
