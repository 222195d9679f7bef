import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { examineCard } from './drm';
import { chipName, examineChip } from './hwmon';
import { examineSupply } from './power-supply';
import { examineRapl } from './rapl';
import { isAsleep } from './runtime-power';
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

/** Of the devices that are known, so many are examined again each time, for limits that have changed. */
const examinedAgainMax = 8;

interface Known {
  readonly files: readonly SensorFile[];
  /** The number of the scan that examined it. */
  readonly scan: number;
}

/**
 * Looks for what can be measured under `sysPath`, off the main thread: each time for devices that have come or gone, in
 * turns for what has changed about those that are known. One that sleeps is let be. Never rejects; ids and labels are
 * distinct, and the same at the next boot.
 */
export function openDiscovery(sysPath: string): () => Promise<SensorFile[]> {
  let known = new Map<string, Known>();
  let scan = 0;

  return async () => {
    scan += 1;
    const realSysPath = await realpath(sysPath).catch(() => sysPath);
    const chips = new Set<string>();
    const present = new Map<string, Known>();
    const again = longestKnown(known, examinedAgainMax);
    for (const [className, examine] of Object.entries(classes)) {
      for (const device of await devicesOf(sysPath, className)) {
        if (className === 'hwmon') chips.add((await chipName(device)) ?? '');
        if (className === 'thermal' && (await isShownByChip(device, chips))) continue;
        const key = join(className, device.path);
        const before = known.get(key);
        // What had nothing to read may have by now: a right may be given, a battery put in.
        const isToExamine = !before || before.files.length === 0 || (again.has(key) && !sleeps(before));
        present.set(key, isToExamine ? { files: await examine(realSysPath, device), scan } : before);
      }
    }
    known = present;
    const found = [...present.values()].flatMap(({ files }) => files);
    return distinct(found.slice(0, sensorsMax));
  };
}

const longestKnown = (known: ReadonlyMap<string, Known>, countMax: number) =>
  new Set(
    [...known]
      .sort(([, a], [, b]) => a.scan - b.scan)
      .slice(0, countMax)
      .map(([key]) => key),
  );

const sleeps = ({ files }: Known) =>
  files.some(({ powerPath }) => powerPath !== undefined && isAsleep(powerPath));

const isShownByChip = async ({ path }: Device, chips: ReadonlySet<string>) =>
  isTwin((await textOf(path, 'type')) ?? '', chips);
