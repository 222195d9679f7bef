import type { SensorData } from '@/lib/protocol/payloads';

export type Sensor = SensorData['sensors'][number];

/** A sensor and when it last reported. The kernel's and those of programs come in events of their own. */
export interface ReportedSensor {
  /** An id may measure several things: its kind tells them apart. */
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
  const heard = new Map<string, ReportedSensor>();
  for (const { t, sensors } of rows) {
    for (const sensor of sensors) {
      const key = keyOfSensor(sensor);
      heard.set(key, { key, sensor, t });
    }
  }
  return [...heard.values()];
}

/** Whether it is the sensor of this id or one of its values, which bear names behind a dot. */
export const isOfSensor = ({ id }: Pick<Sensor, 'id'>, name: string) =>
  id === name || id.startsWith(`${name}.`);

/** How far apart a sensor's values may be and still be joined: 2.5 times what is usual for it. */
export function gapMsOfSensor(rows: readonly SensorData[], id: string, leastMs: number): number {
  const times = rows
    .filter(({ sensors }) => sensors.some((sensor) => isOfSensor(sensor, id)))
    .map(({ t }) => t);
  const gaps = times
    .slice(1)
    .map((t, index) => t - (times[index] ?? t))
    .sort((a, b) => a - b);
  return Math.max(leastMs, 2.5 * (gaps[Math.floor(gaps.length / 2)] ?? 0));
}

/** Further apart than this, few of a sensor's values or none are on a live chart: they are held up to the next one. */
const sparseMs = 60_000;
/** A single value is held for so long. */
const loneHeldMs = 3_600_000;

export interface HeldValues {
  readonly rows: readonly SensorData[];
  /** How far apart values may be and still be joined. */
  readonly gapMs: number;
}

/**
 * What a live chart draws of a sensor that reports seldom: its values, the last before the table's included, and the
 * newest one held for as long as it stands. `null` for one that reports often.
 */
export function heldValues(
  table: readonly SensorData[],
  heard: ReportedSensor,
  leastMs: number,
): HeldValues | null {
  const { key, t, previous } = heard;
  const host = table[0]?.host ?? '';
  const own = table
    .filter((row) => row.sensors.some((sensor) => keyOfSensor(sensor) === key))
    .map((row) => ({ ...row, sensors: row.sensors.filter((sensor) => keyOfSensor(sensor) === key) }));
  const earlier = [
    ...(previous ? [{ host, t: previous.t, sensors: [previous.sensor] }] : []),
    { host, t, sensors: [heard.sensor] },
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

/** Sensors that differ only by a number, such as the cores of a processor, of which the highest stands for all. */
export interface Family {
  readonly key: string;
  readonly name: string;
  readonly members: readonly ReportedSensor[];
  readonly highest: ReportedSensor;
}

/** Smaller families are listed one by one. */
const leastFamily = 4;

export function families(heard: readonly ReportedSensor[]): readonly Family[] {
  const byName = new Map<string, ReportedSensor[]>();
  for (const one of heard) {
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
    if (members.length < leastFamily || !first) return members.map(single);
    const value = ({ sensor }: ReportedSensor) => sensor.value ?? Number.NEGATIVE_INFINITY;
    const highest = members.reduce((high, one) => (value(one) > value(high) ? one : high), first);
    return [{ key, name: key.slice(first.sensor.kind.length + 1), members, highest }];
  });
}
