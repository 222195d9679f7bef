import { join } from 'node:path';
import { type SensorFile, scaled } from './sensor-file';
import { placeOf, sensorId } from './sensor-id';
import { type Device, namesIn, numberOf, textOf } from './sysfs';

const tripsMax = 16;
/** A zone for policy alone: it answers 20 °C whatever happens. */
const unreal = /^INT3400 /;

/** The temperature of a thermal zone, with its trip points as limits (Documentation/driver-api/thermal/sysfs-api.rst). */
export async function examineZone(sysPath: string, { path }: Device): Promise<SensorFile[]> {
  const type = await textOf(path, 'type');
  if (type === null || unreal.test(type) || !(await namesIn(path)).includes('temp')) return [];
  const trips = await tripsOf(path);
  const lowest = (...kinds: readonly string[]) => {
    const limits = trips.filter(({ kind }) => kinds.includes(kind)).map(({ celsius }) => celsius);
    return limits.length === 0 ? null : Math.min(...limits);
  };
  return [
    {
      id: sensorId('thermal', placeOf(sysPath, path), type),
      label: type.slice(0, 128),
      kind: 'temperature',
      unit: '°C',
      high: lowest('hot') ?? lowest('passive'),
      critical: lowest('critical'),
      path: join(path, 'temp'),
      place: '',
      meter: scaled(1000, -273, 1000),
    },
  ];
}

/** Whether a zone shows what one of these hwmon chips shows: a zone lends its type to its chip, dashes apart. */
export function isTwin(zoneType: string, chips: ReadonlySet<string>): boolean {
  if (zoneType === 'x86_pkg_temp') return chips.has('coretemp');
  return chips.has(zoneType) || chips.has(zoneType.replaceAll('-', '_'));
}

async function tripsOf(path: string) {
  const trips: { readonly kind: string; readonly celsius: number }[] = [];
  for (let index = 0; index < tripsMax; index += 1) {
    const kind = await textOf(path, `trip_point_${index}_type`);
    if (kind === null) break;
    const celsius = ((await numberOf(path, `trip_point_${index}_temp`)) ?? 0) / 1000;
    if (celsius > 0 && celsius <= 250) trips.push({ kind, celsius });
  }
  return trips;
}
