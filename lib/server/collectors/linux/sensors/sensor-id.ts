import { relative } from 'node:path';
import type { SensorFile } from './sensor-file';

const idMax = 128;
const labelMax = 128;

/** Numbered in the order of discovery, which differs from boot to boot, or the same for all. */
const passing =
  /^(hwmon\d*|nvme\d*|nvme-subsys\d+|host\d+|target[\d:]+|\d+:\d+:\d+:\d+|ieee80211|phy\d+|net|thermal|thermal_zone\d+|power_supply|drm|card\d+|virtual|devices|[\da-f]{4}:[\da-f]{4}:[\da-f]{4}\.[\da-f]{4})$/i;

/** The bus address in a device's real path that is the same at the next boot, such as `0000:03:00.0`; else empty. */
export function placeOf(realSysPath: string, realPath: string): string {
  const segments = relative(realSysPath, realPath).split('/');
  return segments.findLast((segment) => !passing.test(segment)) ?? '';
}

/** Words and numbers with dashes between: fit for a metric's name and for an address. */
const slug = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** An id of the parts that have something readable; `coretemp` at `coretemp.0` is named once. */
export function sensorId(chip: string, place: string, name: string): string {
  const [maker, where] = [slug(chip), slug(place)];
  const device = where.startsWith(maker) ? [where] : [maker, where];
  return [...device, slug(name)]
    .filter((part) => part !== '')
    .join('-')
    .slice(0, idMax - 4);
}

/** Makes ids unique by a number, in the order given, and labels by the place or else a number. */
export function distinct(files: readonly SensorFile[]): SensorFile[] {
  const bearers = new Map<string, number>();
  for (const { label } of files) bearers.set(label, (bearers.get(label) ?? 0) + 1);
  const ids = new Set<string>();
  const shown = new Set<string>();
  return files.map((file) => {
    const isShared = (bearers.get(file.label) ?? 0) > 1 && file.place !== '';
    const label = isShared ? `${file.label.slice(0, 80)} (${file.place.slice(0, 40)})` : file.label;
    return {
      ...file,
      id: free(ids, file.id, (n) => `-${n}`),
      label: free(shown, label.slice(0, labelMax - 6), (n) => ` #${n}`),
    };
  });
}

function free(taken: Set<string>, wish: string, suffix: (n: number) => string): string {
  let name = wish;
  for (let n = 2; taken.has(name); n += 1) name = `${wish}${suffix(n)}`;
  taken.add(name);
  return name;
}
