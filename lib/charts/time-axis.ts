/** A stretch of time, in Unix ms. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Where a time stands in a range: 0 at its beginning, 1 at its end. */
export const fractionOf = (t: number, { from, to }: TimeRange) => (t - from) / (to - from);

export const timeAt = (fraction: number, { from, to }: TimeRange) => from + fraction * (to - from);

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How far apart the ticks of an axis can be, in ms; beyond the last one, whole days. */
export const tickSteps: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 56, 112, 182, 364].map((count) => count * day),
];

/** How far the local clock is ahead of UTC, in ms. */
const offsetAt = (t: number) => -new Date(t).getTimezoneOffset() * minute;

/**
 * The times (Unix ms) at which the local clock shows `wall` (ms since 1970 on that clock): two where it was set back
 * over it. None where it was set forward over it, but a day that begins so begins at the change.
 */
function timesOf(wall: number, stepMs: number): number[] {
  const before = offsetAt(wall - day);
  const after = offsetAt(wall + day);
  const first = wall - before;
  if (before === after) return [first];
  const times = [first, wall - after].filter((t, index) => offsetAt(t) === (index === 0 ? before : after));
  if (times.length === 0) return wall % day === 0 ? [first] : [];
  // The second pass over the same hour has ticks only where they are as dense as the others.
  return before - after >= stepMs ? times : times.slice(0, 1);
}

/**
 * Round times of the local clock in a range, about `most` of them at most, and how far apart they are. They are round
 * on both sides of a change to or from summer time, and none is missing or doubled there.
 */
export function timeTicks({ from, to }: TimeRange, ticksMax: number): { stepMs: number; ticks: number[] } {
  const stepMs =
    tickSteps.find((step) => (to - from) / step <= ticksMax) ?? Math.ceil((to - from) / ticksMax / day) * day;
  const ticks = new Set<number>();
  // Where the clock is set back, it shows within the range what lies before its beginning or after its end.
  const first = from + Math.min(offsetAt(from), offsetAt(to));
  const last = to + Math.max(offsetAt(from), offsetAt(to));
  for (let wall = Math.floor(first / stepMs) * stepMs; wall <= last; wall += stepMs)
    for (const t of timesOf(wall, stepMs)) if (t >= from && t <= to) ticks.add(t);
  return { stepMs, ticks: [...ticks].sort((one, other) => one - other) };
}

const isStartOfDay = (t: number) => new Date(t).getDate() !== new Date(t - 1).getDate();

/** A tick as its neighbours need it: to the second, to the minute, or the day that begins. */
export function tickLabel(t: number, stepMs: number, locale: string): string {
  const date = new Date(t);
  if (stepMs >= day || isStartOfDay(t))
    return date.toLocaleDateString(locale, { month: 'short', day: 'numeric' });
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return date.toLocaleTimeString(locale, stepMs < minute ? { ...time, second: '2-digit' } : time);
}

/** A time to the second, with its day where the range is longer than half a day. */
export function timeTextIn(t: number, { from, to }: TimeRange, locale: string): string {
  const date = new Date(t);
  const time = date.toLocaleTimeString(locale, { hourCycle: 'h23' });
  if (to - from <= 12 * hour) return time;
  return `${date.toLocaleDateString(locale, { month: 'short', day: 'numeric' })} ${time}`;
}
