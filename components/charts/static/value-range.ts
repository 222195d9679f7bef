import { axisAround, axisTop } from '@/lib/charts/value-axis';

/** The bottom and the top of an axis that holds every value, with room around them: from 0 unless they are far from it. */
export function valueRange(values: readonly number[], isPercent: boolean): readonly [number, number] {
  if (values.length === 0) return [0, isPercent ? 100 : 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (isPercent && low >= 0 && high <= 100 && high > 50) return [0, 100];
  if (low >= 0 && low < high * 0.6) return [0, axisTop({ low, high }, 1e-6)];
  const room = 0.15 * (high - low);
  return axisAround({ low: low - room, high: high + room });
}
