import { basename, dirname, join } from 'node:path';
import { isAsleep, powerPathOf } from './runtime-power';
import { type Meter, type SensorFile, scaled } from './sensor-file';
import { placeOf, sensorId } from './sensor-id';
import { type Device, namesIn, numberOf } from './sysfs';

const mebibyte = 1024 * 1024;

/**
 * What a graphics card provides besides its hwmon chip: amdgpu its load and memory, i915 and xe their clock and
 * how long they were awake. https://docs.kernel.org/gpu/amdgpu/thermal.html, drivers/gpu/drm/i915/gt/intel_gt_sysfs_pm.c
 */
export async function examineCard(sysPath: string, { name, path }: Device): Promise<SensorFile[]> {
  if (!/^card\d+$/.test(name)) return [];
  const device = join(path, 'device');
  const place = placeOf(sysPath, path);
  const powerPath = await powerPathOf(sysPath, path);
  const isAwake = powerPath === null || !isAsleep(powerPath);
  const gauge = (what: Pick<SensorFile, 'path' | 'unit' | 'meter'>, name: string, maker: string) => ({
    id: sensorId(maker, place, name.replace(/ of .*/, '')),
    label: `${maker} ${name}`,
    kind: 'custom' as const,
    high: null,
    critical: null,
    place,
    ...(powerPath === null ? {} : { powerPath }),
    ...what,
  });

  const files: SensorFile[] = [];
  const names = await namesIn(device);
  if (names.includes('gpu_busy_percent')) {
    const busy = { path: join(device, 'gpu_busy_percent'), unit: '%', meter: scaled(1, 0, 100) };
    files.push(gauge(busy, 'GPU busy', 'amdgpu'));
  }
  if (names.includes('mem_info_vram_total') && names.includes('mem_info_vram_used')) {
    // A card that sleeps is not asked for its size, either: that is known once it is awake.
    const total = isAwake ? await numberOf(device, 'mem_info_vram_total') : null;
    const meter = scaled(
      mebibyte,
      0,
      total === null ? Number.MAX_SAFE_INTEGER : Math.max(0, total) / mebibyte,
    );
    const used = { path: join(device, 'mem_info_vram_used'), unit: 'MiB', meter };
    const size = total === null ? '' : ` of ${Math.round(total / mebibyte)} MiB`;
    files.push(gauge(used, `VRAM used${size}`, 'amdgpu'));
  }
  for (const { maker, clock, idle } of intel) {
    const root = maker === 'xe' ? device : path;
    if (await isThere(root, clock)) {
      const file = {
        path: join(/* turbopackIgnore: true */ root, clock),
        unit: 'MHz',
        meter: scaled(1, 0, 100_000),
      };
      files.push(gauge(file, 'GPU clock', maker));
    }
    if (await isThere(root, idle)) {
      files.push(
        gauge(
          { path: join(/* turbopackIgnore: true */ root, idle), unit: '%', meter: awakeMeter },
          'GPU awake',
          maker,
        ),
      );
    }
  }
  return files;
}

/** Whether there is such an attribute, without reading it, which would wake the card. */
const isThere = async (root: string, attribute: string) =>
  (await namesIn(dirname(join(/* turbopackIgnore: true */ root, attribute)))).includes(basename(attribute));

const intel = [
  { maker: 'i915', clock: 'gt/gt0/rps_act_freq_mhz', idle: 'gt/gt0/rc6_residency_ms' },
  { maker: 'xe', clock: 'tile0/gt0/freq0/act_freq', idle: 'tile0/gt0/gtidle/idle_residency_ms' },
] as const;

/** The share of time that was not spent in the idle state whose counter, in ms, this is. */
function awakeMeter(): Meter {
  let before: { readonly raw: number; readonly atMs: number } | null = null;
  return (raw, atMs) => {
    const earlier = before;
    before = { raw, atMs };
    if (!earlier || atMs <= earlier.atMs || raw < earlier.raw) return null;
    const idle = (raw - earlier.raw) / (atMs - earlier.atMs);
    return Math.round(Math.max(0, 1 - idle) * 1000) / 10;
  };
}
