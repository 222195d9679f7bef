import { liveSpanSeconds } from '@/lib/client/transport/frame';

/** A stretch of time, in Unix ms on the host's clock. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** What the time axis spans: the last minutes, moving, or one stretch that stands still. */
export type TimeDomain = 'live' | TimeRange;

export const liveSpanMs = liveSpanSeconds * 1000;

export function rangeOf(domain: TimeDomain, now: number): TimeRange {
  return domain === 'live' ? { from: now - liveSpanMs, to: now } : domain;
}

/** Where a moment stands in a range: 0 at its beginning, 1 at its end. */
export const fractionOf = (t: number, { from, to }: TimeRange) => (t - from) / (to - from);

export const momentAt = (fraction: number, { from, to }: TimeRange) => from + fraction * (to - from);

/** How long ago something was, as it is said. */
export function agoOf(ms: number): { minutes: number; seconds: number } {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return { minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 56, 112, 182, 364].map((count) => count * day),
];

const zoneMs = (t: number) => -new Date(t).getTimezoneOffset() * minute;

/** The reader's round times in a range, at most about `most` of them, and how far apart they are. */
export function roundMoments({ from, to }: TimeRange, most: number): { stepMs: number; moments: number[] } {
  const stepMs =
    steps.find((step) => (to - from) / step <= most) ?? Math.ceil((to - from) / most / day) * day;
  const moments: number[] = [];
  // On the wall clock, so that days begin at midnight also where a summer time begins or ends in between.
  for (let wall = Math.ceil((from + zoneMs(from)) / stepMs) * stepMs; ; wall += stepMs) {
    const near = wall - zoneMs(from);
    const t = wall - zoneMs(near);
    if (t > to) return { stepMs, moments };
    if (t >= from) moments.push(t);
  }
}

/** A round time as its neighbours need it: to the second, to the minute, or the day that begins. */
export function momentLabel(t: number, stepMs: number, locale: string): string {
  const date = new Date(t);
  const isMidnight = (t + zoneMs(t)) % day === 0;
  if (stepMs >= day || isMidnight) return date.toLocaleDateString(locale, { month: 'short', day: 'numeric' });
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return date.toLocaleTimeString(locale, stepMs < minute ? { ...time, second: '2-digit' } : time);
}

/** A moment in full where a chart shows days, else its time. */
export function momentText(t: number, { from, to }: TimeRange, locale: string): string {
  const date = new Date(t);
  const time = date.toLocaleTimeString(locale, { hourCycle: 'h23' });
  if (to - from <= 12 * hour) return time;
  return `${date.toLocaleDateString(locale, { month: 'short', day: 'numeric' })} ${time}`;
}
