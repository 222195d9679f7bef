import { join } from 'node:path';
import type { Meter, SensorFile } from './sensor-file';
import { sensorId } from './sensor-id';
import { type Device, namesIn, numberOf, textOf } from './sysfs';

/** How full a battery is (Documentation/ABI/testing/sysfs-class-power): a laptop's, or that of a mouse. */
export async function examineSupply(_: string, { name, path }: Device): Promise<SensorFile[]> {
  if ((await textOf(path, 'type')) !== 'Battery') return [];
  const level = await levelOf(path);
  if (!level) return [];
  // What hangs by radio is numbered anew each time, and known by its model.
  const isOfDevice = (await textOf(path, 'scope')) === 'Device';
  const model = isOfDevice ? await textOf(path, 'model_name') : null;
  return [
    {
      id: sensorId('battery', '', model ?? name),
      label: (model ?? name).slice(0, 128),
      kind: 'battery',
      unit: '%',
      high: null,
      critical: null,
      place: '',
      ...level,
    },
  ];
}

type Level = Required<Pick<SensorFile, 'path' | 'meter' | 'meterBasis'>>;

/** `capacity`, or the charge of the gauge where that is missing. */
async function levelOf(path: string): Promise<Level | null> {
  const names = await namesIn(path);
  const hasCapacity = names.includes('capacity');
  const level = (file: string, full: number): Level => ({
    path: join(path, file),
    meter: () => percentOf(full),
    meterBasis: full,
  });
  if (hasCapacity && (await numberOf(path, 'capacity')) !== null) return level('capacity', 100);
  for (const quantity of ['energy', 'charge']) {
    if (!names.includes(`${quantity}_now`)) continue;
    for (const what of ['full', 'full_design']) {
      const full = await numberOf(path, `${quantity}_${what}`);
      if (full && full > 0) return level(`${quantity}_now`, full);
    }
  }
  return hasCapacity ? level('capacity', 100) : null;
}

/** A gauge that is worn, or calculates with the capacity by design, may exceed full; more than twice full is no value. */
const overFullMax = 2;

function percentOf(full: number): Meter {
  return (raw) => {
    if (raw < 0 || raw > full * overFullMax) return null;
    return Math.min(100, Math.round((raw / full) * 1000) / 10);
  };
}
