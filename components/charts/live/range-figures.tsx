import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { Series } from '@/lib/charts/series';
import type { Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import type { Past } from '../time-view';
import { usePointed } from './crosshair';
import { seriesValueAt } from './value-at';

export interface SpreadProps<T extends LoggedType> {
  readonly past: Past;
  readonly type: T;
  readonly of: Series<T>;
  readonly say: (value: number | null) => string;
}

export interface Spread {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Mean, lowest and highest of a series over a stretch of time; `null` where nothing is known of it. A mean of
 * history stands for `stepMs`, a row that the page received for the time up to the next: both count as long as they last.
 */
export function spreadOf<Row extends { readonly t: number }>(
  value: (row: Row) => number | null,
  { means, lows, highs }: Readonly<Record<'means' | 'lows' | 'highs', Timeline<Row>>>,
  stepMs: number,
): Spread {
  const { rows } = means;
  const spread: { -readonly [K in keyof Spread]: Spread[K] } = { mean: null, low: null, high: null };
  let sum = 0;
  let lasted = 0;
  const half = (other: Row | undefined, { t }: Row) =>
    other ? Math.min(stepMs, Math.abs(other.t - t)) : stepMs;
  for (const [index, row] of rows.entries()) {
    const mean = value(row);
    if (mean === null) continue;
    const ms = Math.max(1, half(rows[index - 1], row) + half(rows[index + 1], row));
    sum += mean * ms;
    lasted += ms;
  }
  if (lasted === 0) return spread;
  spread.mean = sum / lasted;
  for (const row of [...rows, ...lows.rows, ...highs.rows]) {
    const one = value(row);
    if (one === null) continue;
    spread.low = Math.min(spread.low ?? one, one);
    spread.high = Math.max(spread.high ?? one, one);
  }
  return spread;
}

/** A series in the time that is shown: its mean, or its value where the reader points; and from where to where it went. */
export function Spread<T extends LoggedType>({ past, type, of, say }: SpreadProps<T>) {
  const t = useTranslations('time');
  const pointed = usePointed();
  const { value, carries, derived } = of;
  const spread = useMemo(() => {
    const means = past.timeline(type);
    const carried = (row: LoggedPayloads[T]) => (carries && !carries(row) ? null : value(row));
    const [lows, highs] = derived ? [means, means] : [past.lows(type), past.highs(type)];
    return spreadOf(carried, { means, lows, highs }, past.stepMs);
  }, [past, type, value, carries, derived]);
  const isAt = pointed !== null && 't' in pointed;
  const figure = isAt ? seriesValueAt(past.timeline(type), of, pointed.t, past.gapMs(type)) : spread.mean;
  return (
    <>
      <b className="inline-block font-semibold text-ink">
        {!isAt && <span className="font-normal text-soft">{t('mean')} </span>}
        {say(figure)}
      </b>
      {spread.low !== null && (
        <span title={t('spreadNote')}>{t('spread', { low: say(spread.low), high: say(spread.high) })}</span>
      )}
    </>
  );
}
