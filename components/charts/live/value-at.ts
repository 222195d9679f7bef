import type { Series } from '@/lib/charts/series';
import { indexAt, type Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';

type Rows<T extends LoggedType> = Timeline<LoggedPayloads[T]>;

/** The row that carries a series at a time (Unix ms); `null` where it is in a gap. */
export function rowOf<T extends LoggedType>(
  timeline: Rows<T>,
  { carries }: Pick<Series<T>, 'carries'>,
  t: number,
  withinMs: number,
): LoggedPayloads[T] | null {
  const nearest = timeline.at(t, withinMs);
  if (!carries || (nearest && carries(nearest))) return nearest;
  const { rows } = timeline;
  for (let index = indexAt(rows, t) - 1; index >= 0; index -= 1) {
    const row = rows[index];
    if (!row || t - row.t > withinMs) return null;
    if (carries(row)) return row;
  }
  return null;
}

/** The value of a series at a time; `null` where it is unknown. */
export function seriesValueAt<T extends LoggedType>(
  timeline: Rows<T>,
  series: Series<T>,
  t: number,
  withinMs: number,
): number | null {
  const row = rowOf(timeline, series, t, withinMs);
  return row ? series.value(row) : null;
}
