import type { SensorData } from '@/lib/protocol/payloads';
import type { LiveStore } from './store';

/** The rows up to a time, the one with which the page was rendered included. */
export function sensorRows(store: LiveStore, agoMs: number | null): readonly SensorData[] {
  const { rows } = store.table('sensor-data');
  const last = store.last('sensor-data');
  if (agoMs === null) return last && rows.length === 0 ? [last] : rows;
  const until = store.hostNow() - agoMs;
  return rows.filter(({ t }) => t <= until);
}
