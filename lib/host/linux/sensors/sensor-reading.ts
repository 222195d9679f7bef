import { setTimeout as pause } from 'node:timers/promises';
import type { ReadingOf } from '@/lib/host/host';
import { openSlowQueue } from '../slow-queue';
import { openDiscovery } from './discovery';
import { type GpuWatch, openNvidiaWatch } from './nvidia-watch';
import { openPacedFile, type PacedFile } from './paced-file';
import type { Meter, SensorFile, SensorSample } from './sensor-file';

export interface SensorOptions {
  readonly procPath: string;
  readonly sysPath: string;
  readonly now?: () => number;
  readonly nvidia?: GpuWatch;
}

export interface SensorReading extends ReadingOf<'sensor-data'> {
  close(): void;
}

const rediscoverMs = 60_000;
/** How long the first reading waits to know the sensors; what is slower comes in a later one. */
const firstWaitMs = 150;

interface Sensor {
  readonly what: SensorFile;
  readonly file: PacedFile;
  readonly meter: Meter;
  readAtMs: number;
  value: number | null;
}

/** Every sensor that sysfs has, and NVIDIA's cards. `null` where there is none. */
export function sensorReading({
  procPath,
  sysPath,
  now = () => performance.now(),
  nvidia = openNvidiaWatch({ procPath }),
}: SensorOptions): SensorReading {
  const discover = openDiscovery(sysPath);
  const queue = openSlowQueue();
  let sensors = new Map<string, Sensor>();
  let discovering: Promise<void> | null = null;
  let nextDiscoveryMs = Number.NEGATIVE_INFINITY;

  function opened(what: SensorFile): Sensor {
    const file = openPacedFile({ path: what.path, queue, now });
    return { what, file, meter: what.meter(), readAtMs: Number.NaN, value: null };
  }

  async function rediscover(): Promise<void> {
    const before = sensors;
    const found = await discover();
    sensors = new Map(
      found.map((what) => {
        const same = before.get(what.id);
        return [what.id, same?.what.path === what.path ? { ...same, what } : opened(what)];
      }),
    );
    const kept = new Set([...sensors.values()].map(({ file }) => file));
    for (const { file } of before.values()) if (!kept.has(file)) file.close();
    nextDiscoveryMs = now() + rediscoverMs;
    discovering = null;
  }

  async function firstLook(signal: AbortSignal): Promise<void> {
    const ready = discovering?.then(() => {
      for (const { file } of sensors.values()) file.latest();
      return queue.idle();
    });
    const patience = new AbortController();
    const enough = pause(firstWaitMs, undefined, { signal: AbortSignal.any([signal, patience.signal]) });
    await Promise.race([ready, enough.catch(() => {})]);
    patience.abort();
  }

  return {
    type: 'sensor-data',
    async read(signal) {
      const isFirst = nextDiscoveryMs === Number.NEGATIVE_INFINITY;
      if (!discovering && now() >= nextDiscoveryMs) discovering = rediscover();
      if (isFirst) await firstLook(signal);
      const samples = [...[...sensors.values()].map(sampleOf), ...nvidia.sensors()];
      return samples.length === 0 ? null : { sensors: samples };
    },
    close() {
      for (const { file } of sensors.values()) file.close();
      sensors = new Map();
      nvidia.close();
    },
  };
}

function sampleOf(sensor: Sensor): SensorSample {
  const { id, label, kind, unit, high, critical } = sensor.what;
  const dated = sensor.file.latest();
  if (!dated) {
    sensor.value = null;
  } else if (dated.atMs !== sensor.readAtMs) {
    sensor.value = dated.raw === null ? null : sensor.meter(dated.raw, dated.atMs);
    sensor.readAtMs = dated.atMs;
  }
  return { id, label, kind, unit, value: sensor.value, high, critical };
}
