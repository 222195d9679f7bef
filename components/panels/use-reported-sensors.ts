'use client';

import { useMemo } from 'react';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import { sensorRows } from '@/lib/client/store/sensor-rows';
import { gapMsOfSensor, latestSensors, type ReportedSensor } from '@/lib/health/sensors';
import { useCrosshair } from '../charts/live/crosshair';

/** A sensor that is silent for this long, and for longer than is usual for it, is shown with its last time. */
const lateAfterMs = 20_000;

export interface ReportedSensors {
  readonly all: readonly ReportedSensor[];
  lateMs(reported: ReportedSensor): number | null;
}

/** Every sensor with its last value, now or at the selected time. */
export function useReportedSensors(): ReportedSensors {
  const store = useLiveStore();
  const ago = useCrosshair();
  const revision = useLive((live) => live.table('sensor-data').revision);
  const last = useLive((live) => live.last('sensor-data'));
  // Every two seconds is often enough to say how late something is.
  const twoSeconds = useLive((live) => Math.floor(live.hostNow() / 2000));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the table is the same object while its rows change.
  const all = useMemo(() => {
    const now = store.sensors();
    if (ago === null) return now;
    const then = new Map(latestSensors(sensorRows(store, ago)).map((one) => [one.key, one]));
    return now.map((one) => then.get(one.key) ?? { ...one, sensor: { ...one.sensor, value: null } });
  }, [store, ago, revision, last]);
  const until = twoSeconds * 2000 - (ago ?? 0);
  return {
    all,
    lateMs({ t, sensor }) {
      const silentMs = until - t;
      if (sensor.value === null || silentMs <= lateAfterMs) return null;
      const { rows } = store.table('sensor-data');
      return silentMs > gapMsOfSensor(rows, sensor.id, lateAfterMs) ? silentMs : null;
    },
  };
}
