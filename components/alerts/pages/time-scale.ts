const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  ...[5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30].map((count) => count * day),
];

/** Round moments between two Unix ms, at most `most`, by a clock that is `offsetMs` ahead of UTC. */
export function timeTicks(from: number, to: number, most: number, offsetMs: number): readonly number[] {
  const step = steps.find((one) => (to - from) / one <= most) ?? 30 * day;
  const ticks: number[] = [];
  for (let t = Math.ceil((from + offsetMs) / step) * step - offsetMs; t <= to; t += step) ticks.push(t);
  return ticks;
}

/** The least and the most that an axis must show: round, and with room around what is drawn. */
export function valueScale(values: readonly number[], isPercent: boolean): readonly [number, number] {
  if (values.length === 0) return [0, isPercent ? 100 : 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (isPercent && low >= 0 && high <= 100 && high > 50) return [0, 100];
  const room = Math.max(high - low, Math.abs(high) * 0.02, 0.1);
  const bottom = low >= 0 && low < high * 0.6 ? 0 : low - room * 0.15;
  const top = high + room * 0.15;
  const step = 10 ** Math.floor(Math.log10(Math.max(top - bottom, 1e-9))) / 2;
  return [Math.floor(bottom / step) * step, Math.ceil(top / step) * step];
}
