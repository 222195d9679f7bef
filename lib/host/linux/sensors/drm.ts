import { join } from 'node:path';
import { type Meter, type SensorFile, scaled } from './sensor-file';
import { placeOf, sensorId } from './sensor-id';
import { type Device, namesIn, numberOf, textOf } from './sysfs';

const mebibyte = 1024 * 1024;

/**
 * What a graphics card tells besides its hwmon chip: amdgpu its load and memory, i915 and xe their clock and
 * how long they were awake. https://docs.kernel.org/gpu/amdgpu/thermal.html, drivers/gpu/drm/i915/gt/intel_gt_sysfs_pm.c
 */
export async function examineCard(sysPath: string, { name, path }: Device): Promise<SensorFile[]> {
  if (!/^card\d+$/.test(name)) return [];
  const device = join(path, 'device');
  const place = placeOf(sysPath, path);
  const gauge = (what: Pick<SensorFile, 'path' | 'unit' | 'meter'>, words: string, maker: string) => ({
    id: sensorId(maker, place, words.replace(/ of .*/, '')),
    label: `${maker} ${words}`,
    kind: 'custom' as const,
    high: null,
    critical: null,
    place,
    ...what,
  });

  const files: SensorFile[] = [];
  const names = await namesIn(device);
  if (names.includes('gpu_busy_percent')) {
    const busy = { path: join(device, 'gpu_busy_percent'), unit: '%', meter: scaled(1, 0, 100) };
    files.push(gauge(busy, 'GPU busy', 'amdgpu'));
  }
  const total = await numberOf(device, 'mem_info_vram_total');
  if (total !== null && names.includes('mem_info_vram_used')) {
    const meter = scaled(mebibyte, 0, Math.max(0, total) / mebibyte);
    const used = { path: join(device, 'mem_info_vram_used'), unit: 'MiB', meter };
    files.push(gauge(used, `VRAM used of ${Math.round(total / mebibyte)} MiB`, 'amdgpu'));
  }
  for (const { maker, clock, idle } of intel) {
    const root = maker === 'xe' ? device : path;
    if ((await numberOf(root, clock)) !== null) {
      const file = {
        path: join(/* turbopackIgnore: true */ root, clock),
        unit: 'MHz',
        meter: scaled(1, 0, 100_000),
      };
      files.push(gauge(file, 'GPU clock', maker));
    }
    if ((await textOf(root, idle)) !== null) {
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
