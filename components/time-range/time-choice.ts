import type { TimeRange } from '@/lib/charts/time-axis';
import { type ReplaySpeed, replaySpeeds } from '@/lib/protocol/limits';
import { earliestTime, parseTimeExpression } from '@/lib/protocol/time-expression';
import { liveSpanMs } from '../charts/live-time';

export const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The chosen time: the present, a span up to now, or a fixed range. */
export type TimeChoice =
  | { readonly kind: 'live' }
  | { readonly kind: 'recent'; readonly spanMs: number }
  | ({ readonly kind: 'fixed' } & TimeRange);

export const presets = ['1m', '15m', '1h', '6h', '24h', '7d', '30d', '90d', '1y'] as const;

const unitMs: Readonly<Record<string, number>> = { m: minute, h: hour, d: day, w: 7 * day, y: 365 * day };
export const spanMsMin = 10_000;
export const spanMsMax = 3 * 365 * day;

export const live: TimeChoice = { kind: 'live' };

/** `15m`, `6h`, `7d`, `1y` in ms; `null` where it is not so written or no such span is kept. */
export function spanOf(text: string): number | null {
  const [, count, unit] = /^(\d{1,4})([mhdwy])$/.exec(text) ?? [];
  const span = Number(count) * (unitMs[unit ?? ''] ?? Number.NaN);
  return span >= minute && span <= spanMsMax ? span : null;
}

export type Search = Pick<URLSearchParams, 'get'>;

export function timesOf(search: Search, now: number): TimeRange | null {
  const from = parseTimeExpression(search.get('from') ?? '')?.(now) ?? 0;
  const to = parseTimeExpression(search.get('to') ?? 'now')?.(now) ?? 0;
  if (from < earliestTime || from >= now) return null;
  return to - from >= spanMsMin && to - from <= spanMsMax ? { from, to } : null;
}

/** `from=-6h` without an end, or until `now`, is refreshed as `range=6h` is; a replayed range is fixed. */
const endsNow = (search: Search) =>
  search.get('from')?.startsWith('-') &&
  (search.get('to') ?? 'now') === 'now' &&
  search.get('replay') === null;

/**
 * Reads `range=6h`, or `from=` and `to=` as every query has them; `to` is now where it is not said. What is not
 * understood, or lies after `now` (Unix ms), shows the present.
 */
export function choiceOf(search: Search, now: number): TimeChoice {
  const times = timesOf(search, now);
  if (times && !endsNow(search)) return { kind: 'fixed', ...times };
  const spanMs = times ? times.to - times.from : spanOf(search.get('range') ?? '');
  return spanMs === null || spanMs === liveSpanMs ? live : { kind: 'recent', spanMs };
}

export const asksTime = (search: Search) => ['range', 'from', 'to'].some((name) => search.get(name) !== null);

function spanText(spanMs: number): string {
  const unit = ['d', 'h'].find((one) => spanMs % (unitMs[one] ?? 1) === 0) ?? 'm';
  const named = presets.find((preset) => spanOf(preset) === spanMs);
  return named ?? `${Math.round(spanMs / (unitMs[unit] ?? minute))}${unit}`;
}

/** How fast a stretch is played that the address names; `null` where it is shown as a whole. */
export function replaySpeedOf(search: Search, { kind }: TimeChoice): ReplaySpeed | null {
  const text = search.get('replay');
  return (kind === 'fixed' && replaySpeeds.find((speed) => String(speed) === text)) || null;
}

/** The query with this choice in it, played at `replay` if that is given; what else it says stays. */
export function searchWith(search: string, choice: TimeChoice, replay?: ReplaySpeed): string {
  const query = new URLSearchParams(search);
  for (const name of ['range', 'from', 'to', 'replay']) query.delete(name);
  if (choice.kind === 'recent') query.set('range', spanText(choice.spanMs));
  if (choice.kind === 'fixed') {
    query.set('from', String(choice.from));
    query.set('to', String(choice.to));
    if (replay) query.set('replay', String(replay));
  }
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

/** What was measured last is in history by then. */
const settledMs = 30_000;

/** Whether the chosen range has ended: a range may reach past the present. */
export const isOver = (choice: TimeChoice, now: number) =>
  choice.kind === 'fixed' && choice.to < now - settledMs;

export function rangeAt(choice: TimeChoice, now: number): TimeRange {
  if (choice.kind === 'fixed') return choice;
  return { from: now - (choice.kind === 'recent' ? choice.spanMs : liveSpanMs), to: now };
}
