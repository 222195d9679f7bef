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

async function levelOf(path: string): Promise<{ path: string; meter: () => Meter } | null> {
  const names = await namesIn(path);
  if (names.includes('capacity')) return { path: join(path, 'capacity'), meter: () => percentOf(100) };
  for (const quantity of ['energy', 'charge']) {
    const full = await numberOf(path, `${quantity}_full`);
    if (!full || full < 0 || !names.includes(`${quantity}_now`)) continue;
    return { path: join(path, `${quantity}_now`), meter: () => percentOf(full) };
  }
  return null;
}

/** A gauge that is worn, or reckons with the capacity by design, says more than full; past twice that, nothing. */
const overFullMax = 2;

function percentOf(full: number): Meter {
  return (raw) => {
    if (raw < 0 || raw > full * overFullMax) return null;
    return Math.min(100, Math.round((raw / full) * 1000) / 10);
  };
}
