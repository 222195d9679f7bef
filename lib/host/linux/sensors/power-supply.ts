import { join } from 'node:path';
import { type Meter, type SensorFile, scaled } from './sensor-file';
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

async function levelOf(path: string): Promise<{ path: string; meter: () => Meter } | null> {
  const names = await namesIn(path);
  if (names.includes('capacity')) return { path: join(path, 'capacity'), meter: scaled(1, 0, 100) };
  for (const quantity of ['energy', 'charge']) {
    const full = await numberOf(path, `${quantity}_full`);
    if (!full || full < 0 || !names.includes(`${quantity}_now`)) continue;
    // A worn gauge may stand a little past full.
    const meter: Meter = (raw) => (raw < 0 ? null : Math.min(100, Math.round((raw / full) * 1000) / 10));
    return { path: join(path, `${quantity}_now`), meter: () => meter };
  }
  return null;
}
