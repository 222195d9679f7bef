import { dirname, join } from 'node:path';
import type { Meter, SensorFile } from './sensor-file';
import { sensorId } from './sensor-id';
import { type Device, numberOf, textOf } from './sysfs';

/** No socket draws this; a counter that was set back at a resume from sleep makes more of a difference. */
const wattsMax = 5_000;

/** The power of a RAPL domain, from its energy counter. That is for root alone since Linux 5.10: others have none. */
export async function examineRapl(_: string, { name, path }: Device): Promise<SensorFile[]> {
  // The controls themselves have no domain, and intel-rapl-mmio is a second door to the package's counter.
  if (!/^[a-z-]+-rapl:\d+(:\d+)?$/.test(name)) return [];
  const domain = await textOf(path, 'name');
  const range = await numberOf(path, 'max_energy_range_uj');
  if (domain === null || (await numberOf(path, 'energy_uj')) === null) return [];
  const parent = name.split(':').length === 3 ? await textOf(dirname(path), 'name') : null;
  const nameWithin = parent === null ? domain : `${parent} ${domain}`;
  return [
    {
      id: sensorId('rapl', '', nameWithin),
      label: `RAPL ${nameWithin}`.slice(0, 128),
      kind: 'power',
      unit: 'W',
      high: null,
      critical: null,
      path: join(path, 'energy_uj'),
      place: name,
      meter: () => powerMeter(range),
    },
  ];
}

/** W from µJ. The counter goes on from 0 after `range` µJ; `null` at first, and for what no machine draws. */
export function powerMeter(range: number | null): Meter {
  let before: { readonly raw: number; readonly atMs: number } | null = null;
  return (raw, atMs) => {
    const earlier = before;
    before = { raw, atMs };
    if (!earlier || atMs <= earlier.atMs) return null;
    const rise = raw - earlier.raw;
    const microjoules = rise < 0 ? rise + (range ?? 0) : rise;
    const watts = microjoules / ((atMs - earlier.atMs) * 1000);
    return watts >= 0 && watts <= wattsMax ? Math.round(watts * 100) / 100 : null;
  };
}
