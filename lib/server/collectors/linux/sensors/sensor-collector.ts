import { settledWithin } from '@/lib/protocol/deadline';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { CollectorOf } from '../../host';
import { openSlowQueue } from '../procfs/slow-queue';
import { openDiscovery } from './discovery';
import { type DriveActivity, openDriveActivity } from './drive-activity';
import { type GpuMonitor, openNvidiaMonitor } from './nvidia-stream';
import { PacedFile } from './paced-file';
import { openRuntimePower, type RuntimePower } from './runtime-power';
import type { Meter, SensorFile, SensorSample } from './sensor-file';

export interface SensorOptions {
  readonly procPath: string;
  readonly sysPath: string;
  readonly clock?: Clock;
  readonly nvidia?: GpuMonitor;
  /** How long the first sample waits for the discovery of sensors; slower ones are part of a later sample. */
  readonly firstWaitMs?: number;
}

export interface SensorCollector extends CollectorOf<'sensor-data'> {
  close(): void;
}

const rediscoverMs = 60_000;
const defaultFirstWaitMs = 150;

/** How long the last temperature of a drive that is idle stands for it. */
const idleValueMs = 600_000;

interface Sensor {
  readonly what: SensorFile;
  readonly file: PacedFile;
  readonly fault: PacedFile | null;
  readonly power: RuntimePower | null;
  readonly drive: DriveActivity | null;
  readonly meter: Meter;
  readAtMs: number;
  value: number | null;
}

const pathsOf = ({ path, faultPath, powerPath, activityPath }: SensorFile) =>
  [path, faultPath, powerPath, activityPath].join('\n');

/** Every sensor that sysfs has, and NVIDIA's cards. `null` where there is none. */
export function sensorCollector({
  procPath,
  sysPath,
  clock = systemClock,
  nvidia = openNvidiaMonitor({ procPath, sysPath }),
  firstWaitMs = defaultFirstWaitMs,
}: SensorOptions): SensorCollector {
  const discover = openDiscovery(sysPath);
  const queue = openSlowQueue();
  let sensors = new Map<string, Sensor>();
  let discovering: Promise<void> | null = null;
  let nextDiscoveryMs = Number.NEGATIVE_INFINITY;

  function opened(what: SensorFile): Sensor {
    const paced = (path: string) => new PacedFile({ path, queue, clock });
    return {
      what,
      file: paced(what.path),
      fault: what.faultPath === undefined ? null : paced(what.faultPath),
      power: what.powerPath === undefined ? null : openRuntimePower(what.powerPath),
      drive: what.activityPath === undefined ? null : openDriveActivity(what.activityPath, clock),
      meter: what.meter(),
      readAtMs: Number.NaN,
      value: null,
    };
  }

  async function rediscover(): Promise<void> {
    const before = sensors;
    const found = await discover();
    sensors = new Map(
      found.map((what) => {
        const same = before.get(what.id);
        return [what.id, same && pathsOf(same.what) === pathsOf(what) ? reopened(same, what) : opened(what)];
      }),
    );
    const kept = new Set([...sensors.values()].map(({ file }) => file));
    for (const sensor of before.values()) if (!kept.has(sensor.file)) closeSensor(sensor);
    nextDiscoveryMs = clock.monotonicMs() + rediscoverMs;
    discovering = null;
  }

  async function discoverFirst(signal: AbortSignal): Promise<void> {
    const ready = discovering?.then(() => {
      for (const sensor of sensors.values()) sampleOf(sensor, clock.monotonicMs());
      return queue.idle();
    });
    if (ready) await settledWithin(ready, firstWaitMs, signal);
  }

  return {
    type: 'sensor-data',
    async collect(signal) {
      const isFirst = nextDiscoveryMs === Number.NEGATIVE_INFINITY;
      if (!discovering && clock.monotonicMs() >= nextDiscoveryMs) discovering = rediscover();
      if (isFirst) await discoverFirst(signal);
      const samples = [
        ...[...sensors.values()].map((sensor) => sampleOf(sensor, clock.monotonicMs())),
        ...nvidia.sensors(),
      ];
      return samples.length === 0 ? null : { sensors: samples };
    },
    close() {
      for (const sensor of sensors.values()) closeSensor(sensor);
      sensors = new Map();
      nvidia.close();
    },
  };
}

/** The same files, and the same meter too, which remembers the previous value, unless its basis changed. */
function reopened(sensor: Sensor, what: SensorFile): Sensor {
  const isSameBasis = sensor.what.meterBasis === what.meterBasis;
  return { ...sensor, what, meter: isSameBasis ? sensor.meter : what.meter() };
}

function closeSensor({ file, fault, power, drive }: Sensor): void {
  for (const open of [file, fault, power, drive]) open?.close();
}

function sampleOf(sensor: Sensor, nowMs: number): SensorSample {
  const { id, label, kind, unit, high, critical } = sensor.what;
  return { id, label, kind, unit, value: measuredBy(sensor, nowMs), high, critical };
}

/** `null` while the device sleeps, which reading would wake, and while the channel has a fault. */
function measuredBy(sensor: Sensor, nowMs: number): number | null {
  if (sensor.power?.isAsleep()) return null;
  if (sensor.drive?.isIdle()) return nowMs - sensor.readAtMs <= idleValueMs ? sensor.value : null;
  const fault = sensor.fault?.latest();
  const dated = sensor.file.latest();
  if (!dated) {
    sensor.value = null;
  } else if (dated.atMs !== sensor.readAtMs) {
    sensor.value = dated.raw === null ? null : sensor.meter(dated.raw, dated.atMs);
    sensor.readAtMs = dated.atMs;
  }
  const isFaulty = sensor.fault !== null && (!fault || (fault.raw !== null && fault.raw !== 0));
  return isFaulty ? null : sensor.value;
}
