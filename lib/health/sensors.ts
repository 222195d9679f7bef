import type { SensorData } from '@/lib/protocol/payloads';

export type Sensor = SensorData['sensors'][number];

/** A sensor and when it last reported. The kernel's and those of programs come in events of their own. */
export interface ReportedSensor {
  /** An id may have sensors of several kinds. */
  readonly key: string;
  readonly sensor: Sensor;
  /** Unix ms. */
  readonly t: number;
  /** Its value before that, where this page received it. */
  readonly previous?: { readonly t: number; readonly sensor: Sensor } | undefined;
}

export const keyOfSensor = ({ id, kind }: Sensor) => `${kind} ${id}`;

/** Every sensor of these rows with its last value, in the order of the last row that has most of them. */
export function latestSensors(rows: readonly SensorData[]): readonly ReportedSensor[] {
  const latest = new Map<string, ReportedSensor>();
  for (const { t, sensors } of rows) {
    for (const sensor of sensors) {
      const key = keyOfSensor(sensor);
      latest.set(key, { key, sensor, t });
    }
  }
  return [...latest.values()];
}

/** Whether it is the sensor with this id or one of its values, whose names follow a dot. */
export const isOfSensor = ({ id }: Pick<Sensor, 'id'>, name: string) =>
  id === name || id.startsWith(`${name}.`);

/** The longest distance over which a sensor's values are joined: 2.5 times its usual interval. */
export function gapMsOfSensor(rows: readonly SensorData[], id: string, gapMsMin: number): number {
  const times = rows
    .filter(({ sensors }) => sensors.some((sensor) => isOfSensor(sensor, id)))
    .map(({ t }) => t);
  const gaps = times
    .slice(1)
    .map((t, index) => t - (times[index] ?? t))
    .sort((a, b) => a - b);
  return Math.max(gapMsMin, 2.5 * (gaps[Math.floor(gaps.length / 2)] ?? 0));
}

/** Values further apart than this are held up to the next one: few of them are within a live chart. */
const sparseMs = 60_000;
/** A single value is held this long. */
const loneHeldMs = 3_600_000;

export interface HeldValues {
  readonly rows: readonly SensorData[];
  /** The longest distance over which values are joined. */
  readonly gapMs: number;
}

/**
 * The rows of a sensor that reports seldom, for a live chart: its values, including the last before the table's, and the
 * newest one held until the next is due. `null` for one that reports often.
 */
export function heldValues(
  table: readonly SensorData[],
  reported: ReportedSensor,
  leastMs: number,
): HeldValues | null {
  const { key, t, previous } = reported;
  const host = table[0]?.host ?? '';
  const own = table
    .filter((row) => row.sensors.some((sensor) => keyOfSensor(sensor) === key))
    .map((row) => ({ ...row, sensors: row.sensors.filter((sensor) => keyOfSensor(sensor) === key) }));
  const earlier = [
    ...(previous ? [{ host, t: previous.t, sensors: [previous.sensor] }] : []),
    { host, t, sensors: [reported.sensor] },
  ];
  const first = own[0]?.t ?? Number.POSITIVE_INFINITY;
  const values = [...earlier.filter((value) => value.t < first), ...own];
  const gaps = values.slice(1).map((value, index) => value.t - (values[index]?.t ?? value.t));
  const usualMs = gaps.sort((one, other) => one - other)[gaps.length >> 1] ?? null;
  if (usualMs !== null && usualMs <= sparseMs) return null;
  const gapMs = usualMs === null ? loneHeldMs : Math.max(leastMs, 2.5 * usualMs);
  const last = values.at(-1);
  return { rows: last ? [...values, { ...last, t: last.t + gapMs }] : [], gapMs };
}

/** Sensors that differ only by a number, such as the cores of a processor; the highest represents them. */
export interface Family {
  readonly key: string;
  readonly name: string;
  readonly members: readonly ReportedSensor[];
  readonly highest: ReportedSensor;
}

/** Smaller families are listed one by one. */
const familyMin = 4;

export function families(reported: readonly ReportedSensor[]): readonly Family[] {
  const byName = new Map<string, ReportedSensor[]>();
  for (const one of reported) {
    const name =
      one.sensor.label.replace(/(?:(?<![\s#_-])[\s#_-]+|(?<![\s#_\d-]))\d+$/, '') || one.sensor.label;
    const key = `${one.sensor.kind} ${name}`;
    byName.set(key, [...(byName.get(key) ?? []), one]);
  }
  return [...byName].flatMap(([key, members]) => {
    const single = (one: ReportedSensor): Family => ({
      key: one.key,
      name: one.sensor.label,
      members: [one],
      highest: one,
    });
    const [first] = members;
    if (members.length < familyMin || !first) return members.map(single);
    const value = ({ sensor }: ReportedSensor) => sensor.value ?? Number.NEGATIVE_INFINITY;
    const highest = members.reduce((high, one) => (value(one) > value(high) ? one : high), first);
    return [{ key, name: key.slice(first.sensor.kind.length + 1), members, highest }];
  });
}
