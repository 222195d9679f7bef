import type { Sample } from '../../host';

export type SensorSample = Sample<'sensor-data'>['sensors'][number];

/** Turns a file's number into the sensor's value. `atMs` is when it was read, on a clock that never steps. */
export type Meter = (raw: number, atMs: number) => number | null;

/** A file of sysfs that holds one whole number, and what that number means. */
export interface SensorFile extends Readonly<Omit<SensorSample, 'value'>> {
  readonly path: string;
  /** Where the device is connected, to distinguish it from another of the same make; empty where that is unknown. */
  readonly place: string;
  /** The channel's `_fault` attribute: while it reads 1, the value is not to be trusted. */
  readonly faultPath?: string;
  /** The device whose runtime power state decides whether a read would wake it (`runtime-power.ts`). */
  readonly powerPath?: string;
  /** `stat` of the drive that this is of: an idle one is not asked, so that it can spin down. */
  readonly activityPath?: string;
  /** Creates a meter for one reader of the file: a meter for rates remembers the previous value. */
  readonly meter: () => Meter;
  /** What the meter reckons with that can change while the file stays: with another one, another meter is needed. */
  readonly meterBasis?: number;
}

/** What registers of 7, 8 and 9 bits have when all bits are ones, with up to 8 bits behind the point that are as well. */
const allOnes = [128, 256, 512].flatMap((past) =>
  [1, 2, 4, 8, 16, 32, 64, 128, 256].map((parts) => past - 1 / parts),
);
/** 16 bits of ones, and of ones behind a sign, in hundredths. */
const allOnesHundredths = [655.35, 327.67];
/** °C that stand for a sensor that did not answer, cut or rounded to m°C. */
const unansweredCelsius: ReadonlySet<number> = new Set(
  [...allOnes, ...allOnesHundredths].flatMap((celsius) => [
    Math.floor(celsius * 1000 + 1e-6) / 1000,
    Math.round(celsius * 1000) / 1000,
  ]),
);
/** Below this, nothing computes: firmware that has no value answers near absolute zero. */
const celsiusLeast = -100;
const celsiusMost = 1000;

/** Whether this is the value of a sensor that did not answer, or of a limit that was never set. */
export const isUnanswered = (celsius: number) => unansweredCelsius.has(celsius);

/** A meter for temperatures in parts of °C; `null` for the value of a sensor that has none. */
export function celsiusIn(divisor: number): () => Meter {
  return () => (raw) => {
    const celsius = Math.round((raw / divisor) * 1000) / 1000;
    const isPossible = celsius >= celsiusLeast && celsius <= celsiusMost && !isUnanswered(celsius);
    return isPossible ? celsius : null;
  };
}

/**
 * Whether a driver gives °C where the kernel's interface has m°C, as some of 3.x for small boards do: its limits and
 * what it measures are of the size of temperatures. Decided each time that the device is examined.
 */
export function inWholeCelsius(raw: number | null, limits: readonly number[]): boolean {
  const isSmall = (value: number) => value >= 10 && value <= 250;
  if (raw === null || !isSmall(raw)) return false;
  return limits.length > 0 ? limits.every(isSmall) : isWholeDegreeAlone(raw);
}

/** m°C a little above 0 °C that sensors with steps of 1/16 and 1/32 °C give. */
const smallSteps: ReadonlySet<number> = new Set([31, 62, 63, 93, 94]);

/** Without limits: of the size of a machine's temperature, where hardly any sensor stands within 0.12 °C of freezing. */
const isWholeDegreeAlone = (raw: number) => raw >= 20 && raw <= 120 && !smallSteps.has(raw);

/** A meter for numbers in parts of a unit, such as m°C; what no such sensor can measure is `null`. */
export function scaled(divisor: number, min: number, max: number): () => Meter {
  return () => (raw) => {
    const value = Math.round((raw / divisor) * 1000) / 1000;
    return value >= min && value <= max ? value : null;
  };
}
