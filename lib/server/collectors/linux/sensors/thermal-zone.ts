import { join } from 'node:path';
import { celsiusIn, inWholeCelsius, isUnanswered, type SensorFile } from './sensor-file';
import { placeOf, sensorId } from './sensor-id';
import { type Device, namesIn, numberOf, textOf } from './sysfs';

const tripsMax = 16;
const celsiusLimitMax = 250;
/** A zone for policy alone: it answers 20 °C whatever happens. */
const unreal = /^INT3400 /;

/** The temperature of a thermal zone, with its trip points as limits (Documentation/driver-api/thermal/sysfs-api.rst). */
export async function examineZone(sysPath: string, { path }: Device): Promise<SensorFile[]> {
  const type = await textOf(path, 'type');
  if (type === null || unreal.test(type) || !(await namesIn(path)).includes('temp')) return [];
  const trips = await tripsOf(path);
  const raw = await numberOf(path, 'temp');
  const divisor = inWholeCelsius(
    raw,
    trips.map((trip) => trip.raw),
  )
    ? 1
    : 1000;
  const lowest = (...kinds: readonly string[]) => {
    const limits = trips.filter(({ kind }) => kinds.includes(kind)).map((trip) => trip.raw / divisor);
    const sound = limits.filter((celsius) => celsius <= celsiusLimitMax && !isUnanswered(celsius));
    return sound.length === 0 ? null : Math.min(...sound);
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
      meter: celsiusIn(divisor),
      meterBasis: divisor,
    },
  ];
}

/** Whether a zone shows what one of these hwmon chips shows: a zone lends its type to its chip, dashes apart. */
export function isTwin(zoneType: string, chips: ReadonlySet<string>): boolean {
  if (zoneType === 'x86_pkg_temp') return chips.has('coretemp');
  return chips.has(zoneType) || chips.has(zoneType.replaceAll('-', '_'));
}

/** Trip points as the kernel has them, above 0; a trip of the firmware's that was never set is below. */
async function tripsOf(path: string) {
  const trips: { readonly kind: string; readonly raw: number }[] = [];
  for (let index = 0; index < tripsMax; index += 1) {
    const kind = await textOf(path, `trip_point_${index}_type`);
    if (kind === null) break;
    const raw = (await numberOf(path, `trip_point_${index}_temp`)) ?? 0;
    if (raw > 0) trips.push({ kind, raw });
  }
  return trips;
}
