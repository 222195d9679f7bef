import type { Sample } from '@/lib/host/host';

export type SensorSample = Sample<'sensor-data'>['sensors'][number];

/** Turns a file's number into the sensor's value. `atMs` is when it was read, on a clock that never steps. */
export type Meter = (raw: number, atMs: number) => number | null;

/** A file of sysfs that holds one whole number, and what that number means. */
export interface SensorFile extends Readonly<Omit<SensorSample, 'value'>> {
  readonly path: string;
  /** Where the device sits, to tell it from another of the same make; empty where that is not known. */
  readonly place: string;
  /** A meter of its own for whoever reads the file: one that makes rates remembers the reading before. */
  readonly meter: () => Meter;
}

/** A meter for numbers in parts of a unit, such as m°C; what no such sensor can measure is `null`. */
export function scaled(divisor: number, least: number, most: number): () => Meter {
  return () => (raw) => {
    const value = Math.round((raw / divisor) * 1000) / 1000;
    return value >= least && value <= most ? value : null;
  };
}
