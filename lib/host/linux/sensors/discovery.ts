import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { examineCard } from './drm';
import { chipName, examineChip } from './hwmon';
import { examineSupply } from './power-supply';
import { examineRapl } from './rapl';
import type { SensorFile } from './sensor-file';
import { distinct } from './sensor-id';
import { type Device, devicesOf, textOf } from './sysfs';
import { examineZone, isTwin } from './thermal-zone';

/** A server with everything has some 200; each is a row of every event. */
const sensorsMax = 512;

const classes = {
  hwmon: examineChip,
  thermal: examineZone,
  powercap: examineRapl,
  power_supply: examineSupply,
  drm: examineCard,
} as const;

/**
 * Looks for what can be measured under `sysPath`, each time anew and off the main thread. A device that has been
 * found is examined once. Never rejects; ids and labels are distinct, and the same at the next boot.
 */
export function openDiscovery(sysPath: string): () => Promise<SensorFile[]> {
  let known = new Map<string, readonly SensorFile[]>();

  return async () => {
    const realSysPath = await realpath(sysPath).catch(() => sysPath);
    const chips = new Set<string>();
    const present = new Map<string, readonly SensorFile[]>();
    const found: SensorFile[] = [];
    for (const [className, examine] of Object.entries(classes)) {
      for (const device of await devicesOf(sysPath, className)) {
        if (className === 'hwmon') chips.add((await chipName(device)) ?? '');
        if (className === 'thermal' && (await isShownByChip(device, chips))) continue;
        const key = join(className, device.path);
        const before = known.get(key);
        // What had nothing to read may have by now: a right may be given, a battery put in.
        const files = before && before.length > 0 ? before : await examine(realSysPath, device);
        present.set(key, files);
        found.push(...files);
      }
    }
    known = present;
    return distinct(found.slice(0, sensorsMax));
  };
}

const isShownByChip = async ({ path }: Device, chips: ReadonlySet<string>) =>
  isTwin((await textOf(path, 'type')) ?? '', chips);
